"""The Vietnamese lunar calendar, reckoned for UTC+7.

1. A lunar month begins on the local day of the new moon (Meeus, Astronomical Algorithms, chapter 49, shortened).
2. The eleventh month holds the winter solstice. A year with thirteen months between two such months has a leap month:
   the first month without a major term, which is a multiple of 30° of the sun's longitude (Meeus, chapter 25).
3. The day of a lunar month is counted from its new moon.

Hồ Ngọc Đức's public algorithm; right from 1968, when Vietnam took the meridian of UTC+7, to 2199.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

_ZONE_DAYS: Final = 7 / 24
# Julian day of 1900-01-01 12:00, from which new moons are numbered, and the mean month.
_FIRST_NEW_MOON: Final = 2415021.076998695
_MONTH: Final = 29.530588853
# date.toordinal() + this = the Julian day number.
_ORDINAL_TO_JULIAN: Final = 1721425


@dataclass(frozen=True, slots=True)
class LunarDate:
    """A day of the lunar calendar."""

    day: int
    month: int
    year: int
    is_leap: bool = False


def of(day: date) -> LunarDate:
    """Return the lunar date of a solar day."""
    number = _julian(day)
    index = int((number - _FIRST_NEW_MOON) / _MONTH)
    # The mean month misses the true one by up to a day, now and then on both sides of it.
    begins = max(moon for moon in map(_new_moon_day, range(index - 1, index + 2)) if moon <= number)
    eleventh, next_eleventh = _month_11(day.year), _month_11(day.year)
    year = day.year
    if eleventh >= begins:
        eleventh = _month_11(day.year - 1)
    else:
        year, next_eleventh = day.year + 1, _month_11(day.year + 1)
    since = round((begins - eleventh) / _MONTH)
    month, is_leap = since + 11, False
    if next_eleventh - eleventh > 365:
        leap = _leap_after(eleventh)
        if since >= leap:
            month, is_leap = since + 10, since == leap
    if month > 12:
        month -= 12
    if month >= 11 and since < 4:
        year -= 1
    return LunarDate(number - begins + 1, month, year, is_leap)


def solar(wanted: LunarDate) -> date:
    """Return the solar day of a lunar date.

    Raises:
        ValueError: the calendar has no such day.
    """
    day = date(wanted.year, 1, 20) + timedelta(days=int((wanted.month - 1) * _MONTH) + wanted.day - 3)
    for step in range(75):
        found = day + timedelta(days=step)
        if of(found) == wanted:
            return found
    raise ValueError(f"there is no such day: {wanted}")


def tet(year: int) -> date:
    """Return the first day of a lunar year."""
    return solar(LunarDate(1, 1, year))


def _julian(day: date) -> int:
    return day.toordinal() + _ORDINAL_TO_JULIAN


@lru_cache(maxsize=512)
def _new_moon_day(k: int) -> int:
    """Return the local Julian day number of the k-th new moon since 1900."""
    t = k / 1236.85
    t2, t3, rad = t * t, t * t * t, math.pi / 180
    mean = 2415020.75933 + 29.53058868 * k + 0.0001178 * t2 - 0.000000155 * t3
    mean += 0.00033 * math.sin((166.56 + 132.87 * t - 0.009173 * t2) * rad)
    sun = (359.2242 + 29.10535608 * k - 0.0000333 * t2 - 0.00000347 * t3) * rad
    moon = (306.0253 + 385.81691806 * k + 0.0107306 * t2 + 0.00001236 * t3) * rad
    node = (21.2964 + 390.67050646 * k - 0.0016528 * t2 - 0.00000239 * t3) * rad
    shift = (0.1734 - 0.000393 * t) * math.sin(sun) + 0.0021 * math.sin(2 * sun)
    shift += -0.4068 * math.sin(moon) + 0.0161 * math.sin(2 * moon) - 0.0004 * math.sin(3 * moon)
    shift += 0.0104 * math.sin(2 * node) - 0.0051 * math.sin(sun + moon)
    shift += -0.0074 * math.sin(sun - moon) + 0.0004 * math.sin(2 * node + sun)
    shift += -0.0004 * math.sin(2 * node - sun) - 0.0006 * math.sin(2 * node + moon)
    shift += 0.0010 * math.sin(2 * node - moon) + 0.0005 * math.sin(2 * moon + sun)
    if t < -11:
        delta = 0.001 + 0.000839 * t + 0.0002261 * t2 - 0.00000845 * t3 - 0.000000081 * t * t3
    else:
        delta = -0.000278 + 0.000265 * t + 0.000262 * t2
    return int(mean + shift - delta + 0.5 + _ZONE_DAYS)


@lru_cache(maxsize=512)
def _sun_sector(day_number: int) -> int:
    """Return which twelfth of its path the sun is in at the local midnight that begins a day."""
    t = (day_number - 0.5 - _ZONE_DAYS - 2451545.0) / 36525
    t2, rad = t * t, math.pi / 180
    anomaly = (357.52910 + 35999.05030 * t - 0.0001559 * t2 - 0.00000048 * t * t2) * rad
    mean = 280.46645 + 36000.76983 * t + 0.0003032 * t2
    centre = (1.914600 - 0.004817 * t - 0.000014 * t2) * math.sin(anomaly)
    centre += (0.019993 - 0.000101 * t) * math.sin(2 * anomaly) + 0.000290 * math.sin(3 * anomaly)
    longitude = (mean + centre) * rad
    longitude -= math.pi * 2 * math.floor(longitude / (math.pi * 2))
    return int(longitude / math.pi * 6)


@lru_cache(maxsize=64)
def _month_11(year: int) -> int:
    """Return the first day of the month that holds the winter solstice of a year."""
    k = int((_julian(date(year, 12, 31)) - 2415021) / _MONTH)
    begins = _new_moon_day(k)
    return _new_moon_day(k - 1) if _sun_sector(begins) >= 9 else begins


@lru_cache(maxsize=64)
def _leap_after(eleventh: int) -> int:
    """Return how many months after an eleventh month the leap month follows."""
    k = int((eleventh - _FIRST_NEW_MOON) / _MONTH + 0.5)
    sector = _sun_sector(_new_moon_day(k + 1))
    for i in range(2, 15):
        last, sector = sector, _sun_sector(_new_moon_day(k + i))
        if sector == last:
            return i - 1
    return 13
