"""The demonstration's institutions."""

from __future__ import annotations

from datetime import date

import pytest

from liengia.organisations import demo
from liengia.organisations.models import Agreement, Committee, Organisation, Task
from liengia.units import consistency

pytestmark = pytest.mark.django_db
DAY = date(2025, 7, 1)


def test_the_district_police_ended_before_the_district(demonstration: None) -> None:
    body = Organisation.objects.get(name="Công an huyện Cần Đước")
    assert body.valid_to == date(2025, 3, 1)
    assert body.unit.valid_to == DAY
    assert body.current().name == "Công an tỉnh Tây Ninh"
    assert body not in Organisation.objects.at(date(2025, 3, 1))
    assert body in Organisation.objects.at(date(2025, 2, 28))


def test_the_demonstration_loads_once(demonstration: None) -> None:
    counts = [m.objects.count() for m in (Organisation, Committee, Task, Agreement)]
    assert demo.load() == 0
    assert [m.objects.count() for m in (Organisation, Committee, Task, Agreement)] == counts
    assert Committee.objects.current().count() == 6
    assert Task.objects.overdue().count() == 6
    assert consistency.faults() == []


def test_the_committees_above_the_communes_stand_each_in_its_time(demonstration: None) -> None:
    assert demo.load() == 0, "a second time it adds nothing"
    found = {one.name: one for one in Organisation.objects.of_kind("peoples_committee").exclude(unit__level="commune")}
    assert found["Ủy ban nhân dân tỉnh Long An"].successor == found["Ủy ban nhân dân tỉnh Tây Ninh"]
    assert found["Ủy ban nhân dân huyện Cần Đước"].valid_to == found["Ủy ban nhân dân tỉnh Long An"].valid_to == demo.REFORM
    assert len(found) == 3 and Organisation.objects.of_kind("ministry").count() == 1
