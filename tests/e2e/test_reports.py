"""Reports in a real browser: an office writes between the numbers, the chairman publishes, a visitor follows numbers to their records; axe."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.reporting import Period
from liengia.opinions.services import ensure_defaults
from liengia.people.models import User
from liengia.reports import safety, services
from liengia.reports.models import Report
from tests.e2e.reading import faults
from tests.harness.site import Site
from tests.opinions.given import Office, answered, office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OFFICE = "/quan-tri/bao-cao/"


@pytest.fixture
def scene(transactional_db: None) -> Office:
    """The office, with an opinion that was answered."""
    ensure_defaults()
    safety.ensure_criteria()
    here = office()
    answered(here)
    return here


def test_from_the_first_count_to_a_visible_correction(scene: Office, opened: Callable[..., Page], site: Site, chromium: Browser) -> None:
    editor = opened(scene.duyen, f"{OFFICE}moi/?don-vi={scene.commune.pk}")
    editor.get_by_label("Tên báo cáo").fill("Năm qua")
    editor.get_by_role("button", name="Đếm và bắt đầu").click()
    expect(editor.get_by_text("Bản nháp: chỉ trong cơ quan thấy.")).to_be_visible()
    expect(editor.get_by_role("button", name="Công bố báo cáo")).to_have_count(0)
    editor.get_by_label("Góp ý và trả lời").first.fill("Năm nay bà con góp ý nhiều hơn.")
    editor.get_by_role("button", name="Giữ lời đã viết").click()
    expect(editor.get_by_text("Đã giữ. Chưa ai khác thấy bản nháp")).to_be_visible()
    report = Report.objects.get()

    chairman = opened(scene.chairman, f"{OFFICE}{report.public_id}/")
    chairman.get_by_role("button", name="Công bố báo cáo").click()
    chairman.get_by_role("button", name="Đồng ý, công bố").click()
    expect(chairman.get_by_text("Từ nay nội dung giữ nguyên")).to_be_visible()

    context = chromium.new_context(base_url=site.url, locale="vi-VN", java_script_enabled=False, viewport={"width": 360, "height": 740})
    visitor = context.new_page()
    visitor.goto("/bao-cao/")
    visitor.get_by_role("link", name="Năm qua").click()
    expect(visitor.get_by_text("Năm nay bà con góp ý nhiều hơn.")).to_be_visible()
    visitor.locator("#opinions").get_by_role("link", name="ý kiến đã nhận: 1 (xem sổ sách)").click()
    expect(visitor).to_have_url(f"{site.url}/bao-cao/{report.public_id}/so-lieu/opinions.filed/")
    expect(visitor.locator("[data-number]")).to_have_text("1")
    expect(visitor.get_by_text("1 không liệt kê ở đây.")).to_be_visible()
    visitor.get_by_role("link", name="Về báo cáo").click()
    expect(visitor).to_have_url(re.compile(r"/bao-cao/[a-z0-9]+/#opinions$"))

    chairman.get_by_label("Đính chính điều gì").fill("Số đúng hẹn gồm cả một ý kiến đã rút.")
    with chairman.expect_navigation():
        chairman.get_by_role("button", name="Đưa đính chính lên").click()
    visitor.goto(f"/bao-cao/{report.public_id}/")
    expect(visitor.get_by_text("Số đúng hẹn gồm cả một ý kiến đã rút.")).to_be_visible()
    context.close()


def test_every_page_reads_well(scene: Office, opened: Callable[..., Page]) -> None:
    today, actor = clock.today(), Actor.of(scene.chairman)
    published = services.publish_report(services.begin_report(scene.commune, services.usual_period(scene.commune), title="Năm qua", actor=actor), actor=actor)
    draft = services.begin_report(scene.cast.other_commune, Period(today, today), title="Nháp", actor=actor)
    operator = User.objects.create_superuser("goc", full_name="Gốc Quản Trị", password="mat khau dai lam")
    page = opened(operator, "/bao-cao/", viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    paths = [
        "/bao-cao/", f"/bao-cao/{published.public_id}/", f"/bao-cao/{published.public_id}/so-lieu/opinions.filed/", "/bao-cao/an-toan/", OFFICE, f"{OFFICE}moi/", f"{OFFICE}{draft.public_id}/", f"{OFFICE}{published.public_id}/",
        f"{OFFICE}chi-tieu/", f"{OFFICE}so-ho/", f"{OFFICE}an-toan/",
    ]  # fmt: skip
    said = faults(page, paths, {})
    assert not said, said
