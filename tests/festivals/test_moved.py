"""Days that were put off, called off, or are of a unit that was merged: what was told of before counts no more, and nobody's numbers are mistaken for others'."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liengia.core.errors import Invalid
from liengia.festivals import board, counts, drafts, index, policies, queries, reporting
from liengia.festivals.models import ContestResult, DayState, FestivalDay
from liengia.festivals.services import days, guests, live, pledges, results, seasons
from liengia.festivals.services.days import Host
from liengia.units import services as units
from liengia.units.models import Succession, Unit
from tests import factories
from tests.cast import TESTER
from tests.festivals.given import ON, PROGRAMME, Season1, another_hamlet, at, fresh, say, told
from tests.festivals.test_live import _picture
from tests.festivals.test_pledges import answer, draft

LATER = ON.replace(day=28)


def planned(scene: Season1) -> FestivalDay:
    """One more day of the commune's season, not announced yet."""
    return days.plan_days(scene.season, [Host(another_hamlet(scene))], place="Sân đình", starts_at=at(8), items=PROGRAMME, actor=TESTER)[0]


def test_a_day_called_off_before_it_was_announced_stays_nobodys(scene: Season1) -> None:
    day = planned(scene)
    days.cancel_day(day, reason="Gộp với xã.", actor=scene.clerk)
    row = fresh(day)
    assert row.state == DayState.CANCELLED and not row.is_shown and not policies.is_public(row)
    assert not policies.shown_days().filter(pk=day.pk).exists() and index.entry_of(row) is None
    assert Client().get(f"/ngay-hoi/{day.public_id}/").status_code == 404
    assert counts.held(scene.here.commune, ON, ON).called_off == 0
    days.cancel_day(scene.hamlet_day, reason="Bão.", actor=scene.clerk)
    assert fresh(scene.hamlet_day).is_shown and counts.held(scene.here.commune, ON, ON).called_off == 1


def test_days_of_before_are_announced_as_their_records_say(scene: Season1) -> None:
    day = planned(scene)
    days.cancel_day(day, reason="Gộp với xã.", actor=scene.clerk)
    days.cancel_day(scene.hamlet_day, reason="Bão.", actor=scene.clerk)
    when = fresh(scene.hamlet_day).announced_at
    FestivalDay.objects.update(announced_at=None)
    import_module("liengia.festivals.migrations.0008_announced_by_the_records").read_from_records(apps, None)
    assert when is not None and fresh(scene.hamlet_day).announced_at == when and fresh(day).announced_at is None


def test_a_day_put_off_past_a_reform_is_held_by_who_follows(scene: Season1) -> None:
    old, new = scene.here.cast.hamlet, another_hamlet(scene)
    Unit.objects.filter(pk=old.pk).update(valid_to=ON.replace(day=26))
    Unit.objects.filter(pk=new.pk).update(valid_from=ON.replace(day=26))
    Succession.objects.create(old=old, new=new, kind="merge", on=ON.replace(day=26))
    days.postpone_day(scene.hamlet_day, starts_at=at(8, on=LATER), reason="Mưa lớn.", actor=scene.clerk)
    row = fresh(scene.hamlet_day)
    assert (row.day, row.unit, row.state) == (LATER, new, "announced")
    assert policies.get_planned(scene.here.duyen, row.public_id) == row
    assert fresh(scene.commune_day).unit == scene.here.commune


def test_what_was_told_of_the_date_before_is_neither_news_nor_minutes_nor_result(scene: Season1) -> None:
    day = scene.hamlet_day
    say(scene, "note", words="Mưa to, chưa làm được")
    results.set_results(scene.item("Kéo co"), [(1, "Đội cũ", "")], told=told("result"), actor=scene.phone)
    live.add_picture(day, _picture(), caption="Sân ngập", agreed=True, told=told("picture"), actor=scene.phone)
    assert len(board.news_of([day])) == 3 and len(board.pictures_of([day])) == 1
    days.postpone_day(day, starts_at=at(8, on=LATER), reason="Mưa lớn.", actor=scene.clerk)
    row = fresh(day)
    assert board.news_of([row]) == [] and board.pictures_of([row]) == [] and board.board(LATER).sums.pictures == 0
    assert not ContestResult.objects.exists() and scene.item("Kéo co").was_held is None
    with time_machine.travel(at(8, on=LATER), tick=False):
        say(scene, "begun")
        say(scene, "note", words="Đông vui")
        values = drafts.draft(fresh(day), "minutes", actor=scene.clerk).values
    assert "Đông vui" in values["diễn biến"] and "Mưa to" not in values["diễn biến"] and "Đội cũ" not in values["diễn biến"]


