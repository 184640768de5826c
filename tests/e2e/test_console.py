"""The duty console in a real browser, on a real `liengia web` that is killed and comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from liengia.alarms import services
from liengia.alarms.models import Incident, IncidentEvent
from liengia.core import live
from liengia.core.actor import Actor
from tests.alarms.console_scene import Desk, desk
from tests.e2e.resident_stage import until
from tests.harness.browser import violations
from tests.harness.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(transactional_db: None) -> Desk:
    return desk()


def told() -> None:
    """Give positions, as the bridge does."""
    live.sequence(IncidentEvent)


def card(page: Page, incident: Incident) -> object:
    return page.locator(f'[data-incident="{incident.public_id}"]')


def test_an_alarm_appears_by_itself_is_said_once_and_counted(
    opened: Callable[..., Page], scene: Desk
) -> None:
    page = opened(scene.officer)
    expect(page.locator("html")).to_have_attribute("data-stream", "online")
    expect(page.get_by_text("Không có sự việc nào đang mở")).to_be_visible()
    incident = scene.press(9)
    told()
    expect(card(page, incident)).to_be_visible(timeout=8000)  # type: ignore[arg-type]
    expect(page.locator("#console-alert")).to_contain_text("Nhà số 9")
    expect(page).to_have_title("(1) Trực ban · Liên Gia")
    expect(page.locator("#h-detail")).to_contain_text("Trần Thị Lụa")
    page.evaluate("document.getElementById('console-alert').textContent = ''")
    scene.ring(1, 2, 3)
    told()
    expect(page.locator("#h-sirens")).to_contain_text("3 trên 15", timeout=8000)
    expect(page.locator("#console-alert")).to_have_text("")


def test_a_killed_web_process_costs_no_event(opened: Callable[..., Page], scene: Desk, site: Site) -> None:
    first = scene.press(9)
    told()
    page = opened(scene.officer)
    expect(page.locator("html")).to_have_attribute("data-stream", "online")
    page.locator("#note_text").fill("đang gọi nhà 7")
    site.kill()
    expect(page.locator("html")).to_have_attribute("data-stream", "offline", timeout=10_000)
    expect(page.locator(".stream .offline")).to_be_visible()
    expect(page.locator("#as-of")).to_be_visible()
    services.note_incident(first, text="xe đã ra cửa", actor=Actor.of(scene.second))
    second = scene.press(3, kind="medical")
    told()
    site.start()
    expect(card(page, second)).to_be_visible(timeout=20_000)  # type: ignore[arg-type]
    expect(page.locator("html")).to_have_attribute("data-stream", "online")
    expect(page.locator("#p-lines")).to_contain_text("xe đã ra cửa")
    expect(page.locator("#note_text")).to_have_value("đang gọi nhà 7")
    expect(page.locator("#as-of")).to_be_hidden()


def test_two_officers_press_at_once(opened: Callable[..., Page], scene: Desk) -> None:
    incident = scene.press(9)
    told()
    one, two = opened(scene.officer), opened(scene.second)
    for page in (one, two):
        expect(page.locator("#b-acknowledge")).to_be_visible()
    one.keyboard.press("n")
    two.keyboard.press("n")
    for page in (one, two):
        expect(page.locator(".taken")).to_be_visible(timeout=8000)
    incident.refresh_from_db()
    winner = str(incident.acknowledged_by)
    for page in (one, two):
        expect(page.locator(".taken")).to_contain_text(winner)
    assert incident.events.filter(kind="acknowledged").count() == 1


def left(page: Page, dialog: str) -> None:
    """Wait until a dialog has closed and the keyboard has left it, which the browser does a frame later."""
    expect(page.locator(dialog)).to_be_hidden()
    page.wait_for_function("() => !document.activeElement?.closest('dialog')")


def test_the_keyboard_does_everything(opened: Callable[..., Page], scene: Desk) -> None:
    fire, medical = scene.press(9), scene.press(2, kind="medical")
    told()
    page = opened(scene.officer)
    expect(card(page, fire)).to_have_attribute("aria-current", "true")  # type: ignore[arg-type]
    page.keyboard.press("ArrowDown")
    expect(card(page, medical)).to_have_attribute("aria-current", "true")  # type: ignore[arg-type]
    expect(page.locator("#h-detail")).to_contain_text("Nhà số 2")
    expect(card(page, medical)).to_be_focused()  # type: ignore[arg-type]
    page.keyboard.press("ArrowUp")
    expect(page.locator("#h-detail")).to_contain_text("Nhà số 9")
    page.keyboard.press("c")
    page.keyboard.type("nhận tin")
    fire.refresh_from_db()
    assert fire.state == "ringing"
    page.keyboard.press("Enter")
    expect(page.locator("#p-lines")).to_contain_text("nhận tin")
    expect(page.locator("#note_text")).to_have_value("")
    page.keyboard.press("n")
    expect(page.locator(".taken")).to_be_visible()
    expect(page.locator("#h-detail")).to_be_visible()
    page.keyboard.press("g")
    expect(page.locator("#p-phones")).to_contain_text("đã gọi 114 lúc")
    page.keyboard.press("t")
    expect(page.locator("#b-quiet")).to_have_count(0)
    page.keyboard.press("l")
    page.locator("#answer_house").select_option("7")
    page.get_by_label("An toàn").first.check()
    page.keyboard.press("Enter")
    expect(page.locator("#h-answers")).to_contain_text("1 trên 15")
    until(page, "!document.activeElement.matches('input, select, textarea')")  # in a field the letters are words
    page.keyboard.press("?")
    expect(page.locator("#d-keys")).to_be_visible()
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    left(page, "#d-keys")
    page.keyboard.press("b")
    expect(page.locator("#d-dismiss")).to_be_hidden()
    page.keyboard.press("?")
    page.locator("#keys-on").check()
    page.keyboard.press("Escape")
    left(page, "#d-keys")
    page.keyboard.press("x")
    expect(page.locator("#d-resolve")).to_be_visible()
    page.keyboard.type("đã dập")
    page.locator("#d-resolve button.primary").click()
    expect(page.locator("#h-detail")).to_contain_text("Nhà số 2")  # what has ended gives way to what nobody has taken on
    fire.refresh_from_db()
    assert fire.state == "resolved" and fire.end_note == "đã dập"


def test_what_is_typed_in_a_dialog_stays_when_the_page_renews(
    opened: Callable[..., Page], scene: Desk
) -> None:
    scene.press(9)
    told()
    page = opened(scene.officer)
    page.keyboard.press("b")
    page.locator("#dismiss_note").fill("khói nhang")
    scene.ring(1, 2, 3, 4)
    told()
    expect(page.locator("#h-sirens")).to_contain_text("4 trên 15", timeout=8000)
    expect(page.locator("#d-dismiss")).to_be_visible()
    expect(page.locator("#dismiss_note")).to_have_value("khói nhang")


def test_without_scripts_the_acts_work(opened: Callable[..., Page], scene: Desk) -> None:
    incident = scene.press(9)
    told()
    page = opened(scene.officer, java_script_enabled=False)
    page.locator("#b-acknowledge").click()
    expect(page.get_by_text("Anh/chị đã nhận")).to_be_visible()
    page.locator("#b-dismiss").click()
    page.locator("select").select_option("smoke_without_fire")
    with page.expect_navigation():
        page.locator("main button.primary").click()
    incident.refresh_from_db()
    assert incident.state == "dismissed"


def settle(page: Page) -> None:
    """Load the page anew and wait until all that it asked for has come: a request under way outlives the network's emulated end."""
    under_way: set[Request] = set()
    page.on("request", lambda one: under_way.add(one))
    page.on("requestfinished", lambda one: under_way.discard(one))
    page.on("requestfailed", lambda one: under_way.discard(one))
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-stream", "online", timeout=30_000)
    page.wait_for_timeout(300)
    while any(one.headers.get("accept") != "text/event-stream" for one in under_way):
        page.wait_for_timeout(100)


