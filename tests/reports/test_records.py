"""Every number of every section leads to what it counts: the same unit, period and condition, as far as each reader may see."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import translation

from liengia.commendations.models import Certificate
from liengia.comments import services as comments
from liengia.comments.models import Comment
from liengia.core import reporting
from liengia.festivals.models import DayState, FestivalDay
from liengia.festivals.services import days, pledges, seasons
from liengia.festivals.services.days import Host
from liengia.festivals.services.pledges import Promise
from liengia.opinions.models.forums import ForumState, ListeningForum
from liengia.organisations import services as organisations
from liengia.organisations.models import OrganisationKind
from liengia.people import services as people
from liengia.practices import services as practices
from liengia.practices.services import Facts
from liengia.reports import safety, services, tracing
from liengia.reports.models import Report, Target
from tests import factories
from tests.cast import TESTER
from tests.commendations.given import bureau, decided, nominated, opened, pursuit
from tests.festivals.given import PROGRAMME
from tests.opinions.given import filed
from tests.opinions.given import public as public_opinion
from tests.people.conftest import signed_in
from tests.practices.given import TEXT
from tests.reports.given import NOW, Year, begun, rung, year

# Sections whose room keeps a list of the very unit and period, looked at by its own tests.
LISTED = {"voice"}
FESTIVAL = datetime(2026, 7, 16, 1, 0, tzinfo=UTC)


@dataclass(slots=True)
class Full:
    """A year in which every room has something to tell, its published report, and three readers."""

    year: Year
    report: Report
    desk: Any


def full() -> Full:
    """Lay it out."""
    scene = year()
    here = scene.here
    rung(scene, *["fire", "medical", "intruder", "medical", "help", "medical"])
    rung(scene, "fire", mode="drill", days_ago=60)
    rung(scene, "fire", mode="drill", days_ago=50, house=here.cast.house_1)
    _festival(scene)
    with time_machine.travel(datetime(2026, 8, 3, 3, tzinfo=UTC), tick=False):
        _commendations(scene)
        _practice(scene)
        _comments(scene)
    ListeningForum.objects.create(unit=here.commune, title="Đèn đường", place="Nhà văn hóa", starts_at=NOW - timedelta(days=100), state=ForumState.CLOSED, attendance=90)
    safety.ensure_criteria()
    with time_machine.travel(datetime(2026, 2, 1, 3, tzinfo=UTC), tick=False):
        safety.register_place(here.cast.hamlet, year=2026, registered_on=date(2026, 2, 1), households=100, households_signed=90, actor=TESTER)
    Target.objects.create(unit=here.commune, figure="opinions.filed", label="ý kiến đã nhận", aim=500, is_at_least=True, due_on=date(2026, 8, 1))
    report = services.publish_report(begun(scene), actor=scene.chairman)
    desk = factories.user("trucban", "Trực Ban Mẫu")
    people.assign_role(desk, "duty_officer", here.commune, actor=TESTER)
    return Full(scene, report, desk)


def _festival(scene: Year) -> None:
    here = scene.here
    with time_machine.travel(FESTIVAL - timedelta(days=20), tick=False):
        season = seasons.plan_season(unit=here.commune, name="Mùa 2026", theme="", anniversary=21, starts_on=date(2026, 7, 1), ends_on=date(2026, 8, 31), actor=TESTER)
        made = days.plan_days(season, [Host(here.commune), Host(here.cast.hamlet)], place="Sân", starts_at=FESTIVAL, items=PROGRAMME, actor=TESTER)
        for one in made:
            days.announce_day(one, actor=TESTER)
        bodies = [organisations.create_organisation(kind=OrganisationKind.SCHOOL, name=f"Trường Mẫu {n}", unit=here.commune, actor=TESTER) for n in (1, 2)]
        pledge = pledges.draft_pledge(
            season, unit=here.commune, title="Xóm ấp bình yên", valid_from=date(2026, 7, 1), valid_to=date(2027, 6, 30), day=None,
            promises=[Promise("Không để cháy", "0 vụ", date(2027, 6, 1))], parties=bodies, actor=TESTER,
        )  # fmt: skip
    with time_machine.travel(FESTIVAL, tick=False):
        pledges.sign_pledge(pledge, on=FESTIVAL.date(), actor=TESTER)
    commune, hamlet = made
    FestivalDay.objects.filter(pk=commune.pk).update(state=DayState.ENDED, attendance=500)
    FestivalDay.objects.filter(pk=hamlet.pk).update(state=DayState.ENDED, attendance=120, counted_in=commune)


def _commendations(scene: Year) -> None:
    made = bureau(scene.here)
    public = opened(made)
    for number in range(6):
        nominated(made, public, f"Nguyễn Thị Mẫu {number}")
    decided(made, public)
    closed = pursuit(made)
    nominated(made, closed, "Trần Văn Mẫu", merit="Có thành tích trong đợt cao điểm")
    decided(made, closed)


def _practice(scene: Year) -> None:
    row = practices.create(scene.here.cast.hamlet, Facts(name="Tổ liên gia", kind="fire", summary="Nhà này kêu, nhà kia đến."), TEXT, actor=TESTER)
    practices.start(row, on=date(2026, 2, 3), actor=TESTER)
    practices.publish(row, actor=TESTER)


def _comments(scene: Year) -> None:
    thread = comments.thread_for("portal", "1", unit=scene.here.commune, title="Tin xã", url="/tin-tuc/tin-xa/")
    Comment.objects.create(thread=thread, text="Hay quá", state="shown", written_on=date(2026, 8, 1))


@pytest.fixture(scope="module")
def lay() -> Callable[[], Full]:
    def then() -> Full:
        with time_machine.travel(NOW, tick=False):
            return full()

    return then


def _figures(report: Report) -> list[tuple[str, dict[str, Any]]]:
    return [(section["code"], one) for section in report.said["sections"] for one in section["figures"]]


def test_the_year_has_something_of_every_section(scene: Full) -> None:
    told = {code for code, _one in _figures(scene.report)}
    assert all(one["code"].partition(".")[0] == code for code, one in _figures(scene.report)), "a target finds its figure's section by this"
    assert told | LISTED >= set(reporting.registered()), "a section that is not here is not looked at: give it something to tell in `full`"


@pytest.mark.parametrize("reader", ["anybody", "editor", "desk"])
def test_each_number_opens_records_whose_sum_it_is(scene: Full, reader: str) -> None:
    user = {"anybody": None, "editor": scene.year.here.duyen, "desk": scene.desk}[reader]
    client = Client() if user is None else signed_in(user, second_factor=True)
    page, opened = client.get(f"/bao-cao/{scene.report.public_id}/"), set[str]()
    for section, one in _figures(scene.report):
        where = f"/bao-cao/{scene.report.public_id}/so-lieu/{one['code']}/"
        if one["value"] is not None:
            assert where in page.content.decode(), f"{one['code']} leads nowhere"
        answer = client.get(where)
        assert answer.status_code == 200, where
        assert f"<span data-number>{one['shown']}</span>" in answer.content.decode(), one["code"]
        if one["before"] is not None:
            assert client.get(f"{where}?ky=truoc").status_code == (404 if section in LISTED else 200), where
        traced = tracing.trace(scene.report, one["code"], answer.wsgi_request.user)
        assert not traced.has_changed, f"{one['code']}: {traced.said} is counted as {traced.now}"
        for url in {row.url for row in traced.rows} - opened - {""}:
            assert client.get(url).status_code == 200, f"{one['code']} leads {reader} to {url}"
            opened.add(url)


@pytest.mark.parametrize("reader", ["anybody", "editor", "desk"])
def test_what_is_listed_and_what_is_not_come_to_the_number(scene: Full, reader: str) -> None:
    user = {"anybody": Client().get("/bao-cao/").wsgi_request.user, "editor": scene.year.here.duyen, "desk": scene.desk}[reader]
    for section, one in _figures(scene.report):
        provider = reporting.provider_of(section)
        if provider is None or provider.trace is None:
            continue
        for period, said in ((scene.report.period, one["value"]), (scene.report.period.before(), one["before"])):
            found = provider.trace(scene.report.unit, period, one["code"], user)
            assert found is not None, f"{one['code']} has no records"
            if said is not None:
                assert found.value == said, one["code"]
            if found.is_sum:
                assert sum(row.amount for row in found.rows) + found.hidden == (found.value or 0), one["code"]
            assert bool(found.why) or not found.hidden, f"{one['code']}: say why they are not listed"


def test_each_chart_and_table_leads_to_records_or_says_how_it_was_counted(scene: Full) -> None:
    page = Client().get(f"/bao-cao/{scene.report.public_id}/")
    shapes = [one for section in page.context["sections"] for one in (*section["charts"], *section["tables"])]
    assert len(shapes) > 5
    for one in shapes:
        assert one["behind"], f"“{one['title']}” leads to no records"
        for code, _label in one["behind"]:
            assert Client().get(f"/bao-cao/{scene.report.public_id}/so-lieu/{code}/").status_code == 200, (one["title"], code)
    text = page.content.decode()
    for section, figure in _figures(scene.report):
        if figure["before"] is not None and section not in LISTED:
            assert f"/so-lieu/{figure['code']}/?ky=truoc" in text, f"the period before of {figure['code']} leads nowhere"


def test_words_of_a_record_end_with_a_whole_word(scene: Full) -> None:
    words = "Cống ngang lộ trước trường mẫu giáo nghẹt ba tuần rồi. Chiều nào mưa lớn nước tràn qua lộ, ngập cỡ hai tấc, con nít đi học phải lội."
    public_opinion(scene.year.here, text=words)
    found = tracing.trace(scene.report, "opinions.filed", AnonymousUser())
    (shown,) = [one.words for one in found.rows[:] if one.words.startswith("Cống ngang lộ")]
    assert shown.endswith("con nít đi…") and len(shown) <= 120


def test_a_figure_is_one_link_that_says_figure_and_number(scene: Full) -> None:
    page = Client().get(f"/bao-cao/{scene.report.public_id}/").content.decode()
    rows = re.findall(r"<div><dt>(.*?)</dt>(.*?)</details></dd></div>", page)
    figures = [one for _section, one in _figures(scene.report)]
    assert len(rows) == len(figures)
    for (label, rest), one in zip(rows, figures, strict=True):
        links = re.findall(r'<a href="([^"]+)">(.*?)</a>', rest)
        address = f"/bao-cao/{scene.report.public_id}/so-lieu/{one['code']}/"
        heard = {url: " ".join(re.sub(r"<[^>]+>", "", words).split()) for url, words in links}
        assert len(links) == len(heard) and set(heard) <= {address, f"{address}?ky=truoc"}, "no two links lead to the same"
        assert heard[address] == f"{label}: {one['shown']} {one['unit']}".strip() + " (xem sổ sách)"
        if (before := heard.get(f"{address}?ky=truoc")) is not None:
            assert before == f"{label}, kỳ trước: {one['before_shown']} (xem sổ sách)"


def test_who_runs_the_groups_sees_them_one_by_one_and_others_their_hamlet(scene: Full) -> None:
    for code in ("groups.standing", "groups.households", "groups.drilled"):
        told = {user: tracing.trace(scene.report, code, user) for user in (AnonymousUser(), scene.year.here.cast.quan)}
        seen, own = (one.rows for one in told.values())
        assert len(seen) == 1 and len(own) == 2 and all(row.url for row in own) and not seen[0].url, code
        assert seen[0].amount == sum(row.amount for row in own), code
    assert signed_in(scene.year.here.cast.quan, second_factor=True).get(own[0].url).status_code == 200


def test_a_hamlet_tells_of_its_own_day_and_of_its_own_commended(scene: Full) -> None:
    hamlet = scene.year.here.cast.hamlet
    Certificate.objects.filter(pk=Certificate.objects.filter(decision__is_public=True).first().pk).update(unit=scene.year.here.commune)
    report = services.begin_report(hamlet, scene.report.period, title="Ấp mình một năm", actor=TESTER)
    told = {figure["code"]: figure["shown"] for section in report.drawn for figure in section["figures"]}
    assert told["festivals.held"] == "1" and told["festivals.people"] == "120", "not the commune's day"
    assert told["commendations.people"] == "5", "neither who lives elsewhere, nor who helped in a pursuit"
    traced = tracing.trace(report, "commendations.people", AnonymousUser())
    assert traced.now == "5" and len(traced.rows) == 1


def test_alarms_are_listed_to_whose_desk_they_are_and_to_nobody_else(scene: Full) -> None:
    address = f"/bao-cao/{scene.report.public_id}/so-lieu/alarms.fire/"
    public = Client().get(address).content.decode()
    assert 'class="report-records"' not in public and "chỉ bà con trong tổ và trực ban được biết" in public and "1 không liệt kê ở đây" in public
    at_desk = signed_in(scene.desk, second_factor=True).get(address).content.decode()
    assert at_desk.count('href="/truc/') > public.count('href="/truc/') and "không liệt kê ở đây" not in at_desk


def test_fewer_than_five_people_are_told_nowhere_on_the_way(scene: Full) -> None:
    said = scene.report.said
    figure = next(one for section in said["sections"] for one in section["figures"] if one["code"] == "commendations.people")
    assert figure["value"] == 6, "as many as the public roll has: a seventh would tell of the one of the pursuit"
    page = Client().get(f"/bao-cao/{scene.report.public_id}/so-lieu/commendations.people/").content.decode()
    assert 'class="report-records"' in page and "Trần Văn Mẫu" not in page and "truy bắt" not in page.split("<h2")[0]


def test_a_report_from_before_figures_said_that_they_count_people_tells_no_more(scene: Full) -> None:
    for _section, one in _figures(scene.report):
        one.pop("is_about_people")
    found = tracing.trace(scene.report, "commendations.people", AnonymousUser())
    assert [row.amount for row in found.rows] == [6]


def test_an_english_reader_is_not_told_of_changes_where_only_the_way_of_writing_differs(scene: Full) -> None:
    with translation.override("en"):
        for _section, one in _figures(scene.report):
            traced = tracing.trace(scene.report, one["code"], AnonymousUser())
            assert not traced.has_changed, f"{one['code']}: {traced.said}, {traced.now}"


def test_a_target_is_told_as_the_report_judged_it(scene: Full) -> None:
    table = next(one for one in scene.report.said["sections"] if one["code"] == "targets")["tables"][0]["rows"]
    with time_machine.travel(NOW - timedelta(days=3), tick=False):
        for number in range(3):
            filed(scene.year.here, f"Thêm ý kiến {number} về đèn đường.")
    found = tracing.trace(scene.report, "targets.missed", AnonymousUser())
    assert not found.has_changed and [row.words for row in found.rows] == [table[0][0]]
    assert table[0][2] in str(found.rows[0].note)


def test_when_records_change_after_publication_both_numbers_stand(scene: Full) -> None:
    with time_machine.travel(NOW - timedelta(days=3), tick=False):
        filed(scene.year.here, "Thêm một ý kiến về đèn đường.")
    page = Client().get(f"/bao-cao/{scene.report.public_id}/so-lieu/opinions.filed/").content.decode()
    figure = next(one for _section, one in _figures(scene.report) if one["code"] == "opinions.filed")
    assert f"<span data-number>{figure['shown']}</span>" in page and f"là {int(figure['value']) + 1}" in page


def test_only_numbers_of_a_published_report_are_traced(scene: Full) -> None:
    where = f"/bao-cao/{scene.report.public_id}/so-lieu/"
    for wrong in ("khong.co", "alarms", "opinions.filed'", "..%2f"):
        assert Client().get(f"{where}{wrong}/").status_code == 404
    draft = services.begin_report(scene.year.here.cast.other_commune, scene.report.period, title="Nháp", actor=scene.year.editor)
    assert Client().get(f"/bao-cao/{draft.public_id}/so-lieu/promises.kept/").status_code == 404
    assert signed_in(scene.year.here.duyen, second_factor=True).get(f"/quan-tri/bao-cao/{scene.report.public_id}/so-lieu/opinions.filed/").status_code == 200


def test_the_data_name_the_records(scene: Full) -> None:
    text = Client().get(f"/bao-cao/{scene.report.public_id}/so-lieu.csv").content.decode()
    assert f"/bao-cao/{scene.report.public_id}/so-lieu/opinions.filed/" in text
