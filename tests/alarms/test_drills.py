"""Drills and bell tests: the same path, and never the real thing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from liengia.alarms import queries, services
from liengia.alarms.models import BellTest, Device, Drill, HearingProof
from liengia.alarms.services.drills import end_forgotten_drills
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.people.models import Membership
from tests import factories
from tests.alarms.console_scene import Desk
from tests.alarms.given import incident, member, rang, state


def planned(scene: Desk, **facts: object) -> Drill:
    return services.plan_drill(
        scene.group, planned_at=clock.now(), actor=Actor.of(scene.leader), **{"household": scene.houses[1], **facts}  # type: ignore[arg-type]
    )


def test_a_drill_rings_as_a_drill_and_is_scored(scene: Desk) -> None:
    leader, drill = Actor.of(scene.leader), planned(scene)
    one = services.start_drill(drill, actor=leader)
    assert (one.mode, one.household) == ("drill", scene.houses[1])
    assert state(scene.group)["mode"] == "drill"
    rang(scene, 1, 2, 3)
    user = member(scene, 1)
    services.answer_incident(one, household=scene.houses[0], kind="coming", user=user, actor=Actor.of(user))
    drill = services.end_drill(drill, note="nhà 4 chưa nghe", actor=leader)
    assert drill.ended_at is not None
    assert (drill.score["sirens"], drill.score["sounded"], drill.score["answered"], drill.score["coming"]) == (5, 3, 1, 1)
    assert drill.score["houses_unconfirmed"] == sorted(house.pk for house in scene.houses[3:])
    assert state(scene.group)["state"] == "quiet"
    with pytest.raises(Refused):
        services.start_drill(drill, actor=leader)


def test_a_real_alarm_ends_the_drill_and_its_score_is_kept(scene: Desk) -> None:
    drill = planned(scene)
    services.start_drill(drill, actor=Actor.of(scene.leader))
    rang(scene, 1)
    incident(scene, 3)
    drill.refresh_from_db()
    assert drill.ended_at is not None
    assert drill.score["sounded"] == 1


def test_nothing_is_exercised_while_an_alarm_is_open(scene: Desk) -> None:
    leader = Actor.of(scene.leader)
    incident(scene)
    with pytest.raises(Refused):
        services.start_drill(planned(scene), actor=leader)
    with pytest.raises(Refused):
        services.test_bell(scene.group, actor=leader)


def test_an_open_silent_call_refuses_no_drill_since_that_would_betray_it(scene: Desk) -> None:
    silent = incident(scene, kind="help", is_silent=True)
    assert services.start_drill(planned(scene), actor=Actor.of(scene.leader)).mode == "drill"
    silent.refresh_from_db()
    assert silent.is_open


def test_all_bells_are_tested_once_at_a_time(scene: Desk) -> None:
    leader = Actor.of(scene.leader)
    test = services.test_bell(scene.group, actor=leader)
    assert test.incident is not None and test.incident.mode == "test"
    assert state(scene.group)["mode"] == "test"
    assert state(scene.group)["for_s"] <= 10
    with pytest.raises(Refused):
        services.test_bell(scene.group, actor=leader)


def test_one_bell_is_tested_without_an_incident(scene: Desk) -> None:
    test = services.test_bell(scene.group, device=scene.buttons[0], actor=Actor.of(scene.leader))
    assert state(scene.group)["state"] == "quiet"
    rang(scene, 1)
    assert BellTest.objects.get(pk=test.pk).sounded_at is not None


def test_what_cannot_be_planned(scene: Desk) -> None:
    for facts in (
        {"planned_at": clock.now() - timedelta(hours=2)},
        {"planned_at": clock.now() + timedelta(days=400)},
        {"planned_at": clock.now(), "household": factories.household(scene.hamlet, 30)},
    ):
        with pytest.raises(Invalid):
            services.plan_drill(scene.group, actor=Actor.of(scene.leader), **facts)


def test_a_cancelled_drill_does_not_start(scene: Desk) -> None:
    drill, leader = planned(scene), Actor.of(scene.leader)
    services.cancel_drill(drill, actor=leader)
    with pytest.raises(Refused):
        services.cancel_drill(drill, actor=leader)
    with pytest.raises(Refused):
        services.start_drill(drill, actor=leader)
    with pytest.raises(Refused):
        services.end_drill(drill, actor=leader)


def test_only_a_person_starts_a_drill(scene: Desk) -> None:
    with pytest.raises(Refused):
        services.start_drill(planned(scene), actor=Actor.system("worker"))


def test_who_heard_their_phone_is_kept(scene: Desk) -> None:
    user = member(scene, 1)
    services.record_hearing(user, household=scene.houses[0], heard=True, browser="Chrome " * 20, actor=Actor.of(user))
    assert len(HearingProof.objects.get().browser) == 40


def test_what_a_phone_said_last_holds_as_long_as_its_owner_lives_there(scene: Desk) -> None:
    Device.objects.update(kind="button", last_sounded_at=None)
    user, gone = member(scene, 1), member(scene, 2)
    for one, house in ((user, scene.houses[0]), (gone, scene.houses[1])):
        services.record_hearing(one, household=house, heard=True, actor=Actor.of(one))

    def unproven() -> list[int]:
        return [place.seat for place in queries.households_without_proof(scene.group)]

    assert unproven() == [3, 4, 5]
    Membership.objects.filter(user=gone).update(ended_at=clock.now())
    assert unproven() == [2, 3, 4, 5]
    services.record_hearing(user, household=scene.houses[0], heard=False, actor=Actor.of(user))
    assert unproven() == [1, 2, 3, 4, 5]


def test_a_drill_that_nobody_ends_ends_by_itself_and_the_next_can_begin(scene: Desk) -> None:
    drill = planned(scene)
    services.start_drill(drill, actor=Actor.of(scene.leader))
    assert end_forgotten_drills(at=clock.now() + timedelta(hours=2)) == 0
    assert end_forgotten_drills(at=clock.now() + timedelta(hours=4)) == 1
    drill.refresh_from_db()
    assert drill.ended_at is not None and drill.score
    services.start_drill(planned(scene), actor=Actor.of(scene.leader))
