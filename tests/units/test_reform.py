"""The reform of 2025-07-01 on the real units, and what a reform may not do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine

from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.units import consistency, demo, loading, reforms, succession, switches
from liengia.units.models import Level, Reform, ReformState, RoomSwitch, SuccessionMove, Unit
from liengia.units.plans import NewUnit, Passing, ReformPlan

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")
DAY = date(2025, 7, 1)
EVE = date(2025, 6, 30)


def the_plan() -> ReformPlan:
    return loading.reform_plans(demo.UNITS)[0]


class Cut(Exception):
    """The process died here."""


@pytest.fixture
def movers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """A mover that moves 5 rows of each commune, 2 a call, and dies once."""
    left: dict[int, int] = {}
    calls: Counter[str] = Counter()

    def move(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
        if old.level != Level.COMMUNE:
            return 0
        if calls["moved"] == 14 and not calls["died"]:
            calls["died"] += 1
            raise Cut
        chunk = min(2, left.setdefault(old.pk, 5))
        left[old.pk] -= chunk
        calls["moved"] += chunk
        return chunk

    monkeypatch.setattr(succession, "_movers", {"test.move": move})
    return calls


def test_a_reform_cut_off_while_moving_goes_on_where_it_stopped(year_2023: None, movers: Counter[str]) -> None:
    with pytest.raises(Cut):
        demo.apply_reforms()
    assert Reform.objects.get().state == ReformState.DRAWN
    assert reforms.finish_reforms(actor=ACTOR) == 1
    assert Reform.objects.get().state == ReformState.APPLIED
    assert movers["moved"] == 17 * 5
    assert sum(SuccessionMove.objects.values_list("moved", flat=True)) == 17 * 5
    assert reforms.finish_reforms(actor=ACTOR) == 0


def test_a_reform_cut_off_while_drawing_goes_on_where_it_stopped(
    year_2023: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, drawn = reforms.draw_group, []

    def dying(*args: object, **kwargs: object) -> int:
        if len(drawn) == 3:
            raise Cut
        drawn.append(1)
        return whole(*args, **kwargs)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(reforms, "draw_group", dying)
        with pytest.raises(Cut):
            demo.apply_reforms()
    demo.apply_reforms()
    assert Unit.objects.at(DAY).communes().count() == 6
    assert consistency.faults() == []


def test_a_reform_dated_ahead_moves_only_when_its_day_has_come(year_2023: None, movers: Counter[str]) -> None:
    movers["died"] = 1
    with time_machine.travel(datetime(2025, 6, 20, tzinfo=UTC), tick=False) as traveller:
        demo.apply_reforms()
        assert Reform.objects.get().state == ReformState.DRAWN
        assert Unit.objects.current().communes().count() == 17
        assert Unit.objects.at(EVE).get(code="28129").current().name == "Long Sơn"
        assert reforms.finish_reforms(actor=ACTOR) == 0
        traveller.move_to(datetime(2025, 6, 30, 17, 0, 1, tzinfo=UTC))  # 00:00:01 of 1 July in Vietnam
        assert reforms.finish_reforms(actor=ACTOR) == 1
        assert movers["moved"] == 17 * 5
        assert Unit.objects.current().communes().count() == 6


def test_no_transaction_of_the_reform_is_long(year_2023: None) -> None:
    plan = the_plan()
    reform = reforms.plan_reform(plan, actor=ACTOR, at=datetime.now(UTC))
    rows = [reforms.draw_group(reform, plan, group, actor=ACTOR, at=datetime.now(UTC)) for group in reforms.groups(plan)]
    assert len(rows) == 8
    assert max(rows) < 60


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda p: replace(p, passings=p.passings[1:]), "no_ground"),
        (lambda p: replace(p, passings=tuple(x for x in p.passings if x.old != "28129")), "orphan"),
        (lambda p: replace(p, passings=tuple(x for x in p.passings if x.old != "28108")), "overlap"),
        (lambda p: replace(p, passings=(*p.passings, Passing("99999", "28132"))), "old_missing"),
        (lambda p: replace(p, passings=(*p.passings[:-1], Passing(p.passings[-1].old, "99999"))), "new_missing"),
        (lambda p: replace(p, new=(*p.new, NewUnit("1", "Đâu đó", "Xã", "commune", "80"))), "no_ground"),
        (lambda p: replace(p, new=(*p.new, p.new[-1])), "code_twice"),
        (lambda p: replace(p, new=(*p.new[:-1], replace(p.new[-1], parent="806"))), "orphan"),
        (lambda p: replace(p, new=(*p.new[:-1], replace(p.new[-1], level="hamlet"))), "level_differs"),
        (lambda p: replace(p, passings=(*p.passings, Passing("28129", "28138"))), "principal"),
        (lambda p: replace(p, passings=(*p.passings, Passing("28129", "28138", False))), "orphan"),
    ],
)
def test_a_plan_with_an_overlap_or_an_orphan_is_refused_whole(year_2023: None, change: object, code: str) -> None:
    before = list(Unit.objects.order_by("pk").values())
    with pytest.raises(Invalid) as refused:
        reforms.apply_reform(change(the_plan()), actor=ACTOR)  # type: ignore[operator]
    assert refused.value.detail_code == code
    assert len(str(refused.value)) > 20
    assert list(Unit.objects.order_by("pk").values()) == before
    assert not Reform.objects.exists()


def test_a_code_of_a_unit_that_stays_cannot_be_given_again(year_2023: None) -> None:
    plan = ReformPlan(
        "x", "x", DAY, "x", new=(NewUnit("28111", "Long Sơn Mới", "Xã", "commune", "806"),),
        passings=(Passing("28129", "28111"),),
    )  # fmt: skip
    with pytest.raises(Invalid, match="28111") as refused:
        reforms.apply_reform(plan, actor=ACTOR)
    assert refused.value.detail_code == "overlap"


def test_a_merged_commune_keeps_a_room_off_only_if_all_had_it_off(year_2023: None) -> None:
    for code in ("28138", "28150", "28129"):
        RoomSwitch.objects.create(unit=Unit.objects.get(code=code), room="alarms", is_on=False)
    demo.apply_reforms()
    assert not switches.keeps_on(Unit.objects.current().get(code="28138"), "alarms")
    assert switches.keeps_on(Unit.objects.current().get(code="28132"), "alarms")