def test_a_day_whose_whole_was_called_off_is_without_a_count(scene: Season1) -> None:
    days.change_day(scene.hamlet_day, counted_in=scene.commune_day, actor=scene.clerk)
    days.cancel_day(scene.commune_day, reason="Mưa.", actor=scene.clerk)
    say(scene, "begun", age_s=60)
    say(scene, "ended")
    found = counts.held(scene.here.commune, ON, ON)
    assert found.uncounted == (scene.hamlet_day,)
    period = reporting.Period(ON, ON)
    traced = reporting.trace_held(scene.here.commune, period, "festivals.uncounted", None)
    assert traced is not None and [one.amount for one in traced.rows] == [1]
    people = reporting.trace_held(scene.here.commune, period, "festivals.people", None)
    assert people is not None and [one.note for one in people.rows] == [""]


def test_a_period_is_told_by_what_was_signed_and_said_in_it(scene: Season1) -> None:
    one = draft(scene)
    pledges.sign_pledge(one, on=date(2026, 8, 16), actor=TESTER)
    answer(one, "kept", "on_way")
    with time_machine.travel(at(8) + timedelta(days=300), tick=False):
        answer(one, "not_kept", "kept", words="Cháy một vụ.", at="year_end")
        then, now = (counts.pledged(scene.here.commune, date(2026, 8, 1), until) for until in (date(2026, 12, 31), date(2027, 12, 31)))
        signed_later = draft(scene)
        pledges.sign_pledge(signed_later, on=date(2027, 6, 1), actor=TESTER)
        assert counts.pledged(scene.here.commune, date(2026, 8, 1), date(2026, 12, 31)).pledges == 1
        traced = reporting.trace_pledged(scene.here.commune, reporting.Period(date(2026, 8, 1), date(2026, 12, 31)), "pledges.kept", None)
    assert then.outcomes == {"kept": 1, "on_way": 1, "not_kept": 0} and now.outcomes == {"kept": 1, "on_way": 0, "not_kept": 1}
    assert traced is not None and [row.amount for row in traced.rows] == [1]


def test_a_pledge_is_not_signed_long_before_its_term(scene: Season1) -> None:
    one = draft(scene)
    with pytest.raises(Invalid) as refused:
        pledges.sign_pledge(one, on=date(1926, 8, 16), actor=TESTER)
    assert (refused.value.detail_code, refused.value.data["field"]) == ("long_before", "signed_on")
    pledges.sign_pledge(one, on=date(2025, 12, 1), actor=TESTER)


def test_a_picture_is_asked_for_each_time_and_gone_once_it_was_taken_down(scene: Season1) -> None:
    made = live.add_picture(scene.hamlet_day, _picture(), caption="Kéo co", agreed=True, told=told("picture"), actor=scene.phone)
    client, address = Client(), f"/ngay-hoi/{scene.hamlet_day.public_id}/anh/{made.public_id}/lon/"
    first = client.get(address)
    assert first.status_code == 200 and first["Cache-Control"] == "no-cache"
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    live.withdraw_picture(made, reason="Gia đình xin gỡ.", actor=scene.clerk)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 404


@pytest.mark.parametrize("sign", ["\u202e", "\u200b"])
def test_signs_that_nobody_sees_are_refused(scene: Season1, sign: str) -> None:
    guests.invite(scene.hamlet_day, [("Ông Tư", "")], actor=TESTER)
    guest = scene.hamlet_day.guests.get()
    for tell in (
        lambda: say(scene, "note", words=f"Đông{sign} vui"),
        lambda: results.set_results(scene.item("Kéo co"), [(1, f"Đội{sign} 1", "")], told=told("result"), actor=scene.phone),
        lambda: results.set_results(scene.item("Kéo co"), [(1, "Đội 1", f"2{sign}")], told=told("result"), actor=scene.phone),
        lambda: live.add_picture(scene.hamlet_day, _picture(), caption=f"Kéo{sign} co", agreed=True, told=told("picture"), actor=scene.phone),
        lambda: guests.answer(guest, comes=True, people=1, words=f"Có{sign} mặt", seen=0, actor=TESTER),
    ):
        with pytest.raises(Invalid) as refused:
            tell()
        assert refused.value.detail_code == "unprintable"


