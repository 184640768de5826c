"""Two groups merged while the same alarm is open in both: one goes on, the other is joined to it, nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from liengia.alarms import services
from liengia.alarms.models import (
    Answer,
    Device,
    Incident,
    IncidentEvent,
    IncidentState,
    IncidentStep,
    NeighbourGroup,
    Press,
    Sounding,
)
from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import Household
from tests import factories
from tests.alarms.console_scene import Desk, sign_in
from tests.alarms.given import incident, kinds, lines, press, rang, state

TESTER = Actor.system("test")


class Two:
    """The scene's group and another one in the same hamlet, with a house and a device each."""

    def __init__(self, scene: Desk) -> None:
        self.scene = scene
        self.into = services.create_group(scene.hamlet, name="Tổ mới", actor=TESTER)
        self.house: Household = factories.household(scene.hamlet, 21)
        services.add_household(self.into, household=self.house, actor=TESTER)
        minted = services.provision_device(self.into, household=self.house, kind="both", actor=TESTER)
        scene.buttons.append(minted.device)
        for button in scene.buttons[:5]:
            services.renew_credential(button, actor=TESTER)

    def here(self, **facts: object) -> Incident:
        return incident(self.scene, 3, **facts)

    def there(self, **facts: object) -> Incident:
        return incident(self.scene, 6, group=self.into.public_id, **facts)

    def merge(self) -> None:
        services.merge_groups(self.scene.group, into=self.into, actor=TESTER)


@pytest.fixture
def two(scene: Desk) -> Two:
    return Two(scene)


def open_ones() -> list[Incident]:
    return list(Incident.objects.open().order_by("opened_at"))


def test_the_older_goes_on_with_everything_of_both(two: Two) -> None:
    first, later = two.here(), two.there()
    press(two.scene, 6, group=two.into.public_id)
    rang(two.scene, 1, 2)
    actor = Actor.of(two.scene.leader)
    services.answer_incident(first, household=two.scene.houses[0], kind="safe", actor=actor)
    services.answer_incident(later, household=two.house, kind="coming", minutes=3, kit=["ladder"], actor=actor)
    services.tick_emergency_call(later, number="114", actor=actor)
    presses, lines_before = Press.objects.count(), IncidentEvent.objects.exclude(incident=None).count()
    steps = IncidentStep.objects.count()
    two.merge()
    (one,) = open_ones()
    assert one == first
    assert one.group == two.into
    assert Press.objects.filter(incident=one).count() == presses == one.press_count == 3
    assert one.answers.count() == 2
    assert Sounding.objects.filter(incident=one).count() == 2
    assert one.emergency_calls.get().number == "114"
    assert one.steps.count() == steps, "no step is lost"
    assert one.household_count == 6
    assert set(one.expected_sirens) == {button.pk for button in two.scene.buttons}
    assert one.events.count() == lines_before + 1, "the timeline of both, and the line that says so"
    assert set(one.events.values_list("group", flat=True)) == {two.into.pk}
    later.refresh_from_db()
    assert (later.state, later.end_reason, later.joined_into) == ("resolved", "joined", first)
    assert kinds(later) == ["joined"], "whoever looks at it is told"
    assert lines(one, "joined") == [{"incident": later.public_id, "group": "Tổ mới", "presses": 2}]
    assert Entry.objects.filter(kind="alarms.incident_joined").count() == 1
    assert state(two.into)["incident"] == state(two.scene.group)["incident"] == one.public_id
    assert press(two.scene, 4).incident == press(two.scene, 6, group=two.into.public_id).incident == one


def test_the_older_is_the_one_of_the_group_that_stays(two: Two) -> None:
    first, later = two.there(), two.here()
    two.merge()
    assert open_ones() == [first]
    later.refresh_from_db()
    assert later.joined_into == first
    assert lines(first, "joined")[0]["group"] == two.scene.group.name


def test_it_is_acknowledged_only_if_both_were_and_sounds_if_either_did(two: Two) -> None:
    first, _later = two.here(), two.there()
    officer = Actor.of(two.scene.officer)
    services.acknowledge_incident(first, actor=officer)
    services.quiet_incident(first, actor=officer)
    two.merge()
    (one,) = open_ones()
    assert (one.state, one.is_sounding) == (IncidentState.RINGING, True), "nobody has taken on the other half"
    assert state(two.into)["state"] == "ringing"
    assert one.steps.filter(ran_at=None, cancelled_at=None).exists(), "its steps go on"


