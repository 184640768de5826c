"""Whatever is merged, split and renamed, in whatever order: no ground is lost, doubled or left without a unit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liengia.core.actor import Actor
from liengia.core.text import fold
from liengia.units import consistency, reforms, services
from liengia.units.models import Level, Unit
from liengia.units.plans import NewUnit, Passing, ReformPlan

ACTOR = Actor.system("test")
START = date(1990, 1, 1)
PROPERTY = settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Undo(Exception):
    """Ends an example: everything it wrote is taken back."""


def country(hamlets: list[int]) -> None:
    """A province with communes of so many hamlets each; all hamlets are named Ấp 1, Ấp 2…"""
    province = services.create_unit(code="1", name="Tỉnh Mẫu", kind="Tỉnh", level="province", parent=None, actor=ACTOR)
    for c, count in enumerate(hamlets):
        commune = services.create_unit(
            code=f"{100 + c}", name=f"Xã số {c}", kind="Xã", level="commune", parent=province, actor=ACTOR
        )
        for h in range(1, count + 1):
            services.create_unit(
                code=f"{100 + c}-{h}", name=f"Ấp {h}", kind="Ấp", level="hamlet", parent=commune, actor=ACTOR
            )


def draw_plan(data: st.DataObject, day: date, number: int) -> ReformPlan | None:
    """Any plan that the rules allow: merges, splits, renames, codes given again with another meaning."""
    eve = day - timedelta(days=1)
    communes = list(Unit.objects.at(eve).communes().order_by("code"))
    chosen = data.draw(st.lists(st.sampled_from(communes), unique_by=lambda u: u.pk, min_size=1), label="ending")
    codes = data.draw(st.permutations([u.code for u in chosen]), label="codes again")
    count = data.draw(st.integers(1, len(chosen)), label="new ones")
    new = [
        NewUnit(codes[n], data.draw(st.sampled_from(["Mới", "Đông", "Tây", chosen[n].name])) + f" {number}{n}", "Xã", "commune", "1")
        for n in range(count)
    ]
    passings: list[Passing] = []
    children: dict[str, str] = {}
    for position, old in enumerate(chosen):
        targets = [new[position].code] if position < count else []  # each new one gets ground
        more = data.draw(st.lists(st.sampled_from([u.code for u in new]), max_size=2), label="more successors")
        targets = list(dict.fromkeys(targets + more)) or [new[0].code]
        passings += [Passing(old.code, target, n == 0) for n, target in enumerate(targets)]
        for child in Unit.objects.at(eve).filter(parent=old):
            children[child.code] = data.draw(st.sampled_from(targets), label="child goes to")
    return ReformPlan(f"r{number}", f"Đợt {number}", day, "giả định", tuple(new), tuple(passings), (), children)


def ground(unit: Unit) -> set[str]:
    """The hamlets of a unit by their codes, which they keep for ever: the atoms of its territory."""
    return set(Unit.objects.below(unit).hamlets().values_list("code", flat=True))


def check_everything(days: list[date], whole: set[str]) -> None:
    assert consistency.faults() == []
    for day in days:
        standing = list(Unit.objects.at(day))
        assert len({u.code for u in standing}) == len(standing)
        communes = [u for u in standing if u.level == Level.COMMUNE]
        pieces = [ground(u) for u in communes]
        assert set().union(*pieces) == whole
        assert sum(map(len, pieces)) == len(whole)
        for commune in communes:
            hamlets = list(Unit.objects.below(commune).hamlets())
            assert len({fold(h.display_name) for h in hamlets}) == len(hamlets)
            assert len({fold(h.spoken_name) for h in hamlets}) == len(hamlets)
    for unit in Unit.objects.all():
        assert unit.current().is_current
        heirs, successors = unit.heirs(), list(unit.successors())
        assert all(heir.is_current for heir in heirs)
        assert unit.current() in heirs
        if successors:
            taken = [ground(s) for s in successors]
            covered = set().union(*taken)
            assert ground(unit) <= covered
            assert sum(map(len, taken)) == len(covered)
        before = list(unit.predecessors())
        if before and unit.level == Level.COMMUNE:
            assert ground(unit) <= set().union(*(ground(p) for p in before))
        assert all(unit in p.successors() for p in before)
        if unit.level == Level.HAMLET:
            commune = unit.current().commune()
            old = unit.commune()
            assert commune is not None and old is not None
            assert commune in old.heirs()


@pytest.mark.django_db
@PROPERTY
@given(data=st.data(), hamlets=st.lists(st.integers(0, 3), min_size=1, max_size=4), times=st.integers(1, 3))
def test_any_sequence_of_reforms_keeps_all_ground(data: st.DataObject, hamlets: list[int], times: int) -> None:
    try:
        with transaction.atomic():
            country(hamlets)
            whole = set(Unit.objects.hamlets().values_list("code", flat=True))
            days = [START]
            for number in range(times):
                day = START + timedelta(days=365 * (number + 1))
                plan = draw_plan(data, day, number)
                if plan is not None:
                    reforms.apply_reform(plan, actor=ACTOR)
                    stored = Unit.objects.count()
                    reforms.apply_reform(plan, actor=ACTOR)
                    assert Unit.objects.count() == stored
                days += [day - timedelta(days=1), day]
            check_everything(days, whole)
            raise Undo
    except Undo:
        pass


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
codes = st.text("0123456789-", min_size=1, max_size=8)
units = st.builds(
    NewUnit, code=codes, name=names, kind=st.sampled_from(["Xã", "Ấp"]), level=st.sampled_from(Level.values), parent=codes,
    lat=st.none() | st.floats(8, 24), lon=st.none() | st.floats(102, 110),
)  # fmt: skip


@given(
    st.builds(
        ReformPlan, code=codes, name=names, on=st.dates(), legal_basis=names,
        new=st.lists(units, max_size=4).map(tuple),
        passings=st.lists(st.builds(Passing, codes, codes, st.booleans()), max_size=4).map(tuple),
        ends=st.lists(codes, max_size=3).map(tuple), children=st.dictionaries(codes, codes, max_size=3),
    )
)  # fmt: skip
def test_a_plan_comes_back_from_its_json_as_it_was(plan: ReformPlan) -> None:
    again = ReformPlan.from_json(plan.to_json())
    assert again.to_json() == ReformPlan.from_json(again.to_json()).to_json()
    assert (again.new, again.passings, again.ends, again.children) == (
        tuple(ReformPlan.from_json(plan.to_json()).new), plan.passings, plan.ends, plan.children,
    )  # fmt: skip
    assert again.on == plan.on
