"""Switching on, and all the ways in which it ends; sending by the outbox; what phones send back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse

from liengia.audit.models import Entry
from liengia.broadcast.channels.base import Audience, Recipient
from liengia.broadcast.channels.webpush.channel import CHANNEL
from liengia.broadcast.models import Delivery, ProviderState, PushSubscription
from liengia.broadcast.services import outbox, push, receipts
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.middleware import BOUND_PHONE_KEY
from liengia.people.models import BoundPhone, User
from liengia.people.services import accounts, joining
from tests.broadcast.webpush.service import Browser, PushService
from tests.broadcast.webpush.test_transport import message
from tests.cast import TESTER, Cast, assemble
from tests.harness.factor import give_second_factor
from tests.people.conftest import signed_in

pytestmark = pytest.mark.django_db
ALL = {"wants_alarms": "1", "wants_warnings": "1", "wants_news": "1"}
AGENT = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36"


@pytest.fixture(scope="module")
def lay() -> Callable[[], Cast]:
    return assemble


@pytest.fixture
def cast(scene: Cast) -> Cast:
    return scene


@pytest.fixture(autouse=True)
def _no_limit() -> None:
    push.tests_of_push.forget()


def start(client: Client, browser: Browser, **wishes: str) -> PushSubscription:
    answer = client.post(reverse("broadcast:push_subscribe"), {**browser.fields, **(wishes or ALL)}, headers={"User-Agent": AGENT})
    assert answer.status_code == 200, answer.content
    return PushSubscription.objects.get(endpoint_hash=push.Keys(**browser.fields).hash)


def send(subscription: PushSubscription, *, keeps_person: bool = False, **changes: Any) -> Delivery:
    said = outbox.say(message(**changes))
    outbox.enqueue(CHANNEL, said, [Recipient(subscription.public_id, subscription.service, user_id=subscription.user_id)], keeps_person=keeps_person)
    assert outbox.send_due("webpush") == 1
    return Delivery.objects.get(said=said)


def test_nothing_is_on_until_somebody_ticks_it(cast: Cast, service: PushService) -> None:
    client = signed_in(cast.lua)
    page = client.get(reverse("broadcast:push")).content.decode()
    assert "checked" not in page and "không bao giờ" in page.lower() and not PushSubscription.objects.exists()
    browser = service.subscribe()
    assert client.post(reverse("broadcast:push_subscribe"), browser.fields, headers={"Accept": "application/json"}).status_code == 422
    start(client, browser, wants_news="1")
    made = PushSubscription.objects.get()
    assert (made.wants_alarms, made.wants_warnings, made.wants_news) == (False, False, True)
    assert made.device == "Chrome trên Android" and made.service == "127.0.0.1"
    assert browser.endpoint not in str(list(PushSubscription.objects.extra(select={"raw": "secret"}).values_list("raw"))), "it stands encrypted"


def test_strangers_cannot_subscribe_nor_touch_anothers_device(cast: Cast, service: PushService) -> None:
    assert Client().get(reverse("broadcast:push")).status_code == 302
    made = start(signed_in(cast.lua), service.subscribe())
    for data in ({"end": "1"}, {"test": "1"}, {}):
        assert signed_in(cast.moc_mien).post(reverse("broadcast:push_device", args=[made.public_id]), data).status_code == 404
    assert PushSubscription.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "https://evil.example/x"}, {"endpoint": "http://169.254.169.254/latest"}, {"endpoint": "https://10.1.2.3/"}, {"p256dh": "AAAA"},
        {"auth": "AAAA"}, {"p256dh": "x" * 1_000_000}, {"endpoint": "https://fcm.googleapis.com/" + "x" * 1_000_000}, {"auth": ""},
    ],
)  # fmt: skip
def test_hostile_subscriptions_are_refused(cast: Cast, service: PushService, changes: dict[str, str]) -> None:
    fields = {**service.subscribe().fields, **ALL, **changes}
    answer = signed_in(cast.lua).post(reverse("broadcast:push_subscribe"), fields, headers={"Accept": "application/json"})
    assert answer.status_code in (400, 413, 422) and not PushSubscription.objects.exists()


def test_a_browser_that_changes_hands_belongs_to_the_last(cast: Cast, service: PushService) -> None:
    browser = service.subscribe()
    start(signed_in(cast.lua), browser)
    start(signed_in(cast.moc_mien), browser)
    assert PushSubscription.objects.get().user == cast.moc_mien


def test_at_most_ten_devices(cast: Cast, service: PushService) -> None:
    client = signed_in(cast.lua)
    made = [start(client, service.subscribe()) for _ in range(12)]
    kept = set(PushSubscription.objects.values_list("pk", flat=True))
    assert len(kept) == 10 and made[-1].pk in kept and made[0].pk not in kept


def test_signing_out_ends_this_device_and_no_other(cast: Cast, service: PushService) -> None:
    one, other = signed_in(cast.lua), signed_in(cast.lua)
    start(one, service.subscribe())
    kept = start(other, service.subscribe())
    one.post(reverse("account_logout"))
    assert list(PushSubscription.objects.all()) == [kept]


def test_who_works_in_the_office_gives_the_second_factor_first_and_a_reset_ends_what_was_on(cast: Cast, service: PushService) -> None:
    client = signed_in(cast.truc)
    assert client.get(reverse("broadcast:push")).headers["Location"].startswith(reverse("people:second_factor"))
    browser = service.subscribe()
    client.post(reverse("broadcast:push_subscribe"), {**browser.fields, **ALL})
    assert not PushSubscription.objects.exists()
    give_second_factor(client, cast.truc)
    assert client.get(reverse("broadcast:push")).status_code == 200
    start(client, browser)
    accounts.reset_second_factor(cast.truc, actor=TESTER)
    assert not PushSubscription.objects.exists()


def test_a_revoked_phone_and_a_new_password_end_what_they_ended(cast: Cast, service: PushService) -> None:
    """A lost phone is told nothing more; the owner's other devices are, until a password that others may know is changed."""
    lost, kept = (BoundPhone.objects.create(user=cast.lua, token_hash=word, pin_hash="x", label=word) for word in ("lost", "kept"))
    cast.lua.set_password("mat-khau-cu-1")
    cast.lua.save()
    made = {}
    for name, phone in (("lost", lost), ("kept", kept), ("desk", None), ("other", None)):
        client = signed_in(cast.lua)
        if phone is not None:
            session = client.session
            session[BOUND_PHONE_KEY] = phone.pk
            session.save()
        made[name] = (client, start(client, service.subscribe()))
    accounts_of = lambda: {name for name, (_client, one) in made.items() if PushSubscription.objects.filter(pk=one.pk).exists()}  # noqa: E731
    joining.revoke_phone(lost, actor=TESTER)
    assert accounts_of() == {"kept", "desk", "other"}
    desk = made["desk"][0]
    answer = desk.post(reverse("account_change_password"), {"oldpassword": "mat-khau-cu-1", "password1": "Moi-va-dai-2026", "password2": "Moi-va-dai-2026"})
    assert answer.status_code == 302, answer.content
    assert accounts_of() == {"kept", "desk"}
    desk.post(reverse("account_logout"))
    assert accounts_of() == {"kept"}, "signing out ends it though the session's key has changed"


