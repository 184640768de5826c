"""Office hours and days off as data that administrators keep: with a source, audited, the nation's apart from a unit's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from liengia.audit.models import Entry
from liengia.core import lunar
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.organisations import calendar_services as calendar
from liengia.organisations.models import OfficeHours, SpecialDay
from liengia.organisations.workdays import calendar_of, ensure_workdays
from tests.cast import TESTER, Cast, assemble
from tests.people.conftest import signed_in

pytestmark = pytest.mark.django_db
SOURCE = "Thông báo 12/TB-UBND ngày 01/11/2026"


@pytest.fixture
def cast() -> Cast:
    """Return the cast, with the nation's calendar."""
    ensure_workdays()
    return assemble()


def test_every_shipped_day_has_a_source_and_what_is_uncertain_says_so() -> None:
    ensure_workdays()
    days = list(SpecialDay.objects.filter(unit=None))
    assert {row.on.year for row in days} == {2023, 2024, 2025, 2026, 2027}
    assert all(row.source for row in days)
    assert all(row.is_provisional == ("tạm tính" in row.source) for row in days)
    # Whatever hangs on a decision of the Prime Minister that has not come is provisional: Tết, and the second day of 2 September.
    assert {row.on.isoformat() for row in days if row.is_provisional} == {
        "2027-02-05", "2027-02-08", "2027-02-09", "2027-02-10", "2027-02-11", "2027-09-03",
    }  # fmt: skip


@pytest.mark.parametrize("year", range(2023, 2028))
def test_the_years_of_the_data_are_those_of_the_law(year: int) -> None:
    """Labour Code 2019, article 112: eleven days; one on a weekend gives the next working day (article 111, clause 3)."""
    ensure_workdays()
    off = calendar_of(on=date(year, 1, 1))
    kings = lunar.solar(lunar.LunarDate(10, 3, year))
    for day in (date(year, 1, 1), kings, date(year, 4, 30), date(year, 5, 1), date(year, 9, 2), lunar.tet(year)):
        assert not off.is_workday(day), day
    closed = list(SpecialDay.objects.filter(unit=None, on__year=year, is_working=False))
    swapped = SpecialDay.objects.filter(unit=None, on__year=year, is_working=True).count()
    law = [date(year, 1, 1), kings, date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)]
    # Five days of Tết and two of September with their weekends made good, and one weekday for each weekend day that is worked.
    assert len([row for row in closed if row.on.weekday() < 5]) - swapped == len(law) + 1 + 5, [str(row) for row in closed]
    assert all(row.on.weekday() >= 5 for row in SpecialDay.objects.filter(unit=None, on__year=year, is_working=True))


def test_a_communes_day_takes_the_nations_place_there_alone(cast: Cast) -> None:
    calendar.set_special_day(unit=cast.commune, on=date(2026, 12, 14), name="Nghỉ tránh bão", is_working=False, is_provisional=False, source=SOURCE, actor=TESTER)
    assert not calendar_of(cast.commune, on=date(2026, 12, 1)).is_workday(date(2026, 12, 14))
    assert not calendar_of(cast.hamlet, on=date(2026, 12, 1)).is_workday(date(2026, 12, 14))
    assert calendar_of(cast.other_commune, on=date(2026, 12, 1)).is_workday(date(2026, 12, 14))
    entry = Entry.objects.get(kind="organisations.special_day_set")
    assert entry.unit_id == cast.commune.pk and entry.facts["source"] == SOURCE and entry.facts["on"] == "2026-12-14"
    with pytest.raises(Invalid):
        calendar.set_special_day(unit=cast.commune, on=date(2026, 12, 14), name="Nữa", source=SOURCE, actor=TESTER)


def test_a_day_without_a_source_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid) as caught:
        calendar.set_special_day(unit=cast.commune, on=date(2026, 12, 15), name="Nghỉ", source="  ", actor=TESTER)
    assert caught.value.data["field"] == "source" and not SpecialDay.objects.filter(unit=cast.commune).exists()


