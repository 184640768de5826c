"""The demonstration: the season of 2023 as it was, counted; and what is under way today."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from liengia.commendations import demo, doubts, queries
from liengia.commendations.models import Certificate, Decision, Round, Season
from liengia.organisations import demo as organisations
from liengia.papers.models import Paper
from liengia.units import demo as units
from liengia.units.models import Unit


@pytest.fixture(scope="module")
def lay() -> Any:
    """Lay the demonstration once."""

    def then() -> Season:
        import time_machine

        from tests.commendations.conftest import NOW

        with time_machine.travel(NOW.replace(month=11), tick=False):
            units.load()
            organisations.load()
            demo.load()
            assert demo.load() == 0, "a second time changes nothing"
        return Season.objects.get(year=2023)

    return then


def test_the_season_of_2023_is_counted_as_it_was(scene: Season) -> None:
    by_list = {code: (one.collectives, one.individuals) for code, one in queries.season_counts(scene).items()}
    assert by_list == {"pursuit_excellent": (5, 15), "pursuit_extraordinary": (22, 37), "movement": (29, 268)}
    total = queries.total_of(queries.season_counts(scene).values())
    assert (total.total, total.collectives, total.individuals) == (376, 56, 320)
    assert total.police and total.civilians, "members of the public are told apart"
    assert total.amount_vnd == 56 * 1_080_000 + 320 * 540_000
    numbers = list(Certificate.objects.filter(decision__round__season=scene, edition=1).order_by("register_number").values_list("register_number", flat=True))
    assert numbers == list(range(1, 377))
    signs = list(Decision.objects.filter(round__season=scene).order_by("pk").values_list("paper__number", "decided_on"))
    assert [number for number, _on in signs] == [62, 63, 64]
    assert {str(on) for _number, on in signs} == {"2023-08-04"}


def test_the_pages_show_life(scene: Season) -> None:
    text = Client().get("/khen-thuong/").content.decode()
    assert "Mùa Ngày hội 2023" in text and "376" in text and "Mùa Ngày hội 2026" in text
    shown = queries.public_decisions()
    assert {one.round.unit.level for one in shown} == {"district", "commune"}
    replaced = Certificate.objects.get(state="replaced")
    assert "cấp đổi" in Client().get(f"/xac-minh/{replaced.code}/").content.decode()
    assert "Đơn vị ngày nay" in Client().get(f"/xac-minh/{replaced.code}/").content.decode()
    assert "thu hồi" in Client().get(f"/xac-minh/{Certificate.objects.filter(state='revoked')[0].code}/").content.decode()


def test_what_is_under_way_waits_for_somebody(scene: Season) -> None:
    commune = Unit.objects.current().get(code="28108")
    states = sorted(Round.objects.filter(unit=commune).values_list("state", flat=True))
    assert states == ["decided", "decided", "decided", "open", "submitted"]
    open_one = Round.objects.get(unit=commune, state="open")
    assert any(doubts.of_round(open_one).values()) and open_one.nominations.filter(state="proposed").count() == 1
    assert Paper.objects.filter(kind="submission", state="issued").count() >= 5
