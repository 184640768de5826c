"""The public pages in a real browser: accessible in both themes and widths, a true clock, whole without scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from liengia.core import clock, text
from liengia.portal.models import Erratum
from tests.e2e.resident_stage import until
from tests.harness.browser import violations
from tests.harness.site import Site
from tests.portal.pages_scene import Scene, block, picture, scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def area(transactional_db: None) -> Scene:
    found = scene()
    image = picture(description="Hội trường", credit="Tranh: Liên Gia", caption="Diễn đàn")
    figure = {"image": image.pk, "caption": "", "credit": "", "alt": ""}
    table = {
        "caption": "Khen thưởng",
        "columns": [{"type": "text", "heading": "Thành tích"}, {"type": "number", "heading": "Tập thể"}],
        "rows": [{"values": ["Đột xuất", 22]}, {"values": ["Cộng", 56]}],
    }
    body = [
        block("paragraph", "<h2>Một</h2><p>Đoạn <b>đậm</b>.</p><ul><li>Một</li></ul>"), block("figure", figure),
        block("gallery", {"title": "Loạt hình", "figures": [figure, figure]}),
        block("quotation", {"text": "Tui yên bụng.", "who": "Một bà", "role": "ấp Rạch Đào"}),
        block("table", {"table": table, "has_sum": True, "source": "Ban chỉ đạo"}),
    ]  # fmt: skip
    page = found.article("Có đủ mọi khối", body=body, cover=image, place="Cần Đước", source="Ban chỉ đạo")
    page.errata.add(Erratum(words="Đúng là 56."))
    page.save()
    found.article("Bài của xã", under=found.portal_news, unit=found.cast.hamlet)
    return found


@pytest.fixture
def site(area: Scene) -> Iterator[Site]:
    made = Site()
    made.start()
    yield made
    made.end()


# One of each kind: front, index, topic, archive, place, article, search, plain, list of communes, a commune's own, requests.
PATHS = (
    "/", "/tin-tuc/", "/tin-tuc/chu-de/ngay-hoi/", "/tin-tuc/?nam=1999", "/tin-tuc/?noi=28108", "/tin-tuc/bai-1/", "/tim/?q=khoi", "/tim/?q=khongco",
    "/xa/", "/xa/can-duoc/", "/xa/can-duoc/tin-tuc/bai-2/", "/quyen-rieng-tu/", "/gioi-thieu/", "/tro-nang/", "/tin-tuc/yeu-cau/", "/tin-tuc/yeu-cau/theo-doi/",
)  # fmt: skip


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")])
def test_pages_are_accessible_and_stay_within_the_screen(chromium: Browser, site: Site, area: Scene, width: int, theme: str) -> None:
    context = chromium.new_context(base_url=site.url, viewport={"width": width, "height": 740}, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    for path in (*PATHS, f"/tin-tuc/yeu-cau/{area.articles[0].pk}/"):
        page.goto(path)
        assert violations(page) == [], path
        page.evaluate("document.documentElement.dataset.text = '3'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def shown_clock(page: Page) -> str:
    return page.locator("[data-site-clock]").inner_text()


def test_the_clock_is_true_in_another_zone_and_on_a_kept_page(chromium: Browser, site: Site) -> None:
    for _visit in range(2):  # the second one comes out of the page cache
        context = chromium.new_context(base_url=site.url, timezone_id="America/New_York", locale="en-US")
        page = context.new_page()
        page.clock.install(time=clock.now() - timedelta(hours=5))  # and the phone's own clock is wrong
        page.goto("/tin-tuc/")
        before = clock.local(clock.now())
        expect(page.locator("[data-site-clock]")).to_contain_text("(GMT +7)")
        page.wait_for_function("document.querySelector('[data-site-clock]').textContent.length > 25")
        until(page, "localStorage.getItem('lg-clock') !== null")  # a kept page asks the server first
        page.clock.run_for(11_000)
        expected = {f"{at:%d/%m/%Y %H:%M}" for at in (before, before + timedelta(minutes=1))}
        assert any(one in shown_clock(page) for one in expected), (shown_clock(page), expected)
        context.close()


def test_without_scripts_everything_can_be_read_and_shared(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/tin-tuc/bai-1/")
    today = clock.local(clock.now()).date()
    assert shown_clock(page) == f"{text.weekday(today)}, {today:%d/%m/%Y}"
    page.get_by_text("Chia sẻ").click()
    expect(page.get_by_role("link", name="Zalo")).to_be_visible()
    expect(page.locator("#dia-chi")).to_contain_text("/tin-tuc/bai-1/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Một", exact=True)).to_be_visible()
    for left_out in (".request-link", ".mainnav", ".comments", ".article-tools"):
        expect(page.locator(left_out).first).to_be_hidden()
    page.emulate_media(media="screen")
    page.goto("/tin-tuc/")
    page.get_by_label("Chủ đề").select_option("ngay-hoi")
    page.get_by_role("button", name="Xem").click()
    expect(page.get_by_role("link", name="Có đủ mọi khối")).to_be_visible()
    context.close()


def test_a_phone_goes_to_english_and_back(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=False, locale="vi-VN", viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto("/tin-tuc/")
    page.get_by_role("contentinfo").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("contentinfo").get_by_role("button", name="Tiếng Việt").click()
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    assert page.url.endswith("/tin-tuc/")
    context.close()


def test_the_text_size_is_remembered_and_the_address_copied(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.url, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.goto("/tin-tuc/bai-1/")
    page.locator(".article-tools [data-text-to='3']").click()
    expect(page.locator(".article-tools [data-text-to='3']")).to_have_attribute("aria-pressed", "true")
    assert not context.cookies(), "with scripts nothing is sent"
    page.goto("/xa/can-duoc/tin-tuc/bai-2/")
    expect(page.locator("html")).to_have_attribute("data-text", "3")
    page.get_by_text("Chia sẻ").click()
    page.get_by_role("button", name="Chép địa chỉ").click()
    expect(page.get_by_text("Đã chép")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/xa/can-duoc/tin-tuc/bai-2/")
    assert json.loads(page.locator("script[type='application/ld+json']").text_content() or "")["@type"] == "NewsArticle"
    assert refused == [], "the content security policy refuses nothing of ours"
    context.close()
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/tin-tuc/bai-1/")
    page.locator(".article-tools [data-text-to='2']").click()
    expect(page.locator("html")).to_have_attribute("data-text", "2")
    expect(page.locator(".article-tools [data-text-to='2']")).to_have_attribute("aria-pressed", "true")
    page.goto("/xa/can-duoc/tin-tuc/bai-2/")
    expect(page.locator("html")).to_have_attribute("data-text", "2")
    context.close()


def test_asking_to_take_a_picture_down_without_scripts_and_following_it(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto("/tin-tuc/bai-1/")
    page.get_by_role("link", name="Yêu cầu gỡ ảnh hoặc đính chính").click()
    page.get_by_label("Gỡ ảnh hoặc phim có tôi", exact=True).check()
    page.wait_for_timeout(3_200)  # whoever reads the form needs longer than a programme
    page.get_by_role("button", name="Gửi yêu cầu").click()
    expect(page.get_by_role("alert")).to_contain_text("Chọn tấm ảnh")
    expect(page.get_by_label("Gỡ ảnh hoặc phim có tôi", exact=True)).to_be_checked()
    page.get_by_label("Hội trường").check()
    page.wait_for_timeout(3_200)
    page.get_by_role("button", name="Gửi yêu cầu").click()
    code = page.locator(".private-code").inner_text()
    page.goto("/tin-tuc/yeu-cau/theo-doi/")
    page.get_by_label("Mã riêng").fill(code.lower())
    page.get_by_role("button", name="Mở").click()
    expect(page.get_by_text("Đã nhận")).to_be_visible()
    context.close()


def test_the_request_is_sent_by_the_keyboard_alone(chromium: Browser, site: Site, area: Scene) -> None:
    context = chromium.new_context(base_url=site.url)
    page = context.new_page()
    page.goto(f"/tin-tuc/yeu-cau/{area.articles[0].pk}/")
    page.get_by_label("Gỡ tên tôi, hoặc điều viết về tôi").focus()
    page.keyboard.press("Space")
    for _step in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "passage":
            break
    page.keyboard.type("Một bà")
    page.wait_for_timeout(3_200)
    for _step in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") != "website", "the trap is no stop for the keyboard"
        if page.evaluate("document.activeElement.textContent").strip() == "Gửi yêu cầu":
            break
    page.keyboard.press("Enter")
    expect(page.locator(".private-code")).to_be_visible()
    assert violations(page) == []
    context.close()
