"""Devices on their way from one group to another: told until they have come, never cut off unheard."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import bcrypt
import pytest
from django.test import Client
from django.urls import reverse

from liengia.alarms import broker_users, services
from liengia.alarms.models import BrokerUsers, Device, DeviceFault, NeighbourGroup
from liengia.alarms.services import moves
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.operate import doctor
from tests.alarms.console_scene import Desk, sign_in

TESTER = Actor.system("test")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    orders: list[tuple[str, dict[str, Any]]] = []

    class Bus:
        def publish(self, subject: str, payload: bytes = b"") -> bool:
            orders.append((subject, json.loads(payload)))
            return True

        def poke(self, topic: str) -> None: ...

    monkeypatch.setattr(moves, "get_bus", Bus)
    return orders


@pytest.fixture
def device(scene: Desk) -> Device:
    minted = services.provision_device(scene.group, kind="both", actor=TESTER)
    Device.objects.filter(pk=minted.device.pk).update(first_seen_at=clock.now())
    minted.device.refresh_from_db()
    return minted.device


@pytest.fixture
def other(scene: Desk) -> NeighbourGroup:
    return services.create_group(scene.hamlet, actor=TESTER)


def hear(device: Device, group: NeighbourGroup, at: datetime | None = None) -> list[services.Order]:
    return services.hear_moving([services.Heard(device.pk, group.public_id, at or clock.now())])


def let_in(device: Device) -> set[str]:
    """The groups in which the broker lets the device in."""
    return {c.group for c in broker_users.credentials() if c.device == device.public_id}


def is_fault(device: Device) -> bool:
    return DeviceFault.objects.open().filter(device=device, kind="not_moved").exists()


def test_a_moved_device_is_told_under_its_old_topic_and_keeps_both_credentials(
    scene: Desk, device: Device, other: NeighbourGroup, said: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.move_device(device, group=other, actor=TESTER)
    (subject, order), = said
    assert subject == f"lg.{scene.group.public_id}.to.{device.public_id}"
    assert (order["do"], order["group"]) == ("move", other.public_id)
    stays = device.credentials.get(superseded_at=None)
    assert bcrypt.checkpw(order["password"].encode(), stays.password_hash.encode())
    assert let_in(device) == {scene.group.public_id, other.public_id}


def test_the_same_order_is_said_again_whenever_it_is_heard_where_it_was(
    scene: Desk, device: Device, other: NeighbourGroup
) -> None:
    first = services.move_device(device, group=other, actor=TESTER)
    assert hear(device, scene.group) == hear(device, scene.group) == first
    assert services.orders_due(at=clock.now()) == first
    assert hear(device, other) == []
    assert services.orders_due(at=clock.now()) == []
    assert let_in(device) == {other.public_id}
    assert device.credentials.get(revoked_at=None).sealed == "", "its password is kept no longer than it is needed"


def test_one_that_was_off_for_ten_days_comes_home(scene: Desk, device: Device, other: NeighbourGroup) -> None:
    services.move_device(device, group=other, actor=TESTER)
    later = clock.now() + timedelta(days=10)
    assert services.retire_credentials(at=later) == 0
    assert let_in(device) == {scene.group.public_id, other.public_id}
    assert len(hear(device, scene.group, later)) == 1
    assert services.retire_credentials(at=later + timedelta(days=6, hours=23)) == 0
    hear(device, other, later + timedelta(minutes=1))
    assert let_in(device) == {other.public_id}


def test_one_that_was_told_and_stays_is_cut_off_after_seven_days_and_one_tap_lets_it_in_again(
    scene: Desk, device: Device, other: NeighbourGroup, client: Client
) -> None:
    NeighbourGroup.objects.filter(pk=other.pk).update(leader=scene.leader)
    now = clock.now()
    services.move_device(device, group=other, actor=TESTER)
    hear(device, scene.group)
    assert services.note_unfinished_moves(at=now + timedelta(minutes=14)) == 0
    assert services.note_unfinished_moves(at=now + timedelta(minutes=16)) == 1
    assert services.note_unfinished_moves(at=now + timedelta(minutes=17)) == 0
    assert services.retire_credentials(at=now + timedelta(days=7, seconds=5)) == 1
    assert let_in(device) == {other.public_id}
    assert is_fault(device)
    assert [d.level for d in doctor._moves()] == ["warn"]
    sign_in(client, scene.leader)
    page = client.get(reverse("alarms:leader_devices", args=[other.public_id])).content.decode()
    address = reverse("alarms:leader_device_call", args=[other.public_id, device.public_id])
    assert address in page
    before = BrokerUsers.objects.get(pk=1).wanted_rev
    assert client.post(address).status_code == 302
    assert BrokerUsers.objects.get(pk=1).wanted_rev > before
    assert let_in(device) == {scene.group.public_id, other.public_id}
    assert not is_fault(device)
    assert len(hear(device, scene.group)) == 1
    hear(device, other)
    assert let_in(device) == {other.public_id}
    assert [d.level for d in doctor._moves()] == ["ok"]
    with pytest.raises(Refused):
        services.reissue_move(device, actor=TESTER)


def test_one_that_is_not_heard_of_for_a_day_is_a_fault_until_it_comes(
    scene: Desk, device: Device, other: NeighbourGroup
) -> None:
    services.move_device(device, group=other, actor=TESTER)
    assert services.note_unfinished_moves(at=clock.now() + timedelta(hours=23)) == 0
    assert services.note_unfinished_moves(at=clock.now() + timedelta(hours=25)) == 1
    hear(device, other, clock.now() + timedelta(hours=26))
    assert not is_fault(device)


def test_there_and_back_returns_to_the_first_credential(scene: Desk, device: Device, other: NeighbourGroup) -> None:
    first = device.credentials.get()
    services.move_device(device, group=other, actor=TESTER)
    services.move_device(device, group=scene.group, actor=TESTER)
    assert device.credentials.get(superseded_at=None) == first
    assert services.orders_due(at=clock.now()) == [], "it is where it should be"
    hear(device, scene.group, clock.now() + timedelta(seconds=5))
    assert let_in(device) == {scene.group.public_id, other.public_id}, "the order may still be on its way"
    hear(device, scene.group, clock.now() + timedelta(seconds=65))
    assert let_in(device) == {scene.group.public_id}
    assert device.credentials.get(revoked_at=None) == first


def test_there_and_back_is_told_to_one_that_had_gone(scene: Desk, device: Device, other: NeighbourGroup) -> None:
    first = device.credentials.get()
    services.move_device(device, group=other, actor=TESTER)
    services.move_device(device, group=scene.group, actor=TESTER)
    (order,) = hear(device, other)
    assert order.subject == f"lg.{other.public_id}.to.{device.public_id}"
    first.refresh_from_db()
    assert first.revoked_at is not None, "nobody knows its password any more"
    hear(device, scene.group, clock.now() + timedelta(seconds=70))
    assert let_in(device) == {scene.group.public_id}


def test_moved_on_before_it_came_it_is_told_the_last_place_wherever_it_is(
    scene: Desk, device: Device, other: NeighbourGroup
) -> None:
    third = services.create_group(scene.hamlet, actor=TESTER)
    services.move_device(device, group=other, actor=TESTER)
    orders = services.move_device(device, group=third, actor=TESTER)
    assert {order.subject.split(".")[1] for order in orders} == {scene.group.public_id, other.public_id}
    assert {json.loads(order.body)["group"] for order in orders} == {third.public_id}
    assert hear(device, other, clock.now() + timedelta(seconds=1))
    hear(device, third, clock.now() + timedelta(seconds=70))
    assert let_in(device) == {third.public_id}


def test_a_beat_from_before_the_order_ends_nothing(scene: Desk, device: Device, other: NeighbourGroup) -> None:
    before = clock.now() - timedelta(seconds=5)
    services.move_device(device, group=other, actor=TESTER)
    services.move_device(device, group=scene.group, actor=TESTER)
    hear(device, scene.group, before)
    assert let_in(device) == {scene.group.public_id, other.public_id}


def test_a_new_password_or_a_revocation_ends_the_move(scene: Desk, device: Device, other: NeighbourGroup) -> None:
    services.move_device(device, group=other, actor=TESTER)
    services.renew_credential(device, actor=TESTER)
    assert let_in(device) == {other.public_id}
    assert services.orders_due(at=clock.now()) == []
    services.move_device(device, group=scene.group, actor=TESTER)
    services.revoke_device(device, actor=TESTER)
    assert let_in(device) == set()
    assert services.orders_due(at=clock.now()) == hear(device, other) == []
    assert not device.credentials.exclude(sealed="").exists()


def test_an_order_to_one_on_its_way_goes_to_both_places(
    scene: Desk, device: Device, other: NeighbourGroup, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    subjects: list[str] = []

    class Bus:
        def publish(self, subject: str, payload: bytes = b"") -> bool:
            subjects.append(subject)
            return True

        def poke(self, topic: str) -> None: ...

    services.move_device(device, group=other, actor=TESTER)
    monkeypatch.setattr("liengia.alarms.services.devices.get_bus", Bus)
    with django_capture_on_commit_callbacks(execute=True):
        services.tell_device(device, {"do": "identify"})
    assert {subject.split(".")[1] for subject in subjects} == {scene.group.public_id, other.public_id}
