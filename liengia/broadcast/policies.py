"""Which bulletins a user works with, and what each may do to one."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from liengia.broadcast.capabilities import APPROVE, CONFIGURE, POST, SEND_ALONE, WRITE
from liengia.broadcast.models import Bulletin, BulletinState, ReadyText
from liengia.units import scope
from liengia.units.models import Unit

ANY = (WRITE, APPROVE, SEND_ALONE, POST, CONFIGURE)


def bulletins_of(user: Any) -> QuerySet[Bulletin]:
    """Return the bulletins of the units in which a user does anything with them."""
    units = Q()
    for capability in ANY:
        units |= Q(unit__in=scope.units_for(user, capability))
    return Bulletin.objects.filter(units).exclude(state=BulletinState.DISCARDED).select_related("unit", "written_by", "approved_by")


def speaking_units(user: Any, *capabilities: str) -> QuerySet[Unit]:
    """Return the units for which a user may speak, by any of some capabilities: communes that stand today, and what is above them."""
    found = Q()
    for capability in capabilities or (WRITE,):
        found |= Q(pk__in=scope.units_for(user, capability).values("pk"))
    return Unit.objects.current().filter(found, level__in=("province", "district", "commune")).order_by("level", "code")


def may(user: Any, capability: str, bulletin: Bulletin) -> bool:
    """Tell whether a user holds a capability where a bulletin speaks."""
    return scope.covers(user, capability, bulletin.unit)


def may_approve(user: Any, bulletin: Bulletin) -> bool:
    """Tell whether a user may approve a bulletin: never one who wrote or changed it."""
    return not bulletin.is_by(user.pk) and may(user, APPROVE, bulletin)


def ready_texts_for(unit: Unit | None) -> QuerySet[ReadyText]:
    """Return the prepared texts that a unit may use: the installation's, its own, and those of units above it."""
    above = [unit.pk, *(one.pk for one in unit.ancestors())] if unit is not None else []
    return ReadyText.objects.filter(Q(unit=None) | Q(unit__in=above), is_shown=True)
