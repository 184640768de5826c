"""The demonstration: the season of 2023 with all 17 units and three of their hamlets, and one that goes on now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from liengia.festivals import board, counts, demo
from liengia.festivals.models import FestivalDay, Pledge, Season
from liengia.units.models import Unit
from tests import factories
from tests.festivals.given import at

NOON = at(12)


@pytest.fixture(scope="module")
def lay() -> Callable[[], int]:
    """Lay the units of 2023 bare and load the festivals once; tests/acceptance loads them upon the real ones."""

    def then() -> int:
        with time_machine.travel(NOON, tick=False):
            province = factories.unit("80", "Tây Ninh", "province")
            district = Unit.objects.create(code=demo.DISTRICT, name="Cần Đước", kind="Huyện", level="district", parent=province)
            communes = {code: factories.unit(code, f"Mẫu {code}", "commune", parent=district) for code in demo.CAME}
            for code, _number, _is_in in demo.HAMLETS:
                factories.unit(code, f"Ấp {code}", "hamlet", parent=communes[code.partition("-")[0]])
            for name in ("Khu phố 1", "Khu phố 2", "Khu phố 3", "Khu phố 5"):
                factories.unit(f"{demo.COMMUNE}-{name[-1]}", name, "hamlet", parent=communes[demo.COMMUNE])
            return demo.load()

    return then


@pytest.fixture(autouse=True)
def now() -> Iterator[datetime]:
    """It is noon."""
    with time_machine.travel(NOON, tick=False):
        yield NOON


def test_all_units_and_three_hamlets_held_theirs_on_one_day(scene: int) -> None:
    found = board.board(demo.HELD_ON, Season.objects.get(anniversary=18))
    assert len(found.tiles) == 18 and len(found.parts) == 2
    assert (found.sums.places, found.sums.begun, found.sums.ended) == (18, 18, 18)
    assert {tile.day.unit.level for tile in found.tiles} == {"commune", "hamlet"}
    assert sum(tile.day.unit.level == "commune" for tile in found.tiles) == 17
    by_hand = sum(tile.day.attendance or 0 for tile in found.tiles)
    assert found.sums.people == by_hand, "hamlets that came along are in their communes' counts"


def test_what_reports_count_is_what_the_board_shows(scene: int) -> None:
    district = Unit.objects.at(demo.HELD_ON).get(code=demo.DISTRICT)
    found = counts.held(district, date(2023, 1, 1), date(2023, 12, 31))
    assert (len(found.days), found.uncounted) == (20, ())
    assert found.people == board.board(demo.HELD_ON).sums.people


def test_one_goes_on_today_and_somebody_is_late(scene: int) -> None:
    found = board.board(NOON.date())
    assert found.is_live and found.tiles[0].late_minutes > 30
    assert len(found.tiles) == 4 and found.sums.begun == 3 and found.sums.pictures == 2


def test_loading_twice_changes_nothing(scene: int) -> None:
    before = (FestivalDay.objects.count(), Season.objects.count(), Pledge.objects.count())
    assert scene == before[0] and demo.load() == 0
    assert (FestivalDay.objects.count(), Season.objects.count(), Pledge.objects.count()) == before


@pytest.mark.parametrize("hour", [0, 23])
def test_it_loads_at_any_hour(scene: int, hour: int, monkeypatch: Any) -> None:
    moment = at(hour, 4) + timedelta(days=30)
    with time_machine.travel(moment, tick=False):
        commune = Unit.objects.current().communes().get(code=demo.COMMUNE)
        demo._now(commune)
        assert board.board(at(12).date() + timedelta(days=30)).sums.places == 4
