"""Where whoever is commended belongs stands on each paper, once, however it was typed."""

from __future__ import annotations

from typing import Any

import pytest

from liengia.commendations import papers as own_papers
from liengia.commendations import sheets
from liengia.commendations.models import Certificate
from liengia.commendations.placing import LONGEST, printed_place
from liengia.core import clock, official_papers
from liengia.core.errors import Invalid
from liengia.papers import services as papers
from liengia.units.models import Unit
from tests.commendations.given import Bureau, decided, nominated, opened
from tests.commendations.test_sheets import layout
from tests.texts import pdf_text

COMMUNE = Unit(pk=1, code="28108", name="Cần Đước", kind="Xã", level="commune")


def hamlet(name: str, kind: str = "Ấp", commune: Unit = COMMUNE, **changes: Any) -> Unit:
    return Unit(pk=2, code="28108-02", name=name, kind=kind, level="hamlet", parent=commune, **changes)


KP5 = hamlet("5", "Khu phố")
AP1 = hamlet("1", shares_name=True, origin="Tân Chánh")


@pytest.mark.parametrize(
    ("words", "unit", "name", "printed"),
    [
        ("", KP5, "Nguyễn Thị Mẫu", "khu phố 5, xã Cần Đước"),
        ("", COMMUNE, "Nguyễn Thị Mẫu", "xã Cần Đước"),
        ("Tổ trưởng tổ liên gia số 3", KP5, "", "Tổ trưởng tổ liên gia số 3, khu phố 5, xã Cần Đước"),
        ("Tổ trưởng, khu phố 5", KP5, "", "Tổ trưởng, khu phố 5, xã Cần Đước"),
        ("Hội viên phụ nữ KP5, xã Cần Đước", KP5, "", "Hội viên phụ nữ KP5, xã Cần Đước"),
        ("Hội viên phụ nữ KP. 5, X. Cần Đước", KP5, "", "Hội viên phụ nữ KP. 5, X. Cần Đước"),
        ("KHU PHỐ 5, XÃ CẦN ĐƯỚC", KP5, "", "KHU PHỐ 5, XÃ CẦN ĐƯỚC"),
        ("Công an xã Cần Đước", COMMUNE, "", "Công an xã Cần Đước"),
        ("Cán bộ Công an xã", COMMUNE, "", "Cán bộ Công an xã, xã Cần Đước"),
        ("Trưởng ấp 10", hamlet("1"), "", "Trưởng ấp 10, ấp 1, xã Cần Đước"),
        ("42/5 hẻm 5", KP5, "", "42/5 hẻm 5, khu phố 5, xã Cần Đước"),
        ("", KP5, "Tổ liên gia an toàn số 3, Khu phố 5", "xã Cần Đước"),
        ("", COMMUNE, "Công an xã Cần Đước", ""),
        ("Xã Long Hựu Đông", Unit(pk=3, code="1", name="Long Hựu", kind="Xã", level="commune"), "", "Xã Long Hựu Đông, xã Long Hựu"),
        ("Huyện Cần Đước", COMMUNE, "", "Huyện Cần Đước, xã Cần Đước"),
        ("Nông dân Nhà Thờ", hamlet("Nhà Thờ"), "", "Nông dân Nhà Thờ, xã Cần Đước"),
        ("Tổ trưởng,", hamlet("Nhà Thờ"), "", "Tổ trưởng, ấp Nhà Thờ, xã Cần Đước"),
        ("Đội viên đội dân phòng ấp 1", AP1, "", "Đội viên đội dân phòng ấp 1 (Tân Chánh cũ), xã Cần Đước"),
        ("Trưởng Ấp 1, xã Cần Đước", AP1, "", "Trưởng Ấp 1 (Tân Chánh cũ), xã Cần Đước"),
        ("Trưởng ấp 1 (Tân Chánh cũ)", AP1, "", "Trưởng ấp 1 (Tân Chánh cũ), xã Cần Đước"),
        ("Trưởng ấp 1, Tân Chánh", AP1, "", "Trưởng ấp 1, Tân Chánh, xã Cần Đước"),
        ("", AP1, "Tổ liên gia số 3, Ấp 1", "ấp 1 (Tân Chánh cũ), xã Cần Đước"),
        ("", AP1, "Ấp 1 (Tân Chánh cũ)", "xã Cần Đước"),
    ],
)  # fmt: skip
def test_the_place_is_printed_once(words: str, unit: Unit, name: str, printed: str) -> None:
    assert printed_place(words, unit, name) == printed


def test_every_paper_says_where_whoever_is_commended_belongs(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row, "Nguyễn Thị Một", words="Tổ trưởng tổ liên gia số 3")
    nominated(scene, row, "Trần Thị Hai", words="Hội viên, Khu phố 5, xã Cần Đước")
    listed = pdf_text(official_papers.as_pdf(own_papers.list_paper(row, row.nominations.in_calling_order()), at=clock.now()))
    decision = decided(scene, row)
    row.refresh_from_db()
    rows = list(Certificate.objects.select_related("decision__round", "decision__paper__issuer", "issuer").in_calling_order())
    for text in (
        listed, pdf_text(papers.file_bytes(decision.paper, "pdf")), pdf_text(papers.file_bytes(row.submission, "pdf")), pdf_text(sheets.certificates(rows, layout(scene), at=clock.now())),
        pdf_text(sheets.run_sheet(decision, rows, at=clock.now())), pdf_text(sheets.labels(rows, at=clock.now())),
    ):  # fmt: skip
        plain = " ".join(text.split())
        assert "Tổ trưởng tổ liên gia số 3, khu phố 5, xã Cần Đước" in plain
        assert "Hội viên, Khu phố 5, xã Cần Đước" in plain and "xã Cần Đước, khu phố 5" not in plain and plain.lower().count("khu phố 5, xã cần đước") == 2


def test_a_line_that_its_place_makes_too_long_is_refused_before_anything_is_printed(scene: Bureau) -> None:
    row = opened(scene)
    with pytest.raises(Invalid) as refused:
        nominated(scene, row, words="x" * (LONGEST - 5))
    assert (refused.value.detail_code, refused.value.data["field"]) == ("too_long", "words")
    assert nominated(scene, row, words="x" * 150).pk
