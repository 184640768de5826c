"""An alarm outside of the page: whom it reaches by which channel, what comes back, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from liengia.alarms import channels, papers, queries, reach, services
from liengia.alarms.models import Answer, DrillInvitation, Incident, IncidentState
from liengia.alarms.services import outward
from liengia.broadcast import channels as ways
from liengia.broadcast import posting
from liengia.broadcast.channels.base import Accepted, Recipient
from liengia.broadcast.channels.phone_tree import channel as phone_tree
from liengia.broadcast.channels.sms import channel as sms
from liengia.broadcast.channels.voice import channel as voice
from liengia.broadcast.channels.webpush import payload
from liengia.broadcast.models import AudioFile, Delivery, PlayOrder, SpeakerCluster
from liengia.broadcast.services import outbox, receipts
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import NotFound
from liengia.people.models import DutyShift, HouseholdPhone, Membership, User
from liengia.units.models import Unit
from tests import factories
from tests.alarms.console_scene import Desk, sign_in
from tests.alarms.given import incident, member
from tests.broadcast.given import Notes
from tests.texts import pdf_text

WAYS = ("webpush", "sms", "voice", "loudspeaker", "phone_tree")


@pytest.fixture
def told() -> Iterator[dict[str, Notes]]:
    """Put a channel that notes in the place of each of an alarm's channels."""
    before, named = dict(ways.every()), dict(channels._channels)
    made = {name: Notes(name=name) for name in WAYS}
    made["loudspeaker"].recipients = lambda audience, kind: iter([Recipient(f"loa:{audience.unit_ids}")])  # type: ignore[method-assign]
    of_houses = lambda ids: (Recipient(f"ghi:{one.user_id}", household_id=one.household_id) for one in Membership.objects.active().filter(household__in=ids))  # noqa: E731
    made["phone_tree"].to_households = of_houses  # type: ignore[method-assign]
    ways.every().update(made)
    outward.register_all()
    yield made
    ways.every().clear()
    ways.every().update(before)
    channels._channels.clear()
    channels._channels.update(named)


def run(one: Incident, after_s: float, told: dict[str, Notes]) -> None:
    services.run_due_steps(at=one.opened_at + timedelta(seconds=after_s), most=50)
    for name in WAYS:
        outbox.send_due(name)


def names(channel: Notes) -> set[int]:
    return {int(parcel.address.removeprefix("ghi:")) for parcel in channel.got}


def test_a_fire_is_pushed_at_once_to_the_group_and_to_who_is_on_duty_each_once(scene: Desk, told: dict[str, Notes]) -> None:
    resident = member(scene, 2)
    one = incident(scene)
    run(one, 0, told)
    assert {resident.pk, scene.leader.pk, scene.officer.pk} <= names(told["webpush"])
    assert len(told["webpush"].got) == len(names(told["webpush"])), "who is named by two steps is told once"
    assert not any(told[name].got for name in WAYS if name != "webpush")
    said = told["webpush"].got[0].message
    assert (said.priority, said.kind, said.mode, said.msg_type) == ("urgent", "fire", "real", "alert")
    assert said.headline.startswith("Cháy ở") and said.url.endswith(f"/{one.public_id}/")
    assert [code for code, _words in said.data["answers"]] == ["coming", "safe"]


def test_then_sms_to_who_has_not_answered_the_call_to_the_next_the_loudspeaker_and_the_list(scene: Desk, told: dict[str, Notes]) -> None:
    silent, quick = member(scene, 2), member(scene, 3)
    DutyShift.objects.create(
        post=DutyShift.objects.all()[0].post, user=scene.second, role="officer", starts_at=clock.now() + timedelta(hours=3), ends_at=clock.now() + timedelta(hours=9)
    )
    one = incident(scene)
    services.answer_incident(one, household=scene.houses[2], kind="safe", user=quick, actor=Actor.of(quick))
    run(one, 30, told)
    assert silent.pk in names(told["sms"]) and quick.pk not in names(told["sms"])
    run(one, 45, told)
    assert names(told["voice"]) == {scene.second.pk}
    assert scene.group.name in told["voice"].got[0].message.spoken_text, "each group of a hamlet has a house 1"
    run(one, 60, told)
    (order,) = told["loudspeaker"].got
    assert order.message.spoken_text == f"Có cháy tại {scene.hamlet.full_name}, gần {scene.group.name}." and "Nhà số" not in order.message.spoken_text
    run(one, 120, told)
    assert silent.pk in names(told["phone_tree"])


