"""A listening forum in a real browser: slips typed without network, the floor, an answer, a promise and its end with a paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.crypto import get_random_string
from playwright.sync_api import Browser, BrowserContext, Page, expect

from liengia.opinions import codes
from liengia.opinions.models import AnswerKind, EvidenceKind, Opinion
from liengia.opinions.models.forums import ForumQuestion, SurveyCount
from liengia.opinions.services import answers, forum_questions
from tests.alarms.console_scene import sign_in
from tests.core.test_images import picture
from tests.harness.browser import AXE, RULES, violations
from tests.harness.site import Site
from tests.opinions.given import Office, office
from tests.opinions.test_forum import SIGNED, by, live, queued
from tests.opinions.test_forum_minutes import signed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def scene(transactional_db: None) -> Office:
    reverse("opinions:forums")  # the addresses are read once a process: here, and not within the first write
    return office()


@pytest.fixture
def clerk(chromium: Browser, site: Site, scene: Office) -> Iterator[BrowserContext]:
    """Return the signed-in browser of who holds the session."""
    signed_in = sign_in(Client(), scene.duyen)
    context = chromium.new_context(base_url=site.url, locale="vi-VN", bypass_csp=True)
    cookie = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site.url}])
    yield context
    context.close()


def clean(page: Page) -> None:
    """Expect nothing that axe finds."""
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules}).then(r => r.violations.map(v => v.id))", RULES)
    assert found == [], page.url


def test_a_slip_is_typed_put_on_the_floor_promised_and_followed_to_its_end(clerk: BrowserContext, scene: Office) -> None:
    base = f"/dien-dan/{live(scene).public_id}/"
    page = clerk.new_page()
    page.goto(f"{base}nhap-phieu/")
    clean(page)
    clerk.set_offline(True)
    for words in ("Cầu ván mục, người già không dám qua.", "Loa phát sớm quá, em bé giật mình."):
        page.locator("#e-text").fill(words)
        page.locator("form[data-entry] button").click()
    expect(page.locator("[data-left]")).to_contain_text("2")
    assert not ForumQuestion.objects.exists()
    clerk.set_offline(False)
    expect(page.locator("[data-left]")).to_be_hidden(timeout=20_000)
    assert ForumQuestion.objects.count() == 2

    page.goto(f"{base}ban-thu-ky/")
    clean(page)
    for _slip in range(2):
        with page.expect_navigation():
            page.locator("button[value=let_in]").first.click()
    wall = clerk.new_page()
    wall.goto(f"{base}man-hinh/")
    page.keyboard.press("n")
    first = wall.locator(".forum-queue li").first
    expect(first).to_be_visible()
    expect(page.locator("#f-tl")).to_be_visible()
    page.keyboard.press("w")
    expect(page.locator("#f-tl")).to_have_count(0)
    expect(wall.locator(".forum-counts b").nth(1)).to_have_text("1", timeout=15_000)
    clean(wall)

    promised = Opinion.all_.get(question__state="in_writing")
    answers.answer(promised, kind=AnswerKind.IN_WRITING, text="Xã thay ván trước ngày 20.", actor=by(scene), **SIGNED)
    answers.publish(promised, actor=by(scene))
    answers.follow_up(promised, actor=by(scene))
    answers.add_evidence(promised, title="Biên bản thay ván", data=PDF, kind=EvidenceKind.DOCUMENT, actor=by(scene))
    answers.close(promised, actor=by(scene))
    page.goto(base)
    expect(page.get_by_text("Xã thay ván trước ngày 20.")).to_be_visible()
    clean(page)


def test_a_slip_is_answered_in_the_hall_and_its_promise_followed_to_a_photo(clerk: BrowserContext, scene: Office, chromium: Browser, site: Site) -> None:
    base = f"/dien-dan/{live(scene).public_id}/"
    page = clerk.new_page()
    page.goto(f"{base}nhap-phieu/")
    page.locator("#e-text").fill("Đèn hẻm 14 tắt cả tháng, con nít đi học về tối thui.")
    page.locator("#e-so").fill("07")
    page.locator("form[data-entry] button").click()
    expect(page.locator("[data-left]")).to_be_hidden(timeout=15_000)

    page.goto(f"{base}ban-thu-ky/")
    page.locator("button[value=let_in]").click()
    page.locator("button[value=floor]").click()
    page.locator("#f-tl").fill("Tổ điện thay bóng trụ số 14, chậm nhất tối thứ Sáu.")
    page.locator("#f-ai").fill(SIGNED["signer_name"])
    page.locator("#f-cv").fill(SIGNED["signer_office"])
    page.locator("button[value=answer]").click()
    expect(page.locator("#f-tl")).to_have_count(0)

    opinion = Opinion.all_.get()
    assert (opinion.source, opinion.slip_number, opinion.state) == ("forum", "07", "published")
    office_page = f"/quan-tri/gop-y/{opinion.public_id}/"
    for verb in ("theo-doi", "bang-chung", "dong"):
        page.goto(f"{office_page}{verb}/")
        if verb == "bang-chung":
            page.locator("#id_file").set_input_files({"name": "den.jpg", "mimeType": "image/jpeg", "buffer": picture()})
            page.locator("#id_title").fill("Đèn số 14 sáng lại")
            page.locator("input[name=seen_by][value=everybody]").check()
        page.locator("main form[method=post] button[type=submit]").click()
        page.wait_for_url(f"**{office_page}")

    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    reader = context.new_page()
    reader.goto(base)
    expect(reader.locator("main")).to_contain_text("chậm nhất tối thứ Sáu")
    reader.get_by_role("link", name="Xem cả câu hỏi này").click()
    photo = reader.get_by_role("img", name="Đèn số 14 sáng lại")
    expect(photo).to_be_visible()
    assert reader.request.get(photo.get_attribute("src") or "").headers["content-type"].startswith("image/")
    assert Opinion.all_.get().state == "closed"
    context.close()


def test_a_refused_slip_stays_away_from_the_one_being_typed_and_a_new_token_is_taken(clerk: BrowserContext, scene: Office) -> None:
    page = clerk.new_page()
    page.goto(f"/dien-dan/{live(scene).public_id}/nhap-phieu/")

    def take(words: str, number: str) -> None:
        page.locator("#e-text").fill(words)
        page.locator("#e-so").fill(number)
        page.locator("form[data-entry] button").click()

    take("Loa phát sớm quá, em bé giật mình.", "1")
    expect(page.locator("[data-left]")).to_be_hidden(timeout=15_000)
    clerk.set_offline(True)
    take("Cầu ván mục, người già không dám qua.", "1")
    expect(page.locator("[data-left]")).to_contain_text("1")
    page.locator("#e-text").fill("Chữ đang gõ dở")
    # Signing in again in another tab gives another token.
    page.evaluate("token => document.cookie = `csrftoken=${token}; path=/`", get_random_string(32))
    clerk.set_offline(False)
    refused = page.locator("[data-refused] li")
    expect(refused).to_contain_text("Cầu ván mục", timeout=20_000)
    expect(page.locator("#e-text")).to_have_value("Chữ đang gõ dở")
    clean(page)
    refused.locator("[data-back]").click()
    expect(page.locator("[data-left]")).to_contain_text("đang gõ")
    page.locator("#e-text").fill("")
    refused.locator("[data-back]").click()
    expect(page.locator("#e-text")).to_have_value("Cầu ván mục, người già không dám qua.")
    expect(refused).to_have_count(0)
    page.locator("#e-so").fill("2")
    page.locator("form[data-entry] button").click()
    expect(page.locator("#e-text")).to_have_value("")
    expect(page.locator("[data-left]")).to_be_hidden(timeout=15_000)
    page.evaluate("key => localStorage.setItem(key, JSON.stringify([{code: 'x', text: 'Của người khác', who: '0'}]))", f"liengia-forum-{page.url.split('/')[4]}")
    page.reload()
    expect(page.locator("#e-text")).to_be_visible()
    expect(page.locator("[data-left]")).to_be_hidden()
    expect(page.locator("[data-refused]")).to_be_hidden()
    assert sorted(Opinion.all_.values_list("slip_number", flat=True)) == ["1", "2"]


def test_a_visitor_asks_and_hands_in_a_slip_without_scripts(chromium: Browser, site: Site, scene: Office) -> None:
    forum = live(scene)
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/dien-dan/{forum.short_code}/")
    page.locator("textarea[name=text]").fill("Cống trước chợ nghẹt, mưa là ngập.")
    page.wait_for_timeout(3300)
    page.locator("form.opinion-form button[type=submit]").click()
    expect(page.locator(".private-code")).to_be_visible()
    assert ForumQuestion.objects.get().came_by == "live"
    page.goto(f"/dien-dan/{forum.public_id}/khao-sat/after/")
    for group in page.locator("form.opinion-form fieldset").all():
        group.locator("label").first.click()
    page.locator("form.opinion-form button").click()
    expect(page.locator("h1")).to_contain_text("Đã ghi nhận")
    assert SurveyCount.objects.count() == 5
    context.close()


def test_a_question_is_asked_with_the_keyboard_alone(chromium: Browser, site: Site, scene: Office) -> None:
    forum = live(scene)
    context = chromium.new_context(base_url=site.url, locale="vi-VN")
    page = context.new_page()
    page.goto(f"/dien-dan/{forum.public_id}/")

    def tab_to(selector: str) -> None:
        for _press in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    tab_to("main a.button.primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/hoi/")
    tab_to("textarea[name=text]")
    page.keyboard.type("Cống trước chợ nghẹt, mưa là ngập.")
    page.wait_for_timeout(3300)
    tab_to("form.opinion-form button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator(".private-code")).to_be_visible()
    assert ForumQuestion.objects.count() == 1
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")])
def test_every_kind_of_page_is_accessible(chromium: Browser, site: Site, scene: Office, width: int, scheme: str) -> None:
    forum = live(scene)
    queued(scene, forum, "Đèn hẻm 14 tắt cả tháng.")
    forum_questions.give_floor(queued(scene, forum, "Cống trước chợ nghẹt, mưa là ngập."), actor=by(scene))
    forum_questions.ask(forum, text="Trộm vặt nhiều quá.", code=codes.new_code(), came_by="live")
    over = signed(scene)
    signed_in = sign_in(Client(), scene.duyen).cookies["sessionid"].value
    context = chromium.new_context(base_url=site.url, viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    wrong = {}

    def look(*paths: str) -> None:
        for path in paths:
            page.goto(path)
            found = violations(page)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if found or wide > 0:
                wrong[path] = [*found, *([f"wider by {wide}"] if wide > 0 else [])]

    one = f"/dien-dan/{forum.public_id}/"
    look("/dien-dan/", one, f"{one}hoi/", f"{one}khao-sat/before/", f"{one}phieu-giay/", f"{one}man-hinh/", f"/dien-dan/{over.public_id}/")
    context.add_cookies([{"name": "sessionid", "value": signed_in, "url": site.url}])
    look(
        "/dien-dan/to-chuc/", "/dien-dan/moi/", f"{one}ban-thu-ky/", f"/dien-dan/{over.public_id}/ban-thu-ky/", f"{one}nhap-phieu/",
        "/quan-tri/dien-dan/", "/quan-tri/dien-dan/new/", f"/quan-tri/dien-dan/edit/{forum.pk}/",
    )  # fmt: skip
    assert not wrong, wrong
    context.close()


def test_the_wall_follows_its_stream_keeps_its_last_picture_and_catches_up(clerk: BrowserContext, scene: Office, chromium: Browser, site: Site) -> None:
    forum = live(scene)
    context = chromium.new_context(base_url=site.url, locale="vi-VN")  # a projector: nobody is signed in
    wall = context.new_page()
    asked: list[str] = []
    wall.on("request", lambda request: asked.append(request.url) if "/phan/" in request.url else None)
    wall.goto(f"/dien-dan/{forum.public_id}/man-hinh/")
    expect(wall.locator("html")).to_have_attribute("data-stream", "online")
    wall.wait_for_timeout(1000)
    before = len(asked)
    queued(scene, forum, "Đèn hẻm 14 tắt cả tháng.")
    expect(wall.locator(".forum-queue li")).to_have_count(1, timeout=10_000)
    wall.wait_for_timeout(3500)
    assert len(asked) - before <= 2, "it is told, and does not ask again and again"

    context.set_offline(True)
    expect(wall.locator("[data-offline]")).to_be_visible(timeout=15_000)
    expect(wall.locator("[data-since]")).to_contain_text(":")
    queued(scene, forum, "Cống trước chợ nghẹt, mưa là ngập.")
    expect(wall.locator(".forum-queue li")).to_have_count(1)
    context.set_offline(False)
    expect(wall.locator("[data-offline]")).to_be_hidden(timeout=20_000)
    expect(wall.locator(".forum-queue li")).to_have_count(2, timeout=10_000)
    context.close()


def test_the_wall_works_without_scripts(chromium: Browser, site: Site, scene: Office) -> None:
    forum = live(scene)
    queued(scene, forum, "Đèn hẻm 14 tắt cả tháng.")
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    wall = context.new_page()
    wall.goto(f"/dien-dan/{forum.public_id}/man-hinh/")
    expect(wall.locator(".forum-queue li")).to_have_count(1)
    assert wall.locator("meta[http-equiv=refresh]").get_attribute("content") == "15", "it draws itself anew"
    context.close()
