"""What the listening was built for, in a real browser: answered by the code, unseen by whom it concerns, late for all to see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.opinions import codes, services
from liengia.opinions.models import AnswerKind, Opinion
from liengia.people.models import Role
from tests.harness.browser import violations
from tests.opinions.given import Office, office, public, sorted_

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUEUE = "/quan-tri/gop-y/"


@pytest.fixture
def scene(transactional_db: None) -> Office:
    """Return the office."""
    reverse("opinions:index")
    services.ensure_defaults()
    return office()


def test_an_anonymous_one_is_answered_by_its_code(scene: Office, opened: Callable[..., Page]) -> None:
    code = codes.new_code()
    opinion = sorted_(scene, code=code)
    page = opened(scene.duyen, f"{QUEUE}{opinion.public_id}/tra-loi/")
    page.locator("[name=kind]").first.check() if page.locator("input[name=kind]").count() else page.locator("[name=kind]").select_option("in_writing")
    page.locator("[name=text]").fill("Điện lực đã thay bóng đèn số 14 chiều nay.")
    page.locator("[name=signer_name]").fill("Ông Mẫu")
    page.locator("[name=signer_office]").fill("UBND xã Cần Đước")
    page.locator("main form button[type=submit], main form button:not([type])").last.click()
    page.wait_for_url(f"**{QUEUE}{opinion.public_id}/")
    page.context.clear_cookies()
    page.goto("/gop-y/theo-doi/")
    page.locator("#id_code").fill(code)
    page.get_by_role("button", name="Mở", exact=True).click()
    expect(page.locator("main")).to_contain_text("Điện lực đã thay bóng đèn số 14 chiều nay.")
    assert violations(page) == []


def test_one_about_an_officer_stays_unseen_by_them_and_is_seen_by_the_chairman(scene: Office, opened: Callable[..., Page]) -> None:
    page = opened(scene.cast.khach, "/", java_script_enabled=False)
    page.context.clear_cookies()
    page.goto("/gop-y/gui/?xa=28108")
    page.locator("#id_text").fill("Hồ sơ nộp ba tuần, cán bộ Thợ bảo về chờ.")
    page.locator("#id_place_words").fill("Bộ phận một cửa")
    page.locator(".concern summary").click()
    page.locator("#id_officer").select_option(label=Role.objects.get(code="specialist").label)
    page.get_by_label("Chủ tịch xã", exact=True).check()
    page.wait_for_timeout(3100)  # a form is not sent sooner than anybody types
    page.get_by_role("button", name="Gửi ý kiến", exact=True).click()
    expect(page.locator(".private-code")).to_be_visible()
    expect(page.locator(".slip .facts")).to_contain_text("Chủ tịch xã")
    opinion = Opinion.all_.get(about_officials=True)
    for who in (scene.tho, scene.duyen, scene.front):
        page = opened(who, f"{QUEUE}?phan=tat-ca")
        assert opinion.public_id not in page.content() and "(1)" not in page.locator("nav").first.inner_text()
        assert page.goto(f"{QUEUE}{opinion.public_id}/").status == 404  # type: ignore[union-attr]
        assert page.goto(f"/gop-y/{opinion.public_id}/").status == 404  # type: ignore[union-attr]
    page = opened(scene.chairman, f"{QUEUE}{opinion.public_id}/")
    expect(page.locator("main")).to_contain_text("cán bộ Thợ bảo về chờ")


def test_an_overdue_one_is_seen_by_all(scene: Office, opened: Callable[..., Page]) -> None:
    opinion = public(scene)
    late = clock.now() - timedelta(days=2)
    Opinion.all_.filter(pk=opinion.pk).update(due_at=late, intake_due_at=late)
    services.escalate_overdue()
    page = opened(scene.cast.khach, "/gop-y/?xa=28108&trang-thai=overdue")
    page.context.clear_cookies()
    for address in ("/gop-y/?xa=28108&trang-thai=overdue", f"/gop-y/{opinion.public_id}/"):
        page.goto(address)
        expect(page.locator("main")).to_contain_text(re.compile("quá hạn|trễ", re.IGNORECASE))
        assert violations(page) == []
    page.goto("/gop-y/bang-theo-doi/?xa=28108")
    expect(page.locator("main table").first).to_contain_text("1")
    services.answer(
        opinion, kind=AnswerKind.IN_WRITING, text="Đã thay bóng.", signer_name="Ông Mẫu", signer_office="UBND xã", actor=Actor.of(scene.duyen)
    )
    assert Opinion.all_.get(pk=opinion.pk).was_late


@pytest.mark.parametrize("address", ["/quan-tri/khoa-chuong-trinh/", "/quan-tri/ngay-nghi/", "/quan-tri/gio-lam-viec/"])
def test_the_new_office_pages_read_well(scene: Office, opened: Callable[..., Page], address: str) -> None:
    page = opened(scene.cast.quan, address, viewport={"width": 360, "height": 740})
    assert page.locator("h1").count() and violations(page) == []
