"""Properties of due times, over any week, any days off and any instant."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from liengia.organisations.workdays import ORDINARY_WEEK, WorkCalendar

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = date(2026, 1, 1)
days = st.integers(0, 120).map(lambda n: FIRST + timedelta(days=n))
instants = st.builds(lambda day, s: datetime.combine(day, time(), tzinfo=HERE) + timedelta(seconds=s), days, st.integers(0, 86_399))
hours = st.integers(1, 60 * 40).map(lambda minutes: timedelta(minutes=minutes))
weeks = st.sampled_from([dict(ORDINARY_WEEK), {0: ((time(8), time(12)),), 5: ((time(7), time(9)), (time(9), time(11)))}])
calendars = st.builds(WorkCalendar, weeks, st.frozensets(days, max_size=25), st.frozensets(days, max_size=8))


def office_time(calendar: WorkCalendar, start: datetime, end: datetime) -> timedelta:
    """Count office time minute by minute's ends, independently: session by session, clipped."""
    total, day = timedelta(), start.date()
    while day <= end.date():
        for opens, closes in calendar.sessions(day):
            begins = max(datetime.combine(day, opens, tzinfo=HERE), start)
            ends = min(datetime.combine(day, closes, tzinfo=HERE), end)
            total += max(ends - begins, timedelta())
        day += timedelta(days=1)
    return total


@given(calendars, instants, hours)
@settings(max_examples=150, deadline=None)
def test_exactly_so_much_office_time_passes(calendar: WorkCalendar, start: datetime, span: timedelta) -> None:
    assert office_time(calendar, start, calendar.due_after_hours(start, span)) == span


@given(calendars, instants, hours, hours)
@settings(max_examples=100, deadline=None)
def test_hours_add_up(calendar: WorkCalendar, start: datetime, one: timedelta, two: timedelta) -> None:
    assert calendar.due_after_hours(calendar.due_after_hours(start, one), two) == calendar.due_after_hours(start, one + two)


@given(calendars, instants, instants, hours)
@settings(max_examples=100, deadline=None)
def test_who_files_later_is_due_no_earlier(calendar: WorkCalendar, one: datetime, two: datetime, span: timedelta) -> None:
    first, second = sorted((one, two))
    assert calendar.due_after_hours(first, span) <= calendar.due_after_hours(second, span)


@given(calendars, days, st.integers(1, 30))
@settings(max_examples=150, deadline=None)
def test_exactly_so_many_working_days_pass(calendar: WorkCalendar, start: date, count: int) -> None:
    due = calendar.due_after_days(start, count)
    passed = [start + timedelta(days=n) for n in range(1, (due.date() - start).days + 1)]
    assert sum(calendar.is_workday(day) for day in passed) == count
    assert calendar.is_workday(due.date()) and due.time() == calendar.sessions(due.date())[-1][1]


@given(calendars, instants)
@settings(max_examples=150, deadline=None)
def test_a_half_day_is_one_of_a_few_instants_and_never_before(calendar: WorkCalendar, at: datetime) -> None:
    rounded = calendar.half_day(at)
    assert rounded >= at.replace(second=0, microsecond=0) and rounded.date() == at.date()
    ends = {sessions[-1][1] for sessions in (*calendar.week.values(), calendar.sessions(at.date())) if sessions}
    assert rounded.time() in {time(12), time(17), time(23, 59), *ends}
