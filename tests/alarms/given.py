"""Presses, people and words of sirens, as the tests of services give them; the scene is the console's."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from liengia.alarms import services
from liengia.alarms.messages import PressMessage, RangMessage
from liengia.alarms.models import Incident, NeighbourGroup, Press
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import Membership, User
from tests.alarms.console_scene import Desk

BRIDGE = Actor.system("bridge")


def message(scene: Desk, house: int = 3, **facts: Any) -> PressMessage:
    """Return what a house's button sends; `facts` are fields of the message."""
    device = scene.buttons[house - 1]
    said: dict[str, Any] = {
        "press_id": str(uuid.uuid4()),
        "group": scene.group.public_id,
        "device": device.public_id,
        "kind": "fire",
        "mode": "real",
        "is_silent": False,
        "age_s": 0.0,
        "waited_s": 0.0,
        "claimed_at": "",
        "received_at": clock.now(),
    }
    return PressMessage(**{**said, **facts})


def press(scene: Desk, house: int = 3, **facts: Any) -> Press:
    """Record a press of a house's button and return it."""
    said = message(scene, house, **facts)
    services.record_presses([said])
    return Press.objects.select_related("incident").get(device=scene.buttons[house - 1], press_id=said.press_id)


def incident(scene: Desk, house: int = 3, **facts: Any) -> Incident:
    """Record a press and return its incident."""
    found = press(scene, house, **facts).incident
    assert found is not None
    return found


def member(scene: Desk, house: int, name: str = "Võ Thị Mai") -> User:
    """Return a confirmed member of a house."""
    user: User = User.objects.create_user(f"nha{house}-{uuid.uuid4().hex[:6]}", full_name=name)
    Membership.objects.create(user=user, household=scene.houses[house - 1], confirmed_at=clock.now())
    return user


def rang(scene: Desk, *houses: int, press_id: str = "", at: datetime | None = None) -> int:
    """Let the sirens of houses say that they sound."""
    moment = at or clock.now()
    said = [
        RangMessage(scene.group.public_id, scene.buttons[house - 1].public_id, press_id, "", moment) for house in houses
    ]
    return services.record_soundings(said, at=moment)


def state(group: NeighbourGroup, *, after_s: float = 0) -> dict[str, Any]:
    """Return what the group's sirens are told."""
    return services.group_state(NeighbourGroup.objects.get(pk=group.pk), at=clock.now() + timedelta(seconds=after_s))


def kinds(one: Incident) -> list[str]:
    """Return the kinds of an incident's lines."""
    return list(one.events.order_by("id").values_list("kind", flat=True))


def lines(one: Incident, kind: str) -> list[dict[str, Any]]:
    """Return the data of an incident's lines of a kind."""
    return list(one.events.filter(kind=kind).order_by("id").values_list("data", flat=True))
