"""Due times: office hours, holidays, Tết, swapped days, and what a unit says otherwise."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from liengia.organisations.models import OfficeHours, SpecialDay
from liengia.organisations.workdays import calendar_of, due_after, ensure_workdays
from tests.cast import assemble

pytestmark = pytest.mark.django_db
HERE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(words: str) -> datetime:
    """Return a local instant."""
    return datetime.fromisoformat(words).replace(tzinfo=HERE)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-25T08:00", 8, "2026-11-26T08:00"),
        ("2026-11-25T10:00", 2, "2026-11-25T14:00"),
        ("2026-11-25T12:00", 4, "2026-11-26T07:30"),
        ("2026-11-25T22:13", 8, "2026-11-26T17:00"),
        ("2026-11-27T16:00", 4, "2026-11-30T10:00"),
        ("2026-02-13T16:30", 1, "2026-02-23T07:30"),
        ("2026-01-09T16:00", 2, "2026-01-10T08:00"),
    ],
    ids=["a day of office", "over noon", "at noon", "at night", "over a weekend", "over Tết", "into a Saturday that works"],
)  # fmt: skip
def test_hours_run_while_the_office_is_open(start: str, hours: int, due: str) -> None:
    assert due_after(at(start), hours=hours) == at(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-25T08:00", 5, "2026-12-02T17:00"),
        ("2026-11-28T09:00", 1, "2026-11-30T17:00"),
        ("2026-02-12T09:00", 5, "2026-02-26T17:00"),
        ("2026-08-28T09:00", 1, "2026-09-03T17:00"),
    ],
    ids=["an ordinary week", "filed on a Saturday", "over Tết", "over the National Day"],
)
def test_days_begin_the_day_after_and_end_with_the_office(start: str, days: int, due: str) -> None:
    assert due_after(at(start), days=days) == at(due)


def test_a_commune_has_hours_and_days_of_its_own() -> None:
    cast = assemble()
    OfficeHours.objects.create(unit=cast.commune, weekday=0, opens=time(8), closes=time(12))
    SpecialDay.objects.create(unit=cast.commune, on=date(2026, 11, 30), name="Ngập nước", is_working=False)
    assert due_after(at("2026-11-25T08:00"), hours=1, unit=cast.hamlet) == at("2026-12-07T09:00")
    assert due_after(at("2026-11-25T08:00"), hours=1, unit=cast.other_commune) == at("2026-11-25T09:00")


def test_a_commune_may_work_on_a_holiday_of_the_nation() -> None:
    cast = assemble()
    SpecialDay.objects.create(unit=cast.commune, on=date(2026, 9, 1), name="Trực bão", is_working=True)
    assert calendar_of(cast.hamlet, on=date(2026, 9, 1)).is_workday(date(2026, 9, 1))
    assert not calendar_of(cast.other_commune, on=date(2026, 9, 1)).is_workday(date(2026, 9, 1))


def test_a_half_day_hides_the_minute() -> None:
    calendar = calendar_of()
    morning = {calendar.half_day(at(f"2026-11-25T{hour:02}:{minute:02}")) for hour in range(7, 12) for minute in (0, 31, 59)}
    afternoon = {calendar.half_day(at(f"2026-11-25T{hour}:{minute:02}")) for hour in range(13, 17) for minute in (0, 31, 59)}
    assert morning == {at("2026-11-25T12:00")} and afternoon == {at("2026-11-25T17:00")}
    assert due_after(at("2026-11-25T09:13"), hours=8, rounded=True) == at("2026-11-26T12:00")


def test_loading_again_keeps_what_was_set() -> None:
    SpecialDay.objects.filter(on=date(2026, 9, 1)).update(name="Sửa tay")
    before = SpecialDay.objects.count(), OfficeHours.objects.count()
    ensure_workdays()
    assert (SpecialDay.objects.count(), OfficeHours.objects.count()) == before
    assert SpecialDay.objects.get(on=date(2026, 9, 1)).name == "Sửa tay"


def test_every_day_off_has_a_source_and_every_year_its_holidays() -> None:
    assert not SpecialDay.objects.filter(source="").exists()
    for year in range(2023, 2028):
        names = " ".join(SpecialDay.objects.filter(on__year=year, is_working=False).values_list("name", flat=True))
        for holiday in ("Tết Nguyên đán", "Giỗ Tổ", "Quốc khánh", "Quốc tế Lao động"):
            assert holiday in names, f"{year}: {holiday}"


def test_a_due_time_needs_hours_or_days() -> None:
    with pytest.raises(ValueError):
        due_after(at("2026-11-25T08:00"))
    with pytest.raises(ValueError):
        due_after(at("2026-11-25T08:00"), hours=1, days=1)
    assert timedelta(0) < due_after(at("2026-11-25T08:00"), hours=0.5) - at("2026-11-25T08:00")