def test_a_paper_that_has_no_room_says_how_many_lines_are_left_out(scene: Season1) -> None:
    say(scene, "begun")
    for number in range(40):
        with time_machine.travel(at(8, 31) + timedelta(minutes=number), tick=False):
            say(scene, "note", words=f"{number} " + "Bà con góp ý về đèn đường và hẻm ngập nước. " * 5)
    course = drafts.draft(fresh(scene.hamlet_day), "minutes", actor=scene.clerk).values["diễn biến"]
    lines = course.splitlines()
    assert len(course) <= drafts.LONGEST_VALUE and lines[-1] == f"(Còn {40 - len(lines) + 1} dòng ở cuối không đủ chỗ, chưa ghi ở đây.)"
    assert drafts._cut("x" * 7000).endswith("chưa ghi hết)") and drafts._cut("x") == "x"


def test_the_results_compare_with_all_communes_that_were_merged(scene: Season1) -> None:
    commune, province = scene.here.commune, scene.here.commune.parent
    olds = [factories.unit(f"2899{n}", f"Xã cũ {n}", "commune", parent=province) for n in (1, 2)]
    for one in olds:
        Succession.objects.create(old=one, new=commune, kind="merge", on=date(2025, 12, 1))
        Unit.objects.filter(pk=one.pk).update(valid_from=None, valid_to=date(2025, 12, 1))
    Unit.objects.filter(pk=commune.pk).update(valid_from=date(2025, 12, 1))
    season = seasons.plan_season(unit=province, name="Mùa 2025", starts_on=date(2025, 7, 1), ends_on=date(2025, 8, 31), actor=TESTER)
    olds = list(Unit.objects.filter(pk__in=[one.pk for one in olds]).order_by("code"))
    first, second = days.plan_days(season, [Host(one) for one in olds], place="Sân", starts_at=at(8, on=date(2025, 8, 10)), items=PROGRAMME, actor=TESTER)

    def before() -> str:
        return drafts._people_before(fresh(scene.commune_day))

    assert before() == ""
    FestivalDay.objects.filter(pk=first.pk).update(state="ended", attendance=1000)
    assert before() == "không đủ số của các đơn vị trước sáp nhập"
    FestivalDay.objects.filter(pk=second.pk).update(state="ended", attendance=600, starts_at=at(8, on=date(2025, 8, 12)))
    assert before() == "1.600"


def test_where_the_room_is_off_neither_old_pledges_nor_seasons_are_named(scene: Season1) -> None:
    commune = scene.here.commune
    old = factories.unit("28998", "Xã cũ", "commune", parent=commune.parent)
    Succession.objects.create(old=old, new=commune, kind="merge", on=date(2025, 7, 1))
    mine, theirs = draft(scene), draft(scene, unit=old)
    for one in (mine, theirs):
        pledges.sign_pledge(one, on=ON, actor=TESTER)
    season = seasons.plan_season(unit=old, name="Mùa cũ", starts_on=date(2026, 7, 1), ends_on=date(2026, 8, 31), actor=TESTER)
    seasons.announce_season(season, actor=TESTER)
    assert policies.shown_pledges().count() == 2 and season in queries.shown_seasons(None)
    units.switch_room(unit=commune, room="festivals", is_on=False, actor=TESTER)
    assert not policies.shown_pledges().exists() and queries.shown_seasons(None) == []
    assert Client().get(f"/ngay-hoi/giao-uoc/{theirs.public_id}/").status_code == 404


def test_a_pledges_paper_is_looked_for_in_one_transaction(scene: Season1) -> None:
    one = draft(scene)
    with CaptureQueriesContext(connection) as asked:
        paper, is_new = drafts.open_or_draft_pledge(one, actor=scene.clerk)
    assert is_new and asked[0]["sql"].startswith("SAVEPOINT"), "its row is locked, on PostgreSQL only within one"
    assert drafts.open_or_draft_pledge(one, actor=scene.clerk) == (paper, False)
