"""The demonstration's papers: those of last summer's festival in one commune, and a report that is being written. Invented throughout."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.organisations.models import Organisation, OrganisationKind
from liengia.papers import services
from liengia.papers.models import Issuer, Paper, Signatory
from liengia.papers.services import Draft

ACTOR: Final = Actor.system("demo")
COMMUNE: Final = "28108"
CHAIRMAN: Final = ("Chủ tịch", "Đặng Văn Mẫu")
FRONTS: Final = (("28108", "Mai Thị Mặt Trận"), ("28114", "Tạ Thị Mẫu"), ("28138", "Đinh Văn Mẫu"))
WHEN: Final = "07 giờ 30, Chủ Nhật tuần thứ ba của tháng 8"
WHERE: Final = "sân Nhà văn hóa – Khu thể thao xã"
PROGRAMME: Final = (
    ("7:30", "Văn nghệ chào mừng", "Đội văn nghệ các khu phố"),
    ("8:00", "Chào cờ; tuyên bố lý do, giới thiệu đại biểu", "Ban Tổ chức"),
    ("8:10", "Diễn văn ôn truyền thống, kết quả một năm phong trào", "Trưởng Ban Chỉ đạo"),
    ("8:30", "Diễn đàn “Công an xã lắng nghe ý kiến của Nhân dân”", "Công an xã, Ủy ban Mặt trận Tổ quốc xã"),
    ("9:30", "Công bố quyết định, trao giấy khen", "Chủ tịch Ủy ban nhân dân xã"),
    ("9:50", "Ký giao ước thi đua", "Các khu phố, ấp, trường, doanh nghiệp"),
    ("10:00", "Bế mạc phần lễ", "Ban Tổ chức"),
)
GAMES: Final = (
    ("10:10", "Diễu hành qua lộ chính, cắm cờ đầu đoàn", "Đoàn Thanh niên"),
    ("10:40", "Kéo co, nhảy bao bố, đập nồi", "Hội Phụ nữ, Hội Nông dân"),
    ("11:00", "Thực tập chữa cháy bằng bình xách tay", "Các tổ liên gia"),
)


def load() -> int:
    """Load the papers; needs organisations. Loading twice changes nothing; returns how many."""
    body = Organisation.objects.current().of_kind(OrganisationKind.PEOPLES_COMMITTEE).filter(unit__code=COMMUNE).first()
    if body is None or Paper.objects.exists():
        return 0
    _signatories()
    issuer = services.issuer_of(body, actor=ACTOR)
    today = clock.today()
    year = today.year if today >= date(today.year, 9, 1) else today.year - 1
    name = f"Ngày hội toàn dân bảo vệ an ninh Tổ quốc năm {year}"
    where: dict[str, Any] = {"thời gian": f"{WHEN} năm {year}", "địa điểm": WHERE}
    _issued(
        issuer, "plan", f"Tổ chức {name}", date(year, 7, 6), blocks={"chương trình": PROGRAMME, "phân công": (
            ("Dựng sân khấu, âm thanh, ghế", "Văn phòng Ủy ban nhân dân xã", f"15/8/{year}"),
            ("Giữ trật tự, phân luồng xe", "Công an xã, tổ bảo vệ an ninh, trật tự", "ngày hội"),
            ("Giấy mời, đón khách", "Ủy ban Mặt trận Tổ quốc xã", f"10/8/{year}"),
        )}, **where, **{
            "căn cứ": "Căn cứ Quyết định số 521/QĐ-TTg ngày 13/6/2005 của Thủ tướng Chính phủ về Ngày hội toàn dân bảo vệ an ninh Tổ quốc;",
            "mục đích": "- Báo cáo trước bà con việc đã làm, việc chưa làm trong một năm.\n- Nghe bà con góp ý, trả lời tại chỗ hoặc hẹn ngày.",
            "kinh phí": "Ngân sách xã và phần đóng góp tự nguyện, công khai tại nhà văn hóa", "phương án mưa": "dời vào hội trường, bỏ phần diễu hành",
        },
    )  # fmt: skip
    wrong = _issued(issuer, "invitation", f"Dự {name}", date(year, 8, 3), **where, **_invited(name))
    services.revoke_paper(wrong, reason="Ghi sai địa điểm: sân trường đang sửa, dời về nhà văn hóa.", actor=ACTOR)
    _issued(issuer, "invitation", f"Dự {name}", date(year, 8, 4), **where, **_invited(name))
    _issued(issuer, "programme", name, date(year, 8, 5), blocks={"chương trình": PROGRAMME, "phần hội": GAMES}, **where)
    services.draft_paper(_report(issuer, name, today), actor=ACTOR)
    return Paper.objects.count()


def _signatories() -> None:
    """Enter who signs for the Front; who signs for committees and police the commendations' demonstration enters."""
    for code, name in FRONTS:
        body = Organisation.objects.current().of_kind(OrganisationKind.FATHERLAND_FRONT).filter(unit__code=code).first()
        if body is not None:
            issuer = services.issuer_of(body, actor=ACTOR)
            services.keep_signatory(Signatory(issuer=issuer, office="Chủ tịch", name=name, valid_from=date(2025, 7, 1)), actor=ACTOR)


def _invited(name: str) -> dict[str, str]:
    return {"kính mời": "Bà con các khu phố, ấp; các trường, cơ sở tôn giáo, doanh nghiệp trên địa bàn", "dự": name, "trả lời": "trực ban Ủy ban nhân dân xã"}


def _issued(issuer: Issuer, kind: str, about: str, on: date, *, blocks: Any = None, **values: str) -> Paper:
    draft = Draft(kind=kind, issuer=issuer, about=about, values=values, blocks=blocks or {}, signers=[CHAIRMAN], recipients="Như trên;\nLưu: VT.")
    return services.issue_paper(services.draft_paper(draft, actor=ACTOR), on=on, actor=ACTOR)


def _report(issuer: Issuer, name: str, today: date) -> Draft:
    values = {"kết quả": "Đang tổng hợp từ các khu phố, ấp.", "chưa đạt": "Hai camera đầu xóm chưa sửa xong: chờ linh kiện, hẹn lại bà con."}
    rows = [["Thay đèn lộ đầu xóm", "Tổ điện xã", "Đã giữ"], ["Đổi bình chữa cháy hết hạn", "Công an xã", f"Trễ, hẹn {today + timedelta(days=20):%d/%m/%Y}"]]
    return Draft(kind="results", issuer=issuer, about=f"Kết quả {name}", values=values, blocks={"việc đã hứa": rows}, signers=[CHAIRMAN])
