"""Rooms that one commune keeps off; the answer that `core.rooms` asks for, and what a merger does to it."""

from __future__ import annotations

from datetime import date

from liengia.core.actor import Actor
from liengia.units.models import RoomSwitch, Unit


def keeps_on(unit: Unit, room: str) -> bool:
    """Tell whether the commune of a unit keeps a room on; where there is no commune, it is on."""
    commune = unit.commune()
    if commune is None:
        return True
    return not RoomSwitch.objects.filter(unit_id=commune.current().pk, room=room, is_on=False).exists()


def move_switches(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Keep a room off in the new commune only where all communes that it followed had it off."""
    before = list(new.predecessors())
    moved = 0
    for room in RoomSwitch.objects.filter(unit=old, is_on=False).values_list("room", flat=True):
        off = RoomSwitch.objects.filter(unit__in=before, room=room, is_on=False).count()
        if off == len(before) and not RoomSwitch.objects.filter(unit=new, room=room).exists():
            RoomSwitch.objects.create(unit=new, room=room, is_on=False)
            moved += 1
    return moved
