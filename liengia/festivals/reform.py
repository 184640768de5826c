"""What is still to come goes over to a unit's successor; days that were held stay where they were held."""

from __future__ import annotations

from datetime import date
from typing import Final

from liengia.core import pagecache
from liengia.core.actor import Actor
from liengia.festivals.models import DayState, FestivalDay, Pledge, PledgeState, Season, SeasonState
from liengia.festivals.services.base import tell
from liengia.units.models import Unit

CHUNK: Final = 50


def move_days(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move a chunk of the days that are still to be held."""
    waiting = FestivalDay.objects.filter(unit=old, state__in=(DayState.PLANNED, DayState.ANNOUNCED), starts_at__date__gte=on)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    FestivalDay.objects.filter(pk__in=keys).update(unit=new)
    for day in FestivalDay.objects.filter(pk__in=keys).select_related("season", "unit__parent", "organisation"):
        tell(day)
    return len(keys)


def move_seasons(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move a chunk of the seasons that are not over by the reform's day."""
    waiting = Season.objects.filter(unit=old, ends_on__gte=on).exclude(state=SeasonState.CLOSED)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    return Season.objects.filter(pk__in=keys).update(unit=new)


def move_pledges(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move a chunk of the pledges that are not answered for: what was promised before a reform is owed after it."""
    keys = list(Pledge.objects.filter(unit=old).exclude(state=PledgeState.CLOSED).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    moved = Pledge.objects.filter(pk__in=keys).update(unit=new)
    if moved:
        pagecache.bump()
    return moved