def test_a_sleeping_laptop_misses_no_event(opened: Callable[..., Page], scene: Desk) -> None:
    first = scene.press(9)
    told()
    page = opened(scene.officer)
    settle(page)
    page.context.set_offline(True)
    services.note_incident(first, text="xe đã ra cửa", actor=Actor.of(scene.second))
    second = scene.press(3, kind="medical")
    third = scene.press(5, kind="intruder")
    services.resolve_incident(third, actor=Actor.of(scene.second))
    told()
    page.wait_for_timeout(3000)
    expect(card(page, second)).to_have_count(0)  # type: ignore[arg-type]
    page.context.set_offline(False)
    expect(card(page, second)).to_be_visible(timeout=30_000)  # type: ignore[arg-type]
    expect(card(page, third)).to_have_count(0)  # type: ignore[arg-type]
    expect(page.locator("#p-lines")).to_contain_text("xe đã ra cửa")


def test_an_alarm_is_dismissed_by_the_keyboard_alone(opened: Callable[..., Page], scene: Desk) -> None:
    incident = scene.press(9)
    told()
    page = opened(scene.officer)
    expect(page.locator("#b-dismiss")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator("#d-dismiss")).to_be_visible()
    expect(page.locator("#d-dismiss select")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("khói nhang")
    page.keyboard.press("Tab")
    expect(page.locator("#d-dismiss button.primary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#b-dismiss")).to_have_count(0)
    incident.refresh_from_db()
    assert incident.state == "dismissed" and incident.end_note == "khói nhang"


def test_silent_help_and_a_bell_test_are_called_what_they_are(opened: Callable[..., Page], scene: Desk) -> None:
    silent, test = scene.press(2, kind="help", silent=True), scene.press(4, mode="test")
    told()
    page = opened(scene.officer)
    expect(card(page, silent)).to_contain_text("Im lặng")  # type: ignore[arg-type]
    expect(card(page, silent)).not_to_contain_text("tắt còi")  # type: ignore[arg-type]
    expect(card(page, test)).to_contain_text("Thử chuông")  # type: ignore[arg-type]
    expect(card(page, test)).not_to_contain_text("Cháy")  # type: ignore[arg-type]


def test_the_largest_text_on_the_smallest_phone_scrolls_only_down(opened: Callable[..., Page], scene: Desk) -> None:
    incident = scene.press(9)
    scene.press(2, kind="help", silent=True)
    told()
    page = opened(scene.officer, viewport={"width": 320, "height": 640})
    page.evaluate("localStorage.setItem('lg-text', '3')")
    for path in ("/truc/", "/truc/lich-su/", f"/truc/su-viec/{incident.public_id}/", "/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_are_clean(opened: Callable[..., Page], scene: Desk, width: int, theme: str) -> None:
    incident = scene.press(9)
    scene.press(2, kind="help", silent=True)
    scene.ring(*(n for n in range(1, 16) if n != 7))
    services.answer_incident(
        incident, household=scene.houses[0], kind="coming", minutes=2, actor=Actor.of(scene.leader)
    )
    told()
    page = opened(scene.officer, viewport={"width": width, "height": 800}, color_scheme=theme)
    record = f"/truc/su-viec/{incident.public_id}/"
    for path in (
        "/truc/",
        f"{record}bao-nham/",
        "/truc/lich-su/",
        record,
        "/",
        "/gioi-thieu/",
        "/quyen-rieng-tu/",
        "/tro-nang/",
    ):
        page.goto(path)
        page.wait_for_timeout(300)
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, path
        assert violations(page) == [], path
    page.goto("/truc/")
    for key in ("x", "b", "l", "?"):
        page.keyboard.press(key)
        assert violations(page) == [], key
        page.keyboard.press("Escape")
