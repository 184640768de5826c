"""Seasons: planned, announced, closed."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import pagecache
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.festivals.models import DayState, Season
from liengia.festivals.services.base import check, tell
from liengia.festivals.workflow import SEASON
from liengia.organisations.services import validate

_FACTS: Final = {"unit", "committee", "name", "theme", "anniversary", "starts_on", "ends_on"}
LONGEST_DAYS: Final = 400


@transaction.atomic
def plan_season(*, actor: Actor, **facts: Any) -> Season:
    """Begin a season.

    Raises:
        Invalid: a field is refused, or it lasts longer than a year.
    """
    row = Season(**facts)
    _check(row)
    row.save(force_insert=True)
    audit.record("festivals.season_planned", actor=actor, about=row, unit=row.unit, facts={"from": row.starts_on, "until": row.ends_on})
    return row


@transaction.atomic
def change_season(season: Season, *, revision: int | None = None, actor: Actor, **facts: Any) -> Season:
    """Change what a season says, until it is closed.

    Raises:
        Invalid: a field is refused, or a day would lie outside. Refused: closed, or another changed it (code "changed").
    """
    row = _take(season)
    check(row, revision)
    row.state = SEASON.after(row.state, "change")
    if unknown := set(facts) - _FACTS:
        raise Invalid(", ".join(sorted(unknown)), code="no_such_field")
    changed = [name for name, value in facts.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, facts[name])
    _check(row)
    outside = next((day for day in row.days.exclude(state=DayState.CANCELLED) if not row.starts_on <= day.day <= row.ends_on), None)
    if outside is not None:
        raise Invalid(_("%(day)s would lie outside the season.") % {"day": outside}, code="day_outside", field="starts_on")
    row.revision += 1
    row.save()
    audit.record("festivals.season_changed", actor=actor, about=row, unit=row.unit, facts={"fields": changed})
    if {"name", "theme"} & set(changed):
        # A day without a name of its own is called by its season's, on boards and in search; its theme finds it too.
        for day in row.days.select_related("season", "unit__parent", "organisation").order_by("pk"):
            tell(day)
    pagecache.bump()
    return row


@transaction.atomic
def announce_season(season: Season, *, actor: Actor) -> Season:
    """Show the season to everybody; its days are announced one by one.

    Raises:
        Refused: it was announced before.
    """
    return _move(season, "announce", actor=actor)


@transaction.atomic
def close_season(season: Season, *, actor: Actor) -> Season:
    """Close a season of which every day is over or called off.

    Raises:
        Refused: a day is still to come or goes on; or it is closed already.
    """
    row = _take(season)
    SEASON.after(row.state, "close")
    # With their rows locked nobody tells of a day, plans or reopens one meanwhile.
    states = list(row.days.select_for_update().order_by("pk").values_list("state", flat=True))
    left = sum(state not in (DayState.ENDED, DayState.CANCELLED) for state in states)
    if left:
        raise Refused(_("%(n)s days are not over yet. End them or call them off first.") % {"n": left}, code="days_left")
    return _move(row, "close", actor=actor)


def _move(season: Season, verb: str, *, actor: Actor) -> Season:
    row = _take(season)
    row.state = SEASON.after(row.state, verb)
    row.revision += 1
    row.save(update_fields=["state", "revision"])
    audit.record("festivals.season_moved", actor=actor, about=row, unit=row.unit, facts={"state": row.state})
    pagecache.bump()
    return row


def _take(season: Season) -> Season:
    return Season.objects.select_for_update(of=("self",)).select_related("unit").get(pk=season.pk)


def _check(row: Season) -> None:
    if row.ends_on < row.starts_on:
        raise Invalid(_("A season ends on the day it begins, or later."), code="ends_before", field="ends_on")
    if (row.ends_on - row.starts_on).days > LONGEST_DAYS:
        raise Invalid(_("A season is of one year."), code="too_long", field="ends_on")
    if row.anniversary is not None and not 1 <= row.anniversary <= 200:
        raise Invalid(_("The anniversary is a number of years, counted from 2005."), code="bad_anniversary", field="anniversary")
    validate(row)
