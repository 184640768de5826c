"""Papers in a real browser: an office changes a wording, drafts an invitation, issues it and revokes it; each page read by axe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from liengia.organisations import services as organisations
from liengia.papers import services
from liengia.papers.models import Paper
from liengia.papers.services import Draft
from liengia.people.models import User
from tests.cast import TESTER, Cast, assemble
from tests.e2e.reading import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BASE = "/quan-tri/van-ban/"


@pytest.fixture
def scene(transactional_db: None) -> Cast:
    """The cast, with the commune's People's Committee as an issuer."""
    cast = assemble()
    body = organisations.create_organisation(kind="peoples_committee", name="Ủy ban nhân dân xã Cần Đước", unit=cast.commune, actor=TESTER)
    services.issuer_of(body, actor=TESTER)
    return cast


def test_from_a_wording_to_an_issued_invitation_and_back(scene: Cast, opened: Callable[..., Page]) -> None:
    page = opened(scene.quan, f"{BASE}mau/")
    page.get_by_role("link", name="Giấy mời").click()
    words = page.get_by_label("Lời văn của mẫu")
    words.fill("Kính mời {kính mờ}")
    page.get_by_role("button", name="Giữ mẫu này").click()
    expect(page.get_by_text("loại văn bản này không có ô “kính mờ”")).to_be_visible()
    expect(words).to_have_value("Kính mời {kính mờ}")
    words.fill("Trân trọng kính mời {kính mời} đến {địa điểm}.")
    page.get_by_role("button", name="Giữ mẫu này").click()
    expect(page.get_by_text("lần sửa 1")).to_be_visible()

    page.goto(BASE)
    page.get_by_role("link", name="Giấy mời").click()
    page.get_by_label("Trích yếu").fill("Dự Ngày hội")
    for label, value in (("Kính mời", "bà con Khu phố 5"), ("Dự", "Ngày hội"), ("Thời gian", "07 giờ 30"), ("Địa điểm", "sân đình")):
        page.get_by_label(f"{label} (cần có trước khi ban hành)").fill(value)
    page.get_by_label("Người ký: chức danh").fill("Chủ tịch")
    page.get_by_label("Người ký: tên").fill("Đặng Văn Mẫu")
    page.get_by_role("button", name="Giữ dự thảo").click()
    expect(page.get_by_text("Dự thảo: chưa có số, còn sửa được.")).to_be_visible()
    page.get_by_role("button", name="Ban hành", exact=True).click()
    expect(page.get_by_role("heading", name="Giấy mời 01/GM-UBND")).to_be_visible()
    with page.expect_download() as got:
        page.get_by_role("link", name="Bản DOCX để soạn thảo").click()
    assert got.value.suggested_filename == f"giay-moi-01-gm-ubnd-{Paper.objects.get().year}.docx"
    page.get_by_label("Vì sao thu hồi").fill("Ghi sai giờ.")
    page.get_by_role("button", name="Thu hồi").click()
    expect(page.get_by_text("Ghi sai giờ.")).to_be_visible()


def test_a_second_writer_reads_line_by_line_what_the_first_kept(scene: Cast, opened: Callable[..., Page]) -> None:
    issuer = services.issuer_of(scene.commune.organisations.get(), actor=TESTER)
    plan = Draft(kind="plan", issuer=issuer, about="Tổ chức Ngày hội", values={"thời gian": "07 giờ 30", "địa điểm": "sân đình"})
    paper = services.draft_paper(plan, actor=TESTER)
    page = opened(scene.quan, f"{BASE}{paper.public_id}/sua/")
    services.change_draft(paper, replace(plan, values={**plan.values, "mục đích": "- Vui tươi\n- An toàn"}), actor=TESTER)
    where = page.get_by_label("Địa điểm")
    where.fill("sân vận động")
    page.get_by_role("button", name="Giữ dự thảo").click()
    expect(page.get_by_text("bản của bạn chưa được lưu")).to_be_visible()
    expect(where).to_have_value("sân vận động")
    expect(page.get_by_text("Đang lưu: “sân đình”")).to_be_visible()
    assert "“- Vui tươi\n- An toàn”" in page.get_by_text("Vui tươi").inner_text()


def test_every_page_reads_well(scene: Cast, opened: Callable[..., Page]) -> None:
    issuer = services.issuer_of(scene.commune.organisations.get(), actor=TESTER)
    values = {"kính mời": "bà con", "dự": "Ngày hội", "thời gian": "sáng", "địa điểm": "đình"}
    draft = Draft(kind="invitation", issuer=issuer, about="Dự Ngày hội", values=values, signers=[("Chủ tịch", "Đặng Văn Mẫu")])
    paper = services.draft_paper(draft, actor=TESTER)
    operator = User.objects.create_superuser("goc", full_name="Gốc Quản Trị", password="mat khau dai lam")
    page = opened(operator, "/quan-tri/", viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    paths = [
        BASE, f"{BASE}moi/minutes/", f"{BASE}{paper.public_id}/", f"{BASE}mau/", f"{BASE}mau/{scene.commune.pk}/plan/", f"{BASE}so/",
        f"{BASE}so/{issuer.public_id}/", f"{BASE}tom-tat/", reverse("papers_issuers:index"), reverse("papers_issuers:add"),
    ]  # fmt: skip
    said = faults(page, paths, {})
    assert not said, said
