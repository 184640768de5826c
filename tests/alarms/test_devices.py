"""Devices: minted, moved, revoked, set apart; their faults."""

from __future__ import annotations

from datetime import timedelta

import bcrypt
import pytest

from liengia.alarms import services
from liengia.alarms.models import BrokerUsers, DeviceFault, FaultKind, IncidentEvent, RejectedMessage
from liengia.alarms.services.devices import REJECTED_KEPT
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from tests.alarms.console_scene import Desk
from tests.alarms.given import incident, press, state

TESTER = Actor.system("test")


def wanted() -> int:
    row = BrokerUsers.objects.filter(pk=1).first()
    return row.wanted_rev if row else 0


def test_a_credential_is_shown_once_and_kept_as_a_hash(scene: Desk) -> None:
    before = wanted()
    given = services.provision_device(scene.group, household=scene.houses[0], kind="button", actor=TESTER)
    assert len(given.password) == 28
    assert given.username == given.device.public_id
    row = given.device.credentials.get()
    assert given.password not in row.password_hash
    assert bcrypt.checkpw(given.password.encode(), row.password_hash.encode())
    assert wanted() > before, "the broker is told"


def test_a_phone_is_not_provisioned_nor_a_device_of_another_groups_house(scene: Desk) -> None:
    other = services.create_group(scene.hamlet, actor=TESTER)
    for facts in ({"kind": "phone"}, {"kind": "camera"}):
        with pytest.raises(Invalid):
            services.provision_device(scene.group, actor=TESTER, **facts)
    with pytest.raises(Invalid):
        services.provision_device(other, household=scene.houses[0], kind="siren", actor=TESTER)


def test_revoking_cuts_off_and_ends_what_hung_on_the_device(scene: Desk) -> None:
    given = services.provision_device(scene.group, kind="both", actor=TESTER)
    services.open_fault(given.device, FaultKind.NO_BEAT, at=clock.now())
    services.set_device_apart(given.device, minutes=5, actor=TESTER)
    before = wanted()
    services.revoke_device(given.device, actor=TESTER)
    assert wanted() > before
    assert not given.device.credentials.filter(revoked_at=None).exists()
    assert not DeviceFault.objects.open().exists()
    assert state(scene.group)["apart"] == []
    for again in (
        lambda: services.revoke_device(given.device, actor=TESTER),
        lambda: services.renew_credential(given.device, actor=TESTER),
        lambda: services.set_device_apart(given.device, minutes=5, actor=TESTER),
    ):
        with pytest.raises(Refused):
            again()


def test_a_renewed_credential_replaces_the_old_one_at_once(scene: Desk) -> None:
    given = services.provision_device(scene.group, kind="both", actor=TESTER)
    again = services.renew_credential(given.device, actor=TESTER)
    assert again.username != given.username
    assert list(given.device.credentials.filter(revoked_at=None).values_list("username", flat=True)) == [again.username]


def test_one_set_apart_returns_by_itself_and_the_group_is_told(scene: Desk) -> None:
    button = scene.buttons[2]
    services.set_device_apart(button, minutes=30, reason="kẹt nút", actor=Actor.of(scene.leader))
    assert state(scene.group)["apart"] == [button.public_id]
    assert press(scene, 3).is_apart
    assert services.return_due_devices(at=clock.now() + timedelta(minutes=29)) == 0
    assert services.return_due_devices(at=clock.now() + timedelta(minutes=31)) == 1
    assert state(scene.group)["apart"] == []
    told = IncidentEvent.objects.filter(incident=None, group=scene.group).values_list("kind", flat=True)
    assert list(told) == ["apart", "apart_press", "returned"]


def test_its_time_is_over_although_the_worker_is_away(scene: Desk) -> None:
    services.set_device_apart(scene.buttons[2], minutes=1, actor=TESTER)
    assert not press(scene, 3, received_at=clock.now() + timedelta(minutes=2)).is_apart


@pytest.mark.parametrize("minutes", [0, -5, 24 * 60 + 1])
def test_apart_is_a_minute_to_a_day(scene: Desk, minutes: int) -> None:
    with pytest.raises(Invalid):
        services.set_device_apart(scene.buttons[0], minutes=minutes, actor=TESTER)


def test_a_device_returns_once(scene: Desk) -> None:
    services.set_device_apart(scene.buttons[0], minutes=5, actor=TESTER)
    services.return_device(scene.buttons[0], actor=TESTER)
    with pytest.raises(Refused):
        services.return_device(scene.buttons[0], actor=TESTER)


def test_a_fault_is_open_once_and_stands_in_the_open_incident(scene: Desk) -> None:
    one, now = incident(scene), clock.now()
    assert services.open_fault(scene.buttons[0], FaultKind.MAINS_LOST, at=now)
    assert not services.open_fault(scene.buttons[0], FaultKind.MAINS_LOST, at=now)
    assert services.clear_fault(scene.buttons[0], FaultKind.MAINS_LOST, at=now)
    assert not services.clear_fault(scene.buttons[0], FaultKind.MAINS_LOST, at=now)
    assert one.events.filter(kind__in=["fault", "fault_cleared"]).count() == 2


def test_refused_messages_are_kept_up_to_a_bound(scene: Desk) -> None:
    for start in range(0, REJECTED_KEPT + 600, 200):
        services.keep_rejected([(f"lg.\0{start + n}", b"\xff" * 9000, "topic") for n in range(200)], at=clock.now())
    assert RejectedMessage.objects.count() <= REJECTED_KEPT + 100
    newest = RejectedMessage.objects.order_by("-pk").first()
    assert newest is not None
    assert (newest.size, len(newest.payload)) == (9000, 4096)
    assert newest.subject == f"lg.?{REJECTED_KEPT + 599}"
