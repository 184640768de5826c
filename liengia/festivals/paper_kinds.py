"""The decision that forms a festival's organising committee: a kind of paper of its own, since its list is of seats, not of people."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.papers.kinds import Block, Field, PaperKind, register

COMMITTEE: Final = PaperKind(
    "festival_committee", "Quyết định", "QĐ", purpose=_("organising committee, from its festival"), is_of_its_head=True,
    fields=(
        Field("người quyết định", _("Who decides."), is_required=True), Field("căn cứ", _("One legal basis a line."), is_long=True),
        Field("đề nghị", _("At whose request.")), Field("thành lập", _("Which committee is formed."), is_required=True),
        Field("nhiệm vụ", _("What it does, and when its work ends."), is_required=True, is_long=True), Field("thi hành", _("Who carries it out."), is_required=True),
    ),
    blocks=(
        Block("thành viên", _("The seats: office | institution | post and duty"), ("Chức vụ", "Cơ quan, đơn vị", "Chức danh, nhiệm vụ trong Ban Tổ chức"), (4, 4, 5), is_kept=True),
    ),
    wording="""# {người quyết định}
? {căn cứ}
? Theo đề nghị của {đề nghị}.
# QUYẾT ĐỊNH:
**Điều 1.** Thành lập {thành lập}, gồm các thành viên sau:
[[thành viên]]
**Điều 2.** {nhiệm vụ}
**Điều 3.** {thi hành} và các thành viên có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này. Quyết định có hiệu lực kể từ ngày ký./.
""",
)  # fmt: skip


def register_all() -> None:
    """Register the kind; called from `AppConfig.ready`."""
    register(COMMITTEE)
