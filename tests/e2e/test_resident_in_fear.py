"""What one reads first in fear, on an old phone: nothing cut off, the call at hand, and the phone tree with a dead server."""

from __future__ import annotations

import re
import warnings
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

from tests.e2e.resident_stage import Stage, hold, until
from tests.e2e.test_resident import LUA, RINGING, TU, _ended, browser, opened, site
from tests.harness.browser import violations

__all__ = ["_ended", "browser", "site"]

# Links inside a sentence or a table are no targets of their own (WCAG 2.5.8), nor is the skip link until it has focus.
TOO_SMALL = """() => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden]):not([type=radio]):not([type=checkbox])')]
  .filter((one) => { const box = one.getBoundingClientRect(); return box.width > 1 && box.height > 1 && box.height < 43.5 && one.className !== 'skip' && !(one.tagName === 'A' && !one.className && one.closest('p, li, dd')); })
  .map((one) => one.textContent.trim() || one.outerHTML)"""
OLD_FIRE = "from datetime import timedelta\nraised()\nIncident.objects.update(opened_at=clock.now() - timedelta(seconds=61))"


def large(site: Stage, browser: Browser, name: str, path: str, *, text: int, width: int = 360, height: int = 740) -> Page:
    """Open a page in a larger text size."""
    context = site.browser_of(browser, name, width=width, height=height)
    context.add_init_script(f"localStorage.setItem('lg-text', '{text}')")
    page = context.new_page()
    page.goto(site.url + path)
    page.wait_for_load_state("load")
    return page


