"""One whole case in the office, in a real browser: from the queue to its closing; every page read by axe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from liengia.core.actor import Actor
from liengia.opinions import services
from liengia.opinions.models import Opinion, State
from liengia.people.models import User
from tests.alarms.console_scene import sign_in
from tests.core.test_images import picture
from tests.harness.browser import violations
from tests.harness.site import Site
from tests.opinions.given import Office, filed, office, sorted_, topic

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUEUE = "/quan-tri/gop-y/"
WORDS = "Đèn đường số 14 tắt một tuần nay, trước nhà bà Phạm Thị Kín, ai biết gọi 0909 111 222. Quán nhậu sát bên ồn tới khuya."
Opened = Callable[..., Page]


@pytest.fixture
def scene(transactional_db: None) -> Office:
    return office()


@pytest.fixture
def opened(chromium: Browser, site: Site) -> Iterator[Opened]:
    contexts: list[BrowserContext] = []

    def open_(user: User, path: str = QUEUE, **options: object) -> Page:
        context = chromium.new_context(base_url=site.url, locale="vi-VN", **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.add_cookies([{"name": "sessionid", "value": sign_in(Client(), user).cookies["sessionid"].value, "url": site.url}])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()


def do(page: Page, opinion: Opinion, slug: str) -> None:
    """Open a verb's page by its button."""
    page.goto(f"{QUEUE}{opinion.public_id}/")
    page.locator(f'.opinions-verbs a[href$="/{slug}/"]').click()
    page.wait_for_url(f"**/{slug}/")


def send(page: Page) -> None:
    """Send the form of a verb, and be back at the opinion."""
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_url(re.compile(rf"{QUEUE}\w+/$"))


def test_a_case_goes_from_the_queue_to_its_closing(scene: Office, opened: Opened) -> None:
    opinion = filed(scene, text=WORDS)
    page = opened(scene.duyen, viewport={"width": 1280, "height": 800})
    page.keyboard.press("j")
    expect(page.locator("[data-rows] a").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{QUEUE}{opinion.public_id}/")
    expect(page.locator("main")).to_contain_text("Phạm Thị Kín")

    do(page, opinion, "phan-loai")
    page.locator("#id_topic").select_option(label="Đèn đường, điện")
    send(page)
    do(page, opinion, "giao")
    page.locator("#id_person").select_option(label="Lê Văn Thợ")
    send(page)

    # The public copy: nothing without a decision on each place; words selected by hand are hidden.
    page.goto(f"{QUEUE}{opinion.public_id}/ban-cong-khai/")
    page.locator("#title").fill("Đèn đường số 14 tắt")
    page.locator("button[value=publish]").click()
    expect(page.locator(".people-error")).to_be_visible()
    for group in page.locator(".opinions-marks fieldset").all():
        group.locator("input[value=hide]").check()
    page.evaluate(SELECT, "Quán nhậu")
    page.locator("[data-hide-selection]").click()
    expect(page.locator("#ban-sao")).to_contain_text("[đã che] sát bên")
    expect(page.locator("#ban-sao")).not_to_contain_text("Kín")
    page.locator("button[value=publish]").click()
    page.wait_for_url(f"**{QUEUE}{opinion.public_id}/")

    worker = opened(scene.tho, f"{QUEUE}?phan=cua-toi", viewport={"width": 360, "height": 740})
    worker.locator("[data-rows] a").first.click()
    do(worker, opinion, "bang-chung")
    worker.locator("#id_file").set_input_files({"name": "den.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    worker.locator("#id_title").fill("Đèn số 14 sáng lại")
    worker.locator("input[name=seen_by][value=everybody]").check()
    send(worker)
    # Once answered it is no longer given to them: they read on, and do nothing more.
    do(worker, opinion, "tra-loi")
    worker.locator("#id_text").fill("Điện lực thay bóng trụ số 14 trong ngày mai.")
    worker.locator("main form[method=post] button[type=submit]").click()
    worker.wait_for_url(f"**{QUEUE}{opinion.public_id}/")
    expect(worker.locator("main")).to_contain_text("Điện lực thay bóng trụ số 14")
    expect(worker.locator(f"main a[href*='{opinion.public_id}/tra-loi']")).to_have_count(0)
    for slug in ("cong-khai-tra-loi", "theo-doi", "dong"):
        do(page, opinion, slug)
        send(page)
    opinion = Opinion.all_.get(pk=opinion.pk)
    text = opinion.current_text
    assert opinion.state == State.CLOSED and text is not None
    assert not any(private in text.text for private in ("Kín", "0909", "Quán nhậu"))


SELECT = """words => {
  const walker = document.createTreeWalker(document.querySelector("[data-original]"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const at = node.data.indexOf(words);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at); range.setEnd(node, at + words.length);
    getSelection().removeAllRanges(); getSelection().addRange(range);
    return;
  }
  throw new Error("not there");
}"""


def test_the_redaction_works_without_scripts(scene: Office, opened: Opened) -> None:
    opinion = sorted_(scene, text=WORDS)
    page = opened(scene.duyen, f"{QUEUE}{opinion.public_id}/ban-cong-khai/", java_script_enabled=False)
    page.locator("#title").fill("Đèn đường số 14 tắt")
    page.locator("#hidden").fill("Quán nhậu")
    for group in page.locator(".opinions-marks fieldset").all():
        group.locator("input[value=hide]").check()
    with page.expect_navigation():
        page.locator("button[value=publish]").click()
    text = Opinion.public_.get().current_text
    assert text is not None and "Kín" not in text.text and "Quán nhậu" not in text.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_reads_well(scene: Office, opened: Opened, width: int, scheme: str) -> None:
    opinion = sorted_(scene, text=WORDS)
    by = Actor.of(scene.duyen)
    services.ask_writer(opinion, text="Trụ nằm bên nào?", actor=by)
    services.assign(opinion, person=scene.tho, actor=by)
    other = services.sort(filed(scene), topic=topic(), actor=by)
    services.answer(other, kind="in_writing", text="Đã thay bóng.", signer_name="A", signer_office="B", actor=by)
    one = f"{QUEUE}{opinion.public_id}/"
    page = opened(scene.duyen, viewport={"width": width, "height": 800}, color_scheme=scheme)
    wrong = {}
    for path in (
        QUEUE, f"{QUEUE}?phan=tat-ca", f"{QUEUE}thang/", one, f"{one}phan-loai/", f"{one}giao/", f"{one}chuyen-ra/", f"{one}bang-chung/",
        f"{one}tra-loi/", f"{one}ban-cong-khai/", f"{one}gop/?vao={other.public_id}", f"{QUEUE}{other.public_id}/",
    ):  # fmt: skip
        page.goto(path)
        if found := violations(page):
            wrong[path] = found
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            wrong.setdefault(path, []).append(f"wider than the screen by {wide}")
    assert not wrong, wrong
