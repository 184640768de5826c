"""Certificates on the board: counted as they are handed out, each once, the pursuit's never; drills in the programme; counts for others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given as examples
from hypothesis import strategies as some

from liengia.alarms.models import Drill, NeighbourGroup
from liengia.commendations import services as commendations
from liengia.commendations.models import Certificate, Decision, Nomination
from liengia.core import clock, counts
from liengia.core.errors import Invalid
from liengia.festivals import awards, board
from liengia.festivals.models import BoardEdition, ItemKind, Part, ProgrammeItem
from liengia.festivals.services import base, days, pledges
from liengia.festivals.services.days import Item, Ties
from liengia.festivals.services.pledges import Promise
from liengia.units.services import switch_room
from tests.cast import TESTER
from tests.commendations.given import Bureau, bureau, decided, nominated, opened, pursuit
from tests.festivals.conftest import NOW
from tests.festivals.given import ON, PROGRAMME, Season1, another_hamlet, festival, fresh, say
from tests.people.conftest import signed_in

AWARDS = Item(Part.CEREMONY, ItemKind.AWARDS, "Công bố quyết định, trao thưởng", "Chủ tịch")
DRILL = Item(Part.FESTIVITIES, ItemKind.DRILL, "Thực tập chữa cháy", "Các tổ liên gia")


@dataclass(slots=True)
class Stage:
    """A festival whose commune and hamlet both give certificates of one decision."""

    season: Season1
    bureau: Bureau
    decision: Decision
    commune_item: ProgrammeItem
    hamlet_item: ProgrammeItem

    def of(self, name: str) -> Certificate:
        """Return somebody's certificate."""
        return Certificate.objects.get(name__endswith=name)

    def hand(self, *names: str) -> None:
        """Hand some out."""
        commendations.hand_over([self.of(name) for name in names], on=ON, actor=self.bureau.clerk)


@pytest.fixture(scope="module")
def lay() -> Callable[[], Stage]:
    """Lay it once: two certificates for the festival's hamlet, one for another one, all by one decision."""

    def then() -> Stage:
        with time_machine.travel(NOW, tick=False):
            season = festival()
            office = bureau(season.here, season.ubnd)
            row, other = opened(office), another_hamlet(season)
            for name, unit in (("Trần Thị Một", season.here.cast.hamlet), ("Lê Văn Hai", season.here.cast.hamlet), ("Phạm Thị Ba", other)):
                nominated(office, row, name, unit=unit)
            decision = decided(office, row)
            items = []
            for day in (season.commune_day, season.hamlet_day):
                days.set_programme(fresh(day), [*PROGRAMME, AWARDS, DRILL], actor=TESTER)
                items.append(ProgrammeItem.objects.select_related("day").get(day=day, kind=ItemKind.AWARDS))
            return Stage(season, office, decision, *items)

    return then


def tie(scene: Stage, *items: ProgrammeItem) -> None:
    """Read the decision out in some items."""
    for one in items:
        days.tie_decisions(one, [scene.decision], actor=TESTER)


def shown() -> tuple[dict[int, tuple[int, int]], tuple[int, int]]:
    """Return what the board shows: by day, and the sum."""
    found = board.board(ON)
    return {tile.day.pk: (tile.given.handed, tile.given.planned) for tile in found.tiles}, (found.sums.given.handed, found.sums.given.planned)


def test_a_board_without_decisions_has_no_column(scene: Stage) -> None:
    assert shown()[1] == (0, 0)
    assert "giấy khen đã trao" not in Client().get(f"/ngay-hoi/truc-tiep/{ON}/").content.decode()


def test_one_day_gives_the_whole_decision_and_the_board_counts_what_is_given(scene: Stage) -> None:
    tie(scene, scene.commune_item)
    say(scene.season, "begun", day=scene.season.commune_day)
    scene.hand("Một")
    assert shown()[0][scene.season.commune_day.pk] == (1, 3)
    html = Client().get(f"/ngay-hoi/truc-tiep/{ON}/").content.decode()
    assert [words for words in ("1 / 3", "giấy khen đã trao", ">1/3<") if words not in html] == []
    day = Client().get(f"/ngay-hoi/{scene.season.commune_day.public_id}/").content.decode()
    assert "Đã trao 1 trong 3 giấy khen" in day and "Trần Thị Một" not in day