def test_the_list_of_phones_holds_houses_without_an_account_and_the_desk_calls_them(scene: Desk, told: dict[str, Notes], client: Client) -> None:
    ways.every()["phone_tree"] = phone_tree.CHANNEL
    outward.register_all()
    nobody, quick = scene.houses[3], member(scene, 3)
    assert not Membership.objects.filter(household=nobody).exists()
    HouseholdPhone.objects.get_or_create(household=nobody, phone="+84900000044")
    one = incident(scene)
    services.answer_incident(one, household=scene.houses[2], kind="safe", user=quick, actor=Actor.of(quick))
    run(one, 120, told)
    rows = Delivery.objects.filter(channel="phone_tree")
    assert rows.filter(household=nobody).count() == 1 and not rows.filter(household=scene.houses[2]).exists()
    desk = sign_in(client, scene.officer)
    (listed,) = posting.calls(scene.officer)
    page = f"/nha/goi-dien/incident/{one.public_id}/"
    assert page in desk.get(f"/truc/?su-viec={one.public_id}").content.decode() + desk.get("/truc/").content.decode()
    assert "0900 000 044" in desk.get(page).content.decode() and listed.waiting == rows.count()
    desk.post(f"{page}{rows.get(household=nobody).key}/", {"what": "told"})
    services.resolve_incident(one, actor=Actor.of(scene.officer))
    (end,) = posting.calls(scene.officer)
    assert end.waiting == 1 and end.message.msg_type == "all_clear", "whom somebody called is called again"
    page = f"/nha/goi-dien/incident/{end.public_id}/"
    assert nobody.house_label in desk.get(page).content.decode()
    assert desk.post(f"{page}{end.rows or Delivery.objects.waiting().get(channel='phone_tree').key}/", {"what": "told"}).status_code == 302
    assert not posting.calls(scene.officer)


@pytest.mark.parametrize("kind", ("intruder", "medical", "help"))
def test_refuses_07_a_loudspeaker_speaks_of_fire_only(scene: Desk, told: dict[str, Notes], kind: str) -> None:
    one = incident(scene, kind=kind)
    one.steps.update(channels=list(WAYS), target="hamlet")
    run(one, 200, told)
    assert not told["loudspeaker"].got


def test_a_loudspeaker_tells_hamlets_of_one_name_apart(scene: Desk) -> None:
    Unit.objects.filter(pk=scene.hamlet.pk).update(name="1", kind="Ấp", origin="Long Sơn", shares_name=True)
    said = outward.message_of(Incident.objects.get(pk=incident(scene).pk), at=clock.now(), is_spoken=True)
    assert "tại Ấp 1, Long Sơn cũ, gần" in said.spoken_text


@pytest.mark.parametrize("mode", ("real", "drill"))
def test_refuses_07_what_goes_out_of_an_intruder_begins_with_what_keeps_people_from_harm(scene: Desk, mode: str) -> None:
    one = incident(scene, kind="intruder")
    one.mode = mode
    said = outward.message_of(one, at=clock.now())
    for words in (payload.body(said), sms.text_of(said), voice.spoken(said, "1")):
        before, warning, _after = words.partition("Giữ khoảng cách. Không đánh người. Gọi 113.")
        assert warning and "nhà số 3" not in before, words


def test_a_silent_call_reaches_no_phone_of_its_house_and_is_read_out_nowhere(scene: Desk, told: dict[str, Notes]) -> None:
    at_home = member(scene, 4)
    one = scene.press(4, kind="help", silent=True)
    run(one, 300, told)
    everywhere = set().union(*(names(told[name]) for name in ("webpush", "sms", "voice")))
    assert scene.officer.pk in everywhere and at_home.pk not in everywhere
    assert not told["loudspeaker"].got and not told["phone_tree"].got
    said = told["webpush"].got[0].message
    assert not said.data["answers"]
    for words in (said.text, payload.body(said), sms.text_of(said), voice.spoken(said, "1")):
        assert "Không gọi điện về nhà đó" in words, "whatever way it is read"
    services.resolve_incident(one, actor=Actor.of(scene.officer))
    end = outward._end_message(one, at=clock.now(), is_spoken=False)
    assert "Vẫn không gọi điện hỏi nhà đó" in end.short_text


