"""The kinds of papers of the movement's year, with the wordings that are shipped; an office changes them in the back office.

The words follow what communes write (Decree 30/2020, appendix III; docs/areas/papers.md). Festivals, commendations and
reports fill the same kinds from their records; until then, and whenever they are off, an office fills them by hand.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.papers.kinds import Block, Field, PaperKind, register

BASES: Final = Field("căn cứ", _("One legal basis a line."), is_long=True)
WHEN: Final = Field("thời gian", _("For example: 07 giờ 30, Chủ Nhật, ngày 06/8/2023."), is_required=True)
WHERE: Final = Field("địa điểm", _("For example: sân Trường Tiểu học Tân Chánh."), is_required=True)
THEME: Final = Field("chủ đề", _("The theme of the year or of the day."))
AIMS: Final = Field("mục đích", _("What it is for; one aim a line."), is_long=True)
COST: Final = Field("kinh phí", _("Where the money comes from, and how much."))
_TASKS: Final = Block("phân công", _("Who does what by when: work | who | by when"), ("Việc", "Đơn vị, người phụ trách", "Hạn"), (6, 4, 3))
_PROGRAMME: Final = Block("chương trình", _("The programme: hour | item | who"), ("Giờ", "Nội dung", "Người thực hiện"), (2, 7, 4))
_PEOPLE: Final = Block("danh sách", _("The list: name | address or unit | achievement"), ("Họ tên, tập thể", "Địa chỉ, đơn vị", "Thành tích"), (4, 4, 6), is_counted=True)

PLAN: Final = PaperKind(
    "plan", "Kế hoạch", "KH",
    fields=(BASES, AIMS, THEME, WHEN, WHERE, Field("thành phần", _("Who takes part and who is invited."), is_long=True), COST,
            Field("phương án mưa", _("What is done when it rains.")), Field("an toàn", _("How order, traffic, fire safety and first aid are kept."), is_long=True)),
    blocks=(_PROGRAMME, _TASKS),
    wording="""? {căn cứ}
{cơ quan} xây dựng Kế hoạch {trích yếu} như sau:
#. MỤC ĐÍCH, YÊU CẦU
{mục đích}
#. NỘI DUNG
? **Chủ đề:** {chủ đề}.
**Thời gian:** {thời gian}.
**Địa điểm:** {địa điểm}.
? **Thành phần:** {thành phần}
**Chương trình:**
[[chương trình]]
#. BẢO ĐẢM AN TOÀN
? {an toàn}
? **Khi trời mưa:** {phương án mưa}.
#. KINH PHÍ
? {kinh phí}.
#. TỔ CHỨC THỰC HIỆN
[[phân công]]
Các đơn vị, cá nhân được phân công triển khai đúng thời gian; có khó khăn thì báo về {cơ quan} để được giải quyết./.
""",
)  # fmt: skip

DECISION: Final = PaperKind(
    "decision", "Quyết định", "QĐ",
    fields=(BASES, Field("đề nghị", _("At whose request.")), Field("điều 1", _("What is decided."), is_required=True, is_long=True),
            Field("điều 2", _("What else is decided."), is_long=True), Field("thi hành", _("Who carries it out."), is_required=True)),
    blocks=(_PEOPLE,),
    wording="""? {căn cứ}
? {đề nghị}.
# QUYẾT ĐỊNH:
**Điều 1.** {điều 1}
[[danh sách]]
? **Điều 2.** {điều 2}
**Điều khoản thi hành.** {thi hành} chịu trách nhiệm thi hành Quyết định này. Quyết định có hiệu lực kể từ ngày ký./.
""",
)  # fmt: skip

INVITATION: Final = PaperKind(
    "invitation", "Giấy mời", "GM",
    fields=(Field("kính mời", _("Whom it is for."), is_required=True), Field("dự", _("What they are invited to."), is_required=True), WHEN, WHERE,
            Field("chủ trì", _("Who presides.")), Field("trả lời", _("How and by when to answer: a phone number of the office, a link."))),
    wording="""**Kính mời:** {kính mời}
**Dự:** {dự}.
**Thời gian:** {thời gian}.
**Địa điểm:** {địa điểm}.
? **Chủ trì:** {chủ trì}.
Rất mong quý đại biểu sắp xếp thời gian đến dự.
? Xin vui lòng báo lại: {trả lời}.
""",
)  # fmt: skip

PROGRAMME: Final = PaperKind(
    "programme", "Chương trình", "CTr",
    fields=(THEME, WHEN, WHERE),
    blocks=(_PROGRAMME, Block("phần hội", _("The games and contests: hour | item | who"), ("Giờ", "Nội dung", "Phụ trách"), (2, 7, 4))),
    wording="""? **Chủ đề:** {chủ đề}.