def test_where_several_days_give_each_gives_its_own_area_and_nobody_counts_twice(scene: Stage) -> None:
    tie(scene, scene.commune_item, scene.hamlet_item)
    scene.hand("Một", "Ba")
    by_day, total = shown()
    assert by_day == {scene.season.hamlet_day.pk: (1, 2), scene.season.commune_day.pk: (1, 1)} and total == (2, 3)
    days.cancel_day(scene.season.hamlet_day, reason="Mưa.", actor=TESTER)
    assert shown()[0][scene.season.commune_day.pk] == (2, 3), "a day that is off gives nothing"


def test_the_pursuit_is_on_no_board_until_somebody_opens_it(scene: Stage) -> None:
    row = pursuit(scene.bureau)
    nominated(scene.bureau, row, "Võ Văn Bốn", merit="Có thành tích đột xuất trong truy bắt đối tượng trộm cắp tài sản")
    decision = decided(scene.bureau, row)
    days.tie_decisions(scene.commune_item, [decision], actor=TESTER)
    assert shown()[1] == (0, 0)
    commendations.open_decision(decision, is_public=True, reason="Gia đình đồng ý.", actor=scene.bureau.chairman)
    assert shown()[1] == (0, 1)


def test_a_deed_of_the_pursuit_in_another_list_is_on_no_board(scene: Stage) -> None:
    tie(scene, scene.commune_item)
    scene.hand("Một")
    Nomination.objects.filter(pk=scene.of("Một").nomination_id).update(is_pursuit_deed=True)
    assert shown()[1] == (0, 2)


def test_a_hand_out_moves_the_tile_of_whoever_gives_it(scene: Stage) -> None:
    tie(scene, scene.commune_item, scene.hamlet_item)
    base.number()
    scene.hand("Hai")
    assert list(BoardEdition.objects.filter(position=None).values_list("day", flat=True)) == [scene.season.hamlet_day.pk]
    base.number()
    commendations.undo_hand_over(scene.of("Hai"), actor=scene.bureau.clerk)
    assert list(BoardEdition.objects.filter(position=None).values_list("day", flat=True)) == [scene.season.hamlet_day.pk]


def test_a_commune_without_commendations_has_no_column(scene: Stage) -> None:
    tie(scene, scene.commune_item)
    switch_room(unit=scene.season.here.commune, room="commendations", is_on=False, actor=TESTER)
    assert shown()[1] == (0, 0)


def test_what_cannot_be_read_out_is_refused(scene: Stage) -> None:
    with pytest.raises(Invalid, match="trao thưởng"):
        days.tie_decisions(scene.season.item("Chào cờ"), [scene.decision], actor=TESTER)
    Decision.objects.filter(pk=scene.decision.pk).update(decided_on=ON + timedelta(days=1))
    scene.decision.refresh_from_db()
    with pytest.raises(Invalid, match="không có hiệu lực"):
        tie(scene, scene.commune_item)


@examples(some.dictionaries(some.integers(1, 6), some.integers(1, 6), min_size=1), some.lists(some.integers(1, 6), min_size=1, unique=True))
def test_the_nearest_day_gives(held: dict[int, int], line: list[int]) -> None:
    found = awards.giver(line, held)
    if len(held) == 1:
        assert found in held
    elif found is None:
        assert set(held.values()).isdisjoint(line)
    else:
        assert line.index(held[found]) == min(line.index(unit) for unit in held.values() if unit in line)


# Drills


def drill_of(scene: Stage, **facts: Any) -> Drill:
    """Plan a drill of a group of the hamlet on the day."""
    group = NeighbourGroup.objects.create(name="Tổ liên gia số 7", number=7, unit=scene.season.here.cast.hamlet)
    return Drill.objects.create(group=group, planned_at=NOW + timedelta(hours=2), **facts)