def test_a_drill_says_so_first_and_reaches_its_people_and_the_invited_only(scene: Desk, told: dict[str, Notes]) -> None:
    resident, guest = member(scene, 2), scene.elsewhere
    drill = services.plan_drill(scene.group, planned_at=clock.now(), invited=[guest], actor=Actor.of(scene.leader))
    assert DrillInvitation.objects.count() == 1
    one = services.start_drill(drill, actor=Actor.of(scene.leader))
    run(one, 500, told)
    assert {resident.pk, guest.pk} <= names(told["webpush"]) and scene.officer.pk not in names(told["webpush"])
    said = told["webpush"].got[0].message
    assert said.headline.startswith("DIỄN TẬP: ") and said.mode == "drill" and "Tập:" not in said.headline
    assert not any(told[name].got for name in WAYS if name != "webpush")


def test_a_real_alarm_takes_back_what_waits_of_a_drill_and_says_so_to_who_got_it(scene: Desk, told: dict[str, Notes]) -> None:
    resident, late = member(scene, 2), member(scene, 3)
    one = services.start_drill(services.plan_drill(scene.group, planned_at=clock.now(), actor=Actor.of(scene.leader)), actor=Actor.of(scene.leader))
    run(one, 0, told)
    outbox.enqueue(told["webpush"], outbox.say(outward.message_of(one, at=clock.now())), [Recipient(f"ghi:{late.pk}0", user_id=late.pk)], keeps_person=True)
    told["webpush"].got.clear()
    incident(scene, 3)
    outbox.send_due("webpush")
    ends = [parcel for parcel in told["webpush"].got if parcel.message.subject == f"incident:{one.public_id}:end"]
    assert f"ghi:{resident.pk}" in {parcel.address for parcel in ends} and ends[0].message.headline.startswith("DIỄN TẬP")
    assert "báo động thật" in ends[0].message.text
    assert not any(parcel.message.subject == f"incident:{one.public_id}" for parcel in told["webpush"].got)


def test_a_merger_that_brings_a_real_alarm_tells_the_end_of_the_drill_it_breaks_off(scene: Desk, told: dict[str, Notes]) -> None:
    resident = member(scene, 2)
    one = services.start_drill(services.plan_drill(scene.group, planned_at=clock.now(), actor=Actor.of(scene.leader)), actor=Actor.of(scene.leader))
    run(one, 0, told)
    told["webpush"].got.clear()
    other = services.create_group(scene.hamlet, name="Tổ mới", actor=Actor.system("test"))
    house = factories.household(scene.hamlet, 41)
    services.add_household(other, household=house, actor=Actor.system("test"))
    scene.buttons.append(services.provision_device(other, household=house, kind="both", actor=Actor.system("test")).device)
    incident(scene, len(scene.buttons), group=other.public_id)
    services.merge_groups(other, into=scene.group, actor=Actor.system("test"))
    outbox.send_due("webpush")
    ends = [parcel for parcel in told["webpush"].got if parcel.message.subject == f"incident:{one.public_id}:end"]
    assert f"ghi:{resident.pk}" in {parcel.address for parcel in ends} and "báo động thật" in ends[0].message.text


def test_a_bell_test_leaves_the_page_in_no_way(scene: Desk, told: dict[str, Notes]) -> None:
    run(incident(scene, mode="test"), 500, told)
    assert not Delivery.objects.exists()


def test_a_button_in_the_notification_answers_for_the_house(scene: Desk, told: dict[str, Notes]) -> None:
    resident = member(scene, 2)
    one = incident(scene)
    run(one, 0, told)
    row = Delivery.objects.get(channel="webpush", user=resident)
    assert receipts.receive("webpush", row.receipt_key, "answered", answer="coming")
    found = Answer.objects.get()
    assert (found.household, found.kind, found.user) == (scene.houses[1], "coming", resident)
    services.resolve_incident(one, actor=Actor.of(scene.officer))
    officer = Delivery.objects.filter(channel="webpush", user=scene.officer, subject=f"incident:{one.public_id}").get()
    assert receipts.receive("webpush", officer.receipt_key, "answered", answer="coming"), "too late changes nothing, and breaks nothing"
    assert Answer.objects.count() == 1


