"""The safety register: the first quarter, criteria of the year, a result that follows from them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from liengia.core import clock
from liengia.core.errors import Invalid, Refused
from liengia.reports import safety
from liengia.reports.models import SafetyCriterion, SafetyRegistration, SafetyState
from liengia.units.models import Unit
from liengia.units.plans import NewUnit, Passing, ReformPlan
from liengia.units.reforms import apply_reform
from tests.cast import TESTER
from tests.reports.given import Year

IN_TIME = date(2026, 2, 10)


@pytest.fixture(autouse=True)
def criteria(scene: Year) -> None:
    safety.ensure_criteria()


def registered(scene: Year, **changes: Any) -> SafetyRegistration:
    facts = {"year": 2026, "registered_on": IN_TIME, "households": 250, "households_signed": 250, "actor": scene.editor, **changes}
    return safety.register_place(scene.here.cast.hamlet, **facts)


def answers(row: SafetyRegistration, *, missing: int = 0) -> dict[int, tuple[bool, str]]:
    found = list(safety.criteria_of(row.kind, row.year))
    return {one.pk: (one.number != missing, "" if one.number != missing else "Một vụ trộm chưa rõ.") for one in found}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"registered_on": date(2026, 4, 1)}, "quarter"),
        ({"registered_on": date(2025, 2, 1)}, "quarter"),
        ({"households": 10, "households_signed": 11}, "too_many"),
        ({"year": 2027, "registered_on": date(2027, 1, 5)}, "future"),
    ],
)
def test_places_register_in_the_first_quarter_with_true_counts(scene: Year, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        registered(scene, **changes)
    assert refused.value.detail_code == code
    assert not SafetyRegistration.objects.exists()


def test_once_a_year(scene: Year) -> None:
    registered(scene)
    with pytest.raises(Invalid) as refused:
        registered(scene)
    assert refused.value.detail_code == "twice"


def test_a_merged_commune_counts_its_own_places_alone(scene: Year) -> None:
    row = registered(scene)
    old, other = scene.here.commune, scene.here.cast.other_commune
    plan = ReformPlan(
        "merger", "Sáp nhập", clock.today(), "Nghị quyết thử", new=(NewUnit("99108", "Long Cần", "Xã", "commune", "80"),),
        passings=(Passing("28108", "99108"), Passing(other.code, "99108")),
    )  # fmt: skip
    apply_reform(plan, actor=TESTER)
    counted = {unit: [one.pk for one in safety.of(unit, 2026)] for unit in (old, other, Unit.objects.current().get(code="99108"))}
    assert list(counted.values()) == [[row.pk], [], [row.pk]]


def test_every_criterion_is_answered_and_a_missing_one_explained(scene: Year) -> None:
    row = registered(scene)
    assert safety.criteria_of(row.kind, 2026).count() == 5
    with pytest.raises(Refused):
        safety.decide(row, is_recognised=True, on=date(2026, 8, 1), number="12/QĐ-UBND", actor=scene.editor)
    with pytest.raises(Invalid) as refused:
        safety.assess(row, {}, on=date(2026, 8, 1), actor=scene.editor)
    assert refused.value.detail_code == "unanswered"
    silent = dict.fromkeys(answers(row), (False, ""))
    with pytest.raises(Invalid) as refused:
        safety.assess(row, silent, on=date(2026, 8, 1), actor=scene.editor)
    assert refused.value.detail_code == "no_words"
    done = safety.assess(row, answers(row, missing=4), on=date(2026, 8, 1), actor=scene.editor)
    assert (done.state, done.met) == (SafetyState.ASSESSED, 4)


def test_it_is_recognised_only_when_all_are_met(scene: Year) -> None:
    row = registered(scene)
    row = safety.assess(row, answers(row, missing=4), on=date(2026, 7, 2), actor=scene.editor)
    with pytest.raises(Invalid) as refused:
        safety.decide(row, is_recognised=True, on=date(2026, 8, 1), number="12/QĐ-UBND", actor=scene.editor)
    assert refused.value.detail_code == "not_met"
    row = safety.assess(row, answers(row), on=date(2026, 7, 3), actor=scene.editor)
    for changes in ({"number": ""}, {"on": date(2026, 7, 1)}, {"on": date(2026, 9, 1)}):
        facts: dict[str, Any] = {"is_recognised": True, "on": date(2026, 8, 1), "number": "12/QĐ-UBND", **changes}
        with pytest.raises(Invalid):
            safety.decide(row, **facts, actor=scene.editor)
    done = safety.decide(row, is_recognised=True, on=date(2026, 8, 1), number="12/QĐ-UBND", actor=scene.editor)
    assert done.state == SafetyState.RECOGNISED
    with pytest.raises(Refused):
        safety.assess(done, answers(done), on=date(2026, 8, 2), actor=scene.editor)
    assert safety.counts(scene.here.commune, 2026) == {"registered": 1, "assessed": 1, "recognised": 1, "not_recognised": 0}


def test_criteria_are_data_of_their_years(scene: Year) -> None:
    one = SafetyCriterion.objects.get(kind="residential", number=5)
    one.last_year = 2025
    safety.keep_criterion(one, actor=scene.editor)
    safety.keep_criterion(SafetyCriterion(kind="residential", number=5, text="Tiêu chí mới", first_year=2026, source="Thông tư mới"), actor=scene.editor)
    assert [row.text for row in safety.criteria_of("residential", 2026)][-1] == "Tiêu chí mới"
    assert [row.text for row in safety.criteria_of("residential", 2025)][-1] == one.text
    safety.ensure_criteria()
    assert SafetyCriterion.objects.filter(kind="residential", number=5).count() == 2, "what an office entered stays"
    with pytest.raises(Invalid):
        safety.keep_criterion(SafetyCriterion(kind="residential", number=6, text="x", first_year=2026, last_year=2025, source="y"), actor=scene.editor)