def test_a_drill_of_the_programme_is_that_of_its_groups_and_says_what_it_showed(scene: Stage) -> None:
    drill = drill_of(scene)
    day = scene.season.hamlet_day
    item = day.items.select_related("day").get(kind=ItemKind.DRILL)
    days.tie_drills(item, [drill], actor=TESTER)
    address = f"/ngay-hoi/{day.public_id}/"
    assert "Tổ liên gia số 7" in Client().get(address).content.decode()
    Drill.objects.update(started_at=NOW, ended_at=NOW, score={"answered": 11, "households": 14, "first_answer_s": 41.6, "sirens": 6, "sounded": 5})
    days.tie_drills(item, [drill], actor=TESTER)
    assert "Tổ liên gia số 7: 11 nhà trả lời, nhà đầu sau 42 giây, 5 trong 6 còi đã kêu" in Client().get(address).content.decode()
    Drill.objects.update(score={"answered": 3, "first_answer_s": 2.0})
    days.tie_drills(item, [drill], actor=TESTER)
    assert "nhà trả lời" not in Client().get(address).content.decode(), "so few are not told of"
    switch_room(unit=scene.season.here.commune, room="alarms", is_on=False, actor=TESTER)
    assert "Tổ liên gia số 7" not in Client().get(address).content.decode()


def test_a_drill_of_another_day_or_of_an_item_that_is_none_is_refused(scene: Stage) -> None:
    drill = drill_of(scene)
    with pytest.raises(Invalid, match="diễn tập"):
        days.tie_drills(scene.season.item("Kéo co"), [drill], actor=TESTER)
    Drill.objects.update(planned_at=NOW + timedelta(days=2))
    drill.refresh_from_db()
    with pytest.raises(Invalid, match="ngày khác"):
        days.tie_drills(scene.season.hamlet_day.items.select_related("day").get(kind=ItemKind.DRILL), [drill], actor=TESTER)


# The office


def test_an_office_ticks_decisions_and_drills_with_the_programme_all_or_nothing(scene: Stage) -> None:
    drill, day = drill_of(scene), scene.season.hamlet_day
    clerk, address = signed_in(scene.season.here.duyen, second_factor=True), f"/quan-tri/ngay-hoi/ngay/{day.public_id}/chuong-trinh/"
    page = clerk.get(address).content.decode()
    assert scene.decision.paper.sign in page and "Tổ liên gia số 7, 10:30" in page
    typed = {"ceremony": "9:30 | trao thưởng | Trao thưởng", "festivities": "10:00 | diễn tập | Chữa cháy", "decisions": [scene.decision.pk], "drills": [drill.pk], "revision": fresh(day).revision}
    assert clerk.post(address, typed).status_code == 302
    assert [one.pk for one in day.items.get(kind="awards").decisions.all()] == [scene.decision.pk] and day.items.get(kind="drill").drills.get() == drill
    refused = clerk.post(address, {**typed, "ceremony": "8:00 | chào cờ | Chào cờ", "revision": fresh(day).revision})
    assert refused.status_code == 422 and "không có tiết mục" in refused.content.decode()
    assert list(day.items.values_list("title", flat=True)) == ["Trao thưởng", "Chữa cháy"], "nothing half kept"
    days.write_programme(fresh(day), [AWARDS, DRILL], Ties(decisions=[], drills=None), actor=TESTER)
    assert not day.items.get(kind="awards").decisions.exists()


# What others count


def test_pledges_and_who_signed_them_are_counted_while_they_hold(scene: Stage) -> None:
    made = pledges.draft_pledge(
        scene.season.season, unit=scene.season.here.commune, title="Giao ước", valid_from=ON, valid_to=ON + timedelta(days=300),
        promises=[Promise("Không để xảy ra cháy", "", ON + timedelta(days=200))], parties=[scene.season.ubnd, scene.bureau.council], actor=TESTER,
    )  # fmt: skip
    codes = ("festivals.pledges", "festivals.signatories")
    ground = [scene.season.here.commune.pk]

    def counted(on: date) -> list[int]:
        return [one.count(ground, on) for code in codes if (one := counts.get(code)) is not None]

    assert counted(ON) == [0, 0], "a draft is no pledge"
    pledges.sign_pledge(made, on=clock.today(), actor=TESTER)
    assert counted(ON) == [1, 2]
    assert counted(ON - timedelta(days=1)) == counted(ON + timedelta(days=301)) == [0, 0]
    assert [one.count([scene.season.here.cast.hamlet.pk], ON) for code in codes if (one := counts.get(code)) is not None] == [0, 0]
