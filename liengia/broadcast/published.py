"""What of bulletins everybody reads: those for the public page that have gone out, with what followed them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from liengia.broadcast.models import Bulletin, BulletinState, Dispatch, DispatchState, Kind, MsgType
from liengia.core import clock, rooms
from liengia.units.models import Unit

# A warning that names no end is in force for so long.
HOLDS: Final = timedelta(hours=24)
_WENT: Final = (DispatchState.PLANNED, DispatchState.SETTLED, DispatchState.WITHDRAWN)


def shown() -> QuerySet[Bulletin]:
    """Return public bulletins that went out, the newest first; one that is scheduled and has not gone out is nobody's yet."""
    went = Dispatch.objects.filter(bulletin=OuterRef("pk"), state__in=_WENT).exclude(planned_at=None)
    found = Bulletin.objects.public().filter(Exists(went)).select_related("unit__parent", "follows")
    return found.annotate(went_at=Min("dispatches__planned_at")).order_by("-went_at", "-pk")


def of(unit: Unit | None) -> QuerySet[Bulletin]:
    """Return those of a commune and of what is above it, or for a place in it; all for the whole area."""
    if unit is None:
        return shown()
    speaks = [unit.pk, *(one.pk for one in unit.ancestors())]
    return shown().filter(Q(unit__in=speaks) | Q(areas__unit__in=Unit.objects.below(unit))).distinct()


def in_force(unit: Unit | None, at: datetime | None = None) -> list[Bulletin]:
    """Return the warnings in force: not withdrawn, not over, and followed by nothing that went out."""
    now = at or clock.now()
    found = of(unit).filter(kind=Kind.ALERT, state__in=(BulletinState.APPROVED, BulletinState.FINISHED))
    found = found.exclude(msg_type__in=(MsgType.CANCEL, MsgType.ALL_CLEAR))
    found = found.filter(Q(expires_at__gt=now) | Q(expires_at=None, went_at__gt=now - HOLDS))
    return [one for one in found[:20] if rooms.is_on("broadcast", one.unit) and not _followed(one).exists()]


def _followed(bulletin: Bulletin) -> QuerySet[Bulletin]:
    return shown().filter(follows=bulletin)


def chain(bulletin: Bulletin) -> list[Bulletin]:
    """Return all of a chain that went out, in the order in which it did."""
    first = bulletin
    for _step in range(100):
        if first.follows is None:
            break
        first = first.follows
    keys, edge = {first.pk}, {first.pk}
    while edge:
        edge = set(Bulletin.objects.filter(follows__in=edge).values_list("pk", flat=True)) - keys
        keys |= edge
    return sorted(shown().filter(pk__in=keys), key=lambda one: (one.went_at, one.pk))  # type: ignore[attr-defined]
