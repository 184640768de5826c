"""The resident's pages in a real browser: holding, hearing, answering, without network, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.resident_stage import Stage, hold, stage, until
from tests.harness.browser import launched, violations

TU, LUA, LEADER = "Lê Văn Tư", "Trần Thị Lụa", "Phạm Thị Mộc Miên"
RINGING = re.compile(r"/nha/bao-dong/[a-z0-9]{10}/$")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a running site."""
    with stage(Path(tmp_path_factory.mktemp("site"))) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser."""
    with launched() as made:
        yield made


@pytest.fixture(autouse=True)
def _ended(site: Stage, browser: Browser) -> Iterator[None]:
    """Leave nothing open behind: no page, no alarm."""
    yield
    for context in browser.contexts:
        context.close()
    site.run("end()")


def opened(site: Stage, browser: Browser, name: str, path: str = "/nha/", **options: object) -> Page:
    """Open a page for somebody; a script error fails the test."""
    page = site.browser_of(browser, name, **options).new_page()  # type: ignore[arg-type]
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.goto(site.url + path)
    page.wait_for_load_state("load")
    return page


def test_letting_go_early_cancels_and_two_seconds_ring_every_open_page(site: Stage, browser: Browser) -> None:
    presser, neighbour = opened(site, browser, LUA), opened(site, browser, TU, "/nha/to/")
    until(neighbour, "document.documentElement.dataset.stream === 'online'")
    hold(presser, 0.8)
    expect(presser.locator("#noi")).to_have_text("Chưa gửi. Giữ đủ 2 giây để báo động.")
    assert site.run("out = Incident.objects.count()") == 0
    hold(presser, 2.3)
    presser.wait_for_url(RINGING)
    neighbour.wait_for_url(RINGING)
    expect(neighbour).to_have_title(re.compile("Cháy ở.nhà.số.9 · Báo động thật"))
    assert neighbour.evaluate("document.querySelectorAll('[data-sound=real]').length") == 1


def test_holding_by_keyboard_rings_too(site: Stage, browser: Browser) -> None:
    page = opened(site, browser, TU)
    page.locator("input[value=medical]").check(force=True)
    page.locator(".hold").focus()
    page.keyboard.down("Enter")
    page.wait_for_timeout(2300)
    page.keyboard.up("Enter")
    page.wait_for_url(RINGING)
    assert site.run("out = Incident.objects.open().get().kind") == "medical"


def test_an_answer_is_given_detailed_and_changed_and_others_see_the_count(site: Stage, browser: Browser) -> None:
    site.run("raised()")
    page, other = opened(site, browser, TU), opened(site, browser, LUA)
    until(other, "document.documentElement.dataset.stream === 'online'")
    page.get_by_role("button", name="Tôi đến").click()
    expect(page.locator("#p-mine")).to_contain_text("Anh/chị đã trả lời: Tôi đến.")
    assert page.evaluate("document.querySelectorAll('[data-sound]:not(html)').length") == 0
    page.get_by_text("2 phút", exact=True).click()
    page.get_by_role("button", name="Báo cho tổ").click()
    expect(page.locator("#p-mine")).to_contain_text("Khoảng 2 phút")
    expect(other.locator("#h-dem")).to_have_text("1 trên 3 nhà đã trả lời", timeout=10_000)
    page.get_by_role("button", name="Tôi an toàn").click()
    expect(page.locator("#p-mine")).to_contain_text("Tôi an toàn.")


def test_the_page_closes_when_the_alarm_ends(site: Stage, browser: Browser) -> None:
    site.run("raised()")
    page = opened(site, browser, TU)
    until(page, "document.documentElement.dataset.stream === 'online'")
    site.run("end()")
    expect(page.get_by_role("heading", name=re.compile("Đã xong"))).to_be_visible(timeout=10_000)


def test_words_to_read_to_114_are_one_tap_away_and_the_call_is_ticked(site: Stage, browser: Browser) -> None:
    site.run("raised()")
    page = opened(site, browser, TU)
    page.locator(".answer-2").get_by_role("link", name=re.compile("114")).click()
    expect(page.get_by_text("Ứng dụng KHÔNG tự gọi 114")).to_be_in_viewport()
    expect(page.get_by_text("42/9 hẻm 42, Khu phố 5, xã Cần Đước, tỉnh Tây Ninh")).to_be_in_viewport()
    page.get_by_role("button", name="Tôi đã gọi 114").click()
    expect(page.locator("#p-calls")).to_contain_text("Lê Văn Tư đã gọi 114")


def test_silent_help_leaves_no_trace_after_three_seconds(site: Stage, browser: Browser) -> None:
    page = opened(site, browser, TU)
    page.locator("input[value=help]").check(force=True)
    page.locator("input[name=silent]").check()
    hold(page, 2.3)
    expect(page.locator("#noi")).to_have_text("Đã gửi im lặng. Báo trực ban, nếu không ai nhận thì báo tổ trưởng.")
    expect(page.locator("#noi")).to_have_text(re.compile("Giữ nút 2 giây"), timeout=6000)
    assert page.url == f"{site.url}/nha/" and page.locator("input[value=fire]").is_checked()


def test_without_network_the_phone_tree_comes_first_and_nothing_is_queued(site: Stage, browser: Browser) -> None:
    page = opened(site, browser, TU)
    until(page, "Boolean(navigator.serviceWorker.controller)")
    until(page, "Promise.all(['/nha/', '/nha/to/'].map(path => caches.match(path))).then(kept => kept.every(Boolean))")
    page.context.set_offline(True)
    page.goto(f"{site.url}/nha/")
    expect(page.get_by_text("Mất mạng. Gọi theo danh bạ.")).to_be_visible()
    assert page.evaluate("document.querySelector('#danh-ba').getBoundingClientRect().top < document.querySelector('#bao').getBoundingClientRect().top")
    expect(page.locator("#danh-ba a[href='tel:+84900000001']").first).to_be_visible()
    hold(page, 2.3)
    expect(page.get_by_text("CHƯA gửi được")).to_be_visible(timeout=35_000)
    page.context.set_offline(False)
    page.wait_for_timeout(3000)
    assert site.run("out = Incident.objects.open().count()") == 0


def test_a_press_is_tried_again_when_the_network_blinks(site: Stage, browser: Browser) -> None:
    page = opened(site, browser, TU)
    page.context.set_offline(True)
    hold(page, 2.3)
    page.wait_for_timeout(1500)
    page.context.set_offline(False)
    page.wait_for_url(RINGING, timeout=15_000)
    assert site.run("out = Incident.objects.open().get().press_count") == 1


def test_signing_out_wipes_what_the_phone_kept(site: Stage, browser: Browser) -> None:
    page = opened(site, browser, TU)
    kept = "caches.keys().then(names => names.filter(name => name.startsWith('nha-')).length)"
    until(page, f"{kept}.then(n => n === 1)")
    until(page, "Boolean(navigator.serviceWorker.controller)")
    page.goto(f"{site.url}/tai-khoan/ra/")
    # What is asked for at this very moment comes too late to be kept.
    page.evaluate("for (let n = 0; n < 8; n += 1) navigator.serviceWorker.controller.postMessage('keep')")
    with page.expect_navigation():
        page.locator("main form button[type=submit], main form button").first.click()
    until(page, f"{kept}.then(n => n === 0)")
    page.wait_for_timeout(1500)
    assert page.evaluate(kept) == 0, "nothing comes back"


def test_everything_works_without_javascript(site: Stage, browser: Browser) -> None:
    page = opened(site, browser, TU, java_script_enabled=False)
    page.get_by_role("button", name="Báo động bằng hai lần bấm").first.click()
    page.get_by_role("button", name="Báo động ngay").click()
    expect(page).to_have_url(RINGING)
    page.get_by_role("button", name="Tôi an toàn").click()
    expect(page.get_by_text("Anh/chị đã trả lời: Tôi an toàn.")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (360, "dark"), (1280, "light")])
def test_pages_are_clean_and_do_not_scroll_sideways(site: Stage, browser: Browser, width: int, scheme: str) -> None:
    context = site.browser_of(browser, TU, width=width, color_scheme=scheme)
    page = context.new_page()
    found = {}
    for path in ("/nha/?o-lai=1", "/nha/to/"):
        page.goto(site.url + path)
        page.wait_for_timeout(300)
        found[path] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    acts = {
        "fire": "raised()",
        "intruder": "raised('intruder')",
        "drill": "services.start_drill(services.plan_drill(group, planned_at=clock.now(), household=Household.objects.get(house_label='Nhà số 9'), actor=TESTER), actor=Actor.of(group.leader))",
    }
    for name, act in acts.items():
        page.goto("about:blank")  # an open page would go to the alarm by itself, while this test goes there
        site.run(act)
        page.goto(f"{site.url}/nha/")
        assert RINGING.search(page.url)
        page.wait_for_timeout(300)
        found[name] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        address = page.url
        page.goto("about:blank")  # an open page would hear of the end, and change while this test looks at it
        site.run("end()")
    page.goto(address)
    found["closed"] = violations(page)
    assert not {name: one for name, one in found.items() if one}


def test_a_page_that_shows_what_has_ended_goes_to_the_next_alarm(site: Stage, browser: Browser) -> None:
    site.run("raised()")
    page = opened(site, browser, TU)
    until(page, "document.documentElement.dataset.stream === 'online'")
    site.run("end()")
    expect(page.get_by_role("heading", name=re.compile("Đã xong"))).to_be_visible()
    until(page, "document.documentElement.dataset.stream === 'online'")
    site.run("raised('intruder')")
    expect(page.get_by_text("Giữ khoảng cách").first).to_be_visible()


@pytest.mark.parametrize("size", ["1", "2"])
def test_the_hold_button_is_whole_in_the_first_screen(site: Stage, browser: Browser, size: str) -> None:
    page = opened(site, browser, TU)
    page.evaluate(f"localStorage.setItem('lg-text', '{size}')")
    page.reload()
    bottom = page.evaluate("document.querySelector('.hold').getBoundingClientRect().bottom")
    bar = page.evaluate("document.querySelector('.tabbar').getBoundingClientRect().top")
    assert bottom <= bar
