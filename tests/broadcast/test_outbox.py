"""The outbox: nothing is lost, nothing is sent twice without being counted, one that fails keeps no other waiting."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from liengia.broadcast.channels.base import Accepted, DeliveryError, Failure, Message, Recipient
from liengia.broadcast.models import Delivery, DeliveryState, ProviderState, Said
from liengia.broadcast.services import outbox, receipts
from liengia.core import clock
from liengia.core.health import Finding
from tests.broadcast.given import Notes, Voice, known
from tests.conftest import ROOT


def message(**values: object) -> Message:
    said = {
        "subject": "incident:abcdefghij", "msg_type": "alert", "mode": "real", "priority": "urgent", "kind": "fire", "headline": "Có cháy",
        "text": "Có cháy tại Khu phố 5.", "unit_name": "Xã Cần Đước", "sent_at": clock.now(),
    }  # fmt: skip
    return Message(**{**said, **values})  # type: ignore[arg-type]


def waiting(scene: Voice, channel: Notes, count: int = 3, *, keeps_person: bool = True, **values: object) -> Said:
    said = outbox.say(message(**values))
    those = [Recipient(f"ghi:{n}", f"nha-{n % 2}", user_id=scene.cast.lua.pk) for n in range(count)]
    outbox.enqueue(channel, said, those, keeps_person=keeps_person)
    return said


def test_what_waits_is_claimed_sent_outside_of_a_transaction_and_settled(scene: Voice, notes: Notes) -> None:
    waiting(scene, notes)
    depth: list[int] = []
    notes.answer = lambda parcel: depth.append(len(transaction.get_connection().savepoint_ids)) or Accepted("r-" + parcel.address)  # type: ignore[func-returns-value]
    before = len(transaction.get_connection().savepoint_ids)
    assert outbox.send_due("notes") == 3 and outbox.send_due("notes") == 0
    assert set(depth) == {before}, "no transaction is open while a provider is asked"
    rows = Delivery.objects.all()
    assert {row.state for row in rows} == {"accepted"} and {row.user for row in rows} == {scene.cast.lua} and all(row.accepted_at for row in rows)
    assert notes.got[0].message.text == "Có cháy tại Khu phố 5." and notes.got[0].attempt == 1


def test_a_temporary_failure_waits_longer_each_time_and_a_permanent_one_is_given_up(
    scene: Voice, notes: Notes, today: time_machine.Coordinates
) -> None:
    waiting(scene, notes, 2)
    notes.answer = lambda parcel: DeliveryError(Failure.PERMANENT if parcel.address == "ghi:1" else Failure.TEMPORARY, "máy bận")
    outbox.send_due("notes")
    given_up, later = Delivery.objects.get(address="ghi:1"), Delivery.objects.get(address="ghi:0")
    assert given_up.state == DeliveryState.FAILED and later.state == DeliveryState.WAITING and later.failure_words == "máy bận"
    pauses = [(later.next_attempt_at - clock.now()).total_seconds()]
    for _ in range(4):
        today.move_to(later.next_attempt_at)
        outbox.send_due("notes")
        later.refresh_from_db()
        pauses.append((later.next_attempt_at - clock.now()).total_seconds())
    for attempt, pause in enumerate(pauses, start=1):
        longest = outbox.FIRST_PAUSE_S * 2 ** (attempt - 1)
        assert longest / 2 <= pause <= longest, "twice as long each time, half of it by lot"
    notes.answer = lambda parcel: Accepted()
    today.move_to(later.next_attempt_at)
    outbox.send_due("notes")
    later.refresh_from_db()
    assert later.state == DeliveryState.ACCEPTED and later.attempts == 6 and later.failure == ""


def test_a_provider_says_itself_when_to_come_again(scene: Voice, notes: Notes) -> None:
    waiting(scene, notes, 1)
    notes.answer = lambda parcel: DeliveryError(Failure.TEMPORARY, "quá nhanh", retry_after_s=90)
    outbox.send_due("notes")
    assert Delivery.objects.get().next_attempt_at == clock.now() + timedelta(seconds=90)


def test_a_provider_that_is_broken_is_set_aside_and_the_others_go_on(
    scene: Voice, notes: Notes, today: time_machine.Coordinates
) -> None:
    waiting(scene, notes, 4)
    notes.answer = lambda parcel: DeliveryError(Failure.TECHNICAL, "500") if parcel.provider == "nha-0" else Accepted()
    outbox.send_due("notes")
    state = ProviderState.objects.get(provider="nha-0")
    assert state.aside_until == clock.now() + timedelta(seconds=outbox.ASIDE_FIRST_S) and state.failures == 1
    waiting(scene, notes, 4, headline="Cháy nữa")
    notes.got.clear()
    outbox.send_due("notes")
    assert {parcel.provider for parcel in notes.got} == {"nha-1"}, "nobody asks the one that is set aside"
    today.shift(timedelta(seconds=31))
    notes.answer = lambda parcel: Accepted()
    outbox.send_due("notes")
    assert not Delivery.objects.waiting().exists()
    state.refresh_from_db()
    assert state.failures == 0 and state.aside_until is None


def test_one_address_that_fails_sets_nobody_else_aside(scene: Voice, notes: Notes) -> None:
    waiting(scene, notes, 4)
    notes.answer = lambda parcel: DeliveryError(Failure.TECHNICAL, "500") if parcel.address == "ghi:0" else Accepted()
    outbox.send_due("notes")
    row, state = Delivery.objects.get(address="ghi:0"), ProviderState.objects.get(provider="nha-0")
    assert (row.state, row.failure) == ("waiting", "technical") and row.next_attempt_at > clock.now()
    assert (state.failures, state.aside_until) == (0, None)


def test_a_channel_that_breaks_off_or_answers_for_others_loses_nothing(scene: Voice, notes: Notes) -> None:
    waiting(scene, notes, 2)
    notes.send = lambda parcels: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    outbox.send_due("notes")
    assert Delivery.objects.filter(is_perhaps_double=True).count() == 2, "some may have gone before it broke off"
    notes.send = lambda parcels: [Accepted()]  # type: ignore[method-assign]
    ProviderState.objects.all().delete()
    Delivery.objects.update(next_attempt_at=clock.now())
    outbox.send_due("notes")
    assert Delivery.objects.waiting().count() == 2 and {row.failure for row in Delivery.objects.all()} == {"technical"}


@pytest.mark.parametrize("idempotent", (False, True))
def test_a_worker_that_died_while_sending_is_followed_and_counted(
    scene: Voice, notes: Notes, today: time_machine.Coordinates, idempotent: bool
) -> None:
    notes.is_idempotent = idempotent  # type: ignore[misc]
    outbox.send_due("notes")  # at its first look a process frees what stands there in its own number, from before a restart
    waiting(scene, notes, 2)
    outbox._claim(notes)  # a kill -9 between claiming and settling leaves just this
    assert outbox.send_due("notes") == 0, "its lease still runs"
    today.shift(outbox.LEASE)
    keys = set(Delivery.objects.values_list("key", flat=True))
    assert outbox.send_due("notes") == 2 and {parcel.key for parcel in notes.got} == keys
    assert Delivery.objects.filter(is_perhaps_double=True).count() == (0 if idempotent else 2)


def test_the_next_worker_of_the_machine_frees_what_a_dead_one_held_at_once(scene: Voice, notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting(scene, notes, 4)
    outbox._claim(notes)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    rows = list(Delivery.objects.order_by("pk"))
    for row, holder in zip(rows, (f"{outbox._HOST}:{dead.pid}", f"{outbox._HOST}:{os.getpid()}", f"{outbox._HOST}:1", "elsewhere:1"), strict=True):
        Delivery.objects.filter(pk=row.pk).update(claimed_by=holder)
    monkeypatch.setattr(outbox, "_freed", set())
    assert outbox.send_due("notes") == 2, "what the living hold, here or elsewhere, stays theirs"
    assert set(Delivery.objects.filter(is_perhaps_double=True).values_list("pk", flat=True)) == {rows[0].pk, rows[1].pk}
    outbox._claim(notes)
    assert outbox.send_due("notes") == 0, "a process frees once"


def test_what_a_broken_channel_said_is_in_no_log(scene: Voice, notes: Notes, caplog: pytest.LogCaptureFixture) -> None:
    def broken(parcels: object) -> list[Accepted]:
        raise RuntimeError("https://bot.example/bot123:SECRET/sendMessage to +84900000009")

    waiting(scene, notes, 1)
    notes.send = broken  # type: ignore[method-assign]
    outbox.send_due("notes")
    assert "broke off: RuntimeError" in caplog.text and "SECRET" not in caplog.text and "+849" not in caplog.text


def test_emergencies_go_before_everything_that_waits(scene: Voice, notes: Notes) -> None:
    notes.batch = 2  # type: ignore[misc]
    waiting(scene, notes, 4, priority="normal")
    waiting(scene, notes, 2, priority="urgent", headline="Có cháy gấp")
    outbox.send_due("notes")
    assert [parcel.message.headline for parcel in notes.got] == ["Có cháy gấp"] * 2


def test_a_provider_is_given_no_more_a_second_than_it_takes(scene: Voice, notes: Notes) -> None:
    notes.per_second = 2  # type: ignore[misc]
    waiting(scene, notes, 10)
    assert outbox.send_due("notes") <= 4, "two a second, at each of two providers"


RATES = """
import os, django
os.environ.update(LIENGIA_MAIL_PER_SECOND="7", LIENGIA_PUSH_PER_SECOND="11")
django.setup()
from liengia.broadcast import channels
from liengia.broadcast.services.outbox import Pace
print([Pace().allow(channels.get(name), "example.vn", 100) for name in ("email", "webpush")])
"""


def test_the_operator_says_how_many_letters_and_pushes_go_a_second() -> None:
    done = subprocess.run([sys.executable, "-c", RATES], cwd=ROOT, env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}, capture_output=True, text=True, check=False)
    assert done.stdout.strip().splitlines()[-1:] == ["[7, 11]"], done.stderr


def test_what_is_too_late_is_given_up_and_what_is_withdrawn_never_goes(
    scene: Voice, notes: Notes, today: time_machine.Coordinates
) -> None:
    waiting(scene, notes, 2, expires_at=clock.now() + timedelta(minutes=5))
    waiting(scene, notes, 2, subject="bulletin:zzzzzzzzzz")
    assert outbox.withdraw("bulletin:zzzzzzzzzz") == 2
    today.shift(timedelta(minutes=6))
    assert outbox.send_due("notes") == 0 and not notes.got
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["expired", "expired", "withdrawn", "withdrawn"]


def test_training_is_rehearsed_and_the_database_lets_it_never_wait(scene: Voice, notes: Notes) -> None:
    waiting(scene, notes, 2, mode="training")
    assert outbox.send_due("notes") == 0 and not notes.got
    row = Delivery.objects.first()
    assert row is not None and row.state == DeliveryState.REHEARSED and row.address == "" and row.user is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(state=DeliveryState.WAITING)


def test_receipts_stand_apart_and_the_first_of_each_stays(scene: Voice, notes: Notes, today: time_machine.Coordinates) -> None:
    waiting(scene, notes, 1)
    outbox.send_due("notes")
    key = Delivery.objects.get().receipt_key
    heard: list[tuple[str, str]] = []
    receipts.listen(lambda row, answer, at: heard.append((row.subject, answer)))
    try:
        today.shift(10)
        first = clock.now()
        assert receipts.receive("notes", key, "shown") and receipts.receive("notes", key, "answered", answer="coming")
        today.shift(10)
        assert receipts.receive("notes", key, "shown") and receipts.receive("notes", key, "answered", answer="safe")
    finally:
        receipts._listeners.pop()
    row = Delivery.objects.get()
    assert (row.shown_at, row.answered_at, row.delivered_at, row.heard_at) == (first, first, None, None)
    assert heard == [("incident:abcdefghij", "coming")], "what is told twice is told once"
    assert not receipts.receive("notes", "khac", "shown") and not receipts.receive("notes", key, "liked") and not receipts.receive("sms", key, "shown")
    future = receipts.receive("notes", key, "delivered", at=clock.now() + timedelta(days=3))
    row.refresh_from_db()
    assert future and row.delivered_at == clock.now(), "no receipt comes from the future"


def test_two_channels_wait_for_each_other_in_nothing(scene: Voice, notes: Notes) -> None:
    other = Notes(name="other")
    known(other)
    waiting(scene, notes, 2)
    outbox.enqueue(other, outbox.say(message()), [Recipient("x")], keeps_person=True)
    notes.answer = lambda parcel: DeliveryError(Failure.TECHNICAL, "hỏng")
    outbox.send_due("notes")
    assert outbox.send_due("other") == 1 and len(other.got) == 1


def test_health_names_what_is_overdue_but_not_what_waits_for_a_provider(
    scene: Voice, notes: Notes, today: time_machine.Coordinates
) -> None:
    from liengia.broadcast.supervision import outbox as line

    waiting(scene, notes, 2)
    today.shift(timedelta(minutes=3))
    assert line() == Finding(False, "2 quá giờ")
    for name in ("nha-0", "nha-1"):
        ProviderState.objects.create(channel="notes", provider=name, aside_until=clock.now() + timedelta(minutes=1))
    assert line().ok and "nha-1" in line().says
