"""Hours of a programme beside the day's: the ready programme begins with the day, moves with it, and what lies outside is asked about."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from liengia.core import clock
from liengia.core.errors import Refused
from liengia.festivals import drafts, printed, usual
from liengia.festivals.models import DayState, FestivalDay, ProgrammeItem
from liengia.festivals.services import afterwards, days, hours, results
from liengia.festivals.services.days import Host
from liengia.papers.models import Paper
from tests.cast import TESTER
from tests.festivals.given import PROGRAMME, Season1, another_hamlet, at, fresh, say, told
from tests.festivals.test_office import BASE, into, of
from tests.texts import pdf_text


def planned(scene: Season1) -> FestivalDay:
    """Return a day that is being planned; its parade, at seven, stands before its beginning at eight."""
    return days.plan_days(scene.season, [Host(another_hamlet(scene))], place="Sân", starts_at=at(8), items=PROGRAMME, actor=TESTER)[0]


def hours_of(day: FestivalDay) -> dict[str, time | None]:
    """Return the hour of each item."""
    return dict(ProgrammeItem.objects.filter(day=day).values_list("title", "starts_at"))


@pytest.mark.parametrize(("begins", "rope", "last"), [(time(17), time(20, 30), time(20, 45)), (time(0, 40), time(4, 10), time(4, 25)), (time(20, 20), time(23, 50), None)])
def test_the_ready_programme_begins_when_the_day_does(begins: time, rope: time, last: time | None) -> None:
    found = {one.title: one.starts_at for one in usual.beginning(begins)}
    assert found["Diễu hành qua các tuyến đường"] == begins and found["Kéo co"] == rope
    assert found["Nhảy bao bố, đập nồi"] == last, "past midnight there is no hour of this day"


def test_a_day_planned_for_the_evening_has_its_programme_then_and_moves_it_along(scene: Season1) -> None:
    clerk, more = into(scene.here.duyen), another_hamlet(scene)
    typed = {"units": [more.pk], "starts_at": "2026-08-20T17:00", "place": "Nhà văn hóa", "usual": "on"}
    assert clerk.post(f"{BASE}mua/{scene.season.public_id}/", typed).status_code == 302
    day = FestivalDay.objects.get(unit=more)
    assert hours_of(day)["Chào cờ"] == time(18) and not hours.outside(day)
    facts = {"place": "Nhà văn hóa", "starts_at": "2026-08-20T18:30", "revision": day.revision}
    assert clerk.post(f"{of(day)}sua/", {**facts, "moves": "on"}).status_code == 302
    assert hours_of(day)["Chào cờ"] == time(19, 30)
    assert clerk.post(f"{of(day)}sua/", {**facts, "starts_at": "2026-08-20T19:00", "revision": fresh(day).revision}).status_code == 302
    assert hours_of(day)["Chào cờ"] == time(19, 30), "unticked it stays"
    late = clerk.post(f"{of(day)}sua/", {**facts, "starts_at": "2026-08-20T23:30", "moves": "on", "revision": fresh(day).revision})
    assert late.status_code == 422 and "nửa đêm" in late.content.decode() and clock.local(fresh(day).starts_at).hour == 19, "nothing half kept"


def test_items_outside_the_day_are_asked_about_before_everybody_reads_them(scene: Season1) -> None:
    clerk, day = into(scene.here.duyen), planned(scene)
    page = clerk.get(of(day)).content.decode()
    assert "Ngoài giờ của ngày hội" in page and "07:00 Diễu hành" in page
    listed = clerk.get(f"{BASE}mua/{scene.season.public_id}/cong-bo/").content.decode()
    assert "Ngoài giờ của ngày hội:</b> 07:00 Diễu hành" in listed and "checked" not in listed, "it is ticked only on purpose"
    assert "ngoài giờ" in clerk.post(f"{of(day)}viec/thong-bao/", follow=True).content.decode() and fresh(day).state == DayState.PLANNED
    clerk.post(f"{of(day)}viec/thong-bao/", {"is_sure": "on"})
    assert fresh(day).state == DayState.ANNOUNCED
    assert "cong-bo/" not in clerk.get(f"{BASE}mua/{scene.season.public_id}/").content.decode(), "none is left to announce"
    night = FestivalDay(starts_at=at(20), ends_at=at(20) + timedelta(hours=5))
    assert [hours._is_inside(night, ProgrammeItem(day=night, starts_at=one)) for one in (time(19), time(20), time(0, 30), time(1, 30))] == [False, True, True, False]


def test_a_day_that_is_put_off_moves_its_hours_and_a_refusal_keeps_what_was_typed(scene: Season1) -> None:
    clerk, day = into(scene.here.duyen), scene.hamlet_day
    refused = clerk.post(f"{of(day)}viec/hoan/", {"reason": "", "starts_at": "2026-08-17T18:00", "place": "Sân đình", "moves": "on"})
    page = refused.content.decode()
    assert refused.status_code == 422 and "<details class=\"festivals-help\" open>" in page and 'value="Sân đình"' in page and 'value="2026-08-17T18:00"' in page
    outside = clerk.post(f"{of(day)}viec/hoan/", {"reason": "Mưa", "starts_at": "2027-08-17T18:00"})
    assert outside.status_code == 422 and "nằm ngoài" in outside.content.decode() and fresh(day).starts_at == at(8)
    assert clerk.post(f"{of(day)}viec/hoan/", {"reason": "Mưa", "starts_at": "2026-08-17T18:00", "moves": "on"}).status_code == 302
    assert (hours_of(day)["Diễu hành"], hours_of(day)["Kéo co"]) == (time(17), time(20)) and fresh(day).starts_at == at(18, on=date(2026, 8, 17))


def test_a_running_day_keeps_its_beginning_and_takes_the_rest(scene: Season1) -> None:
    clerk, day = into(scene.here.duyen), scene.hamlet_day
    say(scene, "begun")
    page = clerk.get(f"{of(day)}sua/").content.decode()
    assert "giờ bắt đầu giữ nguyên" in page and ">Giữ lại<" in page
    facts = {"place": day.place, "attire": "Áo mưa", "contact_phone": "02763700101", "rain_plan": "Vào nhà văn hóa", "counted_in": scene.commune_day.pk, "starts_at": "2026-08-17T08:00", "revision": fresh(day).revision}
    assert clerk.post(f"{of(day)}sua/", facts).status_code == 302
    row = fresh(day)
    assert (row.attire, row.rain_plan, row.counted_in, row.starts_at, row.state) == ("Áo mưa", "Vào nhà văn hóa", scene.commune_day, at(8), DayState.LIVE)
    with pytest.raises(Refused):
        days.change_day(row, starts_at=at(9), actor=scene.clerk)
    say(scene, "ended")
    closed = clerk.get(f"{of(day)}sua/").content.decode()
    assert "giữ nguyên như bà con đã đọc" in closed and ">Giữ lại<" not in closed


def test_minutes_and_the_public_programme_know_what_was_held_without_a_tap(scene: Season1) -> None:
    clerk, day = into(scene.here.duyen), scene.hamlet_day
    say(scene, "begun")
    say(scene, "item", scene.item("Chào cờ"))
    results.set_results(scene.item("Kéo co"), [(1, "Đội Ấp 1", "")], told=told("result"), actor=scene.phone)
    afterwards.set_course(day, {scene.item("Báo cáo một năm").pk: ("held", ""), scene.item("Diễu hành").pk: ("not_held", "Mưa")}, actor=scene.clerk)
    told_lines = drafts.draft(fresh(day), "minutes", actor=scene.clerk).values["diễn biến"].splitlines()
    assert told_lines[-1] == "- Báo cáo một năm (ghi nhận sau, không rõ giờ)." and sum("Kéo co" in one for one in told_lines) == 1
    assert not any("Diễu hành" in one for one in told_lines)
    page = clerk.get(f"/ngay-hoi/{day.public_id}/").content.decode()
    assert page.count("đã xong") == 2 and page.count("đang diễn ra") >= 1, "the rope and the report are done, the flag is on"
    assert day.title in pdf_text(printed.sheet(fresh(day)))
    answer = clerk.post(f"{of(day)}viec/van-ban/", {"kind": "festival_committee"})
    assert answer["Location"].endswith("/ban-to-chuc/") and not Paper.objects.filter(kind="festival_committee").exists()
    assert "chưa nhập ai" in clerk.get(answer["Location"]).content.decode()
