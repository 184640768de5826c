"""The look in a real browser: the gallery of all parts, its clocks, its hold button, what it remembers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from tests.harness.browser import launched, violations


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    """Serve static files under their own names, without collecting them."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


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


# How wide the page is, and which elements lie past its edge: the widest first.
PAST_THE_EDGE = """() => [document.documentElement.scrollWidth, [...document.querySelectorAll("body *")]
  .map(one => [one.getBoundingClientRect().right, one.outerHTML.slice(0, 120)])
  .filter(([right]) => right > 320).sort((a, b) => b[0] - a[0]).slice(0, 5)]"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", ["1", "2", "3"])
def test_nothing_scrolls_sideways_at_320_pixels(browser: Browser, live_server: Any, text: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700}, locale="vi-VN")
    context.add_init_script(f"localStorage.setItem('lg-text', '{text}')")
    page = context.new_page()
    page.goto(f"{live_server.url}/thanh-phan/")
    page.wait_for_function("document.fonts.ready.then(() => true)")
    width, past = page.evaluate(PAST_THE_EDGE)
    context.close()
    assert width == 320, past


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