def test_who_has_two_houses_answers_for_the_one_that_does_not_press(scene: Desk, told: dict[str, Notes]) -> None:
    owner = member(scene, 2)
    Membership.objects.create(user=owner, household=scene.houses[2], confirmed_at=clock.now())
    one = incident(scene, 3)
    run(one, 0, told)
    outward._take(one, owner, "safe")
    assert [(found.household, found.kind) for found in Answer.objects.all()] == [(scene.houses[1], "safe")]
    Membership.objects.create(user=owner, household=scene.houses[3], confirmed_at=clock.now())
    Answer.objects.all().delete()
    row = Delivery.objects.get(channel="webpush", user=owner)
    with pytest.raises(NotFound), transaction.atomic():
        receipts.receive("webpush", row.receipt_key, "answered", answer="safe")
    row.refresh_from_db()
    assert not Answer.objects.exists() and row.answered_at is None, "which of two is safe, nobody knows: the phone says that it is not answered"
    assert receipts.receive("webpush", row.receipt_key, "answered", answer="coming") and Answer.objects.get().kind == "coming"


def test_the_key_pressed_in_a_call_acknowledges_by_who_holds_the_next_shift(scene: Desk, told: dict[str, Notes]) -> None:
    DutyShift.objects.create(
        post=DutyShift.objects.all()[0].post, user=scene.second, role="officer", starts_at=clock.now() + timedelta(hours=3), ends_at=clock.now() + timedelta(hours=9)
    )
    one = incident(scene)
    run(one, 45, told)
    row = Delivery.objects.get(channel="voice")
    assert receipts.receive("voice", row.receipt_key, "answered", answer="1")
    one.refresh_from_db()
    assert one.state == IncidentState.ACKNOWLEDGED and one.acknowledged_by == scene.second
    assert not one.steps.filter(ran_at=None, cancelled_at=None).exclude(target="remind_114").exists()


def test_a_resident_who_presses_a_key_acknowledges_nothing(scene: Desk, told: dict[str, Notes]) -> None:
    resident = member(scene, 2)
    one = incident(scene)
    run(one, 30, told)
    row = Delivery.objects.get(channel="sms", user=resident)
    receipts.receive("sms", row.receipt_key, "answered", answer="1")
    one.refresh_from_db()
    assert one.state == IncidentState.RINGING


@pytest.mark.parametrize("how", ("resolved", "dismissed"))
def test_the_end_goes_to_all_who_got_the_alarm_and_what_waited_goes_no_more(scene: Desk, told: dict[str, Notes], how: str) -> None:
    member(scene, 2)
    one = incident(scene)
    run(one, 60, told)
    got = {name: {parcel.address for parcel in told[name].got} for name in WAYS}
    told["webpush"].got.clear()
    told["sms"].got.clear()
    told["loudspeaker"].got.clear()
    told["voice"].got.clear()
    actor = Actor.of(scene.officer)
    if how == "resolved":
        services.resolve_incident(one, actor=actor)
    else:
        services.dismiss_incident(one, reason="pressed_by_mistake", actor=actor)
    for name in WAYS:
        outbox.send_due(name)
    for name in ("webpush", "sms", "loudspeaker"):
        assert {parcel.address for parcel in told[name].got} == got[name]
        said = told[name].got[0].message
        assert said.msg_type == "all_clear" and said.headline.startswith("BÁO YÊN: ")
        assert ("nhầm" in said.text) == (how == "dismissed")
    run(one, 500, told)
    assert not told["phone_tree"].got


