"""The live board: who has begun, which item is on, sums that add nobody twice; and what its watchers are sent."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given as examples
from hypothesis import strategies as some

from liengia.festivals import board, counts, feed
from liengia.festivals.models import BoardEdition, FestivalDay, Season
from liengia.festivals.services import base, days, live
from tests.cast import TESTER
from tests.festivals.given import ON, PROGRAMME, Season1, another_hamlet, at, fresh, say, told


def count(scene: Season1, day: Any, number: int, age_s: float = 0) -> None:
    """Count the people of a day."""
    live.tell_event(day, told("count", number=number, age_s=age_s), actor=TESTER)


def test_people_who_came_with_their_hamlet_are_counted_once(scene: Season1) -> None:
    days.change_day(fresh(scene.hamlet_day), counted_in=scene.commune_day, actor=scene.clerk)
    count(scene, scene.hamlet_day, 120)
    found = board.board(ON)
    assert (found.sums.places, found.sums.people) == (1, 120), "the commune has not counted yet: its hamlet's people are there"
    count(scene, scene.commune_day, 500, age_s=60)
    found = board.board(ON)
    assert found.sums.people == 500 and [tile.day.pk for tile in found.parts] == [scene.hamlet_day.pk]
    count(scene, scene.commune_day, 90)
    assert board.board(ON).sums.people == 120, "there were never fewer than those who came together"
    days.change_day(fresh(scene.hamlet_day), counted_in=None, actor=scene.clerk)
    assert (board.board(ON).sums.places, board.board(ON).sums.people) == (2, 210)


def test_a_hamlet_whose_commune_called_its_day_off_counts_for_itself(scene: Season1) -> None:
    days.change_day(fresh(scene.hamlet_day), counted_in=scene.commune_day, actor=scene.clerk)
    days.cancel_day(scene.commune_day, reason="Mưa.", actor=scene.clerk)
    count(scene, scene.hamlet_day, 80)
    say(scene, "begun")
    found = board.board(ON)
    assert (found.sums.people, found.sums.places, found.sums.begun) == (80, 1, 1)
    say(scene, "ended")
    assert counts.held(scene.here.commune, ON, ON).people == 80


def test_nobody_is_counted_in_two_places_or_in_a_circle(scene: Season1) -> None:
    from liengia.core.errors import Invalid

    days.change_day(fresh(scene.hamlet_day), counted_in=scene.commune_day, actor=scene.clerk)
    for day, whole in ((scene.commune_day, scene.hamlet_day), (scene.commune_day, scene.commune_day)):
        with pytest.raises(Invalid, match="một nơi"):
            days.change_day(fresh(day), counted_in=fresh(whole), actor=scene.clerk)
    third = days.plan_days(scene.season, [days.Host(another_hamlet(scene))], place="x", starts_at=at(8, on=ON.replace(day=17)), actor=TESTER)[0]
    with pytest.raises(Invalid, match="cùng ngày"):
        days.change_day(third, counted_in=scene.commune_day, actor=scene.clerk)


@examples(some.dictionaries(some.integers(1, 9), some.tuples(some.one_of(some.none(), some.integers(1, 9)), some.one_of(some.none(), some.integers(0, 900))), max_size=9))
def test_the_sum_is_between_the_largest_count_and_all_counts(rows: dict[int, tuple[int | None, int | None]]) -> None:
    flat = {key: (whole if whole in rows and rows[whole][0] is None and whole != key else None, own) for key, (whole, own) in rows.items()}
    total = counts.attendance(flat)
    own = [number or 0 for _whole, number in flat.values()]
    assert max(own, default=0) <= total <= sum(own)


def test_an_ended_day_tells_as_over_only_what_was_noted(scene: Season1) -> None:
    say(scene, "begun", age_s=1700)
    say(scene, "item", scene.item("Báo cáo một năm"))
    say(scene, "ended")
    day = FestivalDay.objects.get(pk=scene.hamlet_day.pk)
    assert [bar.state for bar in board.tile_of(day).bars] == ["unsaid", "unsaid", "past", "unsaid", "none", "unsaid"]
    html = Client().get(f"/ngay-hoi/{day.public_id}/").content.decode()
    assert "Báo cáo: đã xong" in html and "Diễn đàn: chưa ghi nhận" in html and "Diễn đàn: đã xong" not in html


def test_who_is_late_stands_first_and_says_by_how_much(scene: Season1) -> None:
    say(scene, "begun", age_s=1700)
    say(scene, "item", scene.item("Báo cáo một năm"))
    first, second = board.board(ON).tiles
    assert (first.day.pk, first.late_minutes, first.tone) == (scene.commune_day.pk, 30, "attn")
    assert [bar.state for bar in second.bars] == ["", "", "cur", "", "none", ""]
    html = Client().get(f"/ngay-hoi/truc-tiep/{ON}/").content.decode()
    assert "trễ 30 phút" in html and "1 / 2" in html and "Báo cáo một năm" in html
    with time_machine.travel(at(7, 30), tick=False):
        assert all(not tile.late_minutes for tile in board.board(ON).tiles)


def test_a_board_says_nothing_of_opinions_where_none_was_asked_yet(scene: Season1) -> None:
    page = Client().get(f"/ngay-hoi/truc-tiep/{ON}/").content.decode()
    assert "nơi đã khai mạc" in page and "ý kiến" not in page.split("<main", 1)[1].split("</main", 1)[0].lower()


def test_watchers_are_sent_the_tile_that_changed_in_their_language(scene: Season1) -> None:
    base.number()
    say(scene, "begun")
    base.number()
    row = BoardEdition.objects.get(day=scene.hamlet_day)
    sent = list(feed.describe([row]))
    audiences = {next(iter(one.audience)) for one in sent}
    assert audiences == {feed.key_of(ON, season, language) for season in (None, scene.season) for language in ("vi", "en")}
    mine = next(one for one in sent if one.audience == {feed.key_of(ON, scene.season, "vi")})
    assert mine.data["day"] == scene.hamlet_day.public_id and "Đang diễn ra" in str(mine.data["tile"]) and "1 / 2" in str(mine.data["sums"])
    english = next(one for one in sent if one.audience == {feed.key_of(ON, None, "en")})
    assert "Going on" in str(english.data["tile"])
    assert feed.marks({"x"}) == {"x": True}


def test_a_watcher_who_comes_back_gets_each_changed_day_once(scene: Season1) -> None:
    base.number()
    seen = base.position()
    for _ in range(3):
        say(scene, "note", words="Vui quá")
        base.number()
    missed = feed.FEED.after(seen, feed.listener(ON, None, "vi").audience)
    assert missed is not None and len(missed) == 1 and missed[0].position == base.position()


def test_a_day_that_is_put_off_leaves_the_board_of_the_old_date(scene: Season1) -> None:
    days.postpone_day(scene.hamlet_day, starts_at=at(8, on=ON.replace(day=23)), reason="Mưa.", actor=scene.clerk)
    base.number()
    sent = list(feed.describe([BoardEdition.objects.get(day=scene.hamlet_day)]))
    assert sent and all("2026-08-23" in next(iter(one.audience)) for one in sent)
    assert [tile.day.pk for tile in board.board(ON).tiles] == [scene.commune_day.pk]


def test_counts_for_reports_are_of_days_that_are_over(scene: Season1) -> None:
    count(scene, scene.hamlet_day, 200)
    assert counts.held(scene.here.commune, ON, ON).days == ()
    say(scene, "begun", age_s=60)
    say(scene, "ended")
    found = counts.held(scene.here.commune, ON, ON)
    assert (len(found.days), found.units, found.people, found.uncounted, found.called_off) == (1, 1, 200, (), 0)
    assert counts.held(scene.here.cast.other_commune, ON, ON).people == 0
    assert counts.held(scene.here.commune, ON.replace(day=17), ON.replace(day=30)).people == 0


def test_a_board_of_many_places_is_read_in_as_few_questions(scene: Season1, django_assert_max_num_queries: Any) -> None:
    extra = [days.Host(another_hamlet(scene, f"28108-{n}", f"Ấp {n}")) for n in range(30, 45)]
    for one in days.plan_days(scene.season, extra, place="Sân", starts_at=at(8), items=PROGRAMME, actor=TESTER):
        days.announce_day(one, actor=TESTER)
        say(scene, "begun", day=one)
    with django_assert_max_num_queries(9):
        assert board.board(ON, Season.objects.get()).sums.begun == 15
