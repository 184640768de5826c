"""When a bulletin goes out: once, each week on some weekdays, or on some days of the lunar month."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone

from liengia.broadcast.models import Bulletin, Repeats
from liengia.core import clock, lunar

# Nothing holds longer: a feed's "for ever" is the year 9999, which has no next day.
LONGEST: Final = timedelta(days=3652)
# The lunar month has at most 30 days: within two of them each named day comes, unless it is the 30th of short months.
_LOOK: Final = 400


def next_after(bulletin: Bulletin, moment: datetime) -> datetime | None:
    """Return the first time after an instant that a bulletin goes out again; None when there is none before it expires.

    One that goes out once without a day goes out at once, and so has no further time.
    """
    if bulletin.repeats == Repeats.ONCE:
        if bulletin.first_on is None:
            return None
        at = at_local(bulletin.first_on, bulletin.at_time or time(0))
        return at if at > moment else None
    start = clock.local(moment).date()
    if bulletin.first_on is not None:
        start = max(start, bulletin.first_on)
    for step in range(_LOOK):
        day = start + timedelta(days=step)
        at = at_local(day, bulletin.at_time or time(0))
        if bulletin.expires_at is not None and at >= bulletin.expires_at:
            return None
        if at > moment and is_day(bulletin, day):
            return at
    return None


def is_day(bulletin: Bulletin, day: date) -> bool:
    """Tell whether a bulletin that repeats goes out on a day: weekdays count from 1, Monday; lunar days from 1, the new moon."""
    if bulletin.repeats == Repeats.WEEKLY:
        return day.isoweekday() in bulletin.weekdays
    return lunar.of(day).day in bulletin.lunar_days


def at_local(day: date, at: time) -> datetime:
    """Return a local day and time as an instant."""
    return timezone.make_aware(datetime.combine(day, at))


def end_of(day: date) -> datetime:
    """Return the instant at which a local day has ended."""
    return at_local(day + timedelta(days=1), time(0))


def last_day(ends_at: datetime) -> date:
    """Return the last local day that lies before an end."""
    return clock.local(ends_at - timedelta(microseconds=1)).date()
