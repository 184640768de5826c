"""Pages that everybody sees, the files that leave them, and what a commune without the room shows."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.test import Client, RequestFactory
from icalendar import Calendar

from liengia.core.errors import NotFound
from liengia.core.geo import Point
from liengia.festivals import printed, rows
from liengia.festivals.models import FestivalDay, RoutePoint
from liengia.festivals.services import days, live, prepared, results, seasons
from liengia.festivals.views import public
from liengia.units.services import switch_room
from tests.cast import TESTER
from tests.festivals.given import ON, PROGRAMME, Season1, another_hamlet, at, fresh, say, told
from tests.texts import pdf_text

BASE = "/ngay-hoi/"
HOSTILE = '<script>alert(1)</script>{{ 1 }}"onload="x'


def shown(path: str, **query: str) -> str:
    """Return a page as nobody in particular sees it."""
    answer = Client().get(path, query)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def march(scene: Season1) -> None:
    """Write a parade down."""
    prepared.set_parade(
        scene.hamlet_day,
        prepared.March(time(6, 30), time(7), "Sân đình", "ba hồi trống", "Vòng quanh chợ", "Đường Trần Hưng Đạo, 7:00–7:45, đi vòng đường Hồ Văn Huê", "",
                       [("Đội lân", 12, "1 xe tải")], [("Sân đình", Point(10.5034, 106.6026)), ("Cầu", Point(10.508, 106.61)), ("Chợ", None)]),
        actor=scene.clerk,
    )  # fmt: skip


def test_the_list_and_a_day_show_both_calendars_programme_and_parade(scene: Season1) -> None:
    march(scene)
    page = shown(BASE)
    assert "Khu phố 5" in page and "4/7 âm lịch" in page
    day = shown(f"{BASE}{scene.hamlet_day.public_id}/")
    for words in ("Báo cáo một năm", "4/7 âm lịch", "ba hồi trống", "Đường Trần Hưng Đạo", "Đội lân", "polyline", "Phần hội"):
        assert words in day
    assert shown(BASE, xa="28114").count("Khu phố 5") == 0


def test_a_day_counts_the_places_of_its_date_as_the_board_does_whatever_their_season(scene: Season1) -> None:
    other = seasons.plan_season(unit=scene.here.commune, name="Mùa khác", theme="", anniversary=None, starts_on=ON, ends_on=ON, actor=TESTER)
    hosts = [days.Host(another_hamlet(scene)), days.Host(another_hamlet(scene, "28108-78", "Ấp Tám")), days.Host(another_hamlet(scene, "28108-79", "Ấp Chín"))]
    made = days.plan_days(other, hosts, place="Sân", starts_at=at(8), items=PROGRAMME, actor=TESTER)
    for one in made:
        days.announce_day(one, actor=TESTER)
    days.cancel_day(made[1], reason="Bão.", actor=TESTER)
    days.change_day(fresh(made[2]), counted_in=made[0], actor=TESTER)
    page = shown(f"{BASE}{scene.hamlet_day.public_id}/")
    assert "cùng 2 nơi khác" in page and f'href="{BASE}truc-tiep/{ON}/"' in page
    assert Client().get(f"{BASE}truc-tiep/{ON}/").context["board"].sums.places == 3


def test_what_is_over_is_called_live_no_more(scene: Season1) -> None:
    page, board = f"{BASE}{scene.hamlet_day.public_id}/", f"{BASE}truc-tiep/{ON}/"
    assert "Bảng trực tiếp" in shown(page)
    FestivalDay.objects.filter(pk=scene.hamlet_day.pk).update(state="live", began_at=at(8))
    assert "trực tiếp" in shown(board).split("</title>")[0]
    FestivalDay.objects.update(state="ended", began_at=at(8), ended_at=at(10))
    assert "Bảng của ngày đó" in shown(page) and "Bảng trực tiếp" not in shown(page)
    assert "trực tiếp" not in shown(board).split("</title>")[0]


def test_a_day_that_is_being_planned_is_nowhere(scene: Season1) -> None:
    hidden = days.plan_days(scene.season, [days.Host(another_hamlet(scene))], place="Sân kín", starts_at=at(9), items=PROGRAMME, actor=TESTER)[0]
    for ending in ("", "lich.ics", "ap-phich.pdf", "to-in.pdf"):
        assert Client().get(f"{BASE}{hidden.public_id}/{ending}").status_code == 404
    assert "Ấp Bảy" not in shown(BASE) + shown(f"{BASE}truc-tiep/{ON}/") + shown(f"{BASE}lich.ics")


def test_hostile_words_stay_words_on_every_page(scene: Season1) -> None:
    days.change_day(scene.hamlet_day, place=HOSTILE[:200], rain_plan=HOSTILE, actor=scene.clerk)
    say(scene, "begun", age_s=60)
    say(scene, "note", words=HOSTILE)
    results.set_results(scene.item("Kéo co"), [(1, HOSTILE, HOSTILE[:60])], told=told("result"), actor=scene.phone)
    pages = shown(BASE) + shown(f"{BASE}{scene.hamlet_day.public_id}/") + shown(f"{BASE}truc-tiep/{ON}/") + shown(f"{BASE}truc-tiep/{ON}/man-hinh/")
    assert "<script>alert" not in pages and "&lt;script&gt;alert(1)" in pages
    assert printed.poster(fresh(scene.hamlet_day)).startswith(b"%PDF") and printed.sheet(fresh(scene.hamlet_day)).startswith(b"%PDF")


@pytest.mark.parametrize("path", ["truc-tiep/2026-02-31/", "truc-tiep/2026-08-15/", "truc-tiep/2026-08-16/?mua=khong-co", "khong-co/", "giao-uoc/khong-co/", "truc-tiep/2026-02-31/dong/"])
def test_what_is_not_there_is_not_found(scene: Season1, path: str) -> None:
    assert Client().get(f"{BASE}{path}").status_code == 404


def test_the_board_of_today_is_found_by_its_short_address(scene: Season1) -> None:
    assert Client().get(f"{BASE}truc-tiep/")["Location"] == f"{BASE}truc-tiep/{ON}/"
    part = shown(f"{BASE}truc-tiep/{ON}/phan/", mua=scene.season.public_id)
    assert "<html" not in part and "Khu phố 5" in part


def test_public_pages_are_the_same_for_everybody(scene: Season1) -> None:
    for path in ("", f"{scene.hamlet_day.public_id}/", f"truc-tiep/{ON}/", "giao-uoc/"):
        answer = Client().get(f"{BASE}{path}")
        assert "X-Liengia-Keep" in answer.headers, path
        assert "csrfmiddlewaretoken" not in answer.content.decode() and not answer.cookies


def test_the_calendar_says_where_when_and_what_was_called_off(scene: Season1) -> None:
    days.cancel_day(scene.commune_day, reason="Bão số 3.", actor=scene.clerk)
    found: dict[str, Any] = {str(one["summary"]): one for one in Calendar.from_ical(shown(f"{BASE}lich.ics")).walk("VEVENT")}
    own = found["Mùa ngày hội năm 2026: Khu phố 5, xã Cần Đước"]
    assert own["dtstart"].dt == at(8) and own["status"] == "CONFIRMED" and "4/7 âm lịch" in own["description"]
    assert found["Mùa ngày hội năm 2026: Xã Cần Đước"]["status"] == "CANCELLED"
    assert shown(f"{BASE}{scene.hamlet_day.public_id}/lich.ics").count("BEGIN:VEVENT") == 1


def test_poster_and_sheet_carry_the_code_and_what_is_needed(scene: Season1) -> None:
    march(scene)
    days.change_day(fresh(scene.hamlet_day), rain_plan="Dời vào nhà văn hóa", safety_plan="Tổ bảo vệ giữ xe", actor=scene.clerk)
    answer = Client().get(f"{BASE}{scene.hamlet_day.public_id}/ap-phich.pdf")
    poster, sheet = pdf_text(answer.content), pdf_text(printed.sheet(fresh(scene.hamlet_day)))
    assert answer["Content-Type"] == "application/pdf"
    for words in ("16/08/2026", "4/7 âm lịch", "Khu phố 5", scene.hamlet_day.public_id):
        assert words in poster and words in sheet
    for words in ("Báo cáo một năm", "Dời vào nhà văn hóa", "Đường Trần Hưng Đạo", "Đội lân"):
        assert words in sheet


def test_a_picture_is_served_until_it_is_taken_down(scene: Season1) -> None:
    from tests.festivals.test_live import _picture

    made = live.add_picture(scene.hamlet_day, _picture(), caption="Kéo co", agreed=True, told=told("picture"), actor=scene.phone)
    address = f"{BASE}{scene.hamlet_day.public_id}/anh/{made.public_id}/"
    answer = Client().get(f"{address}nho/")
    assert answer["Content-Type"] == "image/webp" and "default-src 'none'" in answer["Content-Security-Policy"]
    assert "Kéo co" in shown(f"{BASE}truc-tiep/{ON}/")
    live.withdraw_picture(made, reason="Người trong ảnh xin gỡ.", actor=scene.clerk)
    assert Client().get(f"{address}lon/").status_code == 404
    assert f"anh/{made.public_id}" not in shown(f"{BASE}{scene.hamlet_day.public_id}/")


def test_a_commune_without_the_room_is_nowhere(scene: Season1, settings: Any) -> None:
    switch_room(unit=scene.here.commune, room="festivals", is_on=False, actor=TESTER)
    assert Client().get(f"{BASE}{scene.hamlet_day.public_id}/").status_code == 404
    assert "Khu phố 5" not in shown(BASE)
    settings.ROOMS_OFF = ["festivals"]
    assert Client().get(BASE).status_code == 404 and Client().get(f"{BASE}truc-tiep/{ON}/").status_code == 404
    assert BASE not in shown("/")


def test_a_route_is_drawn_to_scale_and_north_is_above() -> None:
    from liengia.festivals import drawing

    points = [RoutePoint(name=str(n), latitude=lat, longitude=lon) for n, (lat, lon) in enumerate([(10.50, 106.60), (10.51, 106.60), (None, None), (10.51, 106.61)])]
    found = drawing.route(points)
    assert found is not None and [spot.number for spot in found.spots] == [1, 2, 4]
    first, second, third = found.spots
    assert second.y < first.y and third.x > second.x and abs(third.y - second.y) < 0.1
    assert 2100 < found.metres < 2300
    assert drawing.route(points[2:]) is None and drawing.route([points[0], points[0]]) is not None
    assert rows.dong(1234567) == "1.234.567"


@pytest.mark.parametrize(("on", "is_one"), [("1974-12-31", False), ("1975-01-01", True), ("2200-12-31", True), ("2201-01-01", False), ("2026-02-30", False), ("0001-01-01", False), ("9999-12-31", False)])
def test_a_board_has_a_date_whose_neighbours_are_dates_too(scene: Season1, on: str, is_one: bool) -> None:
    if is_one:
        assert public._asked(RequestFactory().get("/"), on)[0].isoformat() == on
    else:
        with pytest.raises(NotFound):
            public._asked(RequestFactory().get("/"), on)
    for path in ("", "phan/", "dong/", "man-hinh/"):
        assert Client().get(f"/ngay-hoi/truc-tiep/{on}/{path}").status_code in ((200, 404) if is_one else (404,)), path
