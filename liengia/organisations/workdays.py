"""When an answer is due: working hours and working days, with holidays and Tết as dated data.

Hours run only while the office is open. Days are counted from the day after (Civil Code 2015, article 147), and end
when the office closes on the last of them. A weekend day that the office works (a swap) counts as a Monday does.

Public door: `calendar_of(unit)`, then `due_after_hours`, `due_after_days`, `half_day`; `due_after(…)` does both.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.utils.timezone import get_current_timezone

from liengia.core import clock
from liengia.organisations.officehours import OfficeHours, SpecialDay
from liengia.units.models import Unit

Session = tuple[time, time]
Week = Mapping[int, tuple[Session, ...]]
_ORDINARY: Final[tuple[Session, ...]] = ((time(7), time(11, 30)), (time(13, 30), time(17)))
ORDINARY_WEEK: Final[Week] = dict.fromkeys(range(5), _ORDINARY)
# The longest row of closed days that is believed; past it the data is wrong, and the plain week is used.
_LONGEST_REST: Final = 60
_SOURCE: Final = "Giờ hành chính thông dụng; xã sửa theo quy định của mình"


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The sessions of a week and the days that differ; pure, in local time."""

    week: Week = field(default_factory=lambda: dict(ORDINARY_WEEK))
    closed: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()

    def sessions(self, day: date) -> tuple[Session, ...]:
        """Return the sessions of a day in order; none on a day off."""
        if day in self.closed:
            return ()
        own = self.week.get(day.weekday(), ())
        return own or (self._any_sessions() if day in self.working else ())

    def _any_sessions(self) -> tuple[Session, ...]:
        return next((self.week[weekday] for weekday in range(7) if self.week.get(weekday)), _ORDINARY)

    def is_workday(self, day: date) -> bool:
        """Tell whether the office is open at some hour of the day."""
        return bool(self.sessions(day))

    def due_after_hours(self, start: datetime, hours: timedelta) -> datetime:
        """Return the instant at which so much office time has passed since `start`."""
        left = hours
        here = clock.local(start)
        day = here.date()
        for _step in range(366 * 5):
            for opens, closes in self._sessions_or_plain(day, start=here.date()):
                begins, ends = max(_at(day, opens), here), _at(day, closes)
                if begins >= ends:
                    continue
                if ends - begins >= left:
                    return begins + left
                left -= ends - begins
            day += timedelta(days=1)
        raise OverflowError("no office is open for so long")

    def due_after_days(self, start: date, days: int) -> datetime:
        """Return the instant at which the office closes on the last of so many working days after `start`."""
        day, left, rest = start, max(1, days), 0
        while left:
            day += timedelta(days=1)
            rest += 1
            if self.is_workday(day) or (rest > _LONGEST_REST and day.weekday() < 5):
                left, rest = left - 1, 0
        return _at(day, (self.sessions(day) or _ORDINARY)[-1][1])

    def half_day(self, at: datetime) -> datetime:
        """Return the end of the half-day in which an instant lies: noon, or the end of the day's last session.

        What is rounded so says nothing of the minute at which something was filed.
        """
        here = clock.local(at)
        noon = _at(here.date(), time(12))
        if here <= noon:
            return noon
        last = self.sessions(here.date())
        evening = _at(here.date(), max(last[-1][1] if last else time(17), time(17)))
        return evening if here <= evening else _at(here.date(), time(23, 59))

    def _sessions_or_plain(self, day: date, *, start: date) -> tuple[Session, ...]:
        return self.sessions(day) or (ORDINARY_WEEK.get(day.weekday(), ()) if (day - start).days > 366 else ())


def _at(day: date, when: time) -> datetime:
    return datetime.combine(day, when, tzinfo=get_current_timezone())


def calendar_of(unit: Unit | None = None, *, on: date | None = None) -> WorkCalendar:
    """Return the calendar of a unit on a day (today): its own words first, then those from above, then the nation's."""
    day = on or clock.today()
    line: list[int | None] = [None]
    if unit is not None:
        line += [above.pk for above in (*unit.ancestors(), unit)]
    rank = {key: place for place, key in enumerate(line)}
    keys = [key for key in line if key is not None]
    hours = [row for row in OfficeHours.objects.all() if row.unit_id in rank and _holds(row, day)]
    best = max((rank[row.unit_id] for row in hours), default=-1)
    week: dict[int, tuple[Session, ...]] = {}
    for row in hours:
        if rank[row.unit_id] == best:
            week[row.weekday] = (*week.get(row.weekday, ()), (row.opens, row.closes))
    days: dict[date, bool] = {}
    special = SpecialDay.objects.filter(on__gte=day - timedelta(days=40), on__lte=day + timedelta(days=400))
    told = [one for one in special if one.unit_id is None or one.unit_id in keys]
    for one in sorted(told, key=lambda found: rank[found.unit_id]):
        days[one.on] = one.is_working
    return WorkCalendar(
        {weekday: tuple(sorted(sessions)) for weekday, sessions in week.items()} or dict(ORDINARY_WEEK),
        frozenset(on for on, works in days.items() if not works),
        frozenset(on for on, works in days.items() if works),
    )


def _holds(row: OfficeHours, day: date) -> bool:
    return (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or row.valid_to > day)


def due_after(
    start: datetime, *, hours: float | None = None, days: int | None = None, unit: Unit | None = None,
    rounded: bool = False,
) -> datetime:  # fmt: skip
    """Return when something is due after so many office hours or working days; `rounded` to the end of a half-day.

    Raises:
        ValueError: neither hours nor days, or both.
    """
    if (hours is None) == (days is None):
        raise ValueError("either hours or days")
    calendar = calendar_of(unit, on=clock.local(start).date())
    if days is not None:
        return calendar.due_after_days(clock.local(start).date(), days)
    due = calendar.due_after_hours(start, timedelta(hours=hours or 0))
    return calendar.half_day(due) if rounded else due


def ensure_workdays() -> None:
    """Load the nation's office hours and days off where they are missing; what was set stays."""
    if not OfficeHours.objects.filter(unit=None).exists():
        OfficeHours.objects.bulk_create(
            OfficeHours(weekday=weekday, opens=opens, closes=closes, source=_SOURCE)
            for weekday, sessions in ORDINARY_WEEK.items()
            for opens, closes in sessions
        )
    known = set(SpecialDay.objects.filter(unit=None).values_list("on", flat=True))
    with (settings.BASE_DIR / "organisations" / "data" / "holidays.csv").open(encoding="utf-8") as file:
        SpecialDay.objects.bulk_create(
            SpecialDay(
                on=day, name=row["name"], is_working=row["is_working"] == "yes", is_provisional=row["is_provisional"] == "yes",
                source=row["source"],
            )
            for row in csv.DictReader(file)
            if (day := date.fromisoformat(row["on"])) not in known
        )
