"""A commune keeps its alarms room on while an incident is open: switched off, nobody could see it through to its end."""

from __future__ import annotations

import pytest

from liengia.alarms import services
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.units.models import RoomSwitch
from liengia.units.services import switch_room
from tests.alarms.console_scene import Desk
from tests.alarms.given import incident
from tests.cast import TESTER


def test_it_is_refused_while_one_is_open_and_names_it(scene: Desk) -> None:
    one = incident(scene)
    with pytest.raises(Invalid) as refused:
        switch_room(unit=scene.commune, room="alarms", is_on=False, actor=TESTER)
    assert refused.value.detail_code == "room_in_use" and refused.value.data["field"] == "is_on"
    assert f"{scene.group.name}: {one.get_kind_display()}" in str(refused.value)
    assert not RoomSwitch.objects.exists()
    services.resolve_incident(one, actor=Actor.of(scene.officer))
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
