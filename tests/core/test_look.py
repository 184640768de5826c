"""The look: vendored files, icons, template tags, error pages, and the gallery in a real browser."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, Route

from liengia.core.templatetags import look
from tests.harness.browser import launched, violations

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    """Serve static files under their own names, without collecting them."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def render(source: str, **data: object) -> str:
    return Template("{% load look %}" + source).render(Context(data))


# Files


def test_vendored_files_are_what_the_manifests_say() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools/vendor.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    named: dict[str, Path] = {}
    for path in (ROOT / "liengia").rglob("templates/**/*.html"):
        for name in re.findall(
            r"\{% icon(?:_inline)? [\"']([a-z0-9-]+)[\"']", path.read_text(encoding="utf-8")
        ):
            named[name] = path
    missing = {name: path for name, path in named.items() if name not in look.drawings()}
    assert named
    assert not missing


def test_no_template_carries_an_inline_script_or_style() -> None:
    found = []
    for path in (ROOT / "liengia").rglob("templates/**/*.html"):
        source = path.read_text(encoding="utf-8")
        for pattern in (r"<script(?![^>]*\bsrc=)(?![^>]*json)", r"<style\b", r"\sstyle=", r"\son[a-z]+="):
            found += [f"{path}: {hit}" for hit in re.findall(pattern, source)]
    assert not found


def test_scripts_hold_no_vietnamese_words() -> None:
    for path in (ROOT / "liengia/static/js").glob("*.js"):
        code = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"[à-ỹđÀ-ỸĐ]", code), path


# Tags


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+84900000007", "0900 000 007"),
        ("0900000007", "0900 000 007"),
        ("02723000113", "0272 3000 113"),
        ("+842723000113", "0272 3000 113"),
        ("114", "114"),
        ("", ""),
    ],
)
def test_phone_numbers_are_spaced_as_people_read_them(number: str, words: str) -> None:
    assert look.spaced_phone(number) == words


def test_a_phone_link_says_who_is_called() -> None:
    with translation.override("vi"):
        html = render('{% phone_link "+84900000007" name="chị Mộc Miên" css="button square" %}')
    assert 'href="tel:+84900000007"' in html
    assert "chị Mộc Miên" in html


def test_names_are_escaped_in_phone_links_and_clocks() -> None:
    html = render('{% phone_link "114" name=name %}{% clock 5 says=name %}', name="<b>x")
    assert "<b>x" not in html
    assert "&lt;b&gt;x" in html


def test_dates_and_times_are_vietnamese_and_local() -> None:
    at = datetime(2025, 1, 13, 14, 39, tzinfo=UTC)
    with translation.override("vi"):
        assert look.site_clock(at) == "Thứ Hai, 13/01/2025 21:39 (GMT +7)"
        assert look.vn_datetime(at) == "21:39 Thứ Hai 13/01/2025"
        assert look.vn_date(date(2025, 11, 28)) == "Thứ Sáu 28/11/2025"
    with translation.override("en"):
        assert look.vn_date(date(2025, 11, 28)) == "Friday 28/11/2025"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (134, "2 minutes 14 seconds"),
        (3600, "1 hour"),
        (273_600, "3 days 4 hours"),
    ],
)
def test_durations_are_told_in_their_two_largest_units(seconds: int, words: str) -> None:
    with translation.override("en"):
        assert look.duration_words(timedelta(seconds=seconds)) == words


def test_a_clock_has_one_element_a_digit_and_words_for_the_ear() -> None:
    with translation.override("en"):
        html = render('{% clock 134 says="Ringing for" %}')
    assert "Ringing for 2 minutes 14 seconds" in html
    assert "<i>0</i><i>2</i>:<i>1</i><i>4</i>" in html
    assert "data-since" not in html


def test_an_inline_icon_needs_no_other_file() -> None:
    html = render('{% icon_inline "flame" %}')
    assert "<path" in html
    assert "<use" not in html


def test_a_wrong_field_is_linked_from_the_summary_and_described(client: Client) -> None:
    html = client.get("/thanh-phan/").content.decode()
    assert 'href="#id_wrong-phone"' in html
    assert 'id="id_wrong-phone_error"' in html
    assert re.search(r'<input[^>]*aria-invalid="true"[^>]*>', html)


# Pages


def test_the_gallery_is_vietnamese_first_and_english_second(client: Client) -> None:
    assert "Thành phần" in client.get("/thanh-phan/").content.decode()
    client.cookies["django_language"] = "en"
    english = client.get("/thanh-phan/").content.decode()
    assert 'lang="en"' in english
    assert "Components" in english


def test_the_foot_says_what_the_platform_is_not(client: Client) -> None:
    html = client.get("/thanh-phan/").content.decode()
    assert "<b>không phải</b> hệ thống báo cháy đã kiểm định" in html
    assert "<b>không tự gọi 114</b>" in html


def test_an_unknown_address_is_a_plain_page_with_a_way_on(client: Client) -> None:
    response = client.get("/khong-co-gi-o-day/")
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


