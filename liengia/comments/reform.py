"""Threads and rules move to a unit's successor, so that its moderators keep them."""

from __future__ import annotations

from datetime import date

from liengia.comments.models import Rule, Thread
from liengia.core.actor import Actor
from liengia.units.models import Unit

CHUNK = 200


def move_threads(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move a chunk of an old unit's threads, and its rule where the new one has none; return how many rows there were."""
    keys = list(Thread.objects.filter(unit=old).values_list("pk", flat=True)[:CHUNK])
    moved = Thread.objects.filter(pk__in=keys).update(unit=new)
    if not Rule.objects.filter(unit=new).exists():
        moved += Rule.objects.filter(unit=old).update(unit=new)
    return moved
