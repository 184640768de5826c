"""Single units: creation, end, codes, rooms, where a user may act."""

from __future__ import annotations

from datetime import date

import pytest

from liengia.core import rooms
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.units import scope, services
from liengia.units.models import Unit

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")


@pytest.fixture
def my_le(present: None) -> Unit:
    return Unit.objects.current().get(code="28132")


def hamlet(parent: Unit | None, name: str = "Ấp Bình Hòa", code: str = "28132-90", **facts: object) -> Unit:
    facts.setdefault("valid_from", date(2025, 7, 1))
    return services.create_unit(
        code=code, name=name, kind="Ấp", level="hamlet", parent=parent, actor=ACTOR, **facts  # type: ignore[arg-type]
    )


def test_a_new_hamlet_stands_below_its_commune(my_le: Unit) -> None:
    unit = hamlet(my_le)
    assert unit.display_name == "Ấp Bình Hòa"
    assert unit in Unit.objects.below(my_le)
    assert [u.name for u in unit.ancestors()] == ["Tây Ninh", "Mỹ Lệ"]
    assert unit.commune() == my_le


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"parent": None}, "orphan"),
        ({"valid_from": date(2025, 6, 1)}, "orphan"),
        ({"valid_from": None}, "orphan"),
        ({"code": "28132-01"}, "overlap"),
        ({"valid_to": date(2025, 7, 1)}, "dates_order"),
    ],
)
def test_an_orphan_or_an_overlap_is_refused_in_words(my_le: Unit, facts: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        hamlet(**{"parent": my_le, **facts})  # type: ignore[arg-type]
    assert refused.value.detail_code == code


def test_a_second_hamlet_of_the_same_name_is_refused(my_le: Unit) -> None:
    hamlet(my_le)
    with pytest.raises(Invalid) as refused:
        hamlet(my_le, name="Ấp Bình Hoà", code="28132-91")
    assert refused.value.detail_code == "namesake"


def test_a_hamlet_cannot_stand_above_another(my_le: Unit) -> None:
    first = hamlet(my_le)
    with pytest.raises(Invalid) as refused:
        hamlet(first, name="Ấp Con", code="x-1")
    assert refused.value.detail_code == "level_order"


def test_ending_a_unit_leaves_no_orphan(my_le: Unit) -> None:
    with pytest.raises(Invalid) as refused:
        services.end_unit(my_le, on=date(2026, 1, 1), legal_basis="x", actor=ACTOR)
    assert refused.value.detail_code == "orphan"
    unit = hamlet(my_le)
    services.end_unit(unit, on=date(2026, 1, 1), legal_basis="x", actor=ACTOR)
    assert not unit.stands_on(date(2026, 1, 1))
    assert unit.current() == unit


def test_the_next_code_is_never_one_that_was_given(my_le: Unit) -> None:
    code = services.next_code(my_le)
    assert not Unit.objects.filter(code=code).exists()
    assert code == "28132-05"


def test_a_commune_switches_a_room_off_for_all_below_it(my_le: Unit, settings: object) -> None:
    settings.ROOMS_OFF = []  # type: ignore[attr-defined]
    unit = Unit.objects.current().get(code="28129-01")
    assert rooms.is_on("alarms", unit)
    services.switch_room(unit=my_le, room="alarms", is_on=False, actor=ACTOR)
    assert not rooms.is_on("alarms", unit)
    assert not rooms.is_on("alarms", Unit.objects.at(date(2023, 8, 6)).get(code="28129"))
    assert rooms.is_on("alarms", Unit.objects.current().get(code="28138"))
    assert rooms.is_on("alarms")
    with pytest.raises(Invalid):
        services.switch_room(unit=my_le, room="people", is_on=False, actor=ACTOR)


def test_scope_follows_succession_and_is_empty_while_nobody_answers(
    my_le: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Person:
        is_superuser = False

    monkeypatch.setattr(scope, "_answers", [])
    assert not scope.units_for(Person(), "x").exists()
    old = Unit.objects.at(date(2023, 8, 6)).get(code="28129")
    scope.answer_by(lambda user, capability: [old] if capability == "x" else [])
    assert scope.covers(Person(), "x", Unit.objects.current().get(code="28129-01"))
    assert not scope.covers(Person(), "x", Unit.objects.current().get(code="28138"))
    assert not scope.covers(Person(), "y", my_le)
