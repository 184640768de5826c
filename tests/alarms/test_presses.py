"""Presses become incidents (design: Incident)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client

from liengia.alarms import services
from liengia.alarms.messages import PressMessage, read_press
from liengia.alarms.models import DeviceKind, Incident, IncidentEvent, NeighbourGroup, Press
from liengia.alarms.services.escalation import DEFAULT_PLANS
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound
from liengia.core.geo import Point
from tests.alarms.console_scene import Desk, sign_in
from tests.alarms.given import incident, kinds, lines, member, message, press, state


def test_a_press_opens_an_incident_that_rings(scene: Desk) -> None:
    one = incident(scene, 3)
    assert (one.state, one.kind, one.mode, one.household) == ("ringing", "fire", "real", scene.houses[2])
    assert sorted(one.expected_sirens) == sorted(device.pk for device in scene.buttons)
    assert one.household_count == 5
    said = state(scene.group)
    assert (said["state"], said["kind"], said["mode"], said["incident"]) == ("ringing", "fire", "real", one.public_id)
    assert kinds(one) == ["opened"]


def test_presses_of_one_group_kind_and_mode_join(scene: Desk) -> None:
    services.record_presses([message(scene, 1), message(scene, 2)])
    one = incident(scene, 3)
    assert Incident.objects.count() == 1
    assert one.press_count == 3
    assert incident(scene, 3, kind="medical") != one
    assert incident(scene, 3, mode="drill") != one
    assert Incident.objects.open().count() == 3


def test_after_the_end_a_press_opens_another(scene: Desk) -> None:
    first = incident(scene)
    services.dismiss_incident(first, reason="other", actor=Actor.of(scene.officer))
    assert incident(scene) != first


def test_a_redelivery_or_replay_changes_nothing(scene: Desk) -> None:
    said = message(scene)
    services.record_presses([said])
    one, rev = Incident.objects.get(), NeighbourGroup.objects.get(pk=scene.group.pk).state_rev
    again = services.record_presses([said, said])
    assert again.known == 2
    assert not again.recorded
    services.resolve_incident(one, actor=Actor.of(scene.officer))
    services.record_presses([said])
    assert Incident.objects.get().state == "resolved"
    assert Press.objects.count() == 1
    assert NeighbourGroup.objects.get(pk=scene.group.pk).state_rev == rev + 1


def bare(scene: Desk, at: datetime, *, waited_s: float = 0.0) -> PressMessage:
    """Return the bare word `fire` as the bridge reads it, stored by the broker at an instant of one minute."""
    topic = f"lg.{scene.group.public_id}.press.{scene.buttons[2].public_id}"
    return read_press(topic, b"fire", received_at=at + timedelta(seconds=waited_s), stored_at=at)


@pytest.mark.parametrize("end", ["resolve_incident", "quiet_incident"])
def test_a_bare_press_counts_once_a_minute_and_again_after_what_it_rang_for_is_over(scene: Desk, end: str) -> None:
    start = (clock.now() - timedelta(minutes=5)).replace(second=2, microsecond=0)
    at = [start + timedelta(seconds=seconds) for seconds in range(0, 50, 10)]
    services.record_presses([bare(scene, at[0])])
    assert services.record_presses([bare(scene, at[0], waited_s=3), bare(scene, at[1])]).known == 2, "a repetition"
    first = Incident.objects.get()
    assert first.press_count == 1
    getattr(services, end)(first, actor=Actor.of(scene.officer))
    Incident.objects.filter(pk=first.pk).update(**{"ended_at" if end == "resolve_incident" else "quieted_at": at[2]})
    assert services.record_presses([bare(scene, at[0], waited_s=30), bare(scene, at[1], waited_s=30)]).known == 2, "delivered late, pushed before"
    assert state(scene.group)["state"] == "quiet"
    assert len(services.record_presses([bare(scene, at[3])]).recorded) == 1
    assert state(scene.group)["state"] == "ringing"
    assert Incident.objects.count() == (2 if end == "resolve_incident" else 1)
    assert services.record_presses([bare(scene, at[3], waited_s=5)]).known == 1, "the second push, delivered again"
    assert Press.objects.count() == 2


def test_a_bare_press_counts_when_its_device_is_no_longer_apart(scene: Desk) -> None:
    services.set_device_apart(scene.buttons[2], minutes=60, actor=Actor.of(scene.officer))
    start = (clock.now() + timedelta(minutes=1)).replace(second=2, microsecond=0)
    services.record_presses([bare(scene, start), bare(scene, start + timedelta(seconds=4))])
    assert Press.objects.count() == 1 and not Incident.objects.exists()
    services.return_device(scene.buttons[2], actor=Actor.of(scene.officer))
    services.record_presses([bare(scene, start + timedelta(seconds=20))])
    assert Incident.objects.get().is_open


def test_two_devices_may_use_the_same_id(scene: Desk) -> None:
    services.record_presses([message(scene, 1, press_id="1"), message(scene, 2, press_id="1")])
    assert Press.objects.count() == 2


@pytest.mark.parametrize("with_open", [False, True])
def test_a_stale_press_is_recorded_and_shown_and_rings_nothing(scene: Desk, with_open: bool) -> None:
    if with_open:
        one = incident(scene, 1)
        services.quiet_incident(one, actor=Actor.of(scene.officer))
    old = press(scene, 3, age_s=301.0)
    assert old.is_stale
    assert state(scene.group)["state"] == "quiet"
    line = IncidentEvent.objects.get(kind="stale_press")
    assert line.group == scene.group
    assert (line.incident is not None) is with_open
    assert Incident.objects.count() == with_open


def test_what_was_pressed_in_vain_stands_a_day_on_the_desk_and_the_leaders_page(scene: Desk) -> None:
    services.set_device_apart(scene.buttons[3], minutes=60, actor=Actor.of(scene.officer))
    press(scene, 3, age_s=301.0)
    for _again in range(2):
        press(scene, 4, kind="intruder")
    press(scene, 5, age_s=301.0, mode="drill")
    press(scene, 1, age_s=301.0, received_at=clock.now() - timedelta(hours=25))
    desk = sign_in(Client(), scene.officer).get("/truc/").content.decode()
    group = sign_in(Client(), scene.leader, second_factor=False).get(f"/nha/to/{scene.group.public_id}/").content.decode()
    for page in (desk, group):
        assert "Nhà số 3 bấm “Cháy”" in page and "tới muộn 5 phút" in page
        assert page.count("Nhà số 4 bấm “") == 1 and "Bấm 2 lần." in page and "tách riêng" in page
        assert "Nhà số 5 bấm “" not in page and "Nhà số 1 bấm “" not in page
    assert "0900 000 003" in desk
    press(scene, 3, kind="help", is_silent=True)
    desk = sign_in(Client(), scene.officer).get("/truc/").content.decode()
    assert "Nhà số 3 bấm “" not in desk and "0900 000 003" not in desk and "Nhà số 4 bấm “" in desk, "nobody is asked to telephone who calls silently"
    press(scene, 4, kind="help", is_silent=True)
    services.resolve_incident(Incident.objects.get(is_silent=True), actor=Actor.of(scene.officer))
    desk = sign_in(Client(), scene.officer).get("/truc/").content.decode()
    assert "Nhà số 3 bấm “" not in desk and "Nhà số 4 bấm “" not in desk, "nor when the call is over, nor a house that joined it"
    elsewhere = sign_in(Client(), scene.elsewhere).get("/truc/").content.decode()
    assert "mà không chuông nào reo" not in elsewhere


def test_one_that_waited_in_the_stream_is_stale_too(scene: Desk) -> None:
    found = press(scene, 3, age_s=200.0, waited_s=150.0)
    assert found.is_stale
    assert (found.received_at - found.pressed_at) == timedelta(seconds=350)


def test_unknown_foreign_and_revoked_devices_are_refused_and_the_good_press_goes_through(scene: Desk) -> None:
    elsewhere = services.create_group(scene.hamlet, actor=Actor.system("test"))
    services.revoke_device(scene.buttons[4], actor=Actor.system("test"))
    outcome = services.record_presses(
        [
            message(scene, 1, device="zzzzzzzzzz"),
            message(scene, 1, group=elsewhere.public_id),
            message(scene, 1, group="zzzzzzzzzz"),
            message(scene, 5),
            message(scene, 3),
        ]
    )
    assert outcome.refused == {0: "unknown_device", 1: "other_group", 2: "other_group", 3: "revoked_device"}
    assert [found.device for found in outcome.recorded] == [scene.buttons[2]]


def test_a_press_stored_before_the_revocation_counts(scene: Desk) -> None:
    services.revoke_device(scene.buttons[2], actor=Actor.system("test"))
    outcome = services.record_presses([message(scene, 3, waited_s=60.0)])
    assert not outcome.refused


def test_a_new_press_after_quieting_rings_again_and_begins_the_plan_anew(scene: Desk) -> None:
    one = incident(scene)
    services.quiet_incident(one, actor=Actor.of(scene.officer))
    assert state(scene.group)["state"] == "quiet"
    again = incident(scene, 2)
    assert again == one
    assert (again.state, again.generation, again.is_sounding) == ("ringing", 2, True)
    assert state(scene.group)["state"] == "ringing"
    assert set(one.steps.filter(generation=1).values_list("cancel_reason", flat=True)) == {"rang_again"}
    assert one.steps.filter(generation=2, cancelled_at=None).count() == len(DEFAULT_PLANS["fire"])  # type: ignore[index]


def test_a_press_after_the_sirens_time_rings_again_although_the_worker_was_away(scene: Desk) -> None:
    then = clock.now() - timedelta(seconds=700)
    incident(scene, received_at=then)
    assert state(scene.group)["state"] == "quiet"
    assert incident(scene).generation == 2
    assert state(scene.group)["state"] == "ringing"


def test_an_acknowledged_incident_goes_on_ringing_until_quieted(scene: Desk) -> None:
    one = services.acknowledge_incident(incident(scene), actor=Actor.of(scene.officer))
    assert incident(scene, 2).state == "acknowledged"
    assert state(scene.group)["state"] == "ringing"
    assert one.pk


def test_a_button_that_presses_every_2_s_for_10_minutes_makes_one_usable_incident(scene: Desk) -> None:
    begun = clock.now() - timedelta(minutes=10)
    for start in range(0, 300, 30):
        services.record_presses(
            [message(scene, 3, received_at=begun + timedelta(seconds=2 * n)) for n in range(start, start + 30)]
        )
    one = Incident.objects.get()
    assert one.press_count == 300
    assert len(kinds(one)) <= 12
    services.set_device_apart(scene.buttons[2], minutes=60, actor=Actor.of(scene.officer))
    services.quiet_incident(one, actor=Actor.of(scene.officer))
    found = press(scene, 3)
    assert found.is_apart
    assert state(scene.group)["state"] == "quiet"
    incident(scene, 4)
    assert state(scene.group)["state"] == "ringing", "all others still ring"


def test_a_device_has_one_line_a_minute_in_an_incident(scene: Desk) -> None:
    begun = clock.now()
    opened = [message(scene, 1, received_at=begun), message(scene, 1, kind="medical", received_at=begun)]
    services.record_presses(opened)
    for second in (1, 2, 30, 59, 62, 63):
        services.record_presses([message(scene, house, received_at=begun + timedelta(seconds=second)) for house in (1, 2)])
    services.record_presses([message(scene, 2, kind="medical", received_at=begun + timedelta(seconds=3))])
    fire, medical = Incident.objects.get(kind="fire"), Incident.objects.get(kind="medical")
    said = [(line.kind, line.device, line.at - begun) for line in fire.events.order_by("id")]
    first, second = scene.buttons[:2]
    assert said == [
        ("opened", first, timedelta(0)),
        ("pressed", second, timedelta(seconds=1)),
        ("pressed", first, timedelta(seconds=62)),
        ("pressed", second, timedelta(seconds=62)),
    ]
    assert fire.press_count == 13
    assert kinds(medical) == ["opened", "pressed"], "what a device said in one incident is not said in another"


def test_a_press_under_the_old_topic_of_a_moved_device_rings_its_new_group(scene: Desk) -> None:
    other = services.create_group(scene.hamlet, actor=Actor.system("test"))
    services.renew_credential(scene.buttons[2], actor=Actor.system("test"))
    services.move_device(scene.buttons[2], group=other, actor=Actor.system("test"))
    found = press(scene, 3)
    assert (found.group, found.needs_publishing) == (other, True)
    assert state(other)["state"] == "ringing"


def test_a_silent_press_of_a_moved_device_is_never_published(scene: Desk) -> None:
    other = services.create_group(scene.hamlet, actor=Actor.system("test"))
    services.renew_credential(scene.buttons[2], actor=Actor.system("test"))
    services.move_device(scene.buttons[2], group=other, actor=Actor.system("test"))
    assert not press(scene, 3, kind="help", is_silent=True).needs_publishing


# Silent help


def test_a_silent_call_rings_nothing_and_changes_no_state_of_its_group(scene: Desk) -> None:
    officer = Actor.of(scene.officer)
    before = NeighbourGroup.objects.get(pk=scene.group.pk).state_rev
    one = incident(scene, kind="help", is_silent=True)
    assert one.expected_sirens == []
    services.quiet_incident(one, actor=officer)
    assert incident(scene, kind="help", is_silent=True).generation == 2
    services.acknowledge_incident(one, actor=officer)
    services.resolve_incident(one, actor=officer)
    group = NeighbourGroup.objects.get(pk=scene.group.pk)
    assert group.state_rev == before
    assert state(group)["state"] == "quiet"
    assert all(one.events.values_list("is_for_duty_only", flat=True))


def test_a_silent_call_never_joins_a_loud_one_and_ends_no_drill(scene: Desk) -> None:
    loud = incident(scene, kind="help")
    drill = incident(scene, mode="drill")
    silent = incident(scene, kind="help", is_silent=True)
    assert silent != loud
    drill.refresh_from_db()
    assert drill.is_open


def test_a_device_set_apart_is_told_to_the_group_while_only_a_silent_call_is_open(scene: Desk) -> None:
    incident(scene, kind="help", is_silent=True)
    services.set_device_apart(scene.buttons[0], minutes=5, actor=Actor.of(scene.officer))
    assert IncidentEvent.objects.filter(kind="apart", incident=None, is_for_duty_only=False).count() == 1


# Drills and tests


def test_a_real_press_ends_an_open_drill_and_says_why(scene: Desk) -> None:
    drill, test = incident(scene, mode="drill"), incident(scene, mode="test")
    assert state(scene.group)["mode"] == "drill"
    real = incident(scene, 2)
    for exercise in (drill, test):
        exercise.refresh_from_db()
        assert (exercise.state, exercise.end_reason, exercise.mode) == ("resolved", "real_alarm", exercise.mode)
        assert lines(exercise, "drill_ended") == [{"real": real.public_id, "mode": exercise.mode}]
    assert real.mode == "real"
    assert state(scene.group)["incident"] == real.public_id


def test_drill_and_real_press_in_one_batch(scene: Desk) -> None:
    services.record_presses([message(scene, 1, mode="drill"), message(scene, 2)])
    assert dict(Incident.objects.values_list("mode", "state")) == {"drill": "resolved", "real": "ringing"}


def test_exercises_escalate_to_nobody_beyond_their_people(scene: Desk) -> None:
    assert set(incident(scene, mode="drill").steps.values_list("target", flat=True)) == {"group"}
    assert not incident(scene, mode="test").steps.exists()


# Phones


def test_a_phones_press_is_committed_first_and_published_by_the_bridge(scene: Desk) -> None:
    user = member(scene, 3)
    found = services.raise_from_phone(
        scene.houses[2], user=user, kind="fire", press_id="7f", point=Point(10.5, 106.6), actor=Actor.of(user)
    )
    assert found.needs_publishing
    assert found.published_at is None
    assert found.device.public_id.startswith("p")
    assert found.device.kind == DeviceKind.PHONE
    assert (found.lat is not None) and found.incident is not None


def test_a_page_may_retry(scene: Desk) -> None:
    user, press_id = member(scene, 3), str(uuid.uuid4())
    first, again = (
        services.raise_from_phone(scene.houses[2], user=user, kind="fire", press_id=press_id, actor=Actor.of(user))
        for _ in range(2)
    )
    assert first == again
    assert Incident.objects.get().press_count == 1


def test_a_silent_call_of_a_phone_is_not_published(scene: Desk) -> None:
    user = member(scene, 3)
    found = services.raise_from_phone(
        scene.houses[2], user=user, kind="help", is_silent=True, press_id="1", actor=Actor.of(user)
    )
    assert not found.needs_publishing


@pytest.mark.parametrize("facts", [{"kind": "flood"}, {"mode": "war"}, {"is_silent": True}, {"press_id": "\0"}, {"press_id": ""}])
def test_nonsense_from_a_page_is_refused(scene: Desk, facts: dict[str, object]) -> None:
    user = member(scene, 3)
    with pytest.raises(Invalid):
        services.raise_from_phone(
            scene.houses[2], user=user, actor=Actor.of(user), **{"kind": "fire", "press_id": "1", **facts}  # type: ignore[arg-type]
        )
    assert not Press.objects.exists()


def test_a_household_without_a_group_is_told_so(scene: Desk) -> None:
    user = member(scene, 3)
    services.remove_household(scene.group, household=scene.houses[2], actor=Actor.of(user))
    with pytest.raises(NotFound):
        services.raise_from_phone(scene.houses[2], user=user, kind="fire", press_id="1", actor=Actor.of(user))


def test_a_batch_costs_as_many_queries_for_fifty_presses_as_for_two(scene: Desk, django_assert_max_num_queries: object) -> None:
    incident(scene)
    with django_assert_max_num_queries(17):  # the timeline's positions among them  # type: ignore[operator]
        services.record_presses([message(scene, 1 + n % 5) for n in range(50)])