def test_the_page_for_a_broken_server_needs_nothing() -> None:
    for name in ("400.html", "500.html"):
        source = (ROOT / "liengia/core/templates/core/errors" / name).read_text(encoding="utf-8")
        assert "{%" not in source
        assert "{{" not in source
    assert "tel:114" in source


def test_an_error_page_says_what_happened_and_what_was_kept(rf: RequestFactory) -> None:
    html = render(
        '{% include "core/errors/error.html" %}',
        says="Đã có người nhận.",
        kept="Chữ còn đây.",
        request=rf.get("/x/"),
    )
    assert "Đã có người nhận." in html
    assert "Chữ còn đây." in html


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as made:
        yield made


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_gallery_has_no_violation(browser: Browser, live_server: Any, width: int, scheme: Any) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True, locale="vi-VN"
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/thanh-phan/")
    found = violations(page)
    context.close()
    assert not found, "\n".join(found)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", ["1", "2", "3"])
def test_nothing_scrolls_sideways_at_320_pixels(browser: Browser, live_server: Any, text: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700}, locale="vi-VN")
    context.add_init_script(f"localStorage.setItem('lg-text', '{text}')")
    page = context.new_page()
    page.goto(f"{live_server.url}/thanh-phan/")
    page.wait_for_function("document.fonts.ready.then(() => true)")
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width == 320


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_page_breaks_no_rule_of_its_own_content_policy(browser: Browser, live_server: Any) -> None:
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{live_server.url}/thanh-phan/")
    page.wait_for_timeout(300)
    context.close()
    assert said == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_clocks_are_right_on_a_phone_whose_clock_and_zone_are_wrong(
    browser: Browser, live_server: Any
) -> None:
    context = browser.new_context(locale="en-US", timezone_id="America/New_York")
    context.add_init_script("const real = Date.now; Date.now = () => real() - 3 * 86400e3;")
    page = context.new_page()
    page.goto(f"{live_server.url}/thanh-phan/")
    page.wait_for_timeout(1300)
    shown = page.inner_text("[data-site-clock]")
    running = page.inner_text(".clock[data-since]").replace("\n", "")
    context.close()
    now = datetime.now(UTC) + timedelta(hours=7)
    assert f"{now:%d/%m/%Y}" in shown
    assert shown.endswith("(GMT +7)")
    assert re.fullmatch(r"02:(1[3-9]|2\d)", running)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_hold_button_acts_after_two_seconds_and_letting_go_cancels(
    browser: Browser, live_server: Any
) -> None:
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    page.goto(f"{live_server.url}/thanh-phan/")
    page.evaluate("window.times = 0; document.addEventListener('held', () => { window.times += 1; })")
    button = page.locator(".hold")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.wait_for_timeout(700)
    page.mouse.up()
    early, said_early = page.evaluate("window.times"), page.inner_text("#g-say")
    button.focus()
    page.keyboard.down("Space")
    page.wait_for_timeout(2200)
    page.keyboard.up("Space")
    held = page.evaluate("window.times")
    context.close()
    assert (early, held) == (0, 1)
    assert said_early.startswith("Chưa gửi")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_text_size_and_theme_are_remembered(browser: Browser, live_server: Any) -> None:
    context = browser.new_context(locale="vi-VN", color_scheme="light")
    page = context.new_page()
    page.goto(f"{live_server.url}/thanh-phan/")
    page.click("[data-text-to='3']")
    page.click(".masthead [data-theme-flip]")
    page.reload()
    kept = page.evaluate("({...document.documentElement.dataset})")
    context.close()
    assert (kept["text"], kept["theme"]) == ("3", "dark")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_live_page_goes_on_from_the_last_event_it_saw(browser: Browser, live_server: Any) -> None:
    context = browser.new_context(locale="vi-VN", bypass_csp=True)
    page = context.new_page()
    asked: list[str | None] = []

    def answer(route: Route) -> None:
        asked.append(route.request.headers.get("last-event-id"))
        first, then = (
            "id: 8\nevent: rang\ndata: {}\n\n",
            "id: 8\nevent: rang\ndata: {}\n\nid: 9\nevent: rang\ndata: {}\n\n",
        )
        body = (first, then)[min(len(asked), 2) - 1] if len(asked) < 3 else "event: gone\ndata: {}\n\n"
        route.fulfill(content_type="text/event-stream", body=body)

    page.route("**/dong/", answer)
    page.goto(f"{live_server.url}/thanh-phan/")
    page.evaluate(
        """() => {
          window.heard = [];
          document.addEventListener("live:rang", (event) => window.heard.push(event.detail.position));
          const stream = '<div data-live-stream="/dong/" data-live-position="7"></div>';
          document.body.insertAdjacentHTML("beforeend", stream);
        }"""
    )
    page.add_script_tag(url=f"{live_server.url}/static/js/live.js", type="module")
    page.wait_for_function("document.documentElement.dataset.stream === 'gone'")
    heard = page.evaluate("window.heard")
    context.close()
    assert asked == ["7", "8", "9"]
    assert heard == [8, 9]
