"""One commune with a group of houses, its duty desk, and a second commune: what the console's tests stand on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.test import Client

from liengia.alarms import services
from liengia.alarms.messages import PressMessage, RangMessage
from liengia.alarms.models import Device, GroupHousehold, Incident, NeighbourGroup
from liengia.core import clock
from liengia.people.models import (
    Consent,
    DutyPost,
    DutyShift,
    EmergencyNumber,
    EvacuationNeed,
    Household,
    HouseholdPhone,
    KitItem,
    Role,
    RoleAssignment,
    User,
)
from liengia.people.models.households import NEED_WORDING
from liengia.people.services import ensure_default_roles
from liengia.units.models import Unit
from tests.harness.factor import give_second_factor


@dataclass
class Desk:
    """The scene: a commune's desk with two officers, one group, and an officer of elsewhere."""

    commune: Unit
    hamlet: Unit
    group: NeighbourGroup
    houses: list[Household]
    buttons: list[Device]
    officer: User
    second: User
    elsewhere: User
    leader: User
    presses: int = field(default=0)

    def press(self, house: int = 9, *, kind: str = "fire", mode: str = "real", silent: bool = False) -> Incident:
        """Press the button of a house and return the incident that stands then."""
        device = self.buttons[house - 1]
        message = PressMessage(
            str(uuid.uuid4()), self.group.public_id, device.public_id, kind, mode, silent, 0.0, 0.0, "", clock.now()
        )
        services.record_presses([message])
        return Incident.objects.filter(group=self.group, kind=kind, mode=mode, is_silent=silent).latest("opened_at")

    def ring(self, *houses: int) -> None:
        """Let the sirens of houses say that they sound."""
        words = [RangMessage(self.group.public_id, self.buttons[n - 1].public_id, "", "", clock.now()) for n in houses]
        services.record_soundings(words, at=clock.now())


def sign_in(client: Client, user: User, *, second_factor: bool = True) -> Client:
    """Sign a user in; with a second factor as allauth notes it in the session."""
    client.force_login(user, backend="liengia.people.backends.PhoneBackend")
    if second_factor:
        give_second_factor(client, user)
    return client


def _user(name: str, login: str, phone: str) -> User:
    return User.objects.create_user(login, full_name=name, phone=phone)


def _give(user: User, role: str, unit: Unit) -> None:
    RoleAssignment.objects.create(user=user, role=Role.objects.get(code=role), unit=unit, valid_from=clock.now())


def desk(*, houses: int = 15) -> Desk:
    """Build the scene; names are invented."""
    ensure_default_roles()
    services.ensure_default_plans()
    province = Unit.objects.create(code="80", name="Tây Ninh", kind="Tỉnh", level="province")
    commune = Unit.objects.create(code="28108", name="Cần Đước", kind="Xã", level="commune", parent=province)
    other = Unit.objects.create(code="28132", name="Mỹ Lệ", kind="Xã", level="commune", parent=province)
    hamlet = Unit.objects.create(code="28108-05", name="5", kind="Khu phố", level="hamlet", parent=commune)
    officer = _user("Lê Hoàng Phúc", "truc.phuc", "+84900000101")
    second = _user("Đặng Quốc Toàn", "truc.toan", "+84900000102")
    elsewhere = _user("Ngô Thị Hạnh", "truc.hanh", "+84900000103")
    leader = _user("Phạm Thị Mộc Miên", "to.mien", "+84900000104")
    team = _user("Trần Văn Thuận", "bv.thuan", "+84900000105")
    _give(officer, "duty_officer", commune)
    _give(second, "commander", commune)
    _give(elsewhere, "duty_officer", other)
    _give(team, "security_team", hamlet)
    post = DutyPost.objects.create(unit=commune, name="Trực ban Công an xã Cần Đước", phone="02723000113")
    now = clock.now()
    for user, role in ((officer, "officer"), (second, "commander")):
        DutyShift.objects.create(
            post=post, user=user, role=role, starts_at=now - timedelta(hours=2), ends_at=now + timedelta(hours=40)
        )
    for order, (number, label) in enumerate((("113", "Công an"), ("114", "Chữa cháy"), ("115", "Cấp cứu")), start=1):
        EmergencyNumber.objects.get_or_create(
            number=number, unit=None, defaults={"label": label, "order": order, "valid_from": now.date()}
        )
    group = NeighbourGroup.objects.create(
        unit=hamlet, number=3, name="Tổ liên gia số 3", leader=leader, assembly_point="Sân Nhà văn hóa Khu phố 5"
    )
    homes, buttons = [], []
    for n in range(1, houses + 1):
        house = Household.objects.create(
            hamlet=hamlet,
            head_name=_HEADS[(n - 1) % len(_HEADS)],
            address_label=f"42/{n} hẻm 42",
            house_label=f"Nhà số {n}",
            landmark="gần chợ Cần Đước" if n == 9 else "",
            lane_width_m=Decimal("2.1"),
            truck_meets_at="ngã ba chợ" if n == 9 else "",
            water_source="trụ nước 07" if n == 9 else "",
        )
        HouseholdPhone.objects.create(household=house, phone=f"+849000000{n:02}", name=house.head_name)
        KitItem.objects.create(household=house, kind="powder_extinguisher", count=1)
        GroupHousehold.objects.create(group=group, household=house, seat=n, joined_on=now.date())
        homes.append(house)
        buttons.append(
            Device.objects.create(
                group=group, household=house, kind="both", place="nút trong nhà", provisioned_at=now, first_seen_at=now
            )
        )
    consent = Consent.objects.create(household=homes[min(8, houses - 1)], purpose="evacuation", wording=NEED_WORDING)
    EvacuationNeed.all_needs.create(
        household=homes[min(8, houses - 1)], text="một cụ 84 tuổi cần dìu ra", consent=consent
    )
    return Desk(commune, hamlet, group, homes, buttons, officer, second, elsewhere, leader)


_HEADS = (
    "ông Võ Văn Bền", "bà Lê Thị Sáu", "ông Huỳnh Văn Tư", "bà Ngô Thị Bảy", "ông Trần Văn Năm", "anh Đỗ Văn Luân",
    "ông Bùi Thành Đạt", "bà Phan Thị Chín", "bà Trần Thị Lụa", "ông Dương Văn Mười",
)  # fmt: skip
