"""A paper from its draft to its revocation; what it says, and its files."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from docx import Document

from liengia.audit.models import Entry
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.organisations import services as organisations
from liengia.papers import services, tasks
from liengia.papers.models import Issuer, Paper, PaperFile
from tests.cast import TESTER
from tests.papers.conftest import NOW
from tests.papers.given import ON, Desk, draft, issued
from tests.texts import pdf_text


def test_the_paper_says_what_was_written_in_the_decrees_layout(scene: Desk) -> None:
    paper = issued(scene)
    text = pdf_text(services.file_bytes(paper, "pdf"))
    for words in (
        "ỦY BAN NHÂN DÂN", "XÃ CẦN ĐƯỚC", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 01/GM-UBND", "Cần Đước, ngày 03 tháng 8 năm 2026",
        "GIẤY MỜI", "Bà con Khu phố 5", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Võ Văn Chủ Tịch", "Nơi nhận:", "Lưu: VT.",
    ):  # fmt: skip
        assert words in text, words
    assert "Chủ trì" not in text, "the line of an empty field is left out"
    body = "\n".join(one.text for one in Document(io.BytesIO(services.file_bytes(paper, "docx"))).paragraphs)
    assert "Bà con Khu phố 5" in body


def test_what_is_issued_stays_as_it_is(scene: Desk) -> None:
    paper = issued(scene)
    before = services.file_bytes(paper, "pdf")
    services.change_wording("invitation", scene.here.commune, text="Lời khác {kính mời}", revision=0, actor=scene.clerk)
    services.keep_issuer(scene.committee, name="Tên khác", actor=scene.clerk)
    again = Paper.objects.get(pk=paper.pk)
    assert services.file_bytes(again, "pdf") == before
    PaperFile.objects.filter(paper=paper).delete()
    assert services.file_bytes(again, "pdf") == before, "made anew from what was frozen, byte for byte"
    PaperFile.objects.filter(paper=paper).update(pdf=b"%PDF something else")
    with pytest.raises(Refused) as refused:
        services.file_bytes(again, "pdf")
    assert refused.value.detail_code == "altered"
    with pytest.raises(NotFound):
        services.file_bytes(again, "exe")


def test_a_process_killed_after_the_number_leaves_no_paper_without_files(scene: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "keep_files", lambda _: None)
    paper = issued(scene)
    monkeypatch.undo()
    assert not PaperFile.objects.exists()
    assert tasks.keep_missing_files() == 1
    assert PaperFile.objects.get().paper == paper
    assert tasks.keep_missing_files() == 0


def test_a_draft_has_no_number_and_follows_its_wording(scene: Desk) -> None:
    paper = services.draft_paper(draft(scene), actor=scene.clerk)
    assert "Số:" in pdf_text(services.file_bytes(paper, "pdf"))
    assert "01/GM" not in pdf_text(services.file_bytes(paper, "pdf"))
    services.change_wording("invitation", scene.here.commune, text="Trân trọng kính mời {kính mời}", revision=0, actor=scene.clerk)
    assert "Trân trọng kính mời" in pdf_text(services.file_bytes(paper, "pdf"))
    services.change_draft(paper, draft(scene, about="Dự hội thi"), actor=scene.clerk)
    assert Paper.objects.get().about == "Dự hội thi"
    services.discard_draft(paper, actor=scene.clerk)
    assert not Paper.objects.exists()
    assert Entry.objects.filter(kind="papers.draft_discarded").exists()


@pytest.mark.parametrize(
    ("changes", "on", "code"),
    [
        ({"values": {"kính mời": "Bà con"}}, ON, "missing"),
        ({"signers": ()}, ON, "no_signer"),
        ({"signers": [("Chủ tịch", "")]}, ON, "no_signer"),
        ({}, date(2026, 8, 11), "future"),
        ({}, date(2025, 6, 30), "no_authority"),
    ],
)
def test_a_paper_that_lacks_something_is_not_issued_and_stays_a_draft(scene: Desk, changes: dict[str, Any], on: date, code: str) -> None:
    paper = services.draft_paper(draft(scene, **changes), actor=scene.clerk)
    with pytest.raises(Invalid) as invalid:
        services.issue_paper(paper, on=on, actor=scene.clerk)
    assert invalid.value.detail_code == code
    assert Paper.objects.get(pk=paper.pk).state == "draft"


def test_a_body_that_has_ended_issues_nothing_from_that_day(scene: Desk) -> None:
    body = scene.police.body
    organisations.end_organisation(body, on=date(2026, 8, 1), successor=None, actor=TESTER)
    with pytest.raises(Invalid) as invalid:
        issued(scene, issuer=scene.police, on=ON)
    assert invalid.value.detail_code == "no_authority"
    assert issued(scene, issuer=Issuer.objects.get(pk=scene.police.pk), on=date(2026, 7, 31)).sign == "01/GM-CAX"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"about": " "}, "no_about"), ({"about": "x" * 301}, "too_long"), ({"values": {"lạ": "x"}}, "no_such_field"),
        ({"values": {"dự": "x" * 6001}}, "too_long"), ({"blocks": {"lạ": []}}, "no_such_field"), ({"signers": [("a", "b"), ("c", "d")]}, "signers"),
    ],
)  # fmt: skip
def test_a_draft_that_its_kind_does_not_know_is_refused(scene: Desk, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        services.draft_paper(draft(scene, **changes), actor=scene.clerk)
    assert invalid.value.detail_code == code
    assert not Paper.objects.exists()


def test_names_with_every_vietnamese_letter_stand_whole(scene: Desk) -> None:
    letters = "Ăn Ằ Ắ Ẳ Ẵ Ặ Â Ầ Ấ Ẩ Ẫ Ậ Đ Ê Ề Ế Ể Ễ Ệ Ô Ồ Ố Ổ Ỗ Ộ Ơ Ờ Ớ Ở Ỡ Ợ Ư Ừ Ứ Ử Ữ Ự Ỳ Ý Ỷ Ỹ Ỵ"
    paper = issued(scene, values={**draft(scene).values, "kính mời": letters})
    text = pdf_text(services.file_bytes(paper, "pdf"))
    assert letters.split()[-1] in text and "Ẵ Ặ" in text


def test_a_pledge_is_signed_by_two_and_keeps_its_table(scene: Desk) -> None:
    facts: dict[str, Any] = {
        "kind": "pledge", "values": {"các bên": "Khu phố 5\nKhu phố 6", "thời hạn": "năm 2026"},
        "blocks": {"chỉ tiêu": [["100% hộ đăng ký", "sổ của khu phố", "30/11"]]}, "signers": [("Trưởng khu phố 5", "Huỳnh Văn Khu Phố"), ("Trưởng khu phố 6", "Lê Sáu")],
    }  # fmt: skip
    text = pdf_text(services.file_bytes(issued(scene, **facts), "pdf"))
    assert all(words in text for words in ("100% hộ đăng ký", "Huỳnh Văn Khu Phố", "Lê Sáu", "GIAO ƯỚC THI ĐUA"))
    assert "Số:" not in text
    with pytest.raises(Invalid, match="chỉ tiêu"):
        services.change_wording("pledge", scene.here.commune, text="{các bên}", revision=0, actor=scene.clerk)


@pytest.mark.parametrize("symbol", ["", "UB ND", "QĐ/UBND"])
def test_a_symbol_that_would_break_a_number_is_refused(scene: Desk, symbol: str) -> None:
    with pytest.raises(Invalid):
        services.keep_issuer(scene.committee, symbol=symbol, actor=scene.clerk)


def test_a_draft_that_nobody_touched_for_two_years_is_forgotten(scene: Desk) -> None:
    kept, old, paper = services.draft_paper(draft(scene), actor=scene.clerk), services.draft_paper(draft(scene), actor=scene.clerk), issued(scene)
    Paper.objects.exclude(pk=kept.pk).update(changed_at=NOW - timedelta(days=731))
    assert tasks.forget_drafts() == 1
    assert set(Paper.objects.all()) == {kept, paper}, old


def test_papers_from_before_keep_the_symbol_that_stands_on_them(scene: Desk) -> None:
    from importlib import import_module

    from django.apps import apps

    paper = issued(scene)
    services.keep_issuer(paper.issuer, symbol="UBNDX", actor=TESTER)
    Paper.objects.update(symbol="")
    import_module("liengia.papers.migrations.0003_symbol").keep_symbols(apps, None)
    assert Paper.objects.get(pk=paper.pk).sign == paper.sign == "01/GM-UBND"