def test_a_closed_or_erased_account_is_told_nothing(cast: Cast, service: PushService) -> None:
    made = start(signed_in(cast.lua), service.subscribe())
    accounts.close_user(cast.lua, actor=TESTER)
    assert not PushSubscription.objects.filter(pk=made.pk).exists()
    start(signed_in(cast.moc_mien), service.subscribe())
    User.objects.filter(pk=cast.moc_mien.pk).update(is_active=False)
    assert not list(CHANNEL.to_users([cast.moc_mien.pk], "fire"))
    assert push.forget_closed() == 1 and not PushSubscription.objects.exists()


def test_what_was_switched_off_is_not_sent_though_it_was_planned(cast: Cast, service: PushService) -> None:
    client, browser = signed_in(cast.lua), service.subscribe()
    made = start(client, browser)
    outbox.enqueue(CHANNEL, outbox.say(message()), [Recipient(made.public_id, made.service, user_id=cast.lua.pk)])
    client.post(reverse("broadcast:push_device", args=[made.public_id]), {"end": "1"})
    outbox.send_due("webpush")
    assert Delivery.objects.get().state == "failed" and not service.received
    assert Entry.objects.filter(kind="broadcast.push_withdrawn").count() == 1


def test_recipients_are_those_who_want_the_kind(cast: Cast, service: PushService) -> None:
    alarms = start(signed_in(cast.lua), service.subscribe(), wants_alarms="1")
    news = start(signed_in(cast.moc_mien), service.subscribe(), wants_news="1")
    here, elsewhere = Audience((cast.hamlet.pk,)), Audience((cast.other_commune.pk,))
    assert [one.address for one in CHANNEL.recipients(here, "law")] == [news.public_id]
    assert not list(CHANNEL.recipients(here, "alert")) and not list(CHANNEL.recipients(elsewhere, "law"))
    assert [one.address for one in CHANNEL.to_users([cast.lua.pk, cast.moc_mien.pk], "fire")] == [alarms.public_id]
    assert CHANNEL.count(here, "notice") == 1


