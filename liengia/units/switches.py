"""Rooms that one commune keeps off; the answer that `core.rooms` asks for, and what a merger does to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.units.models import RoomSwitch, Unit, UnitQuerySet

# A room fills this in: what goes on in a commune that its people would lose sight of; a sentence, or nothing.
_keepers: dict[str, Callable[[Unit], str]] = {}


def refuse_by(room: str, function: Callable[[Unit], str]) -> None:
    """Register what tells why a room cannot be switched off in a commune at this moment."""
    _keepers[room] = function


def why_kept(unit: Unit, room: str) -> str:
    """Return the sentence that says why a room stays on for now, or nothing."""
    return _keepers[room](unit) if room in _keepers else ""


def all_off() -> dict[str, set[int]]:
    """Return the keys of the communes that keep a room off, by room."""
    found: dict[str, set[int]] = {}
    for room, unit in RoomSwitch.objects.filter(is_on=False).values_list("room", "unit_id"):
        found.setdefault(room, set()).add(unit)
    return found


def units_without(room: str) -> UnitQuerySet:
    """Return the communes that keep a room off, with all that hangs under them."""
    off = RoomSwitch.objects.filter(room=room, is_on=False).values_list("unit_id", flat=True)
    return Unit.objects.below_any(list(off))


def keeps_on(unit: Unit, room: str) -> bool:
    """Tell whether the commune of a unit keeps a room on; where there is no commune, it is on."""
    commune = unit.commune()
    if commune is None:
        return True
    return not RoomSwitch.objects.filter(unit_id=commune.current().pk, room=room, is_on=False).exists()


def turn_on(unit: Unit, room: str, *, actor: Actor) -> bool:
    """Switch a room on again in the commune of a unit, because something has come there that people would lose sight of."""
    commune = unit.commune()
    if commune is None:
        return False
    row = RoomSwitch.objects.filter(unit_id=commune.current().pk, room=room, is_on=False).first()
    if row is None:
        return False
    row.is_on = True
    row.save(update_fields=["is_on"])
    audit.record("units.room_switched", actor=actor, about=row, unit=row.unit_id, facts={"room": room, "is_on": True, "because": "came_in"})
    return True


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
