"""Which device lives: faults open and clear by themselves; one never seen is not faulty."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from liengia.alarms import queries, services
from liengia.alarms.bridge.beats import Supervisor
from liengia.alarms.messages import read_beat
from liengia.alarms.models import Device, DeviceFault
from liengia.alarms.supervision import note_overdue_tests, states_published
from liengia.core import clock
from liengia.core.actor import Actor
from tests.alarms.console_scene import Desk

TESTER = Actor.system("test")


@pytest.fixture
def supervisor(scene: Desk) -> Supervisor:
    made = Supervisor(None, None)  # type: ignore[arg-type]
    made.read_roster()
    return made


def beat(supervisor: Supervisor, device: Device, after_s: float = 0, *, payload: bytes = b"{}", group: str = "") -> None:
    subject = f"lg.{group or device.group.public_id}.beat.{device.public_id}"
    supervisor.take(read_beat(subject, payload), at=supervisor.started_at + timedelta(seconds=after_s))


def look(supervisor: Supervisor, after_s: float) -> set[tuple[Any, ...]]:
    supervisor.look(at=supervisor.started_at + timedelta(seconds=after_s))
    return set(DeviceFault.objects.open().values_list("device", "kind"))


def test_no_beat_for_90_s_is_a_fault_that_clears_itself(scene: Desk, supervisor: Supervisor) -> None:
    one = scene.buttons[0]
    beat(supervisor, one, 1)
    assert look(supervisor, 90) == set()
    assert look(supervisor, 90.5) == {(one.pk, "no_beat")}, "half a second early, so that it stands when 90 s are over"
    beat(supervisor, one, 100)
    assert look(supervisor, 101) == set()


def test_the_fault_stands_when_the_90_s_are_over_not_at_the_next_look(scene: Desk, supervisor: Supervisor) -> None:
    for number, device in enumerate(scene.buttons):
        beat(supervisor, device, 10 + number / 10)
    began = supervisor.started_at
    assert supervisor.rest_s(at=began + timedelta(seconds=20)) == 1.0
    at = began + timedelta(seconds=99.3)
    rest = supervisor.rest_s(at=at)
    assert rest < 0.3
    at += timedelta(seconds=rest)
    supervisor.look(at=at)
    assert DeviceFault.objects.open().get().device == scene.buttons[0]
    assert at <= began + timedelta(seconds=99.6)
    assert 0 < supervisor.rest_s(at=at) <= 0.101, "the next one's turn comes a tenth of a second later"


def test_after_a_start_nobody_is_blamed_before_90_s(scene: Desk, supervisor: Supervisor) -> None:
    Device.objects.update(last_seen_at=clock.now() - timedelta(days=2))
    supervisor.roster.clear()
    supervisor.read_roster()
    assert look(supervisor, 89) == set()
    assert len(look(supervisor, 91)) == 5


def test_one_never_seen_is_not_installed_and_not_faulty(scene: Desk, supervisor: Supervisor) -> None:
    fresh = services.provision_device(scene.group, kind="siren", actor=TESTER).device
    supervisor.read_roster()
    assert look(supervisor, 500) == set()
    assert queries.readiness(scene.group).never_seen == 1
    beat(supervisor, fresh, 501)
    look(supervisor, 502)
    fresh.refresh_from_db()
    assert fresh.first_seen_at is not None


def test_battery_and_mains(scene: Desk, supervisor: Supervisor) -> None:
    one = scene.buttons[0]
    beat(supervisor, one, payload=b'{"battery_mv": 2300, "mains": false}')
    assert look(supervisor, 1) == {(one.pk, "low_battery"), (one.pk, "mains_lost")}
    beat(supervisor, one, 30, payload=b'{"battery_mv": 2450, "mains": true}')
    assert look(supervisor, 31) == {(one.pk, "low_battery")}, "a little more is not yet good"
    beat(supervisor, one, 60, payload=b'{"battery_mv": 2900}')
    assert look(supervisor, 61) == set()
    assert supervisor.write_digest() == 1
    one.refresh_from_db()
    assert (one.battery_mv, one.last_seen_at) == (2900, supervisor.started_at + timedelta(seconds=60))
    assert supervisor.write_digest() == 0


def test_the_will_is_no_sign_of_life_and_strangers_are_none(scene: Desk, supervisor: Supervisor) -> None:
    one = scene.buttons[0]
    beat(supervisor, one, payload=b'{"gone": true}')
    beat(supervisor, one, group="zzzzzzzzzz")
    supervisor.take(read_beat("lg.aaaaaaaaaa.beat.zzzzzzzzzz", b"{}"), at=clock.now())
    assert supervisor.write_digest() == 0


def test_the_first_beat_in_the_new_group_ends_the_old_credential(scene: Desk, supervisor: Supervisor) -> None:
    given = services.provision_device(scene.group, kind="both", actor=TESTER)
    other = services.create_group(scene.hamlet, actor=TESTER)
    services.move_device(given.device, group=other, actor=TESTER)
    supervisor.read_roster()
    beat(supervisor, given.device, 1, group=scene.group.public_id)
    look(supervisor, 2)
    assert given.device.credentials.filter(revoked_at=None).count() == 2
    assert [order.subject for order in supervisor.orders] == [f"lg.{scene.group.public_id}.to.{given.device.public_id}"]
    beat(supervisor, given.device, 3, group=other.public_id)
    look(supervisor, 4)
    assert given.device.credentials.get(revoked_at=None).group == other


def test_a_device_that_was_moved_just_now_is_not_taken_for_a_stranger(scene: Desk, supervisor: Supervisor) -> None:
    given = services.provision_device(scene.group, kind="both", actor=TESTER)
    supervisor.read_roster()
    other = services.create_group(scene.hamlet, actor=TESTER)
    services.move_device(given.device, group=other, actor=TESTER)
    beat(supervisor, given.device, 1, group=other.public_id)
    supervisor.read_roster()
    look(supervisor, 2)
    assert given.device.credentials.get(revoked_at=None).group == other


def test_a_connection_under_an_older_credential_is_told_where_to_go(scene: Desk, supervisor: Supervisor) -> None:
    given = services.provision_device(scene.group, kind="both", actor=TESTER)
    services.move_device(given.device, group=services.create_group(scene.hamlet, actor=TESTER), actor=TESTER)
    supervisor.judge_movers(Counter({"somebody": 1}), at=clock.now())
    assert not supervisor.orders
    supervisor.judge_movers(Counter({given.username: 1}), at=clock.now())
    assert len(supervisor.orders) == 1


def test_a_credential_on_two_connections_twice_in_a_row_was_copied(scene: Desk, supervisor: Supervisor) -> None:
    given = services.provision_device(scene.group, kind="both", actor=TESTER)
    for count, faults in ((2, 0), (2, 1), (1, 0), (2, 0), (1, 0)):
        supervisor.judge_copies(Counter({given.username: count}), at=clock.now())
        assert DeviceFault.objects.open().filter(kind="credential_copied").count() == faults


def test_a_siren_not_heard_for_90_days_wants_a_test(scene: Desk) -> None:
    Device.objects.update(first_seen_at=clock.now() - timedelta(days=91))
    Device.objects.filter(pk=scene.buttons[0].pk).update(last_sounded_at=clock.now())
    assert note_overdue_tests() == 4
    assert note_overdue_tests() == 0
    Device.objects.filter(pk=scene.buttons[1].pk).update(last_sounded_at=clock.now())
    assert note_overdue_tests() == 1
    assert DeviceFault.objects.open().count() == 3


def test_health_is_red_while_a_state_is_unpublished(scene: Desk) -> None:
    assert not states_published().ok