def test_the_nations_rows_are_its_keepers(cast: Cast) -> None:
    day, hours = SpecialDay.objects.filter(unit=None).first(), OfficeHours.objects.filter(unit=None).first()
    assert day and hours
    with pytest.raises(Refused):
        calendar.change_special_day(day, actor=Actor.of(cast.quan), name="Khác")
    with pytest.raises(Refused):
        calendar.change_office_hours(hours, actor=Actor.of(cast.quan), closes=time(12))
    calendar.change_special_day(day, actor=TESTER, may_change_nation=True, is_provisional=False, source=SOURCE)


def test_sessions_of_a_weekday_never_overlap_on_a_day(cast: Cast) -> None:
    add: Callable[..., Any] = lambda **facts: calendar.set_office_hours(unit=cast.commune, weekday=5, source=SOURCE, actor=TESTER, **facts)  # noqa: E731
    first = add(opens=time(7), closes=time(11), valid_to=date(2027, 1, 1))
    with pytest.raises(Invalid):
        add(opens=time(10), closes=time(12))
    with pytest.raises(Invalid):
        add(opens=time(14), closes=time(13))
    add(opens=time(8), closes=time(11), valid_from=date(2027, 1, 1))
    assert calendar_of(cast.commune, on=date(2026, 12, 1)).week[5] == ((time(7), time(11)),)
    assert calendar_of(cast.commune, on=date(2027, 1, 2)).week[5] == ((time(8), time(11)),)
    with pytest.raises(Invalid):
        calendar.change_office_hours(first, actor=TESTER, valid_to=date(2027, 2, 1))


def office(user: Any) -> Client:
    """Return a browser in the office."""
    return signed_in(user, second_factor=True)


def test_an_administrator_reads_the_nations_days_and_sets_the_communes(cast: Cast) -> None:
    client = office(cast.quan)
    listed = client.get("/quan-tri/ngay-nghi/?year=2027").content.decode()
    assert [one for one in ("Đinh Mùi", "tạm tính", "cả nước") if one not in listed] == []
    assert "Quý Mão" not in listed and "/quan-tri/ngay-nghi/edit/" in listed
    facts = {"unit": cast.commune.pk, "on": "2026-12-14", "name": "Nghỉ tránh bão", "source": SOURCE}
    assert client.post("/quan-tri/ngay-nghi/new/", {**facts, "source": ""}).status_code == 200
    assert client.post("/quan-tri/ngay-nghi/new/", {**facts, "unit": cast.other_commune.pk}).status_code == 200
    assert client.post("/quan-tri/ngay-nghi/new/", {**facts, "unit": ""}).status_code == 200
    assert client.post("/quan-tri/ngay-nghi/new/", facts).status_code == 302
    assert SpecialDay.objects.get(unit=cast.commune).name == "Nghỉ tránh bão"
    hours = {"unit": cast.commune.pk, "weekday": "5", "opens": "07:00", "closes": "11:00", "source": SOURCE}
    assert client.post("/quan-tri/gio-lam-viec/new/", hours).status_code == 302
    assert "Thứ Bảy" in client.get("/quan-tri/gio-lam-viec/").content.decode()
    nations = SpecialDay.objects.filter(unit=None).first()
    assert nations is not None
    answer = client.post(f"/quan-tri/ngay-nghi/edit/{nations.pk}/", {"name": "Khác", "source": SOURCE})
    assert answer.status_code == 200 and "cả nước" in answer.content.decode()


def test_another_communes_days_are_absent(cast: Cast) -> None:
    row = calendar.set_special_day(unit=cast.other_commune, on=date(2026, 12, 14), name="Nghỉ bên đó", source=SOURCE, actor=TESTER)
    client = office(cast.quan)
    assert "Nghỉ bên đó" not in client.get("/quan-tri/ngay-nghi/").content.decode()
    assert client.get(f"/quan-tri/ngay-nghi/edit/{row.pk}/").status_code == 404
    assert office(cast.truc).get("/quan-tri/ngay-nghi/").status_code in (302, 404)
