"""Places leave after a day, names 30 days after the end; counts stay."""

from __future__ import annotations

from datetime import timedelta

from liengia.alarms import services
from liengia.alarms.models import (
    Answer,
    DeviceApart,
    Incident,
    IncidentEvent,
    IncidentStep,
    Press,
    RejectedMessage,
)
from liengia.alarms.retention import erase_due
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.geo import Point
from tests.alarms.console_scene import Desk
from tests.alarms.given import incident, member


def test_refuses_10_the_place_of_who_pressed_is_gone_after_a_day(scene: Desk) -> None:
    user = member(scene, 3)
    services.raise_from_phone(
        scene.houses[2], user=user, kind="fire", press_id="1", point=Point(10.5, 106.6), actor=Actor.of(user)
    )
    erase_due(at=clock.now() + timedelta(hours=23))
    assert Press.objects.get().lat is not None
    erase_due(at=clock.now() + timedelta(hours=25))
    assert Press.objects.get().lat is Press.objects.get().lon is None


def test_names_leave_30_days_after_the_end_and_counts_stay(scene: Desk) -> None:
    user, officer = member(scene, 1), Actor.of(scene.officer)
    press = services.raise_from_phone(scene.houses[0], user=user, kind="fire", press_id="1", actor=Actor.of(user))
    one = press.incident
    assert one is not None
    services.run_due_steps()
    services.answer_incident(one, household=scene.houses[0], kind="coming", note="Lụa tới", user=user, actor=Actor.of(user))
    services.note_incident(one, text="ông Bền báo", actor=officer)
    services.tick_emergency_call(one, number="114", household=scene.houses[0], actor=Actor.of(user))
    services.acknowledge_incident(one, actor=officer)
    services.resolve_incident(one, note="bà Sáu đóng ga", actor=officer)
    erase_due(at=clock.now() + timedelta(days=29))
    assert Answer.objects.exists()
    assert erase_due(at=clock.now() + timedelta(days=31)) >= 1
    one.refresh_from_db()
    assert (one.end_note, one.acknowledged_by, one.ended_by) == ("", None, None)
    assert one.counts["coming"] == 1
    assert not Answer.objects.exists()
    assert Press.objects.get().user is None
    call = one.emergency_calls.get()
    assert (call.called_by, call.household, call.number) == (None, None, "114")
    everything = repr(list(IncidentEvent.objects.values())) + repr(list(IncidentStep.objects.values()))
    for name in (user.full_name, scene.officer.full_name, scene.leader.full_name, "Lụa", "Bền", "Sáu"):
        assert name not in everything
    assert erase_due(at=clock.now() + timedelta(days=32)) == 0


def test_open_incidents_keep_their_names(scene: Desk) -> None:
    one = services.acknowledge_incident(incident(scene), actor=Actor.of(scene.officer))
    erase_due(at=clock.now() + timedelta(days=31))
    one.refresh_from_db()
    assert one.acknowledged_by == scene.officer


def test_names_leave_what_belongs_to_no_incident_too(scene: Desk) -> None:
    services.set_device_apart(scene.buttons[0], minutes=5, actor=Actor.of(scene.leader))
    line = IncidentEvent.objects.get(kind="apart")
    assert line.actor_label == str(scene.leader)
    erase_due(at=clock.now() + timedelta(days=31))
    line.refresh_from_db()
    assert (line.actor_label, line.actor_id) == ("", "")


def test_refused_messages_and_proofs_have_their_period(scene: Desk) -> None:
    services.keep_rejected([("lg", b"x", "topic")], at=clock.now())
    user = member(scene, 1)
    services.record_hearing(user, household=scene.houses[0], heard=True, actor=Actor.of(user))
    assert erase_due(at=clock.now() + timedelta(days=31)) == 1
    assert not RejectedMessage.objects.exists()
    assert erase_due(at=clock.now() + timedelta(days=401)) == 1


def test_nothing_leads_from_an_old_press_to_a_phone_or_from_a_device_set_apart_to_who_did_it(scene: Desk) -> None:
    user, officer = member(scene, 1), Actor.of(scene.officer)
    pressed = services.raise_from_phone(scene.houses[0], user=user, kind="fire", press_id="1", actor=Actor.of(user))
    assert pressed.incident is not None
    services.set_device_apart(scene.buttons[1], minutes=10, reason="ông Bền bấm hoài", actor=officer)
    services.resolve_incident(pressed.incident, actor=officer)
    erase_due(at=clock.now() + timedelta(days=29))
    assert Press.objects.get().device.user == user
    erase_due(at=clock.now() + timedelta(days=31))
    assert not Press.objects.filter(device__user=user).exists()
    assert not IncidentEvent.objects.filter(device__user=user).exists()
    assert Press.objects.get().device.kind == "phone"
    apart = DeviceApart.objects.get()
    assert (apart.reason, apart.set_by) == ("", None)
    assert not [line for line in IncidentEvent.objects.all() if "Bền" in str(line.data)]


def test_two_phones_that_said_the_same_id_and_records_of_before_are_forgotten_too(scene: Desk) -> None:
    users = [member(scene, 1), member(scene, 2)]
    pressed = [
        services.raise_from_phone(scene.houses[n], user=user, kind="fire", press_id="1", actor=Actor.of(user)) for n, user in enumerate(users)
    ]
    assert pressed[0].incident == pressed[1].incident is not None
    services.resolve_incident(pressed[0].incident, actor=Actor.of(scene.officer))
    # As an installation of before left it: the names are gone, the phones are not.
    Incident.objects.update(names_erased_at=clock.now(), ended_at=clock.now() - timedelta(days=60))
    erase_due()
    assert not Press.objects.filter(device__user__in=users).exists() and Press.objects.count() == 2
    assert not IncidentEvent.objects.filter(device__user__in=users).exists()
