"""Two at one instant: one outcome, and both are told (threads with connections of their own)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from liengia.alarms import services
from liengia.alarms.models import Incident, IncidentEvent, IncidentStep, NeighbourGroup, Press
from liengia.alarms.services.escalation import DEFAULT_PLANS
from liengia.core import clock, live
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from tests.alarms.console_scene import Desk, desk
from tests.alarms.given import incident, kinds, message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db: None) -> Desk:
    return desk(houses=5)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run the works in threads that start together; return what each returned or raised."""
    ready, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            ready.wait(10)
            results[place] = work()
        except Exception as error:
            results[place] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_two_presses_at_one_instant_make_one_incident(scene: Desk) -> None:
    said = [message(scene, 1 + n % 5) for n in range(8)]
    results = at_once(*(lambda one=one: services.record_press_alone(one) for one in said))
    assert not [result for result in results if isinstance(result, Exception)]
    one = Incident.objects.get()
    assert one.press_count == Press.objects.count() == 8
    assert kinds(one).count("opened") == 1
    assert one.steps.count() == len(DEFAULT_PLANS["fire"])  # type: ignore[index]


def test_one_press_delivered_to_two_bridges_counts_once(scene: Desk) -> None:
    said = message(scene)
    results = at_once(*(lambda: services.record_press_alone(said) for _ in range(4)))
    assert not [result for result in results if isinstance(result, Exception)]
    assert (Press.objects.count(), Incident.objects.get().press_count) == (1, 1)


def test_a_page_that_sends_its_press_twice_at_once_presses_once(scene: Desk) -> None:
    results = at_once(
        *(
            lambda: services.raise_from_phone(
                scene.houses[0], user=scene.leader, kind="fire", press_id="1", actor=Actor.of(scene.leader)
            )
            for _ in range(3)
        )
    )
    assert len({result.pk for result in results}) == 1


def test_two_officers_acknowledge_at_once_and_both_are_told(scene: Desk) -> None:
    one = incident(scene)
    results = at_once(
        lambda: services.acknowledge_incident(one, actor=Actor.of(scene.officer)),
        lambda: services.acknowledge_incident(one, actor=Actor.of(scene.second)),
    )
    refused = [result for result in results if isinstance(result, Refused)]
    winner = next(result for result in results if isinstance(result, Incident))
    assert len(refused) == 1
    assert str(winner.acknowledged_by) in str(refused[0])
    assert kinds(one).count("acknowledged") == 1


@pytest.mark.parametrize("ending", ["acknowledge", "resolve", "quiet"])
def test_an_officers_act_and_a_press_at_one_instant_overwrite_nothing(scene: Desk, ending: str) -> None:
    officer = Actor.of(scene.officer)
    verb = {
        "acknowledge": services.acknowledge_incident,
        "resolve": services.resolve_incident,
        "quiet": services.quiet_incident,
    }[ending]
    for turn in range(6):
        one = incident(scene, 1 + turn % 5, kind="medical")
        if one.state == "acknowledged" and ending == "acknowledge":
            services.resolve_incident(one, actor=officer)
            one = incident(scene, 1, kind="medical")
        results = at_once(
            lambda one=one: verb(one, actor=officer),
            lambda: services.record_press_alone(message(scene, 2, kind="medical")),
        )
        assert not [result for result in results if isinstance(result, Exception)], results
        one.refresh_from_db()
        if ending == "resolve":
            assert (one.state, one.ended_at is not None, one.is_sounding) == ("resolved", True, False)
        elif ending == "acknowledge":
            assert one.state == "acknowledged"
        else:
            last = [kind for kind in kinds(one) if kind in ("quieted", "rang_again", "pressed")][-1]
            assert one.is_sounding is (last == "rang_again")
    for kind_open in Incident.objects.open().values_list("kind", "mode"):
        assert kind_open == ("medical", "real")
    assert Incident.objects.open().count() <= 1


def test_a_step_runs_once_although_two_workers_take_it(scene: Desk) -> None:
    one = incident(scene)
    due = one.opened_at + timedelta(seconds=100)
    results = at_once(*(lambda: services.run_due_steps(at=due) for _ in range(3)))
    assert not [result for result in results if isinstance(result, Exception)], results
    while services.run_due_steps(at=due):
        pass
    assert not IncidentStep.objects.filter(ran_at=None, due_at__lte=due, order__lt=900).exists()
    ran = IncidentEvent.objects.filter(kind__in=["step_ran", "reminded"]).values_list("data__order", flat=True)
    assert sorted(ran) == list(range(1, 12)), "all but the last, which is due after two minutes"


def test_steps_acts_and_presses_at_once_never_block_each_other(scene: Desk) -> None:
    other = services.create_group(scene.hamlet, lat="10.530900", lon="106.600000", actor=Actor.system("test"))
    NeighbourGroup.objects.filter(pk=scene.group.pk).update(lat="10.530000", lon="106.600000")
    button = services.provision_device(other, kind="both", actor=Actor.system("test")).device
    scene.buttons.append(button)
    for _turn in range(4):
        one = incident(scene)
        both = [message(scene, 1), message(scene, 6, group=other.public_id)]
        results = at_once(
            lambda: services.run_due_steps(at=clock.now() + timedelta(seconds=120)),
            lambda both=both: services.record_presses(both),
            lambda one=one: services.acknowledge_incident(one, actor=Actor.of(scene.officer)),
            lambda: services.record_soundings([], at=clock.now()),
            lambda: live.sequence(IncidentEvent),
        )
        assert not [result for result in results if isinstance(result, Exception)], results
        services.dismiss_incident(one, reason="other", actor=Actor.of(scene.officer))


def test_two_sequencers_at_once_give_each_row_one_position(scene: Desk) -> None:
    incident(scene)
    works = [lambda: live.sequence(IncidentEvent) for _ in range(4)]
    presses = [lambda n=n: services.record_presses([message(scene, 1 + n % 5, kind="help")]) for n in range(4)]
    at_once(*works, *presses, *works)
    live.sequence(IncidentEvent)
    found = sorted(IncidentEvent.objects.values_list("position", flat=True))
    assert found == list(range(1, len(found) + 1))


def test_the_database_is_the_one_that_was_asked_for(request: pytest.FixtureRequest) -> None:
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[request.config.getoption("--db")]
