"""What people do with an open incident, and who cannot."""

from __future__ import annotations

import pytest

from liengia.alarms import services
from liengia.alarms.models import Device, Incident, IncidentState
from liengia.alarms.workflow import INCIDENT
from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.people import handover
from liengia.people.models import DutyPost
from liengia.people.services import duty
from tests.alarms.console_scene import Desk
from tests.alarms.given import incident, kinds, lines, member, press, state


def test_ringing_acknowledged_resolved(scene: Desk) -> None:
    officer = Actor.of(scene.officer)
    one = services.acknowledge_incident(incident(scene), actor=officer)
    assert (one.state, one.acknowledged_by) == ("acknowledged", scene.officer)
    assert one.acknowledged_at is not None
    one = services.resolve_incident(one, note="đã dập tắt", actor=officer)
    assert (one.state, one.ended_by, one.is_sounding) == ("resolved", scene.officer, False)
    assert state(scene.group)["state"] == "quiet"
    assert kinds(one) == ["opened", "acknowledged", "resolved"]
    assert set(Entry.objects.filter(kind__startswith="alarms.").values_list("kind", flat=True)) >= {
        "alarms.incident_raised", "alarms.incident_acknowledged", "alarms.incident_resolved",
    }  # fmt: skip


def test_who_resolves_a_ringing_alarm_has_acknowledged_it(scene: Desk) -> None:
    one = services.resolve_incident(incident(scene), actor=Actor.of(scene.officer))
    assert one.acknowledged_by == scene.officer
    assert kinds(one) == ["opened", "acknowledged", "resolved"]


@pytest.mark.parametrize("is_acknowledged", [False, True])
def test_a_mistaken_alarm_is_dismissed_with_a_reason_and_counted_per_device(scene: Desk, is_acknowledged: bool) -> None:
    officer = Actor.of(scene.officer)
    one = incident(scene, 3)
    press(scene, 3)
    press(scene, 4, age_s=400.0)
    if is_acknowledged:
        services.acknowledge_incident(one, actor=officer)
    with pytest.raises(Invalid):
        services.dismiss_incident(one, reason="false_report", actor=officer)
    one = services.dismiss_incident(one, reason="pressed_by_mistake", actor=officer)
    assert (one.state, one.end_reason) == ("dismissed", "pressed_by_mistake")
    assert list(Device.objects.filter(mistaken_count__gt=0).values_list("pk", "mistaken_count")) == [(scene.buttons[2].pk, 1)]


def test_a_phone_is_a_person_and_is_not_counted(scene: Desk) -> None:
    user = member(scene, 1)
    pressed = services.raise_from_phone(scene.houses[0], user=user, kind="fire", press_id="1", actor=Actor.of(user))
    assert pressed.incident is not None
    services.dismiss_incident(pressed.incident, reason="pressed_by_mistake", actor=Actor.of(scene.officer))
    assert not Device.objects.filter(mistaken_count__gt=0).exists()


def test_a_false_report_is_an_offence_and_never_a_button() -> None:
    assert not any("false" in reason or "fake" in reason for reason in services.DISMISS_REASONS)


@pytest.mark.parametrize("ending", ["resolve", "dismiss"])
def test_nothing_happens_after_the_end(scene: Desk, ending: str) -> None:
    officer, one = Actor.of(scene.officer), incident(scene)
    if ending == "resolve":
        services.resolve_incident(one, actor=officer)
    else:
        services.dismiss_incident(one, reason="other", actor=officer)
    for verb in (services.acknowledge_incident, services.quiet_incident, services.resolve_incident):
        with pytest.raises(Refused):
            verb(one, actor=officer)
    with pytest.raises(Refused):
        services.dismiss_incident(one, reason="other", actor=officer)
    with pytest.raises(Refused):
        services.ask_to_end(one, household=scene.houses[2], actor=officer)


def test_the_second_officer_is_told_who_was_first(scene: Desk) -> None:
    one = incident(scene)
    services.acknowledge_incident(one, actor=Actor.of(scene.officer))
    with pytest.raises(Refused) as refused:
        services.acknowledge_incident(one, actor=Actor.of(scene.second))
    assert refused.value.detail_code == "already_acknowledged"
    assert scene.officer.full_name in str(refused.value)


