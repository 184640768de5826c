"""A report's way: begun, written, counted anew, frozen, corrected only visibly."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from liengia.audit.models import Entry
from liengia.comments.models import Thread
from liengia.core import search
from liengia.core.errors import Invalid, Refused
from liengia.core.reporting import Period
from liengia.opinions.models import Opinion
from liengia.reports import services
from liengia.reports.models import Erratum, Report, Target
from liengia.reports.services import Text
from tests.opinions.given import filed
from tests.reports.given import NOW, YEAR, Year, begun


def test_the_usual_period_goes_from_one_day_of_reporting_to_the_next(scene: Year) -> None:
    assert services.usual_period(scene.here.commune) == Period(date(2025, 8, 10), date(2026, 8, 10)), "from the last forum on"
    services.publish_report(begun(scene), actor=scene.chairman)
    Report.objects.update(first_on=date(2024, 1, 1), last_on=date(2026, 6, 30))
    assert services.usual_period(scene.here.commune).first == date(2026, 7, 1), "or from the day after the last report"
    assert services.usual_period(scene.here.cast.other_commune).days == 366


def test_what_is_published_stays_as_it_is(scene: Year) -> None:
    report = begun(scene)
    services.change_report(report, Text("Năm qua", intro="Thưa bà con.", words={"opinions": ("Nhận nhiều hơn năm trước.", False)}), actor=scene.editor)
    done = services.publish_report(report, actor=scene.chairman)
    said, fingerprint = done.said, done.said_sha256
    assert services.fingerprint(said) == fingerprint
    filed(scene.here, "Thêm một ý kiến.")
    Opinion.all_.update(filed_on=date(2026, 1, 1))
    again = Report.objects.get(pk=done.pk)
    assert again.said == said and services.fingerprint(again.said) == fingerprint
    for verb in (services.recount, services.discard_report, services.publish_report):
        with pytest.raises(Refused):
            verb(again, actor=scene.chairman)
    with pytest.raises(Refused):
        services.change_report(again, Text("Khác"), actor=scene.editor)
    assert [one["editor"] for one in said["sections"] if one["code"] == "opinions"] == ["Nhận nhiều hơn năm trước."]


def test_a_correction_is_visible_and_changes_nothing_that_was_said(scene: Year) -> None:
    report = begun(scene)
    with pytest.raises(Refused):
        services.correct_report(report, words="Sai.", actor=scene.chairman)
    done = services.publish_report(report, actor=scene.chairman)
    with pytest.raises(Invalid):
        services.correct_report(done, words="  ", actor=scene.chairman)
    with pytest.raises(Invalid):
        services.correct_report(done, section="khong-co", words="Sai.", actor=scene.chairman)
    services.correct_report(done, section="opinions", words="Số trễ hẹn đúng là 3.", actor=scene.chairman)
    assert Erratum.objects.get().section == "opinions"
    assert Report.objects.get(pk=done.pk).said == done.said


def test_the_promises_cannot_be_left_out_and_what_is_left_out_is_named(scene: Year) -> None:
    report = begun(scene)
    with pytest.raises(Refused) as refused:
        services.change_report(report, Text("Năm qua", words={"promises": ("", True)}), actor=scene.editor)
    assert refused.value.detail_code == "must_stand"
    services.change_report(report, Text("Năm qua", words={"opinions": ("", True)}), actor=scene.editor)
    said = services.publish_report(report, actor=scene.chairman).said
    assert "opinions" not in [one["code"] for one in said["sections"]]
    assert said["left_out"] == ["Góp ý và trả lời"], "the report says what is left out"
    with pytest.raises(Invalid):
        services.change_report(begun_again(scene), Text("Năm qua", words={"khong-co": ("x", False)}), actor=scene.editor)


def begun_again(scene: Year) -> Report:
    return services.begin_report(scene.here.cast.other_commune, YEAR, title="Xã khác", actor=scene.editor)


def test_counting_anew_keeps_the_words(scene: Year) -> None:
    report = begun(scene)
    services.change_report(report, Text("Năm qua", words={"opinions": ("Lời.", False)}), actor=scene.editor)
    before = [one for one in report.drawn if one["code"] == "opinions"][0]["figures"][0]["value"]
    filed(scene.here, "Thêm một ý kiến nữa.")
    again = services.recount(report, actor=scene.editor)
    after = [one for one in again.drawn if one["code"] == "opinions"][0]["figures"][0]["value"]
    assert after == before + 1
    assert again.words.get(section="opinions").text == "Lời."


@pytest.mark.parametrize(
    ("period", "code"),
    [
        (Period(date(2026, 8, 1), date(2026, 7, 1)), "order"),
        (Period(date(2026, 8, 1), date(2026, 9, 1)), "future"),
        (Period(date(2020, 8, 1), date(2026, 8, 1)), "too_long"),
    ],
)
def test_impossible_periods_are_refused_and_nothing_is_kept(scene: Year, period: Period, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.begin_report(scene.here.commune, period, title="Năm qua", actor=scene.editor)
    assert refused.value.detail_code == code
    assert not Report.objects.exists()


def test_a_unit_that_has_ended_reports_nothing_and_periods_do_not_overlap(scene: Year) -> None:
    commune = scene.here.commune
    type(commune).objects.filter(pk=commune.pk).update(valid_to=date(2026, 1, 1))
    commune.refresh_from_db()
    with pytest.raises(Invalid) as ended:
        begun(scene)
    assert ended.value.detail_code == "no_unit"
    type(commune).objects.filter(pk=commune.pk).update(valid_to=None)
    commune.refresh_from_db()
    services.publish_report(begun(scene), actor=scene.chairman)
    with pytest.raises(Refused) as twice:
        services.begin_report(commune, Period(YEAR.last - timedelta(days=10), YEAR.last), title="Lại nữa", actor=scene.editor)
    assert twice.value.detail_code == "overlaps"
    with pytest.raises(Refused):
        services.begin_report(commune, Period(YEAR.last, YEAR.last), title="Một ngày đã kể", actor=scene.editor)


def test_two_drafts_of_one_period_only_one_is_published(scene: Year) -> None:
    first, second = begun(scene), begun(scene, title="Bản khác")
    services.publish_report(first, actor=scene.chairman)
    with pytest.raises(Refused) as refused:
        services.publish_report(second, actor=scene.chairman)
    assert refused.value.detail_code == "overlaps"


def test_an_old_count_is_not_frozen(scene: Year) -> None:
    report = begun(scene)
    Report.objects.update(drawn_at=NOW - timedelta(days=8))
    with pytest.raises(Refused) as refused:
        services.publish_report(report, actor=scene.chairman)
    assert refused.value.detail_code == "count_is_old"
    services.publish_report(services.recount(report, actor=scene.editor), actor=scene.chairman)


@pytest.mark.parametrize("title", ["", "   ", "a" * 161])
def test_a_title_is_needed_and_fits(scene: Year, title: str) -> None:
    with pytest.raises(Invalid):
        begun(scene, title=title)


def test_it_is_found_and_each_section_takes_comments(scene: Year) -> None:
    report = services.publish_report(begun(scene), actor=scene.chairman)
    assert [hit.key for hit in search.find("một năm xã làm được gì").hits] == [report.public_id]
    assert Thread.objects.filter(kind="report", key__startswith=report.public_id).count() == len(report.said["sections"])


def test_targets_are_set_before_their_day_and_dropped_with_a_reason(scene: Year) -> None:
    facts = {"figure": "alarms.drills", "label": "Diễn tập", "aim": 4.0, "is_at_least": True, "source": "KH 12", "actor": scene.editor}
    with pytest.raises(Invalid):
        services.set_target(scene.here.commune, **facts, due_on=NOW.date() - timedelta(days=1))  # type: ignore[arg-type]
    target = services.set_target(scene.here.commune, **facts, due_on=NOW.date() + timedelta(days=30))  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        services.drop_target(target, reason=" ", actor=scene.editor)
    with pytest.raises(Invalid) as unsaid:
        services.set_target(scene.here.commune, **{**facts, "aim": 1.0}, due_on=target.due_on)  # type: ignore[arg-type]
    assert unsaid.value.detail_code == "no_reason" and Target.objects.get(pk=target.pk).aim == 4
    services.set_target(scene.here.commune, **facts, due_on=target.due_on)  # type: ignore[arg-type]
    services.set_target(scene.here.commune, **{**facts, "aim": 3.0}, due_on=target.due_on, reason="Tách xã")  # type: ignore[arg-type]
    entry = Entry.objects.filter(kind="reports.target_set").latest("pk")
    assert (entry.facts["aim"], entry.facts["aim_before"], entry.facts["reason"]) == (3.0, 4.0, "Tách xã")
    services.drop_target(target, reason="Gộp vào kế hoạch của tỉnh", actor=scene.editor)
    with pytest.raises(Invalid):
        services.set_target(scene.here.commune, **facts, due_on=NOW.date())  # type: ignore[arg-type]
    due = Target.objects.create(unit=scene.here.commune, figure="alarms.drills", label="Diễn tập", aim=4.0, due_on=NOW.date(), source="KH 12")
    with pytest.raises(Refused):
        services.drop_target(due, reason="Không đạt", actor=scene.editor)
    with pytest.raises(Refused):
        services.set_target(scene.here.commune, **{**facts, "aim": 0.0}, due_on=NOW.date(), reason="Cho đạt")  # type: ignore[arg-type]


@pytest.mark.parametrize("facts", [{"households": 0}, {"source": " "}, {"year": 2027}, {"year": 1}])
def test_a_units_size_needs_its_number_year_and_source(scene: Year, facts: dict[str, object]) -> None:
    good = {"year": 2026, "households": 900, "source": "Niên giám", "actor": scene.editor}
    with pytest.raises(Invalid):
        services.keep_size(scene.here.commune, **{**good, **facts})  # type: ignore[arg-type]