def bottom(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None, selector
    return box["y"] + box["height"]


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None, selector
    return box["y"]


@pytest.mark.parametrize("text", [1, 2])
def test_the_hold_button_stands_whole_in_the_first_screen(site: Stage, browser: Browser, text: int) -> None:
    page = large(site, browser, TU, "/nha/", text=text)
    assert bottom(page, ".hold") + 10 <= top(page, ".tabbar")


@pytest.mark.parametrize("kind", ["fire", "intruder"])
def test_the_first_four_lines_of_an_alarm_stand_above_the_answers(site: Stage, browser: Browser, kind: str) -> None:
    site.run(f"raised({kind!r})")
    page = opened(site, browser, TU)
    answers = top(page, ".answer-bar")
    for line in (".alarm-mode", ".alarm h1", ".alarm-who", ".alarm-facts li"):
        assert top(page, line) >= 0 and bottom(page, line) <= answers, line


def test_one_tap_shows_the_number_the_words_and_the_tick_on_one_screen(site: Stage, browser: Browser) -> None:
    site.run("raised()")
    page = opened(site, browser, TU)
    page.locator(".answer-2").get_by_role("link", name=re.compile("114")).click()
    answers = top(page, ".answer-bar")
    for part in (".call-words a[href='tel:114']", ".call-words dl", ".call-words button"):
        assert top(page, part) >= 0 and bottom(page, part) <= answers, part


def test_after_a_minute_the_page_asks_who_called_also_of_those_who_answered(site: Stage, browser: Browser) -> None:
    site.run(OLD_FIRE)
    page = opened(site, browser, TU)
    page.get_by_role("button", name="Tôi đến").click()
    expect(page.locator("#p-mine")).to_contain_text("Anh/chị đã trả lời")
    assert bottom(page, "#p-nag .notice") <= top(page, ".answer-bar")
    page.locator(".call-words button").click()
    expect(page.locator("#p-nag .notice")).to_have_count(0)


def test_the_whole_group_is_told_that_a_device_was_set_apart(site: Stage, browser: Browser) -> None:
    site.run("raised()")
    page = opened(site, browser, TU)
    until(page, "document.documentElement.dataset.stream === 'online'")
    site.run(
        "device = group.devices.get(household__house_label='Nhà số 1', kind='both')\n"
        "services.set_device_apart(device, minutes=30, actor=TESTER)"
    )
    expect(page.locator("#p-live")).to_contain_text("Đang tách riêng đến", timeout=10_000)
    site.run("services.return_device(group.devices.get(household__house_label='Nhà số 1', kind='both'), actor=TESTER)")
    expect(page.locator("#p-live")).not_to_contain_text("Đang tách riêng", timeout=20_000)


def test_an_answer_in_one_tab_silences_the_other(site: Stage, browser: Browser) -> None:
    site.run("raised()")
    first = opened(site, browser, TU)
    second = first.context.new_page()
    second.goto(f"{site.url}/nha/")
    sounding = "document.querySelectorAll('.alarm [data-sound]').length"
    assert second.evaluate(sounding) == 1
    first.get_by_role("button", name="Tôi an toàn").click()
    until(second, f"{sounding} === 0")
    expect(second.locator("#p-mine")).to_contain_text("Tôi an toàn")


@pytest.mark.parametrize("path", ["/nha/?o-lai=1", "/nha/to/", "/nha/"])
def test_the_largest_text_on_the_smallest_phone_scrolls_only_down(site: Stage, browser: Browser, path: str) -> None:
    site.run("raised()")
    page = large(site, browser, TU, path, text=3, width=320, height=640)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/nha/?o-lai=1", "/nha/to/", "/nha/"])
def test_everything_to_touch_is_large_enough(site: Stage, browser: Browser, path: str) -> None:
    site.run("raised()")
    page = opened(site, browser, TU, path)
    assert page.evaluate(TOO_SMALL) == []


def test_a_bell_test_looks_like_no_alarm_and_asks_whether_it_was_heard(site: Stage, browser: Browser) -> None:
    site.run("services.test_bell(group, actor=Actor.of(group.leader))")
    page = opened(site, browser, TU)
    expect(page).to_have_title(re.compile("Thử chuông"))
    assert page.locator(".answer-3, [data-tone=drill]").count() == 0
    assert page.locator(".alarm[data-tone=danger]").count() == 0
    with page.expect_navigation():
        page.get_by_role("button", name="Nghe rõ").click()
    assert site.run("from liengia.alarms.models import HearingProof\nout = HearingProof.objects.filter(heard=True).count()") >= 1


def open_the_tree(page: Page) -> None:
    """Press the link as a person does: again when nothing came of it, three times at most; what was in vain is told."""
    for _turn in range(3):
        if page.url.startswith("chrome-error"):
            page.reload(wait_until="commit")
        else:
            page.get_by_role("link", name="Mở danh bạ").click()
        with suppress(TookTooLong):
            # Pictures that are not kept may be asked for in vain.
            page.wait_for_url("**/nha/?o-lai=1", wait_until="commit", timeout=10_000)
            return
        warnings.warn(f"the link to the phone tree led nowhere: {page.url}", stacklevel=1)
    raise AssertionError(f"the phone tree did not open: {page.url}")


def test_with_the_server_killed_the_phone_tree_opens_and_comes_back_by_itself(site: Stage, browser: Browser) -> None:
    site.run("raised()")
    page = opened(site, browser, TU, "/nha/?o-lai=1")
    until(page, "Boolean(navigator.serviceWorker.controller)")
    until(page, "Promise.all(['/nha/', '/nha/to/'].map(path => caches.match(path))).then(kept => kept.every(Boolean))")
    page.goto(f"{site.url}/nha/")
    assert RINGING.search(page.url)
    site.kill_web()
    try:
        expect(page.locator(".ring-body > .when-offline")).to_be_visible(timeout=30_000)
        open_the_tree(page)
        expect(page.get_by_text("Mất mạng. Gọi theo danh bạ.")).to_be_visible(timeout=30_000)
        expect(page.locator("#danh-ba a[href='tel:+84900000001']").first).to_be_visible()
        assert page.locator("a[href='tel:114']").count() >= 1
        hold(page, 2.3)
        expect(page.get_by_text("CHƯA gửi được")).to_be_visible(timeout=35_000)
    finally:
        site.start_web()
    expect(page.locator("html[data-kept]")).to_have_count(0, timeout=30_000)
    assert site.run("out = Incident.objects.open().count()") == 1


def test_silent_help_shows_nothing_to_another_of_the_house(site: Stage, browser: Browser) -> None:
    page = opened(site, browser, LUA)
    until(page, "document.documentElement.dataset.stream === 'online'")
    site.run(
        "user = User.objects.get(full_name='Trần Thị Lụa')\n"
        "services.raise_from_phone(Household.objects.get(house_label='Nhà số 9'), user=user, kind='help', is_silent=True, press_id=str(uuid.uuid4()), actor=Actor.of(user))"
    )
    page.wait_for_timeout(1500)
    page.reload()
    assert page.url == f"{site.url}/nha/"
    assert page.locator("main a[href*='/bao-dong/']").count() == 0 and page.locator("[data-sound]:not(html)").count() == 0