def test_quieting_stops_the_sirens_and_leaves_it_open(scene: Desk) -> None:
    one = services.quiet_incident(incident(scene), actor=Actor.of(scene.leader))
    assert one.is_open
    assert state(scene.group)["state"] == "quiet"
    with pytest.raises(Refused):
        services.quiet_incident(one, actor=Actor.of(scene.leader))


@pytest.mark.parametrize("kind", ["help", "intruder"])
@pytest.mark.parametrize("silent", [False, True])
def test_refuses_08_the_pressing_household_cannot_end_its_call(scene: Desk, kind: str, silent: bool) -> None:
    if silent and kind == "intruder":
        kind = "help"
    one = incident(scene, 3, kind=kind, is_silent=silent)
    incident(scene, 4, kind=kind, is_silent=silent)
    for house in (3, 4):
        own = Actor.of(member(scene, house))
        for end in (
            lambda by=own: services.quiet_incident(one, actor=by),
            lambda by=own: services.resolve_incident(one, actor=by),
            lambda by=own: services.dismiss_incident(one, reason="other", actor=by),
        ):
            with pytest.raises(Refused) as refused:
                end()
            assert refused.value.detail_code == "own_household"
    asker = member(scene, 3)
    services.ask_to_end(one, household=scene.houses[2], note="ổn rồi", actor=Actor.of(asker))
    assert Incident.objects.get(pk=one.pk).state == "ringing"
    assert one.events.get(kind="end_asked").household == scene.houses[2]
    services.resolve_incident(one, actor=Actor.of(member(scene, 1)))


def test_a_phone_that_moved_house_does_not_free_the_pressing_household(scene: Desk) -> None:
    user = member(scene, 3)
    found = services.raise_from_phone(scene.houses[2], user=user, kind="help", press_id="1", actor=Actor.of(user))
    Device.objects.filter(pk=found.device_id).update(household=scene.houses[0])
    with pytest.raises(Refused):
        services.resolve_incident(found.incident, actor=Actor.of(user))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["fire", "medical"])
def test_the_pressing_household_may_end_its_own_fire(scene: Desk, kind: str) -> None:
    one = incident(scene, 3, kind=kind)
    assert services.quiet_incident(one, actor=Actor.of(member(scene, 3))).is_open


def test_refuses_01_nothing_of_ours_calls_114(scene: Desk) -> None:
    one = incident(scene)
    call = services.tick_emergency_call(one, number="114", household=scene.houses[0], actor=Actor.of(scene.leader))
    assert call.called_by == scene.leader, "a person called, and says so"
    assert lines(one, "called") == [{"number": "114"}]
    with pytest.raises(Refused):
        services.tick_emergency_call(incident(scene, mode="drill"), number="114", actor=Actor.of(scene.leader))


def test_who_takes_over_the_shift_signs_for_what_is_open_then(scene: Desk) -> None:
    post = DutyPost.objects.get()
    before = incident(scene, 3)
    offered = duty.offer_handover(post, actor=Actor.of(scene.officer), to_user=scene.second)
    meanwhile = incident(scene, 4, kind="intruder")
    seen = [item.key for item in handover.open_items(post, clock.now())]
    assert {item.state for item in handover.open_items(post, clock.now())} == {"Đang reo"}, "in words that the officer reads"
    with pytest.raises(Refused):
        duty.accept_handover(offered, seen=seen[:1], actor=Actor.of(scene.second))
    duty.accept_handover(offered, seen=seen, actor=Actor.of(scene.second))
    offered.refresh_from_db()
    assert len(offered.open_items) == 2
    for one in (before, meanwhile):
        assert one.events.get(kind="handed_over").actor_label == str(scene.second)


def test_notes_stand_in_the_timeline(scene: Desk) -> None:
    one = incident(scene)
    services.note_incident(one, text="  xe đã tới đầu hẻm  ", actor=Actor.of(scene.officer))
    assert lines(one, "noted") == [{"note": "xe đã tới đầu hẻm"}]
    with pytest.raises(Invalid):
        services.note_incident(one, text="   ", actor=Actor.of(scene.officer))


def test_refuses_07_an_incident_has_no_field_for_a_suspect() -> None:
    words = {"suspect", "description", "plate", "face", "photo"}
    assert not {field.name for field in Incident._meta.get_fields()} & words


def test_no_state_leads_out_of_an_ended_one() -> None:
    assert INCIDENT.states == set(IncidentState.values)
    for ended in (IncidentState.RESOLVED, IncidentState.DISMISSED):
        assert not INCIDENT.table[ended]
