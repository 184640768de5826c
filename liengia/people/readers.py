"""To which communes a reader belongs: the answer that `core.rooms` asks for when it opens a room to somebody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from liengia.core import clock
from liengia.people import policies, stewards
from liengia.people.models import Household, Membership, User
from liengia.units import switches
from liengia.units.models import Unit
from liengia.units.services import switchable_rooms


def units_of(user: User) -> Iterator[Unit]:
    """Yield the units where a user works, lives or leads a group, as they stand today."""
    yield from (grant.unit for grant in policies.assigned(user))
    houses = set(Membership.objects.active().filter(user=user).values_list("household_id", flat=True)) | stewards.led_by(user)
    hamlets = Household.objects.filter(pk__in=houses).values("hamlet")
    yield from (unit.current() for unit in Unit.objects.filter(pk__in=hamlets).with_ancestors())


def keeps_on_for(user: Any, room: str) -> bool:
    """Tell whether a room is on in one of the communes to which a user belongs; above communes every room is on."""
    if room not in switchable_rooms() or not isinstance(user, User) or user.is_superuser:
        return True
    return room not in _off_for(user)


def _off_for(user: User) -> frozenset[str]:
    """Return the rooms that all communes of a user keep off, read at most once a second for one user object."""
    now = clock.now()
    read_at, kept = getattr(user, "_rooms_off", (None, frozenset()))
    if read_at is not None and abs(now - read_at) < policies.FRESH:
        return frozenset(kept)
    found = frozenset(_read(user))
    user._rooms_off = (now, found)  # type: ignore[attr-defined]
    return found


def _read(user: User) -> Iterator[str]:
    off = switches.all_off()
    if not off:
        return
    communes = [unit.commune() for unit in units_of(user)]
    for room, without in off.items():
        if communes and all(commune is not None and commune.pk in without for commune in communes):
            yield room
