"""The named cast: the same few invented people and places in all tests.

Mộc Miên leads the neighbours of house 1; Lụa lives in house 9; Trực is on duty; Quản keeps accounts; Huỳnh heads the
hamlet; Khách belongs to nobody. The commune is Cần Đước with Khu phố 5; Rạch Kiến is the neighbouring commune.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from liengia.core.actor import Actor
from liengia.people import services
from liengia.people.models import DutyPost, Household, Membership, User
from liengia.units.models import Unit
from tests import factories

TESTER = Actor.system("test")
PASSWORD = "bon tai cho hai nha"


@dataclass(slots=True)
class Cast:
    """Everybody, with the places they belong to."""

    province: Unit
    commune: Unit
    other_commune: Unit
    hamlet: Unit
    house_1: Household
    house_9: Household
    moc_mien: User
    lua: User
    truc: User
    quan: User
    huynh: User
    khach: User
    post: DutyPost


def assemble() -> Cast:
    """Make the cast in an empty database."""
    province = factories.unit("80", "Tây Ninh", "province", valid_from=date(2025, 7, 1))
    commune = factories.unit("28108", "Cần Đước", "commune", parent=province, valid_from=date(2025, 7, 1))
    other = factories.unit("28114", "Rạch Kiến", "commune", parent=province, valid_from=date(2025, 7, 1))
    hamlet = factories.unit("28108-05", "Khu phố 5", "hamlet", parent=commune, valid_from=date(2025, 7, 1))
    house_1 = factories.household(hamlet, 1, "Phạm Thị Mộc Miên")
    house_9 = factories.household(hamlet, 9, "Trần Thị Lụa")
    moc_mien = factories.user("+84900000001", "Phạm Thị Mộc Miên", house_1)
    lua = factories.user("+84900000009", "Trần Thị Lụa", house_9)
    truc = factories.user("truc", "Nguyễn Văn Trực", is_staff=True)
    quan = factories.user("quan", "Trần Quản Trị", is_staff=True)
    huynh = factories.user("huynh", "Huỳnh Văn Khu Phố")
    khach = factories.user("khach", "Người Khách")
    for who, role, unit in (
        (truc, "duty_officer", commune),
        (quan, "commune_admin", commune),
        (huynh, "hamlet_head", hamlet),
    ):
        services.assign_role(who, role, unit, actor=TESTER)
    post = DutyPost.objects.create(unit=commune, name="Trực ban Công an xã Cần Đước", phone="02723000113")
    return Cast(
        province, commune, other, hamlet, house_1, house_9, moc_mien, lua, truc, quan, huynh, khach, post
    )


def joined(user: User, household: Household) -> Membership:
    """Return the standing membership."""
    return Membership.objects.get(user=user, household=household, ended_at=None)