def test_both_acknowledged_stays_acknowledged(two: Two) -> None:
    officer = Actor.of(two.scene.officer)
    for one in (two.here(), two.there()):
        services.acknowledge_incident(one, actor=officer)
        services.quiet_incident(one, actor=officer)
    two.merge()
    (one,) = open_ones()
    assert (one.state, one.is_sounding) == ("acknowledged", False)
    assert state(two.into)["state"] == "quiet"


def test_every_step_of_both_ran_or_was_ended_with_a_reason(two: Two) -> None:
    first, _later = two.there(), two.here()
    services.run_due_steps(at=clock.now() + timedelta(seconds=20))
    two.merge()
    services.run_due_steps(at=clock.now() + timedelta(seconds=200), most=50)
    left = IncidentStep.objects.filter(ran_at=None, cancelled_at=None)
    assert not left.filter(due_at__lte=clock.now() + timedelta(seconds=200)).exists()
    ended = IncidentStep.objects.exclude(cancelled_at=None)
    assert set(ended.values_list("cancel_reason", flat=True)) == {"joined"}
    ran = IncidentStep.objects.exclude(ran_at=None)
    assert {"leader", "deputy", "security_team", "commander"} <= set(ran.values_list("target", flat=True))
    assert not IncidentStep.objects.exclude(incident=first).exists()


def test_different_kinds_stand_beside_each_other(two: Two) -> None:
    two.here()
    two.there(kind="medical")
    two.here(kind="help", is_silent=True)
    two.merge()
    assert {(one.kind, one.group_id) for one in open_ones()} == {
        ("fire", two.into.pk), ("medical", two.into.pk), ("help", two.into.pk),
    }  # fmt: skip


def test_a_real_alarm_that_comes_in_ends_the_drill_there(two: Two) -> None:
    drill = two.there(mode="drill")
    real = two.here()
    two.merge()
    assert open_ones() == [real]
    drill.refresh_from_db()
    assert (drill.state, drill.end_reason) == ("resolved", "real_alarm")
    assert "drill_ended" in kinds(drill)


def test_a_neighbour_that_rang_for_it_is_its_own_group_afterwards(two: Two) -> None:
    one = two.here()
    one.rings.create(group=two.into, since=clock.now())
    two.merge()
    assert not one.rings.filter(ended_at=None).exists()
    services.quiet_incident(Incident.objects.get(pk=one.pk), actor=Actor.of(two.scene.officer))
    assert state(two.into)["state"] == "quiet"


def test_one_persons_two_answers_become_the_newest(two: Two) -> None:
    first, later = two.here(), two.there()
    actor = Actor.of(two.scene.leader)
    for one, kind in ((later, "coming"), (first, "need_help")):
        services.answer_incident(one, household=two.house, kind=kind, user=two.scene.leader, actor=actor)
    two.merge()
    assert Answer.objects.get().kind == "need_help"
    assert first.events.filter(kind="answered").count() == 2


def test_the_address_of_the_joined_one_leads_to_the_one_that_goes_on(two: Two, client: Client) -> None:
    first, later = two.here(), two.there()
    two.merge()
    sign_in(client, two.scene.officer)
    answer = client.get(reverse("alarms:console_incident", args=[later.public_id]))
    assert answer.status_code == 302
    assert first.public_id in answer["Location"]
    NeighbourGroup.objects.filter(pk=two.into.pk).update(leader=two.scene.leader)
    sign_in(client, two.scene.leader)
    answer = client.get(reverse("alarms:alarm", args=[later.public_id]))
    assert answer.status_code == 302
    assert first.public_id in answer["Location"]


def test_devices_are_told_to_move_and_none_is_flashed(two: Two) -> None:
    two.here()
    two.there()
    before = set(Device.objects.values_list("public_id", flat=True))
    two.merge()
    assert set(Device.objects.values_list("public_id", "group")) == {(name, two.into.pk) for name in before}
    assert len(services.orders_due(at=clock.now())) == 5
