"""What the day's work names of festivals: days nobody can see yet, papers that say an old date, pledges to be answered for."""

from __future__ import annotations

from datetime import date

import time_machine

from liengia.festivals import chores, drafts
from liengia.festivals.services import days, pledges
from liengia.festivals.services.days import Host
from tests.cast import TESTER
from tests.festivals.given import PROGRAMME, Season1, another_hamlet, at, fresh
from tests.festivals.test_pledges import answer, draft


def named(scene: Season1) -> list[str]:
    """Return the words of what waits for the office."""
    return [one.text for one in chores.today(scene.here.duyen)]


def test_a_day_that_comes_soon_and_nobody_sees_is_named(scene: Season1) -> None:
    assert named(scene) == []
    late, soon = (days.plan_days(scene.season, [Host(another_hamlet(scene, f"28108-7{day}", f"Ấp {day}"))], place="Sân", starts_at=at(8, on=date(2026, 8, day)), items=PROGRAMME, actor=TESTER)[0] for day in (31, 20))
    (words,) = named(scene)
    assert words == "1 ngày hội của “Mùa ngày hội năm 2026” trong hai tuần tới chưa công bố"
    days.announce_day(soon, actor=TESTER)
    assert named(scene) == [] and fresh(late).state == "planned"


def test_papers_that_say_an_old_date_are_named_with_their_day(scene: Season1) -> None:
    drafts.open_or_draft(scene.hamlet_day, "plan", actor=scene.clerk)
    assert named(scene) == []
    days.postpone_day(fresh(scene.hamlet_day), starts_at=at(8, on=date(2026, 8, 17)), reason="Mưa lớn.", actor=scene.clerk)
    (one,) = chores.today(scene.here.duyen)
    assert "1 giấy tờ của ngày hội Khu phố 5" in one.text and one.url.endswith(f"{scene.hamlet_day.public_id}/#ngay-cu")
    assert list(chores.today(scene.here.cast.lua)) == [], "it is theirs who plan"


def test_a_pledge_past_the_middle_and_past_its_end_is_named_until_it_is_answered_for(scene: Season1) -> None:
    one = pledges.sign_pledge(draft(scene), on=date(2026, 8, 16), actor=TESTER)
    assert named(scene) == []
    with time_machine.travel(at(8, on=date(2027, 3, 1)), tick=False):
        assert named(scene) == ["Đến lúc báo kết quả giữa năm của giao ước “Giao ước an toàn phòng cháy”"]
        answer(one, "kept", "on_way")
        assert named(scene) == []
    with time_machine.travel(at(8, on=date(2027, 8, 20)), tick=False):
        assert named(scene) == ["Đến lúc báo kết quả cuối năm của giao ước “Giao ước an toàn phòng cháy”"]
        answer(one, "kept", "kept", at="year_end")
        assert named(scene) == []
