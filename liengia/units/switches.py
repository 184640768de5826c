"""Rooms that one commune keeps off; the answer that `core.rooms` asks for."""

from __future__ import annotations

from liengia.units.models import RoomSwitch, Unit


def keeps_on(unit: Unit, room: str) -> bool:
    """Tell whether the commune of a unit keeps a room on; where there is no commune, it is on."""
    commune = unit.commune()
    if commune is None:
        return True
    return not RoomSwitch.objects.filter(unit_id=commune.current().pk, room=room, is_on=False).exists()
