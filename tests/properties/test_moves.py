"""Whatever moves, however long switched off: a device ends in its last group with one credential, or is a fault."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import bcrypt
import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from liengia.alarms import services
from liengia.alarms.models import Device, DeviceFault, NeighbourGroup
from liengia.core import clock
from liengia.core.actor import Actor
from tests.alarms.console_scene import Desk, desk

pytestmark = pytest.mark.django_db
TESTER = Actor.system("test")
BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
acts = st.lists(
    st.one_of(
        *[st.tuples(st.just("move"), st.integers(0, 2))] * 4,
        st.tuples(st.just("beat_once"), st.just(0)),
        st.tuples(st.just("switch"), st.booleans()),
        st.tuples(st.just("deafen"), st.booleans()),
        st.tuples(st.just("delay"), st.booleans()),
        st.tuples(st.just("hours"), st.sampled_from([0.002, 0.02, 0.3, 5, 30, 100, 170, 240])),
        st.tuples(st.just("reissue"), st.just(0)),
    ),
    max_size=16,
)


class Undo(Exception):
    """Rolls one example back."""


@pytest.fixture
def scene() -> Desk:
    with time_machine.travel(BEGIN - timedelta(hours=1), tick=False):
        return desk(houses=3)


@dataclass
class World:
    """A device as it lies in somebody's house, and the broker's rules: what it hears and whether it is let in."""

    clock: Any
    device: Device
    groups: list[NeighbourGroup]
    group: str
    password: str
    is_on: bool = True
    is_deaf: bool = False
    arrives_late: bool = False
    on_the_way: list[dict[str, Any]] = field(default_factory=list)

    def live(self) -> list[Any]:
        return list(self.device.credentials.filter(revoked_at=None).select_related("group"))

    def is_let_in(self) -> bool:
        """The broker checks the password; it does not know which device holds which."""
        return any(
            c.group.public_id == self.group and bcrypt.checkpw(self.password.encode(), c.password_hash.encode())
            for c in self.live()
        )

    def hear(self, orders: list[services.Order]) -> None:
        """An order is heard at once, later, or never; only under the topics of the group that the device is in."""
        for order in orders:
            if not self.is_on or not self.is_let_in() or order.subject.split(".")[1] != self.group:
                continue
            if self.arrives_late:
                self.on_the_way.append(json.loads(order.body))
            elif not self.is_deaf:
                self.obey(json.loads(order.body))

    def obey(self, order: dict[str, Any]) -> None:
        self.group, self.password = order["group"], order["password"]

    def arrive(self) -> None:
        """What was on its way comes; the device leaves that connection, and hears no more on it."""
        if self.on_the_way:
            self.obey(self.on_the_way[0])
            self.on_the_way.clear()

    def beat(self) -> None:
        if self.is_on and self.is_let_in():
            self.hear(services.hear_moving([services.Heard(self.device.pk, self.group, clock.now())]))

    def hours(self, hours: float) -> None:
        """Time passes: a device that is on beats, the worker does its chores."""
        self.arrive()
        for _ in range(3):
            self.clock.shift(timedelta(hours=hours / 3))
            self.beat()
            self.hear(services.orders_due(at=clock.now()))
            services.retire_credentials()
            services.note_unfinished_moves()

    def move(self, to: int) -> None:
        self.device.refresh_from_db()
        if self.device.group_id != self.groups[to].pk:
            self.hear(services.move_device(self.device, group=self.groups[to], actor=TESTER))

    def beat_once(self, _: int) -> None:
        self.clock.shift(timedelta(seconds=1))
        self.beat()
        self.arrive()

    def switch(self, on: bool) -> None:
        self.is_on = on
        self.on_the_way.clear()

    def deafen(self, deaf: bool) -> None:
        self.is_deaf = deaf

    def delay(self, late: bool) -> None:
        self.arrives_late = late

    def reissue(self, _: int) -> None:
        if DeviceFault.objects.open().filter(device=self.device, kind="not_moved").exists():
            services.reissue_move(self.device, actor=TESTER)

    def act(self, verb: str, what: Any) -> None:
        getattr(self, verb)(what)
        self.holds()

    def holds(self) -> None:
        """At any moment: one credential that stays, none double in a group, no password kept without need."""
        live = self.live()
        assert sum(c.superseded_at is None for c in live) == 1
        assert len({c.group_id for c in live}) == len(live)
        assert all(not c.sealed for c in self.device.credentials.exclude(revoked_at=None).filter(retires_at=None))

    def settle(self) -> None:
        """The device is switched on and hears again; two days later it has come, or stands as a fault."""
        self.is_on, self.is_deaf, self.arrives_late = True, False, False
        self.arrive()
        for hours in (0.02, 0.02, 1, 24, 25):
            self.hours(hours)
        self.device.refresh_from_db()
        has_come = self.is_let_in() and self.group == self.device.group.public_id and len(self.live()) == 1
        is_fault = DeviceFault.objects.open().filter(device=self.device, kind="not_moved").exists()
        assert has_come != is_fault, (has_come, is_fault, [(c.username, c.superseded_at) for c in self.live()])
        if is_fault:
            services.reissue_move(self.device, actor=TESTER)
            for hours in (0.02, 0.02, 1, 1):
                self.hours(hours)
            assert self.is_let_in(), "one act mends it, with nothing flashed anew"
            assert self.group == self.device.group.public_id
            assert len(self.live()) == 1
        assert not DeviceFault.objects.open().filter(device=self.device, kind="not_moved").exists()
        assert not self.device.credentials.exclude(sealed="").exists()


@given(acts=acts)
@example(acts=[("move", 1), ("move", 0)])
@example(acts=[("delay", True), ("move", 1), ("delay", False), ("move", 0), ("beat_once", 0)])
@settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_a_device_comes_to_its_last_group_or_stands_as_a_fault(scene: Desk, acts: list[tuple[str, Any]]) -> None:
    with time_machine.travel(BEGIN, tick=False) as moving:
        try:
            with transaction.atomic():
                groups = [scene.group, *(services.create_group(scene.hamlet, actor=TESTER) for _ in range(2))]
                given_ = services.provision_device(scene.group, kind="both", actor=TESTER)
                Device.objects.filter(pk=given_.device.pk).update(first_seen_at=clock.now())
                device = Device.objects.get(pk=given_.device.pk)
                world = World(moving, device, groups, scene.group.public_id, given_.password)
                for verb, what in acts:
                    world.act(verb, what)
                world.settle()
                raise Undo
        except Undo:
            pass
