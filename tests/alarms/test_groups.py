"""Groups: founded, joined, left, merged, carried over a reform."""

from __future__ import annotations

import importlib
from datetime import date, timedelta

import pytest
from django.apps import apps

from liengia.alarms import services
from liengia.alarms.models import Device, EscalationPlan, GroupHousehold
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.units.models import Unit
from tests import factories
from tests.alarms.console_scene import Desk
from tests.alarms.given import incident, kinds, press, state

TESTER = Actor.system("test")


def test_numbers_follow_each_other_and_are_used_once(scene: Desk) -> None:
    assert services.create_group(scene.hamlet, actor=TESTER).number == 4
    with pytest.raises(Invalid):
        services.create_group(scene.hamlet, number=3, actor=TESTER)
    with pytest.raises(Invalid):
        services.create_group(scene.hamlet, actor=TESTER, colour="red")


def test_a_household_is_in_one_group_and_a_seat_is_held_once(scene: Desk) -> None:
    other = services.create_group(scene.hamlet, actor=TESTER)
    with pytest.raises(Refused):
        services.add_household(other, household=scene.houses[0], actor=TESTER)
    services.remove_household(scene.group, household=scene.houses[0], actor=TESTER)
    with pytest.raises(Refused):
        services.remove_household(scene.group, household=scene.houses[0], actor=TESTER)
    assert services.add_household(other, household=scene.houses[0], actor=TESTER).seat == 1
    with pytest.raises(Invalid):
        services.add_household(other, household=factories.household(scene.hamlet, 20), seat=1, actor=TESTER)


def test_only_what_may_be_changed_is(scene: Desk) -> None:
    services.change_group(scene.group, changes={"rules": "họp mồng một"}, actor=TESTER)
    with pytest.raises(Invalid):
        services.change_group(scene.group, changes={"state_rev": 0}, actor=TESTER)


def test_merging_needs_no_flashing_also_while_it_rings(scene: Desk) -> None:
    into = services.create_group(scene.hamlet, name="Tổ mới", actor=TESTER)
    services.add_household(into, household=factories.household(scene.hamlet, 21), actor=TESTER)
    for button in scene.buttons:
        services.renew_credential(button, actor=TESTER)
    one = incident(scene)
    assert services.merge_groups(scene.group, into=into, actor=TESTER) == 5
    one.refresh_from_db()
    assert one.group == into
    assert list(into.places.filter(left_on=None).order_by("seat").values_list("seat", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert state(into)["incident"] == state(scene.group)["incident"] == one.public_id
    assert set(Device.objects.values_list("group", flat=True)) == {into.pk}
    joined = press(scene, 4)
    assert joined.incident == one, "a device that has not moved yet presses under its old group"
    for first, second in ((scene.group, into), (into, into), (into, scene.group)):
        with pytest.raises(Refused):
            services.merge_groups(first, into=second, actor=TESTER)


def test_a_reform_moves_groups_while_an_incident_rings(scene: Desk) -> None:
    one = incident(scene)
    new = Unit.objects.create(
        code="x5", name="5", kind="Khu phố", level="hamlet", parent=scene.commune, valid_from=date(2026, 1, 1)
    )
    services.create_group(new, number=3, name="Tổ sẵn có", actor=TESTER)
    keys = scene.group.public_id, scene.buttons[0].public_id
    assert services.move_groups(scene.hamlet, new, on=date(2026, 1, 1), actor=TESTER) == 1
    assert services.move_groups(scene.hamlet, new, on=date(2026, 1, 1), actor=TESTER) == 0
    scene.group.refresh_from_db()
    assert (scene.group.unit, scene.group.number) == (new, 4)
    assert (scene.group.public_id, scene.buttons[0].public_id) == keys
    assert incident(scene, 2) == one
    assert "moved" in kinds(one)


def test_plans_follow_their_unit(scene: Desk) -> None:
    for unit in (scene.commune, scene.hamlet):
        EscalationPlan.objects.create(unit=unit, kind="fire", name="thử")
    assert services.move_plans(scene.hamlet, scene.commune, on=date(2026, 1, 1), actor=TESTER) == 1
    assert EscalationPlan.objects.filter(unit=scene.commune, is_active=True).count() == 1


def test_places_of_houses_that_left_before_end_with_the_update(scene: Desk) -> None:
    gone, stays = scene.houses[2], scene.houses[3]
    type(gone).objects.filter(pk=gone.pk).update(is_active=False, left_on=clock.today() - timedelta(days=9))
    end = importlib.import_module("liengia.alarms.migrations.0004_places_of_houses_that_left").end_places
    GroupHousehold.objects.update(joined_on=clock.today() - timedelta(days=90))
    end(apps, None)
    assert GroupHousehold.objects.get(household=gone).left_on == clock.today() - timedelta(days=9)
    assert GroupHousehold.objects.get(household=stays).left_on is None
