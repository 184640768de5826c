"""The lunar calendar against dates that every Vietnamese calendar prints."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from liengia.core.lunar import LunarDate, of, solar, tet

TET = {
    1968: date(1968, 1, 29),  # a day before China's
    1985: date(1985, 1, 21),  # a month before China's
    2007: date(2007, 2, 17),  # a day before China's
    2023: date(2023, 1, 22),
    2024: date(2024, 2, 10),
    2025: date(2025, 1, 29),
    2026: date(2026, 2, 17),
    2027: date(2027, 2, 6),
    2028: date(2028, 1, 26),
    2029: date(2029, 2, 13),
    2030: date(2030, 2, 2),  # a day before China's
}


@pytest.mark.parametrize("year", TET)
def test_tet(year: int) -> None:
    assert tet(year) == TET[year]
    assert of(TET[year]) == LunarDate(1, 1, year)
    assert of(TET[year] - timedelta(days=1)).month == 12


@pytest.mark.parametrize(
    ("day", "lunar"),
    [
        (date(2023, 3, 22), LunarDate(1, 2, 2023, is_leap=True)),
        (date(2023, 8, 6), LunarDate(20, 6, 2023)),
        (date(2025, 7, 25), LunarDate(1, 6, 2025, is_leap=True)),
        (date(2025, 8, 22), LunarDate(29, 6, 2025, is_leap=True)),
        (date(2025, 8, 23), LunarDate(1, 7, 2025)),
        (date(2025, 11, 29), LunarDate(10, 10, 2025)),
        (date(2028, 6, 23), LunarDate(1, 5, 2028, is_leap=True)),
        (date(2054, 5, 7), LunarDate(30, 3, 2054)),  # the mean month would miss it
    ],
)
def test_days_and_leap_months(day: date, lunar: LunarDate) -> None:
    assert of(day) == lunar
    assert solar(lunar) == day


def test_days_follow_each_other_without_a_gap() -> None:
    day, before = date(2023, 1, 1), of(date(2022, 12, 31))
    while day < date(2031, 1, 1):
        now = of(day)
        goes_on = (now.day, now.month, now.is_leap) == (before.day + 1, before.month, before.is_leap)
        assert goes_on or (now.day == 1 and before.day in (29, 30)), day
        day, before = day + timedelta(days=1), now


def test_a_day_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="no such day"):
        solar(LunarDate(1, 6, 2026, is_leap=True))
