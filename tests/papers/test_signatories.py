"""Who signs for which office, by date: entered by the office, offered where a paper is issued."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from liengia.audit.models import Entry
from liengia.core.errors import Invalid
from liengia.organisations import committee_services as committees
from liengia.organisations.models import Committee
from liengia.papers import kinds, services, signing
from liengia.papers.forms import IssueForm
from liengia.papers.models import Signatory
from liengia.people import menu
from tests.cast import TESTER
from tests.papers.given import Desk, draft
from tests.people.conftest import signed_in

BASE = "/quan-tri/van-ban/"


def signatory(scene: Desk, **changes: Any) -> Signatory:
    return services.keep_signatory(Signatory(**{"issuer": scene.committee, "office": "Chủ tịch", "name": "Võ Văn Chủ Tịch", "valid_from": date(2025, 7, 1), **changes}), actor=scene.clerk)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": " "}, "empty", "name"), ({"office": ""}, "empty", "office"), ({"name": "..."}, "no_name", "name"), ({"right": "deputy"}, "no_head", "head_office"),
        ({"valid_to": date(2025, 7, 1)}, "dates", "valid_to"), ({"right": "deputy", "head_office": "C" * 60, "office": "P" * 57}, "too_long", "office"),
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


DEPUTY = {"right": "deputy", "head_office": "Chủ tịch", "office": "Phó Chủ tịch", "name": "Phan Thị Phó"}


def test_who_signs_in_the_heads_place_is_never_printed_under_the_heads_office(scene: Desk) -> None:
    deputy = signatory(scene, **DEPUTY)
    paper = services.draft_paper(draft(scene, signers=[("Chủ tịch", "")]), actor=scene.clerk)
    chairman = signed_in(scene.here.chairman, second_factor=True)
    assert chairman.post(f"{BASE}{paper.public_id}/ban-hanh/", {"issued_on": "2026-08-10", "signer_0": f"s{deputy.pk}"}).status_code == 302
    paper.refresh_from_db()
    assert paper.said["signers"] == [{"authority": ["TM. ỦY BAN NHÂN DÂN", "KT. Chủ tịch"], "office": "Phó Chủ tịch", "name": "Phan Thị Phó"}]


def test_only_the_one_who_may_sign_or_the_head_among_several_stands_chosen(scene: Desk) -> None:
    def chosen() -> str:
        return signing.preselected(signing.candidates([scene.committee]))

    assert chosen() == ""
    gone = signatory(scene, valid_to=date(2026, 8, 1))
    assert chosen() == "", f"{gone} may sign no more"
    deputy = signatory(scene, **DEPUTY)
    assert chosen() == f"s{deputy.pk}"
    other = signatory(scene, **{**DEPUTY, "name": "Trần Thị Hai"})
    assert chosen() == "", f"either of {deputy} and {other}"
    head = signatory(scene)
    assert chosen() == f"s{head.pk}"
    signatory(scene, name="Lê Văn Mới")
    assert chosen() == "", "two heads, as in a year of change"
    paper = services.draft_paper(draft(scene, signers=()), actor=scene.clerk)
    page = signed_in(scene.here.chairman, second_factor=True).get(f"{BASE}{paper.public_id}/").content.decode()
    assert not [one for one in (deputy, other, head) if f'value="s{one.pk}" selected' in page]


def test_the_chair_of_a_committee_signs_as_the_draft_has_it(scene: Desk) -> None:
    committee = committees.form_committee(kind=Committee.Kind.STEERING, name="Ban Chỉ đạo", unit=scene.here.commune, actor=TESTER)
    assert scene.police.organisation is not None
    seat = committees.seat_member(committee=committee, organisation=scene.police.organisation, office_title="Trưởng Công an xã", post="chair", actor=TESTER)
    seat.holder = scene.here.chairman
    seat.save()
    issuer = services.issuer_of(committee, actor=TESTER)
    paper = services.draft_paper(draft(scene, issuer=issuer, signers=[("Trưởng ban", "")]), actor=scene.clerk)
    form = IssueForm(kinds.get("invitation"), paper, {"issued_on": "2026-08-10", "signer_0": f"m{seat.pk}"})  # type: ignore[arg-type]
    assert form.is_valid(), form.errors
    assert form.signers == [("Trưởng ban", str(scene.here.chairman))] and signing.preselected(form.candidates) == f"m{seat.pk}"
