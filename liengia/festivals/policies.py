"""Who may see and do what. Absent and forbidden look the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from liengia.core import clock, rooms
from liengia.core.errors import NotFound
from liengia.festivals import links
from liengia.festivals.capabilities import PLAN, RUN
from liengia.festivals.models import (
    DayQuerySet,
    DayState,
    FestivalDay,
    GuestInvitation,
    Pledge,
    Season,
    SeasonState,
)
from liengia.festivals.times import EARLIEST, LATEST
from liengia.organisations.models import Committee
from liengia.people import policies as people
from liengia.people.models import User
from liengia.units import scope, switches
from liengia.units.models import Unit, UnitQuerySet

Reader = User | AnonymousUser


def _ids(user: Reader, capability: str) -> list[int]:
    return sorted({key for unit in people.units_where(user, capability) for key in unit.lineage_ids()})


def _with_all(days: DayQuerySet) -> DayQuerySet:
    return days.select_related("season", "unit__parent", "organisation", "committee", "counted_in")


def planned_by(user: Reader) -> DayQuerySet:
    """Return the days that a user plans."""
    return FestivalDay.objects.filter(unit__in=Unit.objects.below_any(_ids(user, PLAN)).values("pk"))


def seasons_of(user: Reader) -> QuerySet[Season]:
    """Return the seasons that a user plans, and those above that hold days of theirs."""
    mine = Unit.objects.below_any(_ids(user, PLAN)).values("pk")
    above = {key for unit in people.units_where(user, PLAN) for one in unit.ancestors() for key in one.lineage_ids()}
    return Season.objects.filter(Q(unit__in=mine) | Q(unit__in=above) | Q(days__unit__in=mine)).select_related("unit").distinct()


def may_change_season(user: Reader, season: Season) -> bool:
    """Tell whether a user plans a season itself."""
    return scope.covers(user, PLAN, season.unit)


def units_of(user: Reader) -> UnitQuerySet:
    """Return the units that stand today in which a user plans."""
    return scope.units_for(user, PLAN).current()


def units_on(user: Reader, day: date) -> UnitQuerySet:
    """Return the units that stand on a day in which a user plans: of earlier years also those that were merged since."""
    return scope.units_for(user, PLAN).at(day)


def committees_within(user: Reader, first: date, last: date) -> QuerySet[Committee]:
    """Return the committees of a user's units that stand on any day of a season: one is formed after its first day, or by a unit that a reform made since."""
    return Committee.objects.within(first, last).filter(unit__in=scope.units_for(user, PLAN).values("pk"))


def units_of_season(user: Reader, season: Season) -> UnitQuerySet:
    """Return the units in which a user plans that stand on the first or the last day of a season."""
    mine = scope.units_for(user, PLAN)
    return mine.filter(pk__in=mine.at(season.starts_on).values("pk")) | mine.filter(pk__in=mine.at(season.ends_on).values("pk"))


def get_season(user: Reader, public_id: str) -> Season:
    """Return a season that a user works with.

    Raises:
        NotFound: it is not there, or not for this user.
    """
    found = seasons_of(user).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("")
    return found


def get_planned(user: Reader, public_id: str) -> FestivalDay:
    """Return a day that a user plans.

    Raises:
        NotFound: it is not there, or not for this user.
    """
    found = _with_all(planned_by(user)).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("")
    return found


def run_by(user: Reader) -> DayQuerySet:
    """Return the days that a user may tell of now: announced, and of about today."""
    now = clock.now()
    mine = Unit.objects.below_any(_ids(user, RUN)).values("pk")
    states = (DayState.ANNOUNCED, DayState.LIVE, DayState.ENDED)
    found = FestivalDay.objects.filter(unit__in=mine, state__in=states, starts_at__lt=now + EARLIEST, starts_at__gt=now - LATEST)
    return _with_all(found)


def get_run(user: Reader, public_id: str) -> FestivalDay:
    """Return a day of a user's units, whenever it is: a phone that kept something hears from the service why it is too late.

    Raises:
        NotFound: it is not there, or not for this user.
    """
    mine = Unit.objects.below_any(_ids(user, RUN)).values("pk")
    found = _with_all(FestivalDay.objects.filter(unit__in=mine, public_id=public_id)).first()
    if found is None or not rooms.is_on("festivals", found.unit):
        raise NotFound("")
    return found


def shown_days() -> DayQuerySet:
    """Return the days that everybody sees, of communes that keep the room on."""
    found = FestivalDay.objects.all().shown()
    if not rooms.is_on("festivals"):
        return found.none()
    return _with_all(found.exclude(unit__in=_without()))


def _without() -> QuerySet[Any, Any]:
    """Return the keys of the communes that keep the room off, as they are and as they were before reforms, with all below them."""
    off = Unit.objects.filter(pk__in=switches.all_off().get("festivals", ()))
    keys = sorted({key for unit in off for key in unit.lineage_ids()})
    return Unit.objects.below_any(keys).values("pk") if keys else Unit.objects.none().values("pk")


def shown_seasons() -> QuerySet[Season]:
    """Return the seasons that everybody sees, of communes that keep the room on."""
    found = Season.objects.exclude(state=SeasonState.PLANNED) if rooms.is_on("festivals") else Season.objects.none()
    return found.exclude(unit__in=_without()).select_related("unit")


def get_shown(public_id: str) -> FestivalDay:
    """Return a day that everybody may see.

    Raises:
        NotFound: it is not there, still being planned, or its commune keeps the room off.
    """
    found = shown_days().filter(public_id=public_id).first()
    if found is None:
        raise NotFound("")
    return found


def get_shown_season(public_id: str) -> Season:
    """Return a season that everybody may see.

    Raises:
        NotFound: it is not there, or was not announced.
    """
    found = shown_seasons().filter(public_id=public_id).first()
    if found is None:
        raise NotFound("")
    return found


def shown_pledges() -> QuerySet[Pledge]:
    """Return the pledges that everybody reads."""
    found = Pledge.objects.all().shown() if rooms.is_on("festivals") else Pledge.objects.none()
    return found.exclude(unit__in=_without()).select_related("unit__parent", "season")


def get_shown_pledge(public_id: str) -> Pledge:
    """Return a pledge that everybody may read.

    Raises:
        NotFound: it is not there, or not signed.
    """
    found = shown_pledges().filter(public_id=public_id).first()
    if found is None:
        raise NotFound("")
    return found


def pledges_of(user: Reader) -> QuerySet[Pledge]:
    """Return the pledges of a user's units."""
    return Pledge.objects.filter(unit__in=Unit.objects.below_any(_ids(user, PLAN)).values("pk")).select_related("unit", "season")


def get_pledge(user: Reader, public_id: str) -> Pledge:
    """Return a pledge that a user keeps.

    Raises:
        NotFound: it is not there, or not for this user.
    """
    found = pledges_of(user).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("")
    return found


def get_guest(public_id: str, token: str) -> GuestInvitation:
    """Return a guest by their private link.

    Raises:
        NotFound: no such guest, an old or false link, or the day is off.
    """
    found = GuestInvitation.objects.filter(public_id=public_id).select_related("day__season", "day__unit__parent", "day__organisation").first()
    if found is None or not links.opens(found, token) or not rooms.is_on("festivals", found.day.unit):
        raise NotFound("")
    return found


def is_public(day: FestivalDay) -> bool:
    """Tell whether everybody sees a day."""
    return day.is_shown
