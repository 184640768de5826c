"""Small makers of rows for tests; each room adds its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people import services
from liengia.people.models import Household, Membership, User
from liengia.units.models import Unit

TESTER = Actor.system("test")
_KINDS = {"province": "Tỉnh", "commune": "Xã", "hamlet": "Khu phố", "self_managed_group": "Tổ"}


def unit(
    code: str, name: str, level: str, *, parent: Unit | None = None, valid_from: date | None = None
) -> Unit:
    """Make a unit that stands today."""
    return Unit.objects.create(
        code=code, name=name, kind=_KINDS[level], level=level, parent=parent, valid_from=valid_from
    )


def household(hamlet: Unit, number: int, head_name: str = "Võ Minh Luân", **facts: Any) -> Household:
    """Make a household with one phone and an extinguisher."""
    return services.make_household(
        actor=TESTER,
        hamlet=hamlet,
        address_label=f"42/{number} hẻm 42",
        house_label=f"Nhà số {number}",
        head_name=head_name,
        phones=[services.PhoneLine(f"0900 000 {number:03}", head_name)],
        kit=[services.KitLine("powder_extinguisher")],
        **facts,
    )


def user(
    username: str,
    full_name: str,
    household: Household | None = None,
    *,
    is_staff: bool = False,
    password: str | None = None,
) -> User:
    """Make an account, and a confirmed membership when a household is given."""
    made = services.make_user(
        actor=TESTER, username=username, full_name=full_name, is_staff=is_staff, password=password
    )
    if household is not None:
        Membership.objects.create(user=made, household=household, confirmed_at=clock.now(), is_head=True)
    return made
