"""Local days and moments, and the lunar date in words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import F, Q
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from liengia.core import lunar

# A day is told of from the eve on (somebody gathers people before dawn), and for a week after it.
EARLIEST: Final = timedelta(hours=24)
LATEST: Final = timedelta(days=7)


def moment(day: date, at: time) -> datetime:
    """Return the instant of a local time on a local day."""
    return datetime.combine(day, at, tzinfo=get_current_timezone())


def bounds(day: date) -> tuple[datetime, datetime]:
    """Return the instants at which a local day begins and ends."""
    return moment(day, time()), moment(day + timedelta(days=1), time())


def of_its_date() -> Q:
    """Return which of a day's events and pictures count: those since the eve of its present date, none of the date before it was put off."""
    return Q(at__gte=F("day__starts_at") - EARLIEST)


def lunar_words(day: date) -> str:
    """Return the lunar date of a day: "20/6 âm lịch"."""
    found = lunar.of(day)
    leap = _(" (leap month)") if found.is_leap else ""
    return _("%(day)s/%(month)s%(leap)s lunar") % {"day": found.day, "month": found.month, "leap": leap}


def minutes(at: time) -> int:
    """Return how many minutes a time of day lies after midnight."""
    return at.hour * 60 + at.minute


def moved(at: time | None, by: int) -> time | None:
    """Return a time of day so many minutes later; None where it would lie on another day."""
    after = minutes(at) + by if at is not None else -1
    return time(*divmod(after, 60)) if 0 <= after < 24 * 60 else None