**Thời gian:** {thời gian}.
**Địa điểm:** {địa điểm}.
# PHẦN LỄ
[[chương trình]]
# PHẦN HỘI
[[phần hội]]
Giờ của từng nội dung có thể xê dịch theo diễn biến và thời tiết; thay đổi được báo bằng loa tại chỗ.
""",
)  # fmt: skip

SCRIPT: Final = PaperKind(
    "script", "Kịch bản dẫn chương trình", "",
    fields=(WHEN, WHERE, Field("lời chào", _("How the master of ceremonies greets the guests, in their order."), is_long=True),
            Field("lời kết", _("The last words."), is_long=True)),
    blocks=(Block("lời dẫn", _("hour | what happens | what the master of ceremonies says"), ("Giờ", "Diễn biến", "Lời dẫn"), (2, 4, 8)),),
    wording="""**Thời gian:** {thời gian}.
**Địa điểm:** {địa điểm}.
{lời chào}
[[lời dẫn]]
{lời kết}
""",
)  # fmt: skip

PLEDGE: Final = PaperKind(
    "pledge", "Giao ước thi đua", "",
    fields=(Field("các bên", _("Who pledges to whom; one party a line."), is_required=True, is_long=True), Field("thời hạn", _("From when until when."), is_required=True)),
    blocks=(Block("chỉ tiêu", _("One promise a line: what | how it is measured | by when"), ("Nội dung giao ước", "Cách đo", "Hạn"), (7, 4, 3), is_kept=True),),
    signers=2, is_signed_by_all=True,
    wording="""**Các bên giao ước:**
{các bên}
Cùng thống nhất ký kết giao ước thi đua thực hiện phong trào Toàn dân bảo vệ an ninh Tổ quốc với các nội dung sau:
[[chỉ tiêu]]
**Thời hạn:** {thời hạn}. Kết quả được báo cáo trước Nhân dân giữa năm và cuối năm, nội dung nào chưa đạt thì nêu rõ lý do.
""",
)  # fmt: skip

SUBMISSION: Final = PaperKind(
    "submission", "Tờ trình", "TTr",
    fields=(Field("kính gửi", _("To whom."), is_required=True), BASES, Field("nội dung", _("What is asked for, and why."), is_required=True, is_long=True)),
    blocks=(_PEOPLE,),
    wording="""**Kính gửi:** {kính gửi}
? {căn cứ}
{nội dung}
[[danh sách]]
Kính trình {kính gửi} xem xét, quyết định./.
""",
)  # fmt: skip

MINUTES: Final = PaperKind(
    "minutes", "Biên bản", "BB",
    fields=(Field("bắt đầu", _("When it began."), is_required=True), WHERE, Field("thành phần", _("Who was there."), is_required=True, is_long=True),
            Field("chủ trì", _("Who presided."), is_required=True), Field("thư ký", _("Who took the minutes."), is_required=True),
            Field("diễn biến", _("What was said."), is_required=True, is_long=True), Field("kết luận", _("What was concluded."), is_required=True, is_long=True),
            Field("kết thúc", _("When it ended."))),
    blocks=(Block("biểu quyết", _("The votes as counts: matter | for | against | no opinion"), ("Nội dung", "Đồng ý", "Không", "Ý kiến khác"), (7, 2, 2, 2), (1, 2, 3)),),
    signers=2,
    wording="""**Thời gian bắt đầu:** {bắt đầu}.
**Địa điểm:** {địa điểm}.
**Thành phần tham dự:** {thành phần}
**Chủ trì:** {chủ trì}.
**Thư ký:** {thư ký}.
#. NỘI DUNG
{diễn biến}
[[biểu quyết]]
#. KẾT LUẬN
{kết luận}
? Biên bản kết thúc lúc {kết thúc}, đã đọc lại cho mọi người cùng nghe và nhất trí.
""",
)  # fmt: skip

RESULTS: Final = PaperKind(
    "results", "Báo cáo", "BC",
    fields=(Field("tình hình", _("How things stood."), is_long=True), Field("kết quả", _("What was done, with its figures."), is_required=True, is_long=True),
            Field("chưa đạt", _("What was not reached, and why. If nothing, say so."), is_required=True, is_long=True),
            Field("kiến nghị", _("What is asked for."), is_long=True)),
    blocks=(Block("số liệu", _("The figures: what | this period | last period"), ("Nội dung", "Kỳ này", "Kỳ trước"), (8, 3, 3), (1, 2)),
            Block("việc đã hứa", _("What was promised last time: what | who | became of it"), ("Việc đã hứa", "Người chịu trách nhiệm", "Kết quả"), (6, 4, 4), is_kept=True)),
    wording="""#. VIỆC ĐÃ HỨA KỲ TRƯỚC
[[việc đã hứa]]
#. TÌNH HÌNH
? {tình hình}
#. KẾT QUẢ
{kết quả}
[[số liệu]]
#. VIỆC CHƯA ĐẠT, NGUYÊN NHÂN
{chưa đạt}
#. KIẾN NGHỊ
? {kiến nghị}
""",
)  # fmt: skip

SHIPPED: Final = (PLAN, DECISION, INVITATION, PROGRAMME, SCRIPT, PLEDGE, SUBMISSION, MINUTES, RESULTS)


def register_all() -> None:
    """Register them; called from `AppConfig.ready`."""
    for one in SHIPPED:
        register(one)
