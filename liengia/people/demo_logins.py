"""The demonstration's known logins: invented people, passwords and secrets that everybody may know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

PASSWORD: Final = "bon-tai-cho-2025"  # noqa: S105  (the demonstration’s, shown on its own sign-in page)
TOTP_SECRET: Final = "LIENGIALIENGIALIENGIALIENGIA2345"  # noqa: S105


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One login of the demonstration."""

    username: str
    label: str
    role: str
    has_code: bool = False
    password: str = PASSWORD


@dataclass(frozen=True, slots=True)
class Shown:
    """A login with its code of this moment."""

    username: str
    label: str
    role: str
    password: str
    code: str


LOGINS: Final = (
    DemoLogin("truc1", "Nguyễn Văn Trực", "Trực ban Công an xã", True),
    DemoLogin("chihuy", "Lê Thị Chỉ Huy", "Chỉ huy ca trực", True),
    DemoLogin("quantri", "Trần Quản Trị", "Quản trị của xã", True),
    DemoLogin("bientap", "Đỗ Thị Biên Tập", "Cán bộ thông tin", True),
    DemoLogin("chutich", "Võ Văn Duyệt", "Lãnh đạo xã duyệt tin", True),
    DemoLogin("chuyenvien", "Phạm Văn Trả Lời", "Công chức trả lời ý kiến", True),
    DemoLogin("mattran", "Mai Thị Mặt Trận", "Cán bộ Mặt trận Tổ quốc xã", True),
    DemoLogin("rachkien", "Lâm Văn Rạch", "Lãnh đạo xã Rạch Kiến, xã bên cạnh", True),
    DemoLogin("tinh", "Ngô Thị Tỉnh", "Cán bộ của tỉnh: lập mùa ngày hội cho nhiều xã, đọc ý kiến bạn đọc dưới tin của tỉnh", True),
    DemoLogin("+84900000001", "Phạm Thị Mộc Miên", "Tổ trưởng Tổ liên gia số 3, Khu phố 5"),
    DemoLogin("+84900000009", "Trần Thị Lụa", "Bà con, Nhà số 9"),
    DemoLogin("truongap", "Huỳnh Văn Khu Phố", "Trưởng Khu phố 5"),
)


def code_now() -> str:
    """Return the six digits that the demonstration's secret shows at this moment."""
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(TOTP_SECRET, counters[len(counters) // 2])))


def shown() -> list[Shown]:
    """Return the logins as the sign-in page shows them."""
    code = code_now()
    return [
        Shown(one.username, one.label, one.role, one.password, code if one.has_code else "") for one in LOGINS
    ]
