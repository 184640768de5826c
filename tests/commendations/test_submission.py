"""Who proposes writes to who decides: head, number and signature of the submission are the proposer's; who signs may on that day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from liengia.commendations import services
from liengia.commendations.models import Round
from liengia.core.errors import Invalid
from liengia.papers import services as papers
from liengia.papers import signing
from liengia.papers.models import Signatory
from liengia.people.models import User
from tests.cast import TESTER
from tests.commendations.given import Bureau, nominated, opened, pursuit, reviewed, signs, submitted
from tests.people.conftest import signed_in
from tests.texts import pdf_text

BASE = "/quan-tri/khen-thuong/"


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return " ".join(answer.content.decode().split())


def into(who: User) -> Any:
    return signed_in(who, second_factor=True)


def quick(scene: Bureau, name: str = "Trần Thị Nhanh") -> Round:
    """Return a round of the simple procedure with one on its list."""
    row = pursuit(scene)
    nominated(scene, row, name, merit="Có thành tích đột xuất trong truy bắt đối tượng trộm cắp tài sản")
    return row


def test_head_symbol_addressee_and_signature_are_those_of_who_proposes(scene: Bureau) -> None:
    council = papers.issuer_of(scene.council, actor=TESTER)
    signs(council, "Phó Chủ tịch Hội đồng", "Phan Thị Phó", right="deputy", head_office="Chủ tịch Hội đồng")
    clerk, found = into(scene.here.duyen), {}
    for who in (scene.police, council):
        row = quick(scene, f"Trần Thị {who.symbol}")
        page = text_of(clerk.get(f"{BASE}dot/{row.public_id}/trinh/"))
        assert 'label="Công an xã Cần Đước"' in page and "Lê Văn Mẫu – Trưởng Công an xã (từ 01/07/2025)" in page and "Võ Văn Chủ Tịch – Chủ tịch" not in page
        answer = clerk.post(f"{BASE}dot/{row.public_id}/trinh/", {"signer": f"s{who.signatories.get().pk}", "bases": "", "words": "Kính đề nghị xem xét."})
        assert answer.status_code == 302
        row.refresh_from_db()
        found[who] = pdf_text(papers.file_bytes(papers.issue_paper(row.submission, on=date(2026, 8, 10), actor=TESTER), "pdf"))
    police, body = (" ".join(found[who].split()) for who in (scene.police, council))
    for words in ("CÔNG AN TỈNH TÂY NINH CÔNG AN XÃ CẦN ĐƯỚC", "01/TTr-CAX", "Kính gửi: Chủ tịch Ủy ban nhân dân xã Cần Đước", "TRƯỞNG CÔNG AN XÃ", "Lê Văn Mẫu"):
        assert words in police, words
    for words in ("ỦY BAN NHÂN DÂN XÃ CẦN ĐƯỚC HỘI ĐỒNG THI ĐUA, KHEN THƯỞNG", "01/TTr-HĐTĐKT", "Kính gửi: Chủ tịch Ủy ban nhân dân xã Cần Đước", "TM. HỘI ĐỒNG KT. CHỦ TỊCH HỘI ĐỒNG PHÓ CHỦ TỊCH HỘI ĐỒNG", "Phan Thị Phó"):
        assert words in body, words
    for text in (police, body):
        assert "TTr-UBND" not in text and "TM. ỦY BAN" not in text


def test_who_decides_does_not_write_to_itself(scene: Bureau) -> None:
    row = quick(scene)
    with pytest.raises(Invalid) as refused:
        services.submit_round(row, proposer=scene.committee, signer=("Chủ tịch", "Võ Văn Chủ Tịch"), bases="", words="Kính trình.", actor=scene.clerk)
    assert refused.value.detail_code == "own_submission"


def test_the_councils_minutes_have_the_councils_head(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row)
    reviewed(scene, row)
    minutes = row.sessions.get().minutes
    assert minutes is not None
    text = " ".join(pdf_text(papers.file_bytes(minutes, "pdf")).split())
    assert "HỘI ĐỒNG THI ĐUA, KHEN THƯỞNG" in text and "BB-HĐTĐKT" in text
    assert [one["office"] for one in papers.description(minutes)["signers"]] == ["Thư ký", "Chủ trì"], "who wrote them left, who presided right"


def test_whoever_may_sign_is_offered_by_date_and_who_lacks_is_entered_first(scene: Bureau) -> None:
    row = submitted(scene, quick(scene))
    chairman, address = into(scene.here.chairman), f"{BASE}dot/{row.public_id}/ky/"
    signs(scene.committee, "Chủ tịch", "Người Trước", valid_from=date(2025, 7, 1), valid_to=date(2026, 8, 5))
    signs(scene.committee, "Phó Chủ tịch", "Phan Thị Phó", right="deputy", head_office="Chủ tịch", basis="Quyết định 12/QĐ-UBND")
    page = text_of(chairman.get(address))
    assert "Võ Văn Chủ Tịch – Chủ tịch (từ 01/07/2025)" in page and "Người Trước – Chủ tịch (từ 01/07/2025 đến hết 04/08/2026)" in page
    assert "Phan Thị Phó – KT. Chủ tịch / Phó Chủ tịch (từ 01/07/2025; Quyết định 12/QĐ-UBND)" in page
    facts = {"on": "2026-08-10", "carried_out_by": "Văn phòng", "recipients": "Lưu: VT.", "is_on_paper": "on"}
    before = Signatory.objects.get(name="Người Trước")
    assert "Ngày 10/08/2026 người này không được ký" in text_of(chairman.post(address, {**facts, "signer": f"s{before.pk}"}))
    assert chairman.post(address, {**facts, "signer": "s999999"}).status_code == 200
    deputy = Signatory.objects.get(name="Phan Thị Phó")
    done = chairman.post(address, {**facts, "signer": f"s{deputy.pk}", "sure": "1"})
    assert done.status_code == 302
    row.refresh_from_db()
    text = " ".join(pdf_text(papers.file_bytes(row.decision.paper, "pdf")).split())
    assert "KT. CHỦ TỊCH PHÓ CHỦ TỊCH" in text and "Phan Thị Phó" in text

    Signatory.objects.all().delete()
    other = submitted(scene, quick(scene, "Lê Thị Khác"))
    page = text_of(chairman.get(f"{BASE}dot/{other.public_id}/ky/"))
    assert "Chưa ghi ai được ký cho Ủy ban nhân dân xã Cần Đước" in page and 'value="1">' in page, "the money can still be reckoned"
    key = f"o{scene.committee.organisation_id}"
    new = f"/quan-tri/van-ban/nguoi-ky/moi/?co-quan={key}&ve=/quan-tri/khen-thuong/dot/{other.public_id}/ky/"
    assert new.replace("&", "&amp;") in page
    assert f'value="{key}" selected' in text_of(chairman.get(new))
    made = chairman.post(new, {"body": key, "name": "Võ Văn Chủ Tịch", "office": "Chủ tịch", "right": "head", "head_office": "", "valid_from": "2025-07-01", "valid_to": "", "basis": ""})
    assert made["Location"] == f"/quan-tri/khen-thuong/dot/{other.public_id}/ky/"
    assert "Võ Văn Chủ Tịch – Chủ tịch" in text_of(chairman.get(made["Location"]))


def test_without_anybody_to_sign_a_submission_says_for_whom_to_enter_it(scene: Bureau) -> None:
    Signatory.objects.all().delete()
    row = quick(scene)
    page = text_of(into(scene.here.duyen).get(f"{BASE}dot/{row.public_id}/trinh/"))
    assert "Chưa ghi ai được ký cho Công an xã, hội đồng" in page and "Công an xã Cần Đước:" in page and "Hội đồng Thi đua, Khen thưởng xã Cần Đước:" in page
    assert "Trình danh sách</button>" not in page


def test_who_fills_a_seat_of_the_council_may_sign_for_it(scene: Bureau) -> None:
    seat = scene.seats[0]
    seat.holder = scene.here.chairman
    seat.save()
    council = papers.issuer_of(scene.council, actor=TESTER)
    assert [(one.office, one.name) for one in signing.candidates([council])] == [("Ủy viên 1", "Võ Văn Chủ Tịch")]


def test_a_list_that_is_opened_again_leaves_no_submission_standing(scene: Bureau) -> None:
    first, second = submitted(scene, quick(scene)), submitted(scene, quick(scene, "Trần Văn Nhanh"))
    drafted, issued = first.submission, papers.issue_paper(second.submission, on=date(2026, 8, 10), actor=TESTER)  # type: ignore[arg-type]
    for row in (first, second):
        services.reopen_round(row, reason="Bổ sung một người.", actor=scene.clerk)
    assert drafted is not None and not type(issued).objects.filter(pk=drafted.pk).exists()
    issued.refresh_from_db()
    assert (issued.state, issued.revoked_reason) == ("revoked", "Bổ sung một người.")
