"""The demonstration's people: invented, plainly so. Loading twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.db import transaction

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people import services
from liengia.people.demo_logins import LOGINS, PASSWORD, TOTP_SECRET, DemoLogin
from liengia.people.models import (
    DutyPost,
    DutyShift,
    EmergencyNumber,
    Household,
    Membership,
    RoleAssignment,
    User,
)
from liengia.people.services.duty import at_local
from liengia.units.models import Unit

ACTOR: Final = Actor.system("demo")
COMMUNE: Final = "28108"
POST: Final = "Trực ban Công an xã Cần Đước"
HOUSE_NUMBERS: Final = (1, 4, 6, 7, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23, 25)
_FAMILIES: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương")
_MIDDLES: Final = ("Thị", "Văn", "Minh", "Ngọc", "Thanh", "Hữu", "Kim")
# Given names of trees, fruits and birds: nobody takes them for real neighbours.
_GIVEN: Final = (
    "Lụa", "Bông Súng", "Sầu Đâu", "Mận", "Ổi", "Lúa", "Sen", "Cau", "Dừa Nước", "Điên Điển", "Trâm", "Bần", "Sáo",
    "Cò", "Le Le", "So Đũa", "Mù U", "Bằng Lăng", "Khế", "Xoài",
)  # fmt: skip
_MARKS: Final = (
    "cạnh tiệm tạp hóa",
    "đối diện miếu Bà",
    "sau trường mẫu giáo",
    "gần cầu ván",
    "bên quán cà phê võng",
)
_ROLES: Final = {
    "truc1": ("duty_officer",),
    "truc2": ("duty_officer",),
    "truc3": ("duty_officer",),
    "chihuy": ("commander",),
    "quantri": ("commune_admin",),
    "bientap": ("commune_editor",),
    "chutich": ("commune_approver", "commune_chairman"),
    "chuyenvien": ("specialist",),
    "mattran": ("front_officer",),
}
# Who works in another unit than the demonstration's commune: the commune beside it, and the province.
_ELSEWHERE: Final = {"rachkien": ("28114", "commune_chairman"), "tinh": ("80", "area_admin")}


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The households of one neighbour group to come; `alarms` makes the group."""

    number: int
    hamlet: Unit
    lane: str
    households: list[Household]
    leader: User | None
    deputy: User | None


@dataclass(slots=True)
class Loaded:
    """What was loaded: logins for the printed table, and the neighbourhoods."""

    logins: list[DemoLogin] = field(default_factory=list)
    neighbourhoods: list[Neighbourhood] = field(default_factory=list)
    post: DutyPost | None = None


def load(
    *, groups: int = 24, households: int = 12, progress: Callable[[str], None] = lambda said: None
) -> Loaded:
    """Load accounts, the duty post with its rota, and households; the units of the present must stand."""
    services.ensure_default_roles()
    commune = Unit.objects.current().communes().get(code=COMMUNE)
    users = _office(commune)
    post = _post(commune, users)
    _numbers(commune)
    hamlets = list(Unit.objects.current().hamlets().below(commune).order_by("code"))
    loaded = Loaded(logins=list(LOGINS), post=post)
    for number, hamlet in enumerate(_spread(hamlets, groups), start=1):
        count = len(HOUSE_NUMBERS) if number == 3 else households
        loaded.neighbourhoods.append(_neighbourhood(number, hamlet, count))
        progress(f"{number}/{groups}")
    _head_of_hamlet(next(h for h in hamlets if h.name == "Khu phố 5"))
    return loaded


def _spread(hamlets: list[Unit], groups: int) -> list[Unit]:
    """Give Khu phố 5 every fourth group and group 3, the other hamlets the rest in turn."""
    five = next(hamlet for hamlet in hamlets if hamlet.name == "Khu phố 5")
    others = [hamlet for hamlet in hamlets if hamlet.pk != five.pk] or [five]
    return [five if n % 4 == 3 else others[n % len(others)] for n in range(1, groups + 1)]


