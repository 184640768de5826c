"""What stands after the reform of 2025-07-01, and what reforms that follow it do."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from liengia.audit.models import Entry
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.units import consistency, demo, loading, reforms
from liengia.units.models import Level, Succession, Unit
from liengia.units.plans import NewUnit, Passing, ReformPlan

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")
DAY = date(2025, 7, 1)
EVE = date(2025, 6, 30)


def the_plan() -> ReformPlan:
    return loading.reform_plans(demo.UNITS)[0]


def test_17_units_become_6_communes_and_the_district_ends(present: None) -> None:
    assert Unit.objects.at(EVE).communes().count() == 17
    assert sorted(Unit.objects.at(DAY).communes().values_list("name", flat=True)) == sorted(
        ["Cần Đước", "Rạch Kiến", "Long Cang", "Mỹ Lệ", "Tân Lân", "Long Hựu"]
    )
    assert Unit.objects.at(EVE).get(code="806").level == Level.DISTRICT
    assert not Unit.objects.at(DAY).filter(code="806").exists()
    assert Unit.objects.at(DAY).get(code="28132").ancestors()[0].name == "Tây Ninh"
    assert consistency.faults() == []


def test_codes_used_again_mean_what_they_meant_on_their_day(present: None) -> None:
    for code, before, after in (("28114", "Long Khê", "Rạch Kiến"), ("28132", "Tân Trạch", "Mỹ Lệ"), ("80", "Long An", "Tây Ninh")):
        assert Unit.objects.at(EVE).get(code=code).name == before
        assert Unit.objects.at(DAY).get(code=code).name == after
    old_my_le = Unit.objects.at(EVE).get(code="28135")
    assert old_my_le.name == "Mỹ Lệ"
    assert old_my_le.current().code == "28132"
    assert Unit.objects.at(EVE).get(code="28114").current().name == "Rạch Kiến"


def test_every_hamlet_goes_over_with_its_code_and_place(present: None) -> None:
    before = Unit.objects.at(EVE).filter(level__in=[Level.HAMLET, Level.SELF_MANAGED_GROUP])
    assert before.count() == 81
    for old in before:
        new = old.current()
        assert (new.code, new.name, new.point, new.valid_from) == (old.code, old.name, old.point, DAY)
        commune, old_commune = new.commune(), old.commune()
        assert commune is not None and old_commune is not None
        assert commune.pk == old_commune.current().pk


def test_three_hamlets_of_one_name_are_told_apart_everywhere(present: None) -> None:
    my_le = Unit.objects.current().get(code="28132")
    ones = [u for u in Unit.objects.below(my_le).hamlets() if u.name == "Ấp 1"]
    assert sorted(u.display_name for u in ones) == ["Ấp 1 (Long Sơn cũ)", "Ấp 1 (Mỹ Lệ cũ)", "Ấp 1 (Tân Trạch cũ)"]
    assert sorted(u.spoken_name for u in ones) == ["Ấp 1, Long Sơn cũ", "Ấp 1, Mỹ Lệ cũ", "Ấp 1, Tân Trạch cũ"]
    assert sorted(map(str, ones)) == sorted(u.display_name for u in ones)
    assert {u.place_name for u in ones} >= {"Ấp 1 (Long Sơn cũ), xã Mỹ Lệ"}
    groups = Unit.objects.below(my_le).of_level(Level.SELF_MANAGED_GROUP)
    assert len({g.display_name for g in groups}) == len({g.spoken_name for g in groups}) == groups.count() > 3
    assert "Tổ nhân dân tự quản số 1, Ấp 1 (Long Sơn cũ)" in {g.display_name for g in groups}


def test_old_names_are_shown_and_found_without_diacritics(present: None) -> None:
    assert Unit.objects.current().get(code="28132").display_name == "Mỹ Lệ, trước là Long Sơn và Tân Trạch"
    assert Unit.objects.at(EVE).get(code="28129").now_name == "Mỹ Lệ, trước là Long Sơn"
    assert Unit.objects.at(EVE).get(code="28129").display_name == "Long Sơn"
    found = Unit.objects.search("long son").communes()
    assert [u.name for u in found] == ["Mỹ Lệ"]
    assert Unit.objects.search("MY LE").first().name == "Mỹ Lệ"  # type: ignore[union-attr]
    ones = Unit.objects.search("ap 1 long son").hamlets()
    assert [u.display_name for u in ones] == ["Ấp 1 (Long Sơn cũ)"]
    assert Unit.objects.search("long son", EVE).first().code == "28129"  # type: ignore[union-attr]
    assert not Unit.objects.search("  ").exists()


def test_names_in_a_list_cost_no_query_each(present: None, django_assert_num_queries: object) -> None:
    units = Unit.objects.current().with_ancestors()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert all(u.display_name and u.spoken_name and u.place_name for u in units)


def test_loading_and_applying_twice_changes_nothing(present: None) -> None:
    before = (Unit.objects.count(), Succession.objects.count(), Entry.objects.count())
    assert demo.load() == 0
    out = io.StringIO()
    call_command("units", "load", stdout=out)
    assert out.getvalue().startswith("0 ")
    assert (Unit.objects.count(), Succession.objects.count(), Entry.objects.count()) == before


def test_another_plan_under_the_same_code_is_refused(present: None) -> None:
    with pytest.raises(Refused):
        reforms.apply_reform(replace(the_plan(), name="another"), actor=ACTOR)


def test_the_database_itself_refuses_an_overlap(present: None) -> None:
    unit = Unit.objects.at(EVE).get(code="28129")
    with pytest.raises(IntegrityError, match="unit_code_never_overlaps"), transaction.atomic():
        Unit.objects.create(
            code="28129", name="Doppel", kind="Xã", level="commune", parent=unit.parent,
            valid_from=date(2024, 1, 1), valid_to=date(2025, 1, 1),
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(code="28132", valid_from=DAY).update(valid_from=EVE - timedelta(days=5))
    with pytest.raises(IntegrityError, match="unit_ends_after_it_begins"), transaction.atomic():
        Unit.objects.filter(pk=unit.pk).update(valid_from=DAY)
    connection.check_constraints()


def test_the_ground_of_what_was_merged_is_its_own_and_no_more(present: None) -> None:
    old, other = (Unit.objects.at(EVE).communes().get(name=name) for name in ("Phước Tuy", "Tân Ân"))
    new = old.current()
    assert new.pk == other.current().pk
    mine, theirs, all_of_it = (set(unit.ground().values_list("pk", flat=True)) for unit in (old, other, new))
    before, since = (set(Unit.objects.at(day).filter(level=Level.HAMLET, code__startswith=old.code).values_list("pk", flat=True)) for day in (EVE, DAY))
    assert before and since and before != since
    assert mine == {old.pk} | before | since, "its hamlets of both times, without the new commune"
    assert mine.isdisjoint(theirs) and mine | theirs < all_of_it and new.pk in all_of_it
    assert old.current().ground().count() == Unit.objects.below_any(new.lineage_ids()).count()
    hamlet = Unit.objects.get(pk=min(before))
    assert set(hamlet.ground().values_list("pk", flat=True)) == {hamlet.pk, hamlet.current().pk}


def test_a_split_sends_each_hamlet_where_the_plan_says(present: None) -> None:
    day = date(2030, 1, 1)
    old = Unit.objects.current().get(code="28132")
    hamlets = list(Unit.objects.current().filter(parent=old).order_by("code"))
    plan = ReformPlan(
        "split", "Tách xã Mỹ Lệ", day, "Nghị quyết giả định",
        new=(NewUnit("28132", "Mỹ Lệ", "Xã", "commune", "80"), NewUnit("28129", "Long Sơn", "Xã", "commune", "80")),
        passings=(Passing("28132", "28132"), Passing("28132", "28129", is_principal=False)),
        children={h.code: "28129" if h.code.startswith("28129") else "28132" for h in hamlets},
    )  # fmt: skip
    reforms.apply_reform(plan, actor=ACTOR)
    with time_machine.travel(datetime(2030, 1, 2, tzinfo=UTC), tick=False):
        old.refresh_from_db()
        assert old.current().name == "Mỹ Lệ"
        assert [u.name for u in old.heirs()] == ["Long Sơn", "Mỹ Lệ"]
        assert [u.name for u in old.successors()] == ["Mỹ Lệ", "Long Sơn"]
        long_son = Unit.objects.current().get(code="28129")
        assert {u.code[:5] for u in Unit.objects.below(long_son).hamlets()} == {"28129"}
        assert next(u.display_name for u in Unit.objects.below(long_son).hamlets()) == "Ấp 1"
        first = Unit.objects.at(EVE).get(code="28129-01")
        commune = first.current().commune()
        assert commune is not None and commune.pk == long_son.pk
    assert consistency.faults() == []


def test_a_rename_keeps_the_code_and_shows_the_old_name(present: None) -> None:
    unit = Unit.objects.current().get(code="28144")
    with time_machine.travel(datetime(2028, 5, 1, tzinfo=UTC), tick=False):
        renamed = reforms.rename_unit(unit, name="Kênh Nước Mặn", on=date(2028, 4, 1), legal_basis="giả định", actor=ACTOR)
        assert renamed.display_name.startswith("Kênh Nước Mặn, trước là Long Hựu")
        unit.refresh_from_db()
        assert unit.current().pk == renamed.pk
        assert renamed.predecessors().get().pk == unit.pk
        assert Unit.objects.search("long huu dong").communes().get().pk == renamed.pk
    assert consistency.faults() == []
