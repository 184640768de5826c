"""Comments in a real browser: a guest writes, a moderator publishes, all read it; with scripts and without; accessible."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from liengia.comments import services
from liengia.comments.models import Comment, Thread
from liengia.people import services as people
from liengia.people.models import User
from liengia.portal import services as portal
from tests import factories
from tests.alarms.console_scene import sign_in
from tests.cast import TESTER
from tests.harness.browser import violations
from tests.harness.site import Site
from tests.portal.pages_scene import scene as portal_scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Letters that stand as one for the reader: two people with a skin colour joined, an NFD letter, a flag.
ONE_EACH = ["👩🏽‍🤝‍👨🏻", "e\u0302\u0301", "🇻🇳"]
QUEUE = "/quan-tri/y-kien/"
FORM_OPEN_MS = 3300  # a form that comes back sooner is a machine's


@dataclass(slots=True)
class Here:
    """An article with its comments, and who reads them first."""

    address: str
    thread: Thread
    moderator: User


@pytest.fixture
def scene(transactional_db: None) -> Here:
    area = portal_scene()
    article = area.article("Ngày hội ở Cần Đước", under=area.portal_news, unit=area.cast.commune)
    thread = portal.thread_of(article)
    moderator = factories.user("bien", "Lê Thị Biên", is_staff=True)
    people.assign_role(moderator, "commune_editor", area.cast.commune, actor=TESTER)
    return Here(article.address, thread, moderator)


@pytest.fixture
def browse(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Return a maker of pages in browsers of their own, signed in or not."""
    contexts: list[BrowserContext] = []

    def open_(path: str, user: User | None = None, **options: object) -> Page:
        context = chromium.new_context(base_url=site.url, locale="vi-VN", **options)  # type: ignore[arg-type]
        contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": "sessionid", "value": sign_in(Client(), user).cookies["sessionid"].value, "url": site.url}])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()


def publish(page: Page, text: str) -> None:
    """Read what waits in the office, and publish one comment."""
    page.goto(QUEUE)
    card = page.locator("article.comments-card", has_text=text)
    card.get_by_role("button", name="Đăng", exact=True).click()
    expect(page.locator("article.comments-card", has_text=text)).to_have_count(0)


def test_a_guest_comments_and_a_moderator_publishes(scene: Here, browse: Callable[..., Page]) -> None:
    guest = browse(scene.address)
    area = guest.locator("#y-kien textarea[name=text]")
    expect(area).to_be_visible()
    counter = guest.locator(f"#{area.get_attribute('data-count')}")
    expect(counter).to_contain_text("0 / 500")
    area.fill("".join(ONE_EACH))
    expect(counter).to_contain_text("3 / 500 ký tự")
    words = f"Ngày hội vui quá {ONE_EACH[0]}"
    area.fill(words)
    guest.wait_for_timeout(FORM_OPEN_MS)
    guest.locator("#y-kien form.comment-form button[type=submit]").click()
    said = guest.locator("#y-kien [data-focus]")
    expect(said).to_contain_text("Đã nhận")
    expect(said).to_be_focused()
    private = guest.locator("#yk_link").get_attribute("href") or ""
    assert Comment.objects.get().state == "waiting" and "Ngày hội vui quá" not in guest.locator("#y-kien .comment").all_inner_texts()

    office = browse(QUEUE, scene.moderator)
    publish(office, "Ngày hội vui quá")
    guest.reload()
    expect(guest.locator("#y-kien .comment")).to_contain_text(words)
    expect(guest.locator("#h-yk")).to_contain_text("(1)")
    guest.goto(private)
    expect(guest.locator("main")).to_contain_text("đã được đăng")


def test_a_refused_writer_asks_another_moderator_by_the_private_link(scene: Here, browse: Callable[..., Page]) -> None:
    guest = browse(scene.address)
    guest.locator("#y-kien textarea[name=text]").fill("Loa phường kêu sớm quá.")
    guest.wait_for_timeout(FORM_OPEN_MS)
    guest.locator("#y-kien form.comment-form button[type=submit]").click()
    private = guest.locator("#yk_link")
    expect(private).to_be_visible()
    services.refuse_comment(Comment.objects.get(), reason="elsewhere", words="Xin gửi ở mục Góp ý.", user=scene.moderator)
    guest.goto(private.get_attribute("href") or "")
    expect(guest.locator("main")).to_contain_text("Xin gửi ở mục Góp ý.")
    guest.locator("main form[method=post] button").click()
    expect(guest.locator("main")).to_contain_text("người duyệt khác")
    expect(guest.locator("main form[method=post]")).to_have_count(0)