def _user(username: str, full_name: str, *, phone: str | None = None, is_staff: bool = False) -> User:
    """Make an account; only the printed logins have a password, the others would use their invitation."""
    standing = User.objects.filter(username=username).first()
    if standing is not None:
        return standing
    user = services.make_user(actor=ACTOR, username=username, full_name=full_name, phone=phone, is_staff=is_staff)
    if is_staff or username in {login.username for login in LOGINS}:
        user.password = _hashed()
        user.save(update_fields=["password"])
    return user


@cache
def _hashed() -> str:
    """Hash the one password of all logins once: a good hash is slow, and this one guards what everybody knows."""
    return make_password(PASSWORD)


def _office(commune: Unit) -> dict[str, User]:
    names = {login.username: login.label for login in LOGINS}
    names |= {"truc2": "Phan Văn Canh", "truc3": "Lý Thị Gác"}
    users = {name: _user(name, names[name], is_staff=True) for name in (*_ROLES, *_ELSEWHERE)}
    for name, roles in _ROLES.items():
        for role in roles:
            services.assign_role(users[name], role, commune, actor=ACTOR)
    for name, (code, role) in _ELSEWHERE.items():
        services.assign_role(users[name], role, Unit.objects.current().get(code=code), actor=ACTOR)
    for name in users:
        if not Authenticator.objects.filter(user=users[name]).exists():
            TOTP.activate(users[name], TOTP_SECRET)
            RecoveryCodes.activate(users[name])
    return users


def _post(commune: Unit, users: dict[str, User]) -> DutyPost:
    """Make the post, and shifts from yesterday over the next 14 days: 07:00 to 07:00, three officers in turn."""
    post, _made = DutyPost.objects.get_or_create(unit=commune, name=POST, defaults={"phone": "+842723000113"})
    turn = [users["truc1"], users["truc2"], users["truc3"]]
    for offset in range(-1, 15):
        day = clock.today() + timedelta(days=offset)
        begins = at_local(day, time(7))
        # The officer whose login stands first is on duty when the demonstration begins.
        officer = turn[(day.toordinal() - _first_day(post)) % 3]
        for user, role in ((officer, DutyShift.Role.OFFICER), (users["chihuy"], DutyShift.Role.COMMANDER)):
            span = DutyShift.objects.filter(post=post, role=role).overlapping(
                begins, begins + timedelta(days=1)
            )
            if not span.exists():
                DutyShift.objects.create(
                    post=post, user=user, role=role, starts_at=begins, ends_at=begins + timedelta(days=1)
                )
    return post


def _first_day(post: DutyPost) -> int:
    first = (
        DutyShift.objects.filter(post=post).order_by("starts_at").values_list("starts_at", flat=True).first()
    )
    began = clock.local(first).date() if first else clock.today() - timedelta(days=1)
    now = clock.local(clock.now())
    running = clock.today() if now.time() >= time(7) else clock.today() - timedelta(days=1)
    return running.toordinal() if first is None else began.toordinal() + (running - began).days % 3


def _numbers(commune: Unit) -> None:
    for order, (label, number) in enumerate(
        (
            (POST, "02723000113"),
            ("Trạm Y tế xã Cần Đước", "02723000115"),
            ("Điện lực Cần Đước", "02723000119"),
        ),
        start=60,
    ):
        EmergencyNumber.objects.get_or_create(
            unit=commune,
            number=number,
            defaults={
                "label": label,
                "order": order,
                "valid_from": date(2025, 7, 1),
                "source": "số bịa của bản trình diễn",
            },
        )


def _name(seed: int) -> str:
    family = _FAMILIES[seed * 5 % len(_FAMILIES)]
    return f"{family} {_MIDDLES[seed * 3 % len(_MIDDLES)]} {_GIVEN[seed * 7 % len(_GIVEN)]}"


def _phone(number: int, seat: int) -> str:
    """Invented numbers only: 0900 000 0xx for group 3, 0900 0gg 0ss for the others."""
    return f"+849000{0 if number == 3 else number:02}{seat:03}"


