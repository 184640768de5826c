"""Capabilities in a unit and below, for a time, along the succession of units; fingerprints of open streams."""

from __future__ import annotations

from datetime import date, timedelta

from liengia.core import clock
from liengia.people import capabilities, policies, services
from liengia.people.models import Household, Role, RoleAssignment
from liengia.people.reform import move_households, move_roles
from liengia.people.services import accounts
from liengia.units.models import Succession
from tests import factories
from tests.cast import TESTER, Cast


def test_a_capability_holds_below_its_unit_and_nowhere_else(cast: Cast) -> None:
    assert policies.can(cast.quan, "people.accounts", cast.commune)
    assert policies.can(cast.quan, "people.accounts", cast.hamlet)
    assert not policies.can(cast.quan, "people.accounts", cast.other_commune)
    assert not policies.can(cast.quan, "people.accounts", cast.province)
    assert not policies.can(cast.lua, "people.accounts")
    assert [unit.pk for unit in policies.units_where(cast.quan, "people.accounts")] == [cast.commune.pk]


def test_holders_are_those_of_the_unit_and_above(cast: Cast) -> None:
    assert list(policies.holders("people.duty", cast.hamlet)) == [cast.truc]
    assert not policies.holders("people.duty", cast.other_commune).exists()


def test_a_role_ends_with_its_time(cast: Cast) -> None:
    assignment = RoleAssignment.objects.get(user=cast.truc)
    before = policies.fingerprint(cast.truc.pk)
    services.end_role(assignment, actor=TESTER)
    assert not policies.can(cast.truc, "people.duty")
    assert policies.fingerprint(cast.truc.pk) != before
    assert not cast.truc.groups.exists()


def test_the_fingerprint_of_a_closed_account_is_none(cast: Cast) -> None:
    services.close_user(cast.truc, actor=TESTER)
    assert policies.fingerprint(cast.truc.pk) is None


def test_roles_and_households_follow_the_succession(cast: Cast) -> None:
    today = clock.today()
    new = factories.unit("99999", "Đước Mới", "commune", parent=cast.province, valid_from=today)
    new_hamlet = factories.unit("99999-05", "Khu phố 5", "hamlet", parent=new, valid_from=today)
    for old, successor in ((cast.commune, new), (cast.hamlet, new_hamlet)):
        old.valid_to = today
        old.save()
        Succession.objects.create(old=old, new=successor, kind="merge", on=today)
    policies.forget_grants(cast.quan)
    assert policies.can(cast.quan, "people.accounts", new_hamlet), (
        "before the move the assignment is followed"
    )
    while move_households(cast.hamlet, new_hamlet, on=today, actor=TESTER):
        pass
    soon = clock.now() + timedelta(days=3)
    other = factories.unit("99998", "Xã Kia", "commune", parent=cast.province)
    services.assign_role(cast.truc, "commander", other, actor=TESTER, valid_to=soon)
    services.assign_role(cast.truc, "commander", cast.commune, actor=TESTER)
    for place in (other, cast.commune):
        while move_roles(place, new, on=today, actor=TESTER):
            pass
    held = RoleAssignment.objects.get(user=cast.truc, role__code="commander", unit=new)
    assert held.valid_to is None, "the one that ends soon came first, and the other goes on"
    policies.forget_grants(cast.quan)
    assert policies.can(cast.quan, "people.accounts", new_hamlet)
    assert Household.objects.filter(hamlet=new_hamlet).count() == 2


def test_what_an_administrator_took_away_stays_away(cast: Cast) -> None:
    role = Role.objects.get(code="commander")
    services.set_capabilities(
        role, [code for code in role.capabilities if code != "people.duty_rota"], actor=TESTER
    )
    capabilities.register("people.test_only", "x", shipped_to=("commander",))
    try:
        accounts.ensure_default_roles()
        role.refresh_from_db()
        assert "people.test_only" in role.capabilities
        assert "people.duty_rota" not in role.capabilities
    finally:
        capabilities._capabilities.pop("people.test_only")


def test_shipped_roles_are_named_in_vietnamese(cast: Cast) -> None:
    assert Role.objects.get(code="duty_officer").label == "Trực ban"


def test_an_assignment_in_the_future_gives_nothing_yet(cast: Cast) -> None:
    services.assign_role(
        cast.khach, "commune_admin", cast.commune, actor=TESTER, valid_from=clock.now() + timedelta(days=1)
    )
    assert not policies.can(cast.khach, "people.accounts")
    assert date.today()