def test_a_bulletin_goes_out_and_its_row_forgets_whose_phone_it_was(cast: Cast, service: PushService) -> None:
    browser = service.subscribe()
    row = send(start(signed_in(cast.lua), browser))
    assert (row.state, row.address, row.user_id) == ("accepted", "", None)
    (got,) = service.to(browser)
    token = got.said["receipt"]
    assert Client().post(reverse("broadcast:push_shown"), {"token": token}).status_code == 204
    row.refresh_from_db()
    assert row.shown_at is not None and row.delivered_at is None and row.user_id is None
    assert "answer" not in got.said


def test_a_phone_that_is_quicker_than_the_row_is_heard(cast: Cast, service: PushService) -> None:
    browser = service.subscribe()
    row = send(start(signed_in(cast.lua), browser))
    Delivery.objects.filter(pk=row.pk).update(receipt_key="")
    push.note_shown(service.to(browser)[0].said["receipt"])
    row.refresh_from_db()
    assert row.shown_at is not None


@pytest.mark.parametrize("behaviour", ["gone", "unknown"])
def test_a_dead_subscription_is_removed(cast: Cast, service: PushService, behaviour: str) -> None:
    kept = start(signed_in(cast.moc_mien), service.subscribe())
    row = send(start(signed_in(cast.lua), service.subscribe(behaviour)))
    assert row.state == "failed" and list(PushSubscription.objects.all()) == [kept]


def test_a_subscription_by_another_key_holds_nobody_up_and_is_removed(cast: Cast, service: PushService) -> None:
    good, bad = start(signed_in(cast.moc_mien), service.subscribe()), start(signed_in(cast.lua), service.subscribe("key"))
    row = send(bad)
    assert row.state == "waiting" and not ProviderState.objects.exists(), "one alone sets no service aside"
    said = outbox.say(message())
    Delivery.objects.update(next_attempt_at=clock.now())
    outbox.enqueue(CHANNEL, said, [Recipient(good.public_id, good.service)])
    outbox.send_due("webpush")
    row.refresh_from_db()
    assert row.state == "failed" and Delivery.objects.get(said=said).state == "accepted"
    assert list(PushSubscription.objects.all()) == [good] and ProviderState.objects.get().aside_until is None


def test_a_key_that_is_refused_everywhere_is_no_fault_of_the_phones(cast: Cast, service: PushService) -> None:
    made = [start(signed_in(cast.lua), service.subscribe("key")) for _turn in range(3)]
    outbox.enqueue(CHANNEL, outbox.say(message()), [Recipient(one.public_id, one.service) for one in made])
    outbox.send_due("webpush")
    assert ProviderState.objects.get().aside_until == clock.now() + timedelta(seconds=10) and PushSubscription.objects.count() == 3


def test_a_service_that_asks_to_wait_is_waited_for(cast: Cast, service: PushService) -> None:
    browser = service.subscribe("busy")
    row = send(start(signed_in(cast.lua), browser))
    assert row.state == "waiting" and timedelta(seconds=15) < row.next_attempt_at - clock.now() < timedelta(seconds=18)
    browser.behaviour = "ok"
    with time_machine.travel(clock.now() + timedelta(seconds=20)):
        assert outbox.send_due("webpush") == 1
    assert len(service.to(browser)) == 1


