"""Acts of bodies, figures counted and claimed, questions, reviews."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from liengia.alarms import services as alarms
from liengia.core import counts
from liengia.core.errors import Invalid, Refused
from liengia.core.reporting import Period
from liengia.core.worker import run_once
from liengia.organisations import services as organisations
from liengia.papers import services as papers
from liengia.practices import bodies, brief, queries, reporting, services
from liengia.practices.models import Practice, Question
from liengia.units.ground import ground_of
from tests.cast import TESTER
from tests.papers.given import issued
from tests.practices.given import BEGUN, PDF, REFORM, Place, facts, running
from tests.practices.test_practices import code


def praise(scene: Place, **changes: Any) -> Any:
    """Enter praise by the commune's committee."""
    given = {"kind": "praise", "body": scene.desk.committee.organisation, "number": "12/QĐ-UBND", "on": date(2026, 5, 1), **changes}
    return services.act(scene.practice, **given, actor=scene.clerk)


# Acts


def test_praise_and_the_order_to_replicate_are_two_acts_each_with_its_paper(scene: Place) -> None:
    paper = issued(scene.desk)
    made = praise(scene, paper=paper, number="", on=None)
    assert (made.sign, made.on) == ("01/GM-UBND", paper.issued_on)
    order = praise(scene, kind="replicate", addressed=[scene.hamlet])
    assert (order.sign, list(order.addressed.all())) == ("12/QĐ-UBND", [scene.hamlet])
    with pytest.raises(Refused) as caught:
        praise(scene, kind="replicate")
    assert code(caught) == "same_act"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"number": ""}, "empty"), ({"on": None}, "no_date"), ({"on": date(2026, 1, 1)}, "before_start"), ({"on": date(2026, 9, 1)}, "future"),
        ({"kind": "khen"}, "bad_kind"),
    ],
)  # fmt: skip
def test_an_act_without_its_paper_or_on_no_day_is_refused(scene: Place, changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(Invalid) as caught:
        praise(scene, **changes)
    assert code(caught) == expected
    assert not scene.practice.acts.exists()


def test_a_district_acts_until_its_last_day_and_never_after(scene: Place) -> None:
    old = Practice.objects.create(
        unit=scene.commune, founded_in=scene.town, kind="fire", name="Mô hình cũ", summary="x", state="running", started_on=date(2023, 1, 5),
        family=scene.practice.family,
    )  # fmt: skip
    made = services.act(old, kind="praise", body=scene.district_committee, number="7/QĐ-UBND", on=date(2025, 6, 30), actor=scene.clerk)
    assert made.pk
    for day in (date(2025, 7, 1), date(2026, 1, 1)):
        with pytest.raises(Invalid) as caught:
            services.act(old, kind="praise", body=scene.district_committee, number="8/QĐ-UBND", on=day, actor=scene.clerk)
        assert code(caught) == "body_not_standing"
    with pytest.raises(Invalid) as caught:
        services.act(old, kind="praise", body=scene.provincial, number="8/QĐ-UBND", on=date(2025, 6, 30), actor=scene.clerk)
    assert code(caught) == "body_not_standing"


def test_only_a_body_above_acts_and_a_school_never(scene: Place) -> None:
    school = organisations.create_organisation(kind="school", name="Trường Mẫu", unit=scene.commune, actor=TESTER)
    neighbour = organisations.create_organisation(kind="peoples_committee", name="UBND xã Rạch Kiến", unit=scene.other, actor=TESTER)
    for body, expected in ((school, "bad_body"), (neighbour, "body_elsewhere")):
        with pytest.raises(Invalid) as caught:
            praise(scene, body=body)
        assert code(caught) == expected
    assert praise(scene, body=scene.provincial).pk
    ministry = organisations.create_organisation(kind="ministry", name="Cục V05", unit=scene.other, actor=TESTER)
    assert praise(scene, body=ministry).pk
    with pytest.raises(Invalid) as caught:
        praise(scene, kind="replicate", addressed=[scene.other])
    assert code(caught) == "unit_elsewhere"


def test_praise_tells_no_unit_to_replicate(scene: Place) -> None:
    with pytest.raises(Invalid) as caught:
        praise(scene, addressed=[scene.hamlet])
    assert code(caught) == "praise_addresses_nobody" and not scene.practice.acts.exists()


def test_bodies_are_offered_from_the_commune_up_in_their_time(scene: Place) -> None:
    """Of a practice that began in the town: the bodies above it, then and now; none of a hamlet, of a commune that was merged too, or gone before it began."""
    create = organisations.create_organisation
    create(kind="mass_organisation", name="Chi hội Phụ nữ Khu phố 5", unit=scene.hamlet, actor=TESTER)
    beside = create(kind="peoples_committee", name="UBND xã Phước Tuy", unit=scene.phuoc_tuy, valid_to=REFORM, actor=TESTER)
    create(kind="police", name="Công an huyện Cần Đước", unit=scene.district, valid_to=date(2022, 3, 1), actor=TESTER)
    create(kind="school", name="Trường Mẫu", unit=scene.commune, actor=TESTER)
    ministry = create(kind="ministry", name="Cục V05", unit=scene.other, actor=TESTER)
    old = Practice.objects.create(
        unit=scene.commune, founded_in=scene.town, kind="fire", name="Cũ", summary="x", state="running", started_on=date(2023, 1, 5), family=scene.practice.family
    )  # fmt: skip
    offered = {words for _title, rows in bodies.grouped_bodies(old) for _pk, words in rows}
    assert {"Ủy ban nhân dân huyện Cần Đước (đến 30/06/2025)", "Ủy ban nhân dân tỉnh Tây Ninh (từ 01/07/2025)", "Cục V05"} <= offered
    assert not any(words in one for one in offered for words in ("Chi hội", "Phước Tuy", "Công an huyện", "Trường"))
    assert "Ủy ban nhân dân huyện Cần Đước (đến 30/06/2025)" not in {words for _title, rows in bodies.grouped_bodies(scene.practice) for _pk, words in rows}
    with pytest.raises(Invalid) as caught:
        services.act(old, kind="praise", body=beside, number="7/QĐ", on=date(2024, 1, 1), actor=TESTER)
    assert code(caught) == "body_elsewhere"
    assert services.act(old, kind="praise", body=ministry, number="7/QĐ", on=date(2024, 1, 1), actor=TESTER).pk


def test_another_bodys_paper_a_draft_or_a_revoked_one_is_none(scene: Place) -> None:
    paper = issued(scene.desk)
    with pytest.raises(Invalid) as caught:
        praise(scene, body=scene.desk.police.organisation, paper=paper)
    assert code(caught) == "another_bodys_paper"
    praise(scene, paper=paper)
    assert queries.totals(scene.commune, BEGUN, date(2026, 8, 10)).praised == 1
    papers.revoke_paper(paper, reason="Sai", actor=scene.clerk)
    assert queries.totals(scene.commune, BEGUN, date(2026, 8, 10)).praised == 0, "a revoked paper praises nobody"


# Figures


def group(unit: Any, number: int) -> None:
    """Found a group."""
    alarms.create_group(unit, number=number, name=f"Tổ {number}", founded_on=date(2026, 3, 1), actor=TESTER)


def test_figures_are_counted_on_the_practices_own_ground(scene: Place) -> None:
    elsewhere = running(scene, scene.other)
    for practice in (scene.practice, elsewhere):
        services.add_tie(practice, code="alarms.groups", actor=scene.clerk)
    group(scene.hamlet, 1)
    group(scene.hamlet, 2)
    assert [one.value for one in queries.figures(scene.practice)] == [2]
    assert [one.value for one in queries.figures(elsewhere)] == [0]
    counted, rows = queries.compare(scene.practice)
    assert [one.code for one in counted] == ["alarms.groups"]
    assert [(row.practice.pk, row.sizes["alarms.groups"], row.months, row.replicated) for row in rows] == [
        (scene.practice.pk, 2, 6, 1), (elsewhere.pk, 0, 6, 0)
    ]  # fmt: skip
    assert queries.figures(scene.practice, date(2026, 2, 20))[0].value == 0, "before they were founded"


def test_a_tie_to_what_is_not_there_shows_nothing(scene: Place, settings: Any) -> None:
    scene.practice.ties.create(code="assets.fire_points")
    assert queries.figures(scene.practice) == []
    services.add_tie(scene.practice, code="alarms.groups", actor=scene.clerk)
    settings.ROOMS_OFF = ["alarms"]
    assert queries.figures(scene.practice) == []
    with pytest.raises(Invalid) as caught:
        services.add_tie(scene.practice, code="assets.fire_points", actor=scene.clerk)
    assert code(caught) == "no_count"


def test_after_a_merger_old_ground_counts_its_own_hamlets_only(scene: Place) -> None:
    day = date(2026, 8, 10)
    assert ground_of(scene.town, day) == {scene.hamlet.pk}, "the new commune stands on Phước Tuy's ground too"
    assert ground_of(scene.district, day) == {scene.commune.pk, scene.hamlet.pk}, "all of the new commune was the district's"
    assert ground_of(scene.town, date(2024, 1, 1)) == {scene.town.pk, *scene.town.children.values_list("pk", flat=True)}
    assert ground_of(scene.commune, day) == {scene.commune.pk, scene.hamlet.pk}


def test_reintegration_gives_no_figure(scene: Place) -> None:
    with pytest.raises(ValueError, match="gives no figures"):
        counts.register(counts.Count("reintegration.people", "reintegration", "x", lambda units, day: 1, "x"))
    helping = services.create(scene.commune, facts("Năm lực lượng", kind="helping"), services.Text(problem="x", how="y"), actor=TESTER)
    material = services.add_material(helping, title="Báo cáo", data=PDF, is_evidence=True, actor=TESTER)
    with pytest.raises(Invalid) as caught:
        services.claim(helping, label="Người được giúp", value=3, on=date(2026, 8, 1), evidence=material, actor=TESTER)
    assert code(caught) == "no_figures"
    with pytest.raises(Invalid) as caught:
        services.add_tie(helping, code="alarms.groups", actor=TESTER)
    assert code(caught) == "no_figures"
    helping.ties.create(code="alarms.groups")  # whatever stands in the tables
    assert queries.figures(helping) == [] and queries.compare(helping)[0] == []
    with pytest.raises(Refused) as caught:
        services.claim(scene.practice, label="a", value=1, on=BEGUN, evidence=services.add_material(scene.practice, title="a", data=PDF, actor=TESTER), actor=TESTER)
        services.change(scene.practice, facts(kind="helping"), actor=TESTER)
    assert code(caught) == "has_figures"


def test_a_claimed_figure_needs_its_evidence(scene: Place) -> None:
    other = running(scene, scene.other)
    foreign = services.add_material(other, title="Báo cáo", data=PDF, actor=TESTER)
    with pytest.raises(Invalid) as caught:
        services.claim(scene.practice, label="Vụ việc được báo", value=12, on=BEGUN, evidence=foreign, actor=scene.clerk)
    assert code(caught) == "no_evidence"
    own = services.add_material(scene.practice, title="Báo cáo", data=PDF, is_evidence=True, actor=TESTER)
    services.claim(scene.practice, label="Bình đã nạp lại", value=12, on=date(2026, 3, 1), evidence=own, actor=scene.clerk)
    services.claim(scene.practice, label="Bình đã nạp lại", value=15, on=date(2026, 6, 1), evidence=own, actor=scene.clerk)
    assert [(one.label, one.value, one.claim is not None) for one in queries.figures(scene.practice)] == [("Bình đã nạp lại", 15, True)]
    with pytest.raises(Refused) as caught:
        services.remove_material(own, actor=scene.clerk)
    assert code(caught) == "in_use"


def test_the_checklist_sets_what_is_there_against_what_is_needed(scene: Place) -> None:
    group(scene.hamlet, 1)
    revision = scene.practice.current_revision
    assert revision is not None
    found = queries.checklist(revision, scene.commune, {"household": 40, "group": 3})
    assert [(line.needed, line.there, line.missing) for line in found.lines] == [(40, None, 40), (3, 1, 2)]
    assert found.cost == 48_000_000
    bare = queries.checklist(revision, None, {})
    assert [(line.needed, line.missing) for line in bare.lines] == [(None, None), (None, None)] and bare.cost is None


# Does it still run?


def test_a_quiet_one_is_asked_about_once_and_answers_in_words(scene: Place) -> None:
    assert run_once("practices.quiet") == 0
    later = datetime(2027, 3, 1, tzinfo=UTC)
    with time_machine.travel(later, tick=False):
        assert run_once("practices.quiet") >= 1
        assert run_once("practices.quiet") == 0, "asked once"
        asked = Question.objects.get(practice=scene.practice)
        assert (asked.quiet_since, asked.asked_on) == (date(2026, 8, 10), date(2027, 3, 1))
        from liengia.papers.brief import Month

        assert ["không" if "Tổ liên gia" not in line.words else line.head for line in brief.lines(scene.commune, Month(2027, 3))] == [scene.hamlet.display_name]
        with pytest.raises(Invalid):
            services.answer_question(scene.practice, answer=" ", actor=scene.clerk)
        services.answer_question(scene.practice, answer="Còn chạy, tổ mới tập tuần rồi.", actor=scene.clerk)
        assert not Practice.objects.all().quiet_since(date(2026, 12, 1)).filter(pk=scene.practice.pk).exists()
        with pytest.raises(Refused) as caught:
            services.answer_question(scene.practice, answer="x", actor=scene.clerk)
        assert code(caught) == "not_asked"


def test_what_runs_elsewhere_is_never_asked_about(scene: Place) -> None:
    with time_machine.travel(datetime(2029, 3, 1, tzinfo=UTC), tick=False):
        run_once("practices.quiet")
    assert set(Question.objects.values_list("practice", flat=True)) == {scene.practice.pk}


# Reviews


def test_the_years_review_keeps_changes_or_ends(scene: Place) -> None:
    def held(year: int, decision: str, reasons: str = "Lý do", on: date = date(2026, 8, 1)) -> Any:
        return services.review(scene.practice, year=year, on=on, decision=decision, reasons=reasons, actor=scene.clerk)

    for given, expected in (({"year": 2024, "decision": "keep"}, "bad_year"), ({"year": 2026, "decision": "x"}, "bad_decision"), ({"year": 2026, "decision": "keep", "reasons": ""}, "empty")):
        with pytest.raises(Invalid) as caught:
            held(**given)
        assert code(caught) == expected
    held(2026, "change")
    assert queries.owes_change(scene.practice)
    with pytest.raises(Refused) as refused:
        held(2026, "keep")
    assert code(refused) == "reviewed"
    services.revise(scene.practice, services.Text(problem="x", how="y", changed="z"), on=date(2026, 8, 5), actor=scene.clerk)
    assert not queries.owes_change(scene.practice)
    held(2025, "end", "Không còn cần.")
    row = Practice.objects.get(pk=scene.practice.pk)
    assert (row.state, row.end_reason, row.ended_on) == ("ended", "Không còn cần.", date(2026, 8, 1))


def test_totals_count_each_practice_where_it_was_founded(scene: Place) -> None:
    services.revise(scene.practice, services.Text(problem="x", how="y", changed="z"), on=date(2026, 8, 5), actor=scene.clerk)
    running(scene, scene.other)
    found = queries.totals(scene.commune, date(2026, 1, 1), date(2026, 8, 10))
    assert (found.running, found.begun, found.replicated, found.revised, found.ended) == (1, 1, 0, 1, 0)
    assert queries.totals(scene.other, date(2026, 1, 1), date(2026, 8, 10)).replicated == 1
    assert queries.totals(scene.desk.here.cast.province, date(2026, 1, 1), date(2026, 8, 10)).running == 2
    assert queries.totals(scene.commune, date(2026, 1, 1), date(2026, 1, 31)).running == 0


def test_the_report_to_the_people_says_them_and_nothing_where_there_are_none(scene: Place) -> None:
    part = reporting.told(scene.commune, Period(date(2026, 1, 1), date(2026, 8, 10)))
    assert part is not None and {one.code: one.value for one in part.figures}["practices.begun"] == 1
    for one in part.figures:
        found = reporting.trace(scene.commune, Period(date(2026, 1, 1), date(2026, 8, 10)), one.code, AnonymousUser())
        assert one.how and found is not None and found.value == one.value, one.code
    assert reporting.told(scene.commune, Period(date(2025, 8, 1), date(2025, 12, 31))) is None
