"""The demonstration's Zalo groups: one a hamlet of a commune, and what was posted in them. Invented throughout."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from liengia.broadcast.models import Bulletin, Dispatch, ZaloGroup
from liengia.broadcast.services import bulletins, planning, zalo
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import RoleAssignment, User
from liengia.units.models import Unit

ACTOR: Final = Actor.system("demo")
COMMUNE: Final = "28108"
MOST: Final = 12
HEADLINE: Final = "Cảnh giác cuộc gọi xưng là Công an đòi chuyển tiền"
TEXT: Final = (
    "Kẻ gian gọi điện xưng là Công an, Viện kiểm sát, đọc đúng tên và địa chỉ rồi đòi chuyển tiền để “chứng minh trong sạch”.\n"
    "Công an không làm việc qua điện thoại và không bao giờ yêu cầu chuyển tiền. Bà con tắt máy, báo ngay cho Công an xã hoặc gọi 113."
)


def load() -> int:
    """Load groups and one bulletin that some of them already got; loading twice changes nothing; returns how many groups."""
    commune = Unit.objects.current().filter(code=COMMUNE).first()
    if commune is None or ZaloGroup.objects.exists():
        return 0
    told = clock.today() - timedelta(days=25)
    hamlets = list(Unit.objects.current().below(commune).filter(level="hamlet").order_by("code")[:MOST])
    groups = [
        zalo.keep_group(
            ZaloGroup(unit=hamlet, name=f"Nhóm Zalo phòng, chống tội phạm {hamlet.display_name}"), actor=ACTOR, keeper=_head(hamlet),
            members=150 + 37 * n % 260, members_on=told,
        )
        for n, hamlet in enumerate(hamlets)
    ]  # fmt: skip
    zalo.keep_group(ZaloGroup(unit=commune, name="Nhóm Zalo Công an xã với Nhân dân"), actor=ACTOR, members=812, members_on=told)
    _posted(commune, groups)
    return len(groups) + 1


def _head(hamlet: Unit) -> User | None:
    held = RoleAssignment.objects.current().filter(unit=hamlet).select_related("user").first()
    return held.user if held is not None else None


def _holder(commune: Unit, capability: str, other_than: User | None = None) -> User | None:
    from liengia.people import policies

    found = policies.holders(capability, commune)
    return (found.exclude(pk=other_than.pk) if other_than is not None else found).first()


def _posted(commune: Unit, groups: list[ZaloGroup]) -> None:
    writer = _holder(commune, "broadcast.write")
    approver = _holder(commune, "broadcast.approve", writer)
    if writer is None or approver is None:
        return
    row = bulletins.write(commune, [commune], actor=Actor.of(writer), headline=HEADLINE, text=TEXT, kind="law", channels=["zalo"])
    bulletins.approve(bulletins.submit(row, actor=Actor.of(writer)), actor=Actor.of(approver))
    planning.plan_due()
    dispatch = Dispatch.objects.filter(bulletin=Bulletin.objects.get(pk=row.pk)).first()
    if dispatch is None:
        return
    for n, group in enumerate(groups[: len(groups) * 2 // 3]):
        zalo.tick(dispatch, group, actor=Actor.of(group.keeper or writer))
        if n % 2 == 0:
            zalo.count_back(dispatch, group, actor=Actor.of(group.keeper or writer), seen=90 + 11 * n, reactions=12 + n, replies=n)
