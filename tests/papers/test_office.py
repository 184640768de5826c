"""Papers in the back office: who sees what, and a paper from the form to the register."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from liengia.papers import services
from liengia.papers.models import NumberBook, Paper, Wording
from liengia.people.models import User
from tests.papers.given import Desk, draft, issued
from tests.people.conftest import signed_in

BASE = "/quan-tri/van-ban/"


def into(who: User) -> Client:
    """Return a browser in which somebody has signed in with a second factor."""
    return signed_in(who, second_factor=True)


def typed(scene: Desk, **changes: Any) -> dict[str, Any]:
    """Return the form of an invitation."""
    return {
        "issuer": scene.committee.pk, "about": "Dự Ngày hội", "field_0": "Bà con Khu phố 5", "field_1": "Ngày hội", "field_2": "07 giờ 30",
        "field_3": "sân đình", "field_4": "", "field_5": "", "office_0": "Chủ tịch", "signer_0": "Võ Văn Chủ Tịch", "recipients": "Lưu: VT.", **changes,
    }  # fmt: skip


def test_a_clerk_drafts_and_the_chairman_issues(scene: Desk) -> None:
    clerk, chairman = into(scene.here.duyen), into(scene.here.chairman)
    assert "Giấy mời" in clerk.get(BASE).content.decode()
    answer = clerk.post(f"{BASE}moi/invitation/", typed(scene))
    paper = Paper.objects.get()
    assert answer.status_code == 302 and answer["Location"].endswith(f"{paper.public_id}/")
    page = clerk.get(f"{BASE}{paper.public_id}/").content.decode()
    assert "Bà con Khu phố 5" in page
    assert "ban-hanh" not in page, "a clerk does not issue"
    assert clerk.get(f"{BASE}{paper.public_id}/van-ban.pdf")["Content-Disposition"] == f'inline; filename="du-thao-giay-moi-{paper.public_id}.pdf"'
    assert clerk.post(f"{BASE}{paper.public_id}/ban-hanh/", {"issued_on": "2026-08-10"}).status_code == 404
    assert clerk.post(f"{BASE}{paper.public_id}/sua/", typed(scene, about="Dự hội thi")).status_code == 302
    assert chairman.post(f"{BASE}{paper.public_id}/ban-hanh/", {"issued_on": "2026-08-11"}).status_code == 422
    assert chairman.post(f"{BASE}{paper.public_id}/ban-hanh/", {"issued_on": "2026-08-10"}).status_code == 302
    paper.refresh_from_db()
    assert (paper.sign, paper.about, paper.state) == ("01/GM-UBND", "Dự hội thi", "issued")
    assert "01/GM-UBND" in clerk.get(BASE, {"q": "hoi thi", "year": "2026", "state": "issued", "kind": "invitation"}).content.decode()
    assert "01/GM-UBND" not in clerk.get(BASE, {"q": "khong co"}).content.decode()
    assert clerk.get(f"{BASE}{paper.public_id}/van-ban.pdf").content.startswith(b"%PDF")
    assert clerk.get(f"{BASE}{paper.public_id}/van-ban.docx").content.startswith(b"PK")
    assert clerk.get(f"{BASE}{paper.public_id}/van-ban.docx")["Content-Disposition"] == 'attachment; filename="giay-moi-01-gm-ubnd-2026.docx"'
    assert chairman.post(f"{BASE}{paper.public_id}/thu-hoi/", {"reason": ""}).status_code == 422
    assert chairman.post(f"{BASE}{paper.public_id}/thu-hoi/", {"reason": "Ghi sai ngày."}).status_code == 302
    assert "Ghi sai ngày." in clerk.get(f"{BASE}{paper.public_id}/").content.decode()


def test_what_was_typed_stays_when_it_is_refused(scene: Desk) -> None:
    clerk = into(scene.here.duyen)
    answer = clerk.post(f"{BASE}moi/decision/", {"issuer": scene.committee.pk, "about": "Khen", "block_0": "a|b|c|d\n", "field_2": "Tặng giấy khen"})
    page = answer.content.decode()
    assert "a|b|c|d" in page and "Tặng giấy khen" in page
    assert not Paper.objects.exists()


def test_another_commune_finds_nothing(scene: Desk) -> None:
    from liengia.people import services as people
    from tests import factories
    from tests.cast import TESTER

    paper = issued(scene)
    stranger = factories.user("rachkien", "Người Rạch Kiến", is_staff=True)
    people.assign_role(stranger, "commune_admin", scene.here.cast.other_commune, actor=TESTER)
    them = into(stranger)
    assert "01/GM" not in them.get(BASE).content.decode()
    for path in ("", "sua/", "van-ban.pdf", "van-ban.docx"):
        assert them.get(f"{BASE}{paper.public_id}/{path}").status_code == 404
    for path in ("ban-hanh/", "thu-hoi/", "bo/"):
        assert them.post(f"{BASE}{paper.public_id}/{path}").status_code == 404
    assert them.get(f"{BASE}so/{scene.committee.public_id}/").status_code == 404
    assert them.get(f"{BASE}mau/{scene.here.commune.pk}/plan/").status_code == 404
    assert them.post(f"{BASE}moi/invitation/", typed(scene)).status_code == 200, "the issuer is none of theirs"
    assert Paper.objects.count() == 1


@pytest.mark.parametrize("path", ["", "moi/plan/", "mau/", "so/", "tom-tat/", "tom-tat.pdf"])
def test_residents_find_no_office(scene: Desk, path: str) -> None:
    client = Client()
    client.force_login(scene.here.cast.lua, backend="liengia.people.backends.PhoneBackend")
    assert client.get(f"{BASE}{path}").status_code in (302, 404)


def test_the_administrator_changes_a_wording_and_sees_it_before(scene: Desk) -> None:
    admin, address = into(scene.here.cast.quan), f"{BASE}mau/{scene.here.commune.pk}/invitation/"
    assert "như mẫu có sẵn" in admin.get(f"{BASE}mau/").content.decode()
    seen = admin.post(address, {"text": "Kính mời {kính mời}", "revision": 0, "do": "preview"})
    assert seen["Content-Type"] == "application/pdf"
    assert not Wording.objects.exists(), "seeing it keeps nothing"
    refused = admin.post(address, {"text": "Kính mời {ai đó}", "revision": 0, "do": "keep"})
    assert refused.status_code == 200 and "ai đó" in refused.content.decode() and not Wording.objects.exists()
    assert admin.post(address, {"text": "Kính mời {kính mời}", "revision": 0, "do": "keep"}).status_code == 302
    assert Wording.objects.get().text == "Kính mời {kính mời}\n"
    assert admin.post(address, {"text": "x", "revision": 1, "do": "restore"}).status_code == 302
    assert not Wording.objects.exists()


def test_the_administrator_sets_a_number_book(scene: Desk) -> None:
    admin, address = into(scene.here.cast.quan), f"{BASE}so/{scene.committee.public_id}/"
    assert admin.get(f"{BASE}so/").status_code == 200
    assert admin.post(address, {"abbreviation": "GM", "last": 41}).status_code == 302
    assert NumberBook.objects.get().last == 41
    assert issued(scene).sign == "42/GM-UBND"
    assert admin.post(address, {"abbreviation": "GM", "last": 1}).status_code == 200
    assert NumberBook.objects.get().last == 42
    assert admin.get("/quan-tri/co-quan-ban-hanh/").status_code == 200
    assert admin.post(
        f"/quan-tri/co-quan-ban-hanh/edit/{scene.committee.pk}/",
        {"name": "Ủy ban nhân dân xã Cần Đước", "superior": "", "symbol": "UB ND", "place": "Cần Đước", "signs_as": ""},
    ).status_code == 200  # fmt: skip
    scene.committee.refresh_from_db()
    assert scene.committee.symbol == "UBND"


def test_the_next_paper_of_a_kind_begins_with_who_signed_the_last(scene: Desk) -> None:
    issued(scene)
    page = into(scene.here.duyen).get(f"{BASE}moi/invitation/").content.decode()
    assert "Võ Văn Chủ Tịch" in page and "Lưu: VT." in page
    assert "Bà con Khu phố 5" not in page, "but with nothing of what it said"
    assert "Võ Văn Chủ Tịch" not in into(scene.here.duyen).get(f"{BASE}moi/plan/").content.decode()


def test_a_draft_is_thrown_away(scene: Desk) -> None:
    paper = services.draft_paper(draft(scene), actor=scene.clerk)
    assert into(scene.here.duyen).post(f"{BASE}{paper.public_id}/bo/").status_code == 302
    assert not Paper.objects.exists()


def test_a_second_writer_of_a_draft_reads_what_the_first_kept(scene: Desk) -> None:
    clerk, admin = into(scene.here.duyen), into(scene.here.cast.quan)
    clerk.post(f"{BASE}moi/programme/", programme := {"issuer": scene.committee.pk, "about": "Ngày hội", "field_1": "07 giờ 30", "field_2": "sân đình", "block_0": "07:30 | Khai mạc | Bà Mẫu", "recipients": ""})
    address = f"{BASE}{Paper.objects.get().public_id}/sua/"
    begun = {**programme, "revision": re.search(r'name="revision" value="(\d+)"', admin.get(address).content.decode())[1]}  # type: ignore[index]
    assert clerk.post(address, {**begun, "field_2": "sân vận động xã"}).status_code == 302
    late = admin.post(address, {**begun, "about": "Ngày hội năm 2026", "block_0": "07:30\tKhai mạc\tBà Mẫu"}).content.decode()
    assert "Có người vừa lưu dự thảo này" in late and "Ngày hội năm 2026" in late, "what was typed stays"
    assert "Đang lưu: “sân vận động xã”" in late and "Đang lưu: “Ngày hội”" in late and late.count("Đang lưu:") == 2, "rows that are alike are not asked about"
    paper = Paper.objects.get()
    assert (paper.about, paper.values["địa điểm"], paper.revision) == ("Ngày hội", "sân vận động xã", 2), "nothing was written over"
    assert admin.post(address, {**begun, "about": "Ngày hội năm 2026", "field_2": "sân vận động xã", "revision": 2}).status_code == 302
    assert Paper.objects.get().about == "Ngày hội năm 2026"
    assert clerk.post(address, {**begun, "issuer": scene.police.pk, "revision": 2}).content.decode().count(f"Đang lưu: “{scene.committee.name}”") == 1


def test_nobody_issues_a_draft_that_was_changed_after_they_read_it(scene: Desk) -> None:
    clerk, chairman = into(scene.here.duyen), into(scene.here.chairman)
    clerk.post(f"{BASE}moi/invitation/", typed(scene))
    address = f"{BASE}{Paper.objects.get().public_id}/"
    assert 'name="revision" value="1"' in chairman.get(address).content.decode()
    clerk.post(f"{address}sua/", {**typed(scene), "field_3": "sân vận động xã", "revision": 1})
    refused = chairman.post(f"{address}ban-hanh/", {"issued_on": "2026-08-10", "revision": 1})
    page = refused.content.decode()
    assert refused.status_code == 422 and "có người sửa dự thảo này" in page and "sân vận động xã" in page and Paper.objects.get().state == "draft"
    assert 'name="revision" value="2"' in page, "the next press is made knowing it"
    assert chairman.post(f"{address}ban-hanh/", {"issued_on": "2026-08-10", "revision": 2}).status_code == 302