def _neighbourhood(number: int, hamlet: Unit, count: int) -> Neighbourhood:
    lane = "hẻm 42" if number == 3 else f"hẻm {10 + number * 3}"
    houses = [_house(number, hamlet, lane, index) for index in range(count)]
    leader = _member(houses[0], _phone(number, 1), is_leader=True)
    deputy = _member(houses[1], _phone(number, HOUSE_NUMBERS[1]), is_leader=True)
    for index in (2, 4, 5):
        _member(houses[index], _phone(number, HOUSE_NUMBERS[index]), is_leader=False)
    return Neighbourhood(number, hamlet, lane, houses, leader, deputy)


def _house(number: int, hamlet: Unit, lane: str, index: int) -> Household:
    house = HOUSE_NUMBERS[index % len(HOUSE_NUMBERS)]
    street = lane.removeprefix("hẻm ")
    address = f"{street}/{house} {lane}"
    standing = Household.objects.filter(hamlet=hamlet, address_label=address).first()
    if standing is not None:
        return standing
    seed = number * 31 + index * 7
    known = {(3, 0): "Phạm Thị Mộc Miên", (3, 4): "Trần Thị Lụa"}
    head = known.get((number, index)) or _name(seed)
    base_lat, base_lon = hamlet.lat or 10.5043, hamlet.lon or 106.5967
    in_hamlet, row = number * 7 % 10 - 5, index
    kind = Household.Kind.BOARDING_HOUSE if index == 11 and number % 4 == 3 else Household.Kind.HOME
    return services.make_household(
        actor=ACTOR,
        hamlet=hamlet,
        address_label=address,
        house_label=f"Nhà số {house}",
        head_name=head,
        landmark=_MARKS[seed % len(_MARKS)] if index % 3 == 0 else "",
        lane_width_m=Decimal("2.5" if number % 2 else "3.5"),
        truck_meets_at=f"đầu {lane}, trước quán cà phê",
        water_source="trụ nước đầu hẻm" if number % 3 else "rạch sau nhà số 12",
        lat=round(base_lat + in_hamlet * 0.0006, 6),
        lon=round(base_lon + in_hamlet * 0.0004 + row * 0.00012, 6),
        kind="shop" if index % 5 == 2 else kind,
        phones=[
            services.PhoneLine(_phone(number, house), head, "chủ hộ"),
            *([services.PhoneLine(_phone(number, 100 + house), _name(seed + 1), "con")] if index % 2 else []),
        ],
        kit=_kit(index),
        rooms=["Phòng 1", "Phòng 2", "Phòng 3", "Phòng 4"]
        if kind == "boarding_house" and index % 5 != 2
        else [],
    )


def _kit(index: int) -> list[services.KitLine]:
    if index == 6:
        return []
    soon = clock.today() + timedelta(days=20 if index == 5 else 400 + index * 9)
    lines = [
        services.KitLine(
            "co2_extinguisher" if index == 2 else "powder_extinguisher", 2 if index == 0 else 1, soon
        )
    ]
    tools = ("crowbar", "bolt_cutter", "hammer", "axe")
    lines.append(services.KitLine(tools[index % 4]))
    if index % 3 == 0:
        lines.append(services.KitLine("second_exit"))
    return lines


@transaction.atomic
def _member(household: Household, phone: str, *, is_leader: bool) -> User:
    user = _user(phone, household.head_name, phone=phone)
    now = clock.now()
    Membership.objects.get_or_create(
        user=user, household=household, ended_at=None, defaults={"confirmed_at": now, "is_head": True}
    )
    role = "group_leader" if is_leader else "resident"
    if not RoleAssignment.objects.current().filter(user=user, role__code=role).exists():
        services.assign_role(user, role, household.hamlet, actor=ACTOR)
    return user


def _head_of_hamlet(hamlet: Unit) -> None:
    head = _user("truongap", "Huỳnh Văn Khu Phố", phone="+84900000081")
    services.assign_role(head, "hamlet_head", hamlet, actor=ACTOR)
    for name, full_name, phone in (
        ("tobv1", "Cao Văn Tuần", "+84900000082"),
        ("tobv2", "Mai Thị Tra", "+84900000083"),
    ):
        services.assign_role(_user(name, full_name, phone=phone), "security_team", hamlet, actor=ACTOR)
