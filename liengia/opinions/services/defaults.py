"""Shipped topics and reasons, as data that a commune replaces; and a commune's rules."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import pagecache
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.opinions.models import OpinionRules, RefusalReason, Topic
from liengia.units.models import Level, Unit

_SOURCE: Final = "Theo mẫu Quyết định 1207/QĐ-UBND (Hà Nội, 2025); xã đặt theo quy chế của mình"
# Code, name, urgent.
TOPICS: Final = (
    ("lighting", "Đèn đường, điện", False),
    ("roads", "Đường sá, cầu cống", False),
    ("drainage", "Thoát nước, ngập", False),
    ("noise", "Tiếng ồn, karaoke", False),
    ("security", "An ninh trật tự", False),
    ("fire_safety", "Phòng cháy, chữa cháy", False),
    ("traffic", "Giao thông", False),
    ("waste", "Rác thải, môi trường", False),
    ("danger", "Chỗ nguy hiểm (dây điện đứt, hố sâu, cây ngã)", True),
    ("administration", "Giấy tờ, thủ tục, thái độ phục vụ", False),
    ("children", "Trẻ em, trường học", False),
    ("other", "Việc khác", False),
)
# Code, name, words to the writer, belongs elsewhere by law.
REASONS: Final = (
    (
        "crime_report",
        "Tố giác, tin báo về tội phạm",
        "Đây là tố giác hoặc tin báo về tội phạm. Xin gọi 113 hoặc trực ban Công an xã, hoặc gửi qua mục Tố giác tội phạm"
        " trong ứng dụng VNeID. Xã không giải quyết việc này ở mục góp ý.",
        True,
    ),
    (
        "complaint",
        "Khiếu nại",
        "Đây là khiếu nại theo Luật Khiếu nại. Xin gửi đơn đến Bộ phận tiếp công dân của xã, nơi có mẫu đơn và biên nhận riêng.",
        True,
    ),
    (
        "denunciation",
        "Tố cáo",
        "Đây là tố cáo theo Luật Tố cáo. Xin gửi đơn đến Bộ phận tiếp công dân hoặc người đứng đầu cơ quan có thẩm quyền, nơi"
        " giữ kín tên người tố cáo theo luật.",
        True,
    ),
    ("not_enough", "Chưa đủ để xác minh", "Ý kiến chưa đủ nơi chốn hoặc sự việc để xác minh. Xin gửi lại, ghi rõ chỗ và lúc.", False),
    ("answered_before", "Đã trả lời trước đây", "Việc này xã đã trả lời; địa chỉ câu trả lời ghi kèm bên dưới.", False),
    ("other_commune", "Thuộc xã khác", "Nơi xảy ra thuộc xã khác. Xin gửi cho xã đó; xã đã ghi cách gửi kèm bên dưới.", False),
    ("private_dispute", "Tranh chấp riêng giữa các hộ", "Đây là chuyện giữa các hộ với nhau. Tổ hòa giải của ấp giúp được việc này.", False),
    ("abusive", "Chỉ có lời xúc phạm", "Nội dung chỉ có lời xúc phạm, không có việc để xã giải quyết.", False),
)  # fmt: skip


def ensure_defaults() -> None:
    """Make the shipped topics and reasons that are missing; what was changed stays."""
    for order, (code, name, is_urgent) in enumerate(TOPICS, start=1):
        facts = {"name": name, "is_urgent": is_urgent, "order": order * 10, "source": _SOURCE}
        Topic.objects.get_or_create(unit=None, code=code, defaults=facts)
    for order, (code, name, words, is_elsewhere) in enumerate(REASONS, start=1):
        facts = {"name": name, "words": words, "is_elsewhere": is_elsewhere, "order": order * 10}
        RefusalReason.objects.get_or_create(code=code, defaults=facts)


@transaction.atomic
def set_rules(
    commune: Unit, *, actor: Actor, allows_anonymous: bool = True, reception: str = "", reopen_days: int = 15
) -> OpinionRules:
    """Set what a commune decides about its opinions.

    Raises:
        Invalid: the unit is no commune that stands.
    """
    if commune.level != Level.COMMUNE or not commune.is_current:
        raise Invalid(_("Rules are set by communes that stand today."), code="no_commune")
    facts = {"allows_anonymous": allows_anonymous, "reception": reception.strip(), "reopen_days": reopen_days}
    rules, _made = OpinionRules.objects.update_or_create(unit=commune, defaults=facts)
    audit.record("opinions.rules_set", actor=actor, about=rules, unit=commune, facts=facts)
    pagecache.bump()
    return rules
