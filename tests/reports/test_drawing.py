"""Sections from records: promises first, nothing typed, small numbers of people hidden, targets judged, places compared."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import time_machine
from django.utils import translation

from liengia.alarms.models import Incident
from liengia.core import clock
from liengia.core.reporting import Figure, Period
from liengia.opinions.models import Opinion
from liengia.opinions.models.forums import ForumState, ListeningForum
from liengia.opinions.reporting import trace_opinions
from liengia.organisations import committee_services as committees
from liengia.organisations.models import Task
from liengia.reports import drawing, services
from liengia.reports.models import Report, Target, UnitSize
from liengia.units.models import Succession, Unit
from tests import factories
from tests.cast import TESTER
from tests.opinions.given import filed
from tests.reports.given import KEPT, LAST_FORUM, LATE, YEAR, Year, begun, rung


def drawn(scene: Year, unit: Unit | None = None) -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in drawing.sections(unit or scene.here.commune, YEAR)}


def figures(section: dict[str, Any]) -> dict[str, Any]:
    return {one["code"]: one for one in section["figures"]}


def test_the_last_forums_promises_stand_first_kept_or_not(scene: Year) -> None:
    first = drawing.sections(scene.here.commune, YEAR)[0]
    assert first["code"] == "promises" and first["is_fixed"]
    assert {one["text"]: one["state"] for one in first["pledges"]} == {KEPT: "kept", LATE: "late"}
    found = figures(first)
    assert (found["promises.kept"]["value"], found["promises.kept"]["unit"], found["promises.late"]["value"]) == (1, "trên 2", 1)
    nothing = drawing.sections(scene.here.cast.other_commune, YEAR)[0]
    assert nothing["code"] == "promises" and "chưa có diễn đàn" in nothing["words"], "where nothing was promised, that is said"


def held(scene: Year, unit: Unit, at: datetime, what: str, due_on: date) -> Task:
    """Hold a forum of a unit that promises one thing."""
    with time_machine.travel(at, tick=False):
        meeting = committees.call_meeting(committee=scene.kept.committee, starts_at=at, actor=TESTER)
        committees.conclude(meeting=meeting, text="Kết luận", tasks=[committees.Assignment(what, scene.kept.owner, due_on)], actor=TESTER)
        ListeningForum.objects.create(unit=unit, title=what, place="Sân", starts_at=at, committee=scene.kept.committee, meeting=meeting, state=ForumState.CLOSED)
    return Task.objects.get(what=what)


def states(unit: Unit, period: Period) -> dict[str, str]:
    return {one["text"]: one["state"] for one in drawing.sections(unit, period)[0]["pledges"]}


def test_the_promises_are_those_of_each_places_last_forum_also_of_one_on_the_first_day(scene: Year) -> None:
    commune, year_before = scene.here.commune, LAST_FORUM - timedelta(days=365)
    older = held(scene, commune, year_before, "Việc của năm trước nữa", date(2025, 1, 1))
    with time_machine.travel(LAST_FORUM - timedelta(days=9), tick=False):
        committees.finish_task(older, result="Xong.", actor=TESTER)
    committees.finish_task(held(scene, scene.here.cast.hamlet, LAST_FORUM + timedelta(hours=3), "Đèn cổng ấp", date(2026, 3, 1)), result="Đã gắn.", actor=TESTER)
    usual = services.usual_period(commune)
    assert clock.local(LAST_FORUM).date() == usual.first, "the first report begins on the day of the last forum"
    assert states(commune, usual) == {KEPT: "kept", LATE: "late", "Đèn cổng ấp": "kept_late"}, "what was promised on that day, in the commune and in its hamlet"
    assert states(commune.parent or commune, usual).keys() == {KEPT, LATE, "Đèn cổng ấp"}
    assert states(scene.here.cast.hamlet, usual) == {"Đèn cổng ấp": "kept_late"}


def which(unit: Unit, period: Period) -> str:
    return str(drawing.sections(unit, period)[0]["words"])


def test_a_forum_of_long_ago_is_called_by_its_day_and_none_since_is_said(scene: Year) -> None:
    commune, hamlet = scene.here.commune, scene.here.cast.hamlet
    assert which(commune, YEAR) == "Lời hứa lấy từ diễn đàn: Xã Cần Đước ngày 10/08/2025."
    later = Period(date(2027, 8, 11), date(2028, 8, 9))
    with time_machine.travel(datetime(2028, 8, 10, 3, tzinfo=UTC), tick=False):
        assert "10/08/2025 (diễn đàn gần nhất được ghi nhận, từ đó chưa có thêm)" in which(commune, later), "more than a period lies between"
        first = drawing.sections(commune, later)[0]
        assert {one["text"]: one["given"] for one in first["pledges"]} == dict.fromkeys((KEPT, LATE), "diễn đàn ngày 10/08/2025, Xã Cần Đước"), "no report has told of them yet"
        held(scene, hamlet, datetime(2028, 3, 1, 2, tzinfo=UTC), "Rào bến đá", date(2028, 6, 1))
        assert states(commune, later) == {KEPT: "kept", LATE: "late", "Rào bến đá": "late"}, "a place that had none before reports of the one within the period"
        assert "ngày 01/03/2028" in which(commune, later)
        held(scene, commune, datetime(2028, 4, 1, 2, tzinfo=UTC), "Sửa đèn", date(2028, 9, 1))
        assert states(commune, later) == {LATE: "late", "Rào bến đá": "late", "Sửa đèn": "open"}, "its newer forum stands for one of long ago; what is owed of that stays"
        assert drawing.sections(commune, later)[0]["is_fixed"]


def test_what_a_report_told_as_done_is_not_told_again_and_what_is_owed_is(scene: Year) -> None:
    commune = scene.here.commune
    services.publish_report(begun(scene), actor=scene.chairman)
    assert states(commune, YEAR) == {KEPT: "kept", LATE: "late"}, "what it says does not change by its own publication"
    again = Period(date(2026, 8, 11), date(2027, 8, 10))
    with time_machine.travel(datetime(2027, 8, 11, 3, tzinfo=UTC), tick=False):
        assert states(commune, again) == {LATE: "late"}
        assert "từ đó chưa có thêm" in which(commune, again) and "đã nói là xong thì không nêu lại; việc đầu kỳ còn dở dang" in which(commune, again)
        committees.finish_task(scene.late, result="Đã vét.", actor=TESTER)
        assert states(commune, Period(date(2027, 8, 11), date(2027, 8, 11))) == {LATE: "kept_late"}, "kept since"
    with time_machine.travel(datetime(2027, 8, 13, 3, tzinfo=UTC), tick=False):
        told = drawing.sections(commune, Period(date(2027, 8, 12), date(2027, 8, 12)))[0]
        assert told["is_fixed"] and not told["pledges"] and "Không còn lời hứa nào dở dang." in told["words"]


def test_what_is_due_on_the_last_day_is_not_late_yet(scene: Year) -> None:
    Task.objects.filter(pk=scene.late.pk).update(first_due_on=YEAR.last, due_on=YEAR.last)
    assert states(scene.here.commune, YEAR)[LATE] == "open"
    Task.objects.filter(pk=scene.late.pk).update(first_due_on=YEAR.last - timedelta(days=1), due_on=YEAR.last - timedelta(days=1))
    assert states(scene.here.commune, YEAR)[LATE] == "late"


def test_opinions_are_counted_without_those_about_an_officer(scene: Year) -> None:
    found = figures(drawn(scene)["opinions"])
    assert found["opinions.filed"]["value"] == 2
    assert found["opinions.in_time"]["value"] == 100
    assert "cán bộ" in found["opinions.filed"]["how"]
    Opinion.all_.filter(commune=scene.here.commune).update(state="refused", due_at=clock.now() - timedelta(days=300))
    found = figures(drawn(scene)["opinions"])
    assert (found["opinions.overdue"]["value"], found["opinions.refused"]["value"]) == (0, 2), "who was told why is owed no answer"


def test_an_opinion_due_on_the_last_day_is_not_overdue_and_the_chart_says_the_same(scene: Year) -> None:
    with time_machine.travel(clock.now() - timedelta(days=50), tick=False):
        filed(scene.here)
    waiting = Opinion.all_.filter(commune=scene.here.commune, state="received", about_officials=False)
    for due, overdue in ((clock.now() + timedelta(hours=2), 0), (clock.now() - timedelta(hours=2), 0), (clock.now() - timedelta(hours=12), 2)):
        waiting.update(due_at=due)
        section = drawn(scene)["opinions"]
        assert figures(section)["opinions.overdue"]["value"] == overdue, due
        assert sum(bad for _month, _good, bad in section["charts"][0]["rows"]) == overdue, "figure and chart count the same"
        assert trace_opinions(scene.here.commune, YEAR, "opinions.overdue", scene.here.duyen).value == overdue  # type: ignore[union-attr]


def test_an_unanswered_opinion_is_never_called_answered_late(scene: Year) -> None:
    Opinion.all_.filter(commune=scene.here.commune, state="received").update(due_at=clock.now() - timedelta(days=3), was_late=True)
    found = trace_opinions(scene.here.commune, YEAR, "opinions.overdue", scene.here.duyen)
    assert found is not None
    with translation.override("vi"):
        assert [str(row.note) for row in found.rows] == ["đã tiếp nhận; chưa trả lời, hẹn trả lời 07/08/2026"]


def test_a_period_that_has_passed_knows_nothing_of_what_came_after(scene: Year) -> None:
    ended = Period(date(2025, 8, 11), date(2025, 11, 15))
    pledges = drawing.sections(scene.here.commune, ended)[0]["pledges"]
    assert {one["text"]: (one["state"], one["words"]) for one in pledges} == {KEPT: ("open", "chưa tới hạn"), LATE: ("open", "chưa tới hạn")}
    ended = Period(date(2025, 8, 11), date(2025, 12, 5))
    pledges = drawing.sections(scene.here.commune, ended)[0]["pledges"]
    assert {one["text"]: (one["state"], one["words"]) for one in pledges if one["text"] == LATE} == {LATE: ("late", "trễ 4 ngày")}
    assert next(one["state"] for one in pledges if one["text"] == KEPT) == "kept"


def test_alarms_of_people_are_not_shown_while_they_are_few_and_silent_calls_never(scene: Year) -> None:
    assert "alarms" not in drawn(scene), "without a group there is nothing to say"
    rung(scene, "fire", "medical", "medical", "medical", "medical")
    rung(scene, "help", silent=True)
    found = figures(drawn(scene)["alarms"])
    assert found["alarms.fire"]["value"] == 1
    assert (found["alarms.other"]["value"], found["alarms.other"]["shown"]) == (None, "dưới 5")
    assert found["alarms.taken_on_s"]["value"] == 20
    Incident.objects.filter(kind="help").update(is_silent=False)
    assert figures(drawn(scene)["alarms"])["alarms.other"]["value"] == 5


def test_last_period_stands_beside(scene: Year) -> None:
    rung(scene, "fire", days_ago=400)
    rung(scene, "fire", days_ago=20)
    found = figures(drawn(scene)["alarms"])["alarms.fire"]
    assert (found["value"], found["before"]) == (1, 1)
    for n in range(6):
        rung(scene, "help", days_ago=390 + n)
    people = figures(drawn(scene)["alarms"])["alarms.other"]
    assert people["before_shown"] == "–", "of people only what a report told: other days would leave a small number over"
    Report.objects.create(unit=scene.here.commune, title="Năm trước", first_on=YEAR.before().first, last_on=YEAR.before().last, state="published", drawn_at=clock.now(), published_at=clock.now(), said_sha256="x")
    assert figures(drawn(scene)["alarms"])["alarms.other"]["before"] == 6
    assert figures(drawn(scene)["alarms"])["alarms.not_taken"]["is_about_people"]
    assert Period(date(2026, 1, 1), date(2026, 1, 31)).before() == Period(date(2025, 12, 1), date(2025, 12, 31))


def test_after_a_reform_people_of_the_period_before_stand_only_where_the_whole_ground_was_told(scene: Year) -> None:
    old, on, before = scene.here.commune, YEAR.first, YEAR.before()
    for n in range(6):
        rung(scene, "help", days_ago=390 + n)
    told = {"first_on": before.first, "last_on": before.last, "state": "published", "published_at": clock.now(), "said_sha256": "x"}
    Report.objects.create(unit=old, title="Năm trước của xã cũ", drawn_at=clock.now() - timedelta(days=364, hours=12), **told)
    new = factories.unit("28199", "Cần Đước Mới", "commune", parent=old.parent, valid_from=on)
    Succession.objects.create(old=old, new=new, on=on)

    def people() -> str:
        return str(figures(drawn(scene, new)["alarms"])["alarms.other"]["before_shown"])

    assert people() == "6", "another name for the same ground"
    moved = factories.unit("28199-09", "Ấp Chín", "hamlet", parent=new, valid_from=on + timedelta(days=90))
    left = factories.unit("28108-66", "Ấp Sáu", "hamlet", parent=scene.here.cast.other_commune)
    move = Succession.objects.create(old=left, new=moved, on=moved.valid_from)
    assert people() == "–", "a hamlet came with its records"
    move.delete()
    merged = Succession.objects.create(old=scene.here.cast.other_commune, new=new, on=on)
    assert people() == "–", "what one predecessor told, taken from both, would leave the other's few"
    merged.on = YEAR.last
    merged.save()
    whole = Report.objects.create(unit=new, title="Năm trước, kể lại", drawn_at=clock.now() - timedelta(days=2), **told)
    assert people() == "–", "it was counted before the other commune joined"
    Report.objects.filter(pk=whole.pk).update(drawn_at=clock.now())
    assert people() == "6", "it told of all of it"


def test_a_missed_target_has_its_section_and_stands_first(scene: Year) -> None:
    rung(scene, "fire")
    Target.objects.create(unit=scene.here.commune, figure="alarms.drills", label="Diễn tập", aim=3, due_on=date(2026, 6, 30))
    Target.objects.create(unit=scene.here.commune, figure="alarms.fire", label="Báo cháy", aim=2, is_at_least=False, due_on=date(2026, 6, 1))
    Target.objects.create(unit=scene.here.commune, figure="alarms.fire", label="Năm sau", aim=0, is_at_least=False, due_on=date(2027, 6, 1))
    second = drawing.sections(scene.here.commune, YEAR)[1]
    assert second["code"] == "targets" and second["is_fixed"]
    assert [(row[0], row[3]) for row in second["tables"][0]["rows"]] == [("Diễn tập", "chưa đạt"), ("Báo cháy", "đạt")]
    assert figures(second)["targets.missed"]["value"] == 1


def test_a_target_is_judged_by_what_was_counted_until_its_day_and_none_falls_between_two_reports(scene: Year) -> None:
    rung(scene, "fire", mode="drill", days_ago=60)
    rung(scene, "fire", mode="drill", days_ago=20)
    for due_on in (date(2026, 7, 5), date(2026, 7, 31)):
        Target.objects.create(unit=scene.here.commune, figure="alarms.drills", label=f"Diễn tập {due_on:%d/%m}", aim=2, due_on=due_on)

    def judged(period: Period) -> list[tuple[str, ...]]:
        section = next(one for one in drawing.sections(scene.here.commune, period) if one["code"] == "targets")
        return [(row[0], row[2], row[3]) for row in section["tables"][0]["rows"]]

    assert judged(YEAR) == [("Diễn tập 05/07", "1", "chưa đạt"), ("Diễn tập 31/07", "2", "đạt")], "the second drill came after the first target's day"
    last = services.begin_report(scene.here.commune, Period(date(2026, 1, 1), date(2026, 6, 30)), title="Sáu tháng", actor=scene.editor)
    services.publish_report(last, actor=scene.chairman)
    assert judged(Period(date(2026, 7, 15), date(2026, 8, 10)))[0] == ("Diễn tập 05/07", "1", "chưa đạt"), "due between the reports"
    Report.objects.update(last_on=date(2026, 7, 6))
    assert [row[0] for row in judged(Period(date(2026, 7, 15), date(2026, 8, 10)))] == ["Diễn tập 31/07"], "it stood in the report before"


def test_places_are_compared_per_thousand_households_where_their_size_is_known(scene: Year) -> None:
    cast = scene.here.cast
    other = factories.unit("28108-07", "Khu phố 7", "hamlet", parent=cast.commune)
    third = factories.unit("28108-08", "Khu phố 8", "hamlet", parent=cast.commune)
    rung(scene, "fire", mode="drill")
    assert "compared" not in drawn(scene)
    for unit, households in ((cast.hamlet, 250), (other, 500)):
        services.keep_size(unit, year=2026, households=households, source="UBND xã", actor=scene.editor)
    section = drawn(scene)["compared"]
    (drills,) = [chart for chart in section["charts"] if chart["title"].startswith("lần diễn tập") or "iễn tập" in chart["title"]]
    assert drills["rows"][0][:2] == [cast.hamlet.display_name, 4.0], "one drill in 250 households"
    assert third.display_name in section["words"], "whose size nobody knows is named"
    (sizes,) = section["tables"]
    assert sizes["rows"] == [[cast.hamlet.display_name, "250", "2026", "UBND xã"], [other.display_name, "500", "2026", "UBND xã"]], "whoever doubts divides again"
    assert {row[0] for row in drills["rows"]} | set(re.findall(r"Khu phố \d", drills["source"])) == {cast.hamlet.display_name, other.display_name}, "no place is left out in silence"
    UnitSize.objects.create(unit=cast.hamlet, year=2027, households=1, source="sau này")
    assert drawn(scene)["compared"]["charts"] == section["charts"], "a later count does not change it"


def test_a_report_is_drawn_in_vietnamese_whoever_begins_it(scene: Year) -> None:
    from django.utils import translation

    with translation.override("en"):
        report = begun(scene)
    assert report.drawn[0]["title"] == "Lời hứa ở diễn đàn lần trước"


def test_a_rooms_section_is_absent_when_the_room_is_off(scene: Year, settings: Any) -> None:
    settings.ROOMS_OFF = ["opinions"]
    assert not {"promises", "opinions"} & set(drawn(scene))


def test_a_target_about_people_tells_no_small_number() -> None:
    assert drawing._reached(Figure("commendations.people", "người", 3, "Đếm", is_about_people=True)) == drawing.shown(3, is_about_people=True) != "3"
    assert (drawing._reached(Figure("opinions.filed", "ý kiến", 3, "Đếm")), drawing._reached(None)) == ("3", "–")
