"""Groups from a spreadsheet: in small transactions, and all taken back when one fails."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db.models import F
from openpyxl import load_workbook

from liengia.alarms import leader_import, services
from liengia.alarms.models import GroupHousehold, NeighbourGroup
from liengia.audit.models import Entry
from liengia.people import spreadsheet
from liengia.people.models import Household, User
from liengia.people.services import erase_household
from liengia.people.spreadsheet import GROUPS, HOUSES, Sheet
from tests import factories
from tests.cast import TESTER, Cast, assemble

pytestmark = pytest.mark.django_db(transaction=True)


def filled(groups: int, houses: int) -> Sheet:
    """Return a read file of some groups of some houses."""
    return spreadsheet.read(io.BytesIO(workbook(groups, houses)))


def workbook(groups: int, houses: int) -> bytes:
    """Return a file of some groups of some houses."""
    book = load_workbook(io.BytesIO(spreadsheet.template()))
    for number in range(1, groups + 1):
        book[GROUPS].append([number, f"Tổ {number}", "Khu phố 5", "Phạm Thị Sen", f"0901 {number:03} 001"])
        for house in range(1, houses + 1):
            row = [number, f"Nhà số {house}", "Võ Minh Luân", f"{number}/{house} hẻm {number}", "", "Nhà ở"]
            book[HOUSES].append([*row, f"0902 {number:03} {house:03}"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_group_gets_its_houses_in_order_and_its_leader() -> None:
    cast: Cast = assemble()
    outcome = leader_import.import_groups(filled(3, 5), cast.commune, actor=TESTER)
    assert (len(outcome.groups), outcome.households, outcome.errors) == (3, 15, [])
    for group in outcome.groups:
        seats = GroupHousehold.objects.filter(group=group).order_by("seat")
        assert [(one.seat, one.household.house_label) for one in seats] == [(n, f"Nhà số {n}") for n in range(1, 6)]
        assert group.leader is not None and group.leader.full_name == "Phạm Thị Sen"
    again = leader_import.import_groups(filled(1, 1), cast.commune, actor=TESTER)
    assert again.errors and not again.groups, "what stands already is told, not written twice"


def test_when_a_late_house_fails_nothing_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    cast: Cast = assemble()
    standing, real = Household.objects.count(), services.add_household

    def fails_in_the_third(group: NeighbourGroup, **facts: Any) -> GroupHousehold:
        if group.number == 3:
            raise RuntimeError("the power went")
        return real(group, **facts)

    monkeypatch.setattr(services, "add_household", fails_in_the_third)
    with pytest.raises(RuntimeError):
        leader_import.import_groups(filled(3, 5), cast.commune, actor=TESTER)
    assert not NeighbourGroup.objects.exists() and not GroupHousehold.objects.exists()
    assert Household.objects.count() == standing
    assert Entry.objects.filter(kind="alarms.import_undone").count() == 3, "the log says that they were taken back"


def test_nobody_becomes_leader_by_typing_a_phone_number() -> None:
    cast: Cast = assemble()
    User.objects.filter(pk=cast.khach.pk).update(phone="+84901001001")
    outcome = leader_import.import_groups(filled(2, 1), cast.commune, actor=TESTER)
    assert [error.row for error in outcome.errors] == [3] and not outcome.groups
    real = factories.user("+84901001001", "Phạm Thị Sen")
    User.objects.filter(pk=real.pk).update(phone="+84909999999")
    outcome = leader_import.import_groups(filled(2, 1), cast.commune, actor=TESTER)
    assert not outcome.errors and outcome.groups[0].leader == real
    NeighbourGroup.objects.update(number=90 + F("number"))
    Household.objects.update(address_label="42 hẻm cũ")
    User.objects.filter(pk=real.pk).update(is_active=False)
    assert [error.row for error in leader_import.check(filled(2, 1), cast.commune)] == [3], "a closed account leads nobody"


def test_a_household_that_is_deleted_leaves_its_group_and_the_cards_are_printed() -> None:
    cast: Cast = assemble()
    group = services.create_group(cast.hamlet, name="Tổ 3", number=3, leader=cast.moc_mien, actor=TESTER)
    for house in (cast.house_1, cast.house_9):
        services.add_household(group, household=house, actor=TESTER)
    erase_household(cast.house_9, actor=TESTER, reason="gia đình yêu cầu")
    assert [place.household for place in GroupHousehold.objects.active().filter(group=group)] == [cast.house_1]
    assert Entry.objects.filter(kind="alarms.household_left_group").count() == 1
    GroupHousehold.objects.update(left_on=None)  # as left by an earlier version
    assert len(leader_import.invite_all([group], actor=TESTER)[group.pk]) == 2
