"""Who signs for which office, by date: entered by the office, offered where a paper is issued."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from liengia.audit.models import Entry
from liengia.core.errors import Invalid
from liengia.papers import services, signing
from liengia.papers.models import Signatory
from liengia.people import menu
from tests.papers.given import Desk, draft
from tests.people.conftest import signed_in

BASE = "/quan-tri/van-ban/"


def signatory(scene: Desk, **changes: Any) -> Signatory:
    return services.keep_signatory(Signatory(**{"issuer": scene.committee, "office": "Chủ tịch", "name": "Võ Văn Chủ Tịch", "valid_from": date(2025, 7, 1), **changes}), actor=scene.clerk)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": " "}, "empty", "name"), ({"office": ""}, "empty", "office"), ({"name": "..."}, "no_name", "name"), ({"right": "deputy"}, "no_head", "head_office"),
        ({"valid_to": date(2025, 7, 1)}, "dates", "valid_to"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(scene: Desk, changes: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        signatory(scene, **changes)
    assert (refused.value.detail_code, refused.value.data["field"]) == (code, field)
    assert not Signatory.objects.exists()


def test_a_paper_without_a_signer_is_issued_from_its_page_by_who_may_on_that_day(scene: Desk) -> None:
    chairman = signed_in(scene.here.chairman, second_factor=True)
    paper = services.draft_paper(draft(scene, signers=()), actor=scene.clerk)
    address = f"{BASE}{paper.public_id}/"
    page = chairman.get(address).content.decode()
    key = f"o{scene.committee.organisation_id}"
    assert "chưa ghi ai được ký cho Ủy ban nhân dân xã Cần Đước" in page and f"nguoi-ky/moi/?co-quan={key}" in page
    now = signatory(scene, right="deputy", head_office="Chủ tịch", office="Phó Chủ tịch", name="Phan Thị Phó")
    gone = signatory(scene, valid_to=date(2026, 1, 1))
    page = chairman.get(address).content.decode()
    assert "Phan Thị Phó – KT. Chủ tịch / Phó Chủ tịch (từ 01/07/2025)" in page
    assert chairman.post(f"{address}ban-hanh/", {"issued_on": "2026-08-10"}).status_code == 422
    late = chairman.post(f"{address}ban-hanh/", {"issued_on": "2026-08-10", "signer_0": f"s{gone.pk}"})
    assert late.status_code == 422 and "không được ký" in late.content.decode()
    assert chairman.post(f"{address}ban-hanh/", {"issued_on": "2026-08-10", "signer_0": f"s{now.pk}"}).status_code == 302
    paper.refresh_from_db()
    assert paper.said["signers"] == [{"authority": ["TM. ỦY BAN NHÂN DÂN", "KT. Chủ tịch"], "office": "Phó Chủ tịch", "name": "Phan Thị Phó"}]


def test_a_draft_that_names_its_signer_asks_for_none(scene: Desk) -> None:
    signatory(scene)
    paper = services.draft_paper(draft(scene), actor=scene.clerk)
    assert "signer_0" not in signed_in(scene.here.chairman, second_factor=True).get(f"{BASE}{paper.public_id}/").content.decode()


def test_the_office_enters_changes_and_ends_who_signs(scene: Desk) -> None:
    clerk = signed_in(scene.here.duyen, second_factor=True)
    assert "Chưa ghi người ký nào" in clerk.get(f"{BASE}nguoi-ky/").content.decode()
    facts = {"name": "Lê Văn Mẫu", "office": "Trưởng Công an xã", "right": "head", "head_office": "", "valid_from": "2025-07-01", "valid_to": "", "basis": ""}
    body = f"o{scene.police.organisation_id}"
    assert clerk.post(f"{BASE}nguoi-ky/moi/?ve=https://example.org/", {**facts, "body": body})["Location"] == f"{BASE}nguoi-ky/", "never to another site"
    row = Signatory.objects.get()
    address = f"{BASE}nguoi-ky/{row.public_id}/"
    assert clerk.post(address, {**facts, "valid_to": "2025-06-01"}).status_code == 200
    assert clerk.post(address, {**facts, "valid_to": "2026-08-01"}).status_code == 302
    assert [one.may_on(date(2026, 8, 1)) for one in signing.candidates([scene.police])] == [False]
    assert "01/08/2026" in clerk.get(f"{BASE}nguoi-ky/").content.decode()
    assert Entry.objects.filter(kind="papers.signatory_kept").count() == 2


def test_drafts_wait_for_who_issues_them_the_oldest_first(scene: Desk) -> None:
    for n in range(10):
        services.draft_paper(draft(scene, about=f"việc {n}"), actor=scene.clerk)
    found = [str(one.text) for one in menu.today(scene.here.chairman)]
    assert found[0] == "Giấy mời “việc 0” chờ ban hành" and found[-1] == "Còn 2 văn bản nữa chờ ban hành" and len(found) == 9
    assert not menu.today(scene.here.tho), "who may not issue has nothing to do with them"