def test_the_end_goes_also_to_whom_the_alarm_was_just_being_sent_or_was_told_by_phone(scene: Desk, told: dict[str, Notes], django_capture_on_commit_callbacks: Any) -> None:
    silent, called = member(scene, 2), member(scene, 3)
    told["phone_tree"].to_households = lambda ids: iter([Recipient(scene.houses[2].public_id, household_id=scene.houses[2].pk)])  # type: ignore[method-assign]
    one = incident(scene)
    subject = f"incident:{one.public_id}"
    services.run_due_steps(at=one.opened_at + timedelta(seconds=120), most=50)
    outbox.send_due("loudspeaker")
    Delivery.objects.filter(channel="phone_tree").update(state="accepted", accepted_at=clock.now())
    spoken_to = Delivery.objects.get(channel="loudspeaker")
    Delivery.objects.filter(pk=spoken_to.pk).update(state="waiting", claimed_until=None)  # another make took it, and answered too late
    audio = AudioFile.objects.create(recipe="r", sha256="a" * 64, size=1, seconds=1, loudness_lufs=-20)
    cluster = SpeakerCluster.objects.create(unit=scene.group.unit, name="Loa chợ")
    PlayOrder.objects.create(key=spoken_to.key, cluster=cluster, audio=audio, subject=subject, play_at=clock.now(), expires_at=clock.now() + timedelta(minutes=30))
    rows = outbox._claim(told["webpush"])  # handed over at this instant; nobody knows how it ends
    Delivery.objects.filter(user=called, channel="webpush").update(claimed_until=None)
    rows = [row for row in rows if row.user_id != called.pk]
    with django_capture_on_commit_callbacks(execute=True):
        services.resolve_incident(one, actor=Actor.of(scene.officer))
    outbox.settle(told["webpush"], rows, [Accepted() for _row in rows])
    ends = Delivery.objects.of(f"{subject}:end")
    assert set(ends.filter(channel="webpush").values_list("user", flat=True)) == {row.user_id for row in rows} and silent.pk in {row.user_id for row in rows}
    assert list(ends.filter(channel="phone_tree").values_list("household", flat=True)) == [scene.houses[2].pk], "whom somebody called is called again"
    assert told["loudspeaker"].withdrawn == [subject]
    spoken = ends.get(channel="loudspeaker").said.content
    assert spoken["priority"] == "urgent" and spoken["data"]["times"] == 2, "what was spoken at night is ended at night"


def test_nobody_is_told_in_a_commune_that_has_the_room_off(scene: Desk, told: dict[str, Notes], settings: object) -> None:
    settings.ROOMS_OFF = {"broadcast"}  # type: ignore[attr-defined]
    one = incident(scene)
    run(one, 200, told)
    assert not Delivery.objects.exists() and one.steps.exclude(ran_at=None).exists()


def test_a_new_press_after_quieting_tells_everybody_again(scene: Desk, told: dict[str, Notes]) -> None:
    resident: User = member(scene, 2)
    one = incident(scene)
    run(one, 0, told)
    services.quiet_incident(one, actor=Actor.of(scene.officer))
    again = incident(scene, 3)
    run(again, 120, told)
    assert [parcel.address for parcel in told["webpush"].got].count(f"ghi:{resident.pk}") == 2


def test_the_record_and_its_paper_say_what_each_channel_did_and_whom_nothing_reached(scene: Desk, told: dict[str, Notes], client: Client) -> None:
    member(scene, 2)
    one = incident(scene)
    scene.ring(1)
    run(one, 30, told)
    receipts.receive("webpush", Delivery.objects.filter(channel="webpush").exclude(receipt_key="")[0].receipt_key, "shown")
    found = {way.name: way for way in reach.ways(one)}
    assert found["webpush"].meant == found["webpush"].accepted == len(told["webpush"].got) and found["webpush"].shown == 1
    assert found["sms"].answered == 0 and found["webpush"].accepted_s is not None
    missed = [house.seat for house in reach.unreached(queries.incident_summary(one))]
    assert missed == [4, 5], "1 rang, 2 got a message, 3 pressed"
    Delivery.objects.filter(user__memberships__household=scene.houses[1]).update(state="failed")
    assert [house.seat for house in reach.unreached(queries.incident_summary(one))] == [2, 4, 5], "taken, and then reported as failed"
    outbox.enqueue(told["phone_tree"], outbox.say(outward.message_of(one, at=clock.now())), [Recipient("4", household_id=scene.houses[3].pk)], keeps_person=True)
    Delivery.objects.filter(channel="phone_tree").update(state="accepted", accepted_at=clock.now())
    assert [house.seat for house in reach.unreached(queries.incident_summary(one))] == [2, 5], "somebody called house 4"
    page = sign_in(client, scene.officer).get(f"/truc/su-viec/{one.public_id}/").content.decode()
    assert "Điện thoại và loa" in page and "Không kênh nào tới được" in page
    assert "Điện thoại và loa" in pdf_text(papers.incident_report(one))
