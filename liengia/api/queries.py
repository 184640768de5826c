"""Which public opinions a program asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Prefetch
from django.utils.timezone import get_current_timezone

from liengia.core import clock
from liengia.opinions.models import Opinion, OpinionEvent, OpinionQuerySet, Photo, State
from liengia.units.models import Unit

MOST_DAYS: Final = 90
MOST_ROWS: Final = 1000
# "closed: it has been resolved"; what is answered and still being carried out is open.
CLOSED: Final = (State.CLOSED, State.REFUSED)
_DAY: Final = re.compile(r"^\d{4}-\d\d-\d\d$", re.ASCII)
_MOMENT: Final = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:\d\d)$", re.ASCII)
_YEARS: Final = range(1900, 2200)


def w3_day(raw: str) -> date:
    """Return the local day of a date and time as the W3C's note writes it; a day alone is a local one.

    A "+" that was not escaped in an address comes as a blank and is read as what it was.

    Raises:
        ValueError: it is none, or its time has no zone.
    """
    text = raw.strip().replace(" ", "+")
    if _DAY.match(text):
        day = date.fromisoformat(text)
    elif found := _MOMENT.match(text):
        day = datetime.fromisoformat(found[1] + found[2].replace("Z", "+00:00")).date()
        if day.year in _YEARS:
            day = clock.local(datetime.fromisoformat(found[1] + found[2].replace("Z", "+00:00"))).date()
    else:
        raise ValueError(raw)
    if day.year not in _YEARS:
        raise ValueError(raw)
    return day


def midnight(day: date) -> datetime:
    """Return the beginning of a local day: the only instant that is told of a day."""
    return datetime.combine(day, time(), tzinfo=get_current_timezone())


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program asked for; `numbers` override all else, as the standard says."""

    numbers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    statuses: frozenset[str] = frozenset()
    start: date | None = None
    end: date | None = None
    page: int = 1
    page_size: int = MOST_ROWS

    def days(self) -> tuple[date, date]:
        """Return the first and the last day: the most recent 90 where nothing was said."""
        last = self.end or (min(clock.today(), self.start + timedelta(days=MOST_DAYS)) if self.start else clock.today())
        return self.start or last - timedelta(days=MOST_DAYS), last


def find(commune: Unit, asked: Asked) -> list[Opinion]:
    """Return the public opinions of a commune that are meant, the newest first, with all that is told of them.

    Of an opinion the day of filing is told and no instant: one matches when its day touches the range.
    """
    found = Opinion.public_.get_queryset().filter(commune__in=commune.lineage_ids())
    if asked.numbers:
        found = found.filter(public_id__in=asked.numbers)
    else:
        first, last = asked.days()
        found = found.filter(filed_on__gte=first, filed_on__lte=last)
        if asked.topics:
            found = found.filter(topic__code__in=asked.topics)
        if asked.statuses == {"closed"}:
            found = found.filter(state__in=CLOSED)
        elif asked.statuses == {"open"}:
            found = found.exclude(state__in=CLOSED)
    begin = (asked.page - 1) * asked.page_size
    return list(_with_all(found.order_by("-filed_on", "public_id"))[begin : begin + asked.page_size])


def _with_all(found: OpinionQuerySet) -> OpinionQuerySet:
    shown = Photo.objects.filter(is_public=True).defer("data")
    return found.with_words().select_related("reason").prefetch_related(
        "answers", Prefetch("events", OpinionEvent.objects.order_by("number")), Prefetch("photos", shown)
    )
