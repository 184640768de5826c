"""Groups of any size: none is forbidden, and the sheet of each stays one page."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from liengia.alarms import papers
from liengia.people.models import HouseholdPhone
from tests.alarms.console_scene import desk, sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("count", "words"), [(4, "4 nhà: tổ thường có 5 tới 15 nhà"), (16, "16 nhà: tổ thường có")])
def test_a_size_outside_5_to_15_warns_and_forbids_nothing(count: int, words: str) -> None:
    scene = desk(houses=count)
    client = sign_in(Client(), scene.leader, second_factor=False)
    assert words in client.get(f"/nha/to/{scene.group.public_id}/").content.decode()


@pytest.mark.parametrize("houses", [1, 5, 24, 32])
def test_a_group_sheet_stays_one_page(houses: int) -> None:
    scene = desk(houses=houses)
    scene.group.power_note = scene.group.lane_note = "Còi có pin dự phòng, kêu được khoảng 8 giờ. " * 4
    for house in scene.houses:
        HouseholdPhone.objects.create(household=house, phone=f"+8491000{house.pk:04}", name="Nguyễn Thị Bông Súng", order=2)
    pages = re.findall(rb"/Count (\d+)", papers.group_sheets([scene.group]))
    assert max(map(int, pages)) == 1