def test_a_test_goes_the_way_that_everything_goes(cast: Cast, service: PushService) -> None:
    client, browser = signed_in(cast.lua), service.subscribe()
    made = start(client, browser)
    for _turn in range(7):
        client.post(reverse("broadcast:push_device", args=[made.public_id]), {"test": "1"})
    outbox.send_due("webpush")
    assert len(service.to(browser)) == 5, "five tests in ten minutes"
    assert service.to(browser)[0].said["title"].startswith("THỬ CHUÔNG: ")


# Answers


def alarm(subscription: PushSubscription, service: PushService, browser: Browser) -> tuple[Delivery, str]:
    row = send(subscription, keeps_person=True, subject="incident:abcde12345", kind="fire", data={"answers": [["coming", "Tôi đến"], ["safe", "Tôi an toàn"]]})
    said = service.to(browser)[-1].said
    assert [one["title"] for one in said["actions"]] == ["Tôi đến", "Tôi an toàn"] and said["stays"]
    return row, said["answer"]


def test_an_answer_is_taken_once(cast: Cast, service: PushService, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int | None, str]] = []
    monkeypatch.setattr(receipts, "_listeners", [lambda row, answer, at: told.append((row.user_id, answer))])
    browser = service.subscribe()
    row, token = alarm(start(signed_in(cast.lua), browser), service, browser)
    url = reverse("broadcast:push_answer")
    assert Client().post(url, {"token": token, "action": "dance"}).status_code == 404
    assert Client(enforce_csrf_checks=True).post(url, {"token": token, "action": "coming"}).status_code == 204
    assert Client().post(url, {"token": token, "action": "safe"}).status_code == 404
    assert told == [(cast.lua.pk, "coming")]
    row.refresh_from_db()
    assert row.answered_at is not None


@pytest.mark.parametrize("spoil", [lambda t: "", lambda t: t[:-2] + "xx", lambda t: "a" * 100_000, lambda t: signing.dumps(["k", ["coming"]], salt="other"), lambda t: t.replace(":", "."), lambda t: "[]"])
def test_hostile_tokens_are_not_found(cast: Cast, service: PushService, spoil: Callable[[str], str]) -> None:
    browser = service.subscribe()
    _row, token = alarm(start(signed_in(cast.lua), browser), service, browser)
    for name in ("push_answer", "push_shown", "push_renew"):
        data = {"token": spoil(token), "action": "coming", **service.subscribe().fields}
        assert Client().post(reverse(f"broadcast:{name}"), data).status_code == 404
        assert Client().get(reverse(f"broadcast:{name}")).status_code == 405


def test_tokens_expire_and_die_with_the_account(cast: Cast, service: PushService) -> None:
    browser = service.subscribe()
    _row, token = alarm(start(signed_in(cast.lua), browser), service, browser)
    with time_machine.travel(clock.now() + timedelta(hours=3)):
        assert Client().post(reverse("broadcast:push_answer"), {"token": token, "action": "coming"}).status_code == 404
    accounts.close_user(cast.lua, actor=TESTER)
    assert Client().post(reverse("broadcast:push_answer"), {"token": token, "action": "coming"}).status_code == 404


def test_new_keys_of_a_browser_are_taken(cast: Cast, service: PushService) -> None:
    made = start(signed_in(cast.lua), service.subscribe())
    token, fresh = push.renewal_token(made), service.subscribe()
    assert Client().post(reverse("broadcast:push_renew"), {"token": token, **fresh.fields}).status_code == 204
    made.refresh_from_db()
    assert made.keys[0] == fresh.endpoint
    hostile = {**fresh.fields, "endpoint": "https://10.0.0.1/"}
    assert Client().post(reverse("broadcast:push_renew"), {"token": token, **hostile}).status_code == 422
    push.unsubscribe(made, actor=Actor.of(cast.lua))
    assert Client().post(reverse("broadcast:push_renew"), {"token": token, **fresh.fields}).status_code == 404


def test_the_service_worker_carries_pushes_and_nobodys_data(cast: Cast) -> None:
    text = Client().get("/sw.js").content.decode()
    assert 'addEventListener("push"' in text and reverse("broadcast:push_shown") in text
    assert 'addEventListener("push"' in Client().get(reverse("broadcast:push_worker")).content.decode()
