"""A commune keeps its alarms room on while an incident is open or a device rings: switched off, nobody could see them."""

from __future__ import annotations

from typing import Any

import pytest

from liengia.alarms import services, supervision
from liengia.audit.models import Entry
from liengia.core import clock, health
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.operate import doctor
from liengia.units.models import RoomSwitch
from liengia.units.services import switch_room
from tests import factories
from tests.alarms.console_scene import Desk
from tests.alarms.given import incident
from tests.cast import TESTER


def revoke_all(scene: Desk) -> None:
    for device in scene.group.devices.active().on_the_bus():
        services.revoke_device(device, actor=TESTER)


def test_it_is_refused_while_one_is_open_and_names_it(scene: Desk) -> None:
    one = incident(scene)
    with pytest.raises(Invalid) as refused:
        switch_room(unit=scene.commune, room="alarms", is_on=False, actor=TESTER)
    assert refused.value.detail_code == "room_in_use" and refused.value.data["field"] == "is_on"
    assert f"{scene.group.name}: {one.get_kind_display()}" in str(refused.value)
    assert not RoomSwitch.objects.exists()
    services.resolve_incident(one, actor=Actor.of(scene.officer))
    revoke_all(scene)
    assert not switch_room(unit=scene.commune, room="alarms", is_on=False, actor=TESTER).is_on


def test_a_silent_call_is_counted_and_not_named(scene: Desk) -> None:
    incident(scene, kind="help", is_silent=True)
    with pytest.raises(Invalid) as refused:
        switch_room(unit=scene.commune, room="alarms", is_on=False, actor=TESTER)
    assert "1" in str(refused.value) and scene.group.name not in str(refused.value)


def test_another_communes_incident_and_another_room_refuse_nothing(scene: Desk) -> None:
    incident(scene)
    elsewhere = type(scene.commune).objects.get(code="28132")
    switch_room(unit=elsewhere, room="alarms", is_on=False, actor=TESTER)
    switch_room(unit=scene.commune, room="comments", is_on=False, actor=TESTER)
    switch_room(unit=scene.commune, room="alarms", is_on=True, actor=TESTER)


def test_it_is_refused_while_a_device_is_let_in_whose_press_no_page_would_show(scene: Desk) -> None:
    devices = scene.group.devices.active().on_the_bus().count()
    assert devices
    with pytest.raises(Invalid) as refused:
        switch_room(unit=scene.commune, room="alarms", is_on=False, actor=TESTER)
    assert refused.value.detail_code == "room_in_use" and str(devices) in str(refused.value)
    revoke_all(scene)
    assert not switch_room(unit=scene.commune, room="alarms", is_on=False, actor=TESTER).is_on


def test_where_it_is_off_no_device_is_minted_or_moved_in(scene: Desk) -> None:
    elsewhere = type(scene.commune).objects.get(code="28132")
    group = services.create_group(factories.unit("28132-01", "Ấp 1", "hamlet", parent=elsewhere), actor=TESTER)
    switch_room(unit=elsewhere, room="alarms", is_on=False, actor=TESTER)
    with pytest.raises(Refused) as refused:
        services.provision_device(group, kind="button", actor=TESTER)
    assert refused.value.detail_code == "room_off"
    with pytest.raises(Refused) as refused:
        services.move_device(scene.buttons[0], group=group, actor=TESTER)
    assert refused.value.detail_code == "room_off"
    switch_room(unit=elsewhere, room="alarms", is_on=True, actor=TESTER)
    assert services.provision_device(group, kind="button", actor=TESTER).password


def test_a_commune_that_had_it_off_has_it_on_again_when_a_group_that_rings_comes_to_it(scene: Desk) -> None:
    elsewhere = type(scene.commune).objects.get(code="28132")
    hamlet = factories.unit("28132-02", "Ấp 2", "hamlet", parent=elsewhere)
    switch_room(unit=elsewhere, room="alarms", is_on=False, actor=TESTER)
    services.move_groups(scene.hamlet, hamlet, on=clock.today(), actor=TESTER)
    scene.group.refresh_from_db()
    assert scene.group.unit == hamlet
    assert RoomSwitch.objects.get(unit=elsewhere, room="alarms").is_on
    assert Entry.objects.filter(kind="units.room_switched", facts__because="came_in").count() == 1


def test_it_stays_off_where_a_group_without_devices_comes(scene: Desk) -> None:
    elsewhere = type(scene.commune).objects.get(code="28132")
    hamlet = factories.unit("28132-02", "Ấp 2", "hamlet", parent=elsewhere)
    switch_room(unit=elsewhere, room="alarms", is_on=False, actor=TESTER)
    revoke_all(scene)
    services.move_groups(scene.hamlet, hamlet, on=clock.today(), actor=TESTER)
    assert not RoomSwitch.objects.get(unit=elsewhere, room="alarms").is_on


def test_the_doctor_names_devices_that_ring_unseen(scene: Desk, settings: Any) -> None:
    assert not list(doctor._unseen())
    RoomSwitch.objects.create(unit=scene.commune, room="alarms", is_on=False)  # as a merger may leave it
    assert not supervision.devices_seen().ok and "devices are seen" in health.findings()
    (found,) = doctor._unseen()
    assert found.level == doctor.Level.WRONG and scene.buttons[0].public_id in found.says
    RoomSwitch.objects.all().delete()
    settings.ROOMS_OFF = ["alarms"]
    assert [one.level for one in doctor._unseen()] == [doctor.Level.WRONG]
    revoke_all(scene)
    assert not list(doctor._unseen()) and supervision.devices_seen().ok
