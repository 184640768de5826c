"""What arrives late or after a phone's clock leapt: it opens nothing again, and what was told of a day is never in the way of noting it as held."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from liengia.core.errors import Refused
from liengia.core.models import SearchEntry
from liengia.festivals import counts
from liengia.festivals.models import DayEvent, DayState, FestivalDay
from liengia.festivals.services import afterwards, days, seasons
from tests.festivals.given import ON, Season1, at, fresh, say
from tests.people.conftest import signed_in


@contextmanager
def when(moment: datetime) -> Iterator[None]:
    """Be at a moment."""
    with time_machine.travel(moment, tick=False):
        yield


def ended_at_eleven(scene: Season1) -> None:
    """The hamlet's day began and ended."""
    say(scene, "begun")
    with when(at(11)):
        say(scene, "ended")


def test_a_phone_that_was_away_for_five_days_puts_its_item_where_it_happened(scene: Season1) -> None:
    ended_at_eleven(scene)
    flag = scene.item("Chào cờ")
    with when(at(9) + timedelta(days=5)):
        late = say(scene, "item", flag, age_s=timedelta(days=5).total_seconds())
    flag.refresh_from_db()
    assert (late.at, flag.began_at, fresh(scene.hamlet_day).state) == (at(9), at(9), "ended")
    assert counts.held(scene.here.commune, ON, ON).days == (scene.hamlet_day,)


def test_an_item_after_the_end_opens_nothing_until_it_is_said_that_the_day_goes_on(scene: Season1) -> None:
    ended_at_eleven(scene)
    rope, flag = scene.item("Kéo co"), scene.item("Chào cờ")
    with when(at(9) + timedelta(days=5)):
        say(scene, "item", rope, age_s=-1)
        rope.refresh_from_db()
        row = fresh(scene.hamlet_day)
        assert (row.state, row.ended_at) == ("ended", at(11))
        assert (rope.is_on, rope.was_held) == (False, True), "when is not known; that it was held is"
    with when(at(10) + timedelta(days=5)):
        say(scene, "reopened", age_s=60)
        say(scene, "item", flag)
    flag.refresh_from_db()
    assert fresh(scene.hamlet_day).state == "live" and flag.is_on


def test_nothing_is_told_of_a_closed_season(scene: Season1) -> None:
    ended_at_eleven(scene)
    days.cancel_day(scene.commune_day, reason="Mưa.", actor=scene.clerk)
    seasons.close_season(scene.season, actor=scene.clerk)
    for kind, facts in (("reopened", {}), ("count", {"number": 5}), ("item", {"item": scene.item("Kéo co")})):
        with pytest.raises(Refused) as refused:
            say(scene, kind, **facts)
        assert refused.value.detail_code == "season_closed"
    assert fresh(scene.hamlet_day).state == "ended"


def test_an_end_before_the_beginning_is_now(scene: Season1) -> None:
    say(scene, "begun", age_s=600)
    assert say(scene, "ended", age_s=3600).at == at(8, 30), "a phone whose clock leapt by an hour"
    assert fresh(scene.hamlet_day).state == "ended"


@pytest.mark.parametrize(("number", "people"), [("", 40), ("55", 55)])
def test_a_day_of_which_only_a_count_and_a_note_were_told_is_noted_as_held(scene: Season1, number: str, people: int) -> None:
    clerk, day = signed_in(scene.here.duyen, second_factor=True), scene.hamlet_day
    say(scene, "note", words="Mưa nhỏ")
    with when(at(9)):
        say(scene, "count", number=40)
    with when(at(8) + timedelta(days=9)):
        page = f"/quan-tri/ngay-hoi/ngay/{day.public_id}/"
        assert "Ngày này đã qua" in clerk.get(page).content.decode()
        assert clerk.post(f"{page}da-lam/", {"number": number}).status_code == 302
        row = fresh(day)
        assert (row.state, row.attendance, row.began_at) == ("ended", people, day.starts_at)
        days.cancel_day(scene.commune_day, reason="Mưa.", actor=scene.clerk)
        seasons.close_season(scene.season, actor=scene.clerk)


def test_an_end_that_was_told_alone_stays_when_the_day_is_noted(scene: Season1) -> None:
    with when(at(10, 15)):
        say(scene, "ended")
    assert fresh(scene.hamlet_day).state == DayState.ANNOUNCED
    with when(at(8) + timedelta(days=9)):
        afterwards.note_held(scene.hamlet_day, number=None, is_sure=False, actor=scene.clerk)
        with pytest.raises(Refused):
            afterwards.note_held(scene.hamlet_day, number=None, is_sure=False, actor=scene.clerk)
    assert fresh(scene.hamlet_day).ended_at == at(10, 15)
    assert DayEvent.objects.filter(day=scene.hamlet_day, kind="ended").count() == 1


def test_days_are_found_by_their_seasons_new_name(scene: Season1) -> None:
    seasons.change_season(scene.season, name="Mùa hội Lúa Vàng", actor=scene.clerk)
    found: Any = SearchEntry.objects.filter(title__startswith="Mùa hội Lúa Vàng").values_list("key", flat=True)
    assert set(found) == {scene.commune_day.public_id, scene.hamlet_day.public_id}


def test_a_season_is_closed_by_what_its_days_are_now(scene: Season1) -> None:
    FestivalDay.objects.update(state=DayState.ENDED)
    read = seasons.Season.objects.prefetch_related("days").get()
    FestivalDay.objects.filter(pk=scene.hamlet_day.pk).update(state=DayState.LIVE)
    with pytest.raises(Refused, match="1 ngày"):
        seasons.close_season(read, actor=scene.clerk)
