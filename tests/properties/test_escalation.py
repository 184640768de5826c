"""Any order of presses, acts and seconds keeps what docs/algorithms/escalation.md promises."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liengia.alarms import services
from liengia.alarms.models import Incident, IncidentStep, NeighbourGroup, Press
from liengia.alarms.services.soundings import stop_rung_out
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from tests.alarms.console_scene import Desk, desk
from tests.alarms.given import message

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
acts = st.lists(
    st.one_of(
        st.tuples(
            st.just("press"), st.integers(1, 3), st.sampled_from(["fire", "help"]), st.sampled_from(["real", "real", "drill"]),
            st.booleans(), st.integers(0, 5),
        ),
        st.tuples(st.sampled_from(["acknowledge", "quiet", "dismiss", "resolve"]), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.sampled_from([1, 7, 31, 65, 300, 700])),
        st.tuples(st.just("replay")),
    ),
    min_size=1,
    max_size=25,
)  # fmt: skip


class Undo(Exception):
    """Rolls one example back."""


@pytest.fixture
def scene() -> Desk:
    with time_machine.travel(BEGIN - timedelta(hours=1), tick=False):
        return desk(houses=3)


class World:
    """The scene, its clock, and what was sent so far."""

    def __init__(self, scene: Desk, clock: Any) -> None:
        self.scene, self.clock = scene, clock
        self.sent: dict[str, Any] = {}
        self.rev = 0

    def press(self, house: int, kind: str, mode: str, silent: bool, number: int) -> None:
        press_id = f"{house}:{number}"
        said = message(
            self.scene, house, press_id=press_id, kind=kind, mode=mode, is_silent=silent and kind == "help"
        )
        services.record_presses([said])
        self.sent.setdefault(press_id, said)

    def act(self, verb: str, place: int) -> None:
        found = list(Incident.objects.order_by("pk"))
        if not found:
            return
        one, officer = found[place % len(found)], Actor.of(self.scene.officer)
        with suppress(Refused):
            match verb:
                case "acknowledge":
                    services.acknowledge_incident(one, actor=officer)
                case "quiet":
                    services.quiet_incident(one, actor=officer)
                case "dismiss":
                    services.dismiss_incident(one, reason="other", actor=officer)
                case _:
                    services.resolve_incident(one, actor=officer)

    def wait(self, seconds: int) -> None:
        self.clock.shift(timedelta(seconds=seconds))
        while services.run_due_steps():  # a batch ends when it has worked long enough
            pass
        stop_rung_out()

    def check(self) -> None:
        open_ones = Counter(Incident.objects.open().values_list("group", "kind", "mode", "is_silent"))
        assert all(count == 1 for count in open_ones.values())
        assert Press.objects.count() == len(self.sent)
        assert not Press.objects.filter(incident=None).exists()
        assert sum(Incident.objects.values_list("press_count", flat=True)) == len(self.sent)
        group = NeighbourGroup.objects.get(pk=self.scene.group.pk)
        assert group.state_rev >= self.rev
        self.rev = group.state_rev
        now = datetime.now(UTC)
        sounding = Incident.objects.open().filter(is_sounding=True, is_silent=False, sounds_until__gt=now)
        said = services.group_state(group, at=now)
        assert (said["state"] == "ringing") is sounding.exists()
        if said["state"] == "ringing":
            assert (said["mode"] == "real") is sounding.filter(mode="real").exists()
        for one in Incident.objects.ended():
            assert one.ended_at is not None and not one.is_sounding

    def check_steps(self) -> None:
        now = datetime.now(UTC)
        assert not IncidentStep.objects.filter(ran_at__lt=F("due_at")).exists()
        assert not IncidentStep.objects.filter(incident__mode="drill").exclude(target="group").exists(), "a drill tells its people alone"
        for one in Incident.objects.filter(mode="real"):
            steps = list(one.steps.filter(generation=one.generation, order__lt=900).order_by("due_at", "order"))
            assert steps, "each real alarm has its plan"
            due = [step for step in steps if step.due_at <= now and step.cancelled_at is None]
            assert all(step.ran_at is not None for step in due), "whatever was due has run"
            ran = [step.ran_at for step in steps if step.ran_at is not None]
            assert ran == sorted(ran)
            if not one.is_open:
                assert not one.steps.filter(ran_at=None, cancelled_at=None).exists()
        told = Counter(
            Incident.objects.filter(events__kind__in=["step_ran", "reminded"]).values_list("pk", flat=True)
        )
        for key, lines in told.items():
            assert lines == IncidentStep.objects.filter(incident=key).exclude(ran_at=None).count(), "each ran once"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts)
def test_any_order_of_presses_and_acts_keeps_what_is_promised(scene: Desk, acts: list[tuple[Any, ...]]) -> None:
    with suppress(Undo), time_machine.travel(BEGIN, tick=False) as clock, transaction.atomic():
        world = World(scene, clock)
        for act in acts:
            match act:
                case ("press", *rest):
                    world.press(*rest)
                case ("wait", seconds):
                    world.wait(seconds)
                case ("replay",):
                    assert not services.record_presses(list(world.sent.values())).recorded
                case (verb, place):
                    world.act(verb, place)
            clock.shift(timedelta(milliseconds=100))
            world.check()
        world.wait(1)
        world.check_steps()
        raise Undo