def test_too_many_letters_are_counted_alike_by_page_and_server(scene: Here, browse: Callable[..., Page]) -> None:
    guest = browse(scene.address)
    area = guest.locator("#y-kien textarea[name=text]")
    exactly = ONE_EACH[0] * 500
    area.fill(exactly + "a")
    counter = guest.locator(f"#{area.get_attribute('data-count')}")
    expect(counter).to_contain_text("501 / 500")
    expect(counter).to_have_attribute("data-full", "")
    guest.wait_for_timeout(FORM_OPEN_MS)
    button = guest.locator("#y-kien form.comment-form button[type=submit]")
    button.click()
    expect(guest.locator("#y-kien textarea[aria-invalid=true]")).to_be_visible()
    expect(guest.locator("#y-kien form.comment-form")).to_contain_text("501")
    expect(area).to_have_value(exactly + "a")
    assert not Comment.objects.exists()
    area.fill(exactly)
    guest.wait_for_timeout(FORM_OPEN_MS)
    button.click()
    expect(guest.locator("#y-kien [data-focus]")).to_contain_text("Đã nhận")
    assert Comment.objects.get().text == exactly


def test_all_of_it_works_without_scripts(scene: Here, browse: Callable[..., Page]) -> None:
    guest = browse(scene.address, java_script_enabled=False)
    guest.get_by_role("link", name="Đọc và viết ý kiến").click()
    guest.wait_for_timeout(FORM_OPEN_MS)
    guest.locator("textarea[name=text]").fill("Không có mã lệnh vẫn gửi được.")
    guest.locator("input[name=name]").fill("Tư Lúa")
    guest.locator("form.comment-form button[type=submit]").click()
    expect(guest.locator("main")).to_contain_text("Đã nhận")
    publish(browse(QUEUE, scene.moderator, java_script_enabled=False), "Không có mã lệnh")
    guest.goto(scene.address)
    guest.get_by_role("link", name="Đọc và viết ý kiến").click()
    expect(guest.locator(".comment")).to_contain_text("Tư Lúa")


def test_what_could_not_be_loaded_or_sent_says_so_and_can_be_tried_again(scene: Here, browse: Callable[..., Page]) -> None:
    guest = browse("/tro-nang/")
    guest.route("**/y-kien-ban-doc/**", lambda route: route.abort())
    guest.goto(scene.address)
    failed = guest.locator("[data-failed]")
    expect(failed).to_contain_text("Chưa tải được")
    guest.unroute("**/y-kien-ban-doc/**")
    failed.get_by_role("button", name="Thử lại").click()
    area = guest.locator("#y-kien textarea[name=text]")
    expect(area).to_be_visible()
    area.fill("Mạng chập chờn.")
    guest.route("**/y-kien-ban-doc/**", lambda route: route.abort())
    button = guest.locator("#y-kien form.comment-form button[type=submit]")
    button.click()
    expect(guest.locator("[data-unsent]")).to_be_visible()
    expect(area).to_have_value("Mạng chập chờn.")
    guest.unroute("**/y-kien-ban-doc/**")
    guest.wait_for_timeout(FORM_OPEN_MS)
    button.click()
    expect(guest.locator("#y-kien [data-focus]")).to_contain_text("Đã nhận")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")])
def test_article_with_comments_and_the_office_are_accessible(scene: Here, browse: Callable[..., Page], width: int, scheme: str) -> None:
    first = services.write_comment(scene.thread, text="Năm nay trả lời tại chỗ nhiều hơn.", name="Kim Ngân", form_id="a" * 32).comment
    first = services.publish_comment(first, user=scene.moderator)
    services.answer_officially(scene.thread, text="Cảm ơn chị.", parent=first, office="UBND xã Cần Đước", user=scene.moderator)
    services.write_comment(scene.thread, text="Đang chờ đọc.", form_id="b" * 32)
    services.flag_comment(first, reason="abuse")
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    guest = browse(scene.address, **options)
    expect(guest.locator("#y-kien .comment").first).to_be_visible()
    wrong = {"article": violations(guest)}
    guest.locator(".comment footer a").first.click()
    expect(guest.locator("form.comment-form")).to_contain_text("Kim Ngân")
    wrong["answering"] = violations(guest)
    assert guest.evaluate("document.documentElement.scrollWidth") <= width
    office = browse(QUEUE, scene.moderator, **options)
    for part in ("waiting", "reported", "shown"):
        office.goto(f"{QUEUE}?phan={part}")
        wrong[part] = violations(office)
        assert office.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, part
    assert not any(wrong.values()), wrong


def test_a_comment_is_written_with_the_keyboard_alone(scene: Here, browse: Callable[..., Page]) -> None:
    guest = browse(scene.address)
    area = guest.locator("#y-kien textarea[name=text]")
    expect(area).to_be_visible()
    for _press in range(120):
        guest.keyboard.press("Tab")
        if area.evaluate("one => one === document.activeElement"):
            break
    guest.keyboard.type("Chỉ dùng bàn phím.")
    guest.wait_for_timeout(FORM_OPEN_MS)
    button = guest.locator("#y-kien form.comment-form button[type=submit]")
    for _press in range(5):
        guest.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break
    guest.keyboard.press("Enter")
    expect(guest.locator("#y-kien [data-focus]")).to_be_focused()
    assert Comment.objects.get().text == "Chỉ dùng bàn phím."
