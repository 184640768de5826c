"""Opinions in a real browser: without scripts, without a network, by keyboard and eye."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from liengia.core.actor import Actor
from liengia.opinions import codes, services
from liengia.opinions.models import AnswerKind, Opinion, Photo, Source
from liengia.people.models import User
from tests.alarms.console_scene import sign_in
from tests.core.test_images import with_exif
from tests.e2e.resident_stage import until
from tests.harness.browser import violations
from tests.harness.site import Site
from tests.opinions.given import LAMP, Office, office, public, sorted_, topic

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FORM, FOLLOW, ENTER = "/gop-y/gui/?xa=28108", "/gop-y/theo-doi/", "/gop-y/ghi-ho/"


@pytest.fixture
def here(transactional_db: None) -> Office:
    reverse("opinions:index")  # addresses are loaded here, not inside the first write that needs one
    services.ensure_defaults()
    return office()


@pytest.fixture
def site(here: Office) -> Iterator[Site]:
    made = Site()
    made.start()
    yield made
    made.end()


@pytest.fixture
def opened(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def open_(path: str, *, user: User | None = None, **options: object) -> Page:
        context = chromium.new_context(base_url=site.url, locale="vi-VN", **options)  # type: ignore[arg-type]
        contexts.append(context)
        if user is not None:
            cookie = sign_in(Client(), user).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": site.url}])
        page = context.new_page()
        page.set_default_timeout(12_000)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()


def fill(page: Page, text: str = LAMP) -> None:
    page.locator("#id_text").fill(text)
    page.locator("#id_place_words").fill("Cua miếu Bà")


def test_without_scripts_an_opinion_with_a_photo_is_sent_followed_rated_and_opened_again(
    opened: Callable[..., Page], here: Office, tmp_path: Path
) -> None:
    photo = tmp_path / "den.jpg"
    photo.write_bytes(with_exif())
    page = opened(FORM, java_script_enabled=False)
    name = page.locator("#id_contact_name")
    expect(name).to_be_hidden()
    page.locator("[name=contact][value=named]").check()
    expect(name).to_be_visible()
    page.locator("[name=contact][value=anonymous]").check()
    fill(page)
    page.locator("#id_photos").set_input_files(photo)
    page.wait_for_timeout(3100)  # a form is not sent sooner than anybody types
    page.get_by_role("button", name="Gửi ý kiến", exact=True).click()
    code = page.locator(".private-code").inner_text()
    opinion = Opinion.all_.get()
    assert opinion.is_anonymous and Photo.objects.get().opinion == opinion
    services.sort(opinion, topic=topic(), actor=Actor.of(here.duyen))
    services.answer(
        opinion, kind=AnswerKind.IN_WRITING, text="Đã thay bóng số 14.", signer_name="Ông Mẫu", signer_office="UBND xã",
        actor=Actor.of(here.duyen),
    )  # fmt: skip
    services.close(opinion, actor=Actor.of(here.duyen))

    page.goto(FOLLOW)
    page.locator("#id_code").fill(code.lower())
    page.get_by_role("button", name="Mở", exact=True).click()
    expect(page.locator("main")).to_contain_text("Đã thay bóng số 14.")
    page.locator('input[name="satisfaction"]').last.check()
    with page.expect_navigation():
        page.locator('form:has(input[value="rate"]) button').click()
    assert opinion.ratings.count() == 1
    page.locator('form:has(input[value="reopen"]) textarea').fill("Tối qua lại tắt.")
    with page.expect_navigation():
        page.locator('form:has(input[value="reopen"]) button').click()
    assert Opinion.all_.get().reopened_on is not None


def test_the_code_of_the_slip_fills_the_field_and_leaves_the_address(opened: Callable[..., Page], here: Office) -> None:
    page = opened(f"{FOLLOW}#ABCDEFGHJKLMNPQRSTUVWXYZ")
    expect(page.locator("#id_code")).to_have_value("ABCDEFGHJKLMNPQRSTUVWXYZ")
    assert "#" not in page.url


def test_public_opinions_like_it_are_shown_while_one_writes_and_never_others(opened: Callable[..., Page], here: Office) -> None:
    public(here)
    sorted_(here, text="Đèn đường số 14 tắt một tuần nay, chưa công khai")
    page = opened(FORM)
    fill(page, "Đèn đường số 14 tắt một tuần nay rồi, tối thui")
    expect(page.locator("#gan-giong a")).to_have_count(1, timeout=8000)
    assert "chưa công khai" not in page.content()


def test_written_down_without_a_network_it_is_filed_once_and_its_slip_printed(opened: Callable[..., Page], here: Office) -> None:
    page = opened(ENTER, user=here.cast.huynh, service_workers="block")  # what a worker passes on is not seen by the routes below
    filed: list[str] = []
    network = False

    def pass_on(route: object) -> None:
        if not network:
            route.abort()  # type: ignore[attr-defined]
            return
        filed.append(route.request.post_data)  # type: ignore[attr-defined]
        route.fetch()  # type: ignore[attr-defined]  # the first answer is lost on its way
        route.abort() if len(filed) == 1 else route.continue_()  # type: ignore[attr-defined]

    page.route("**/dong-bo/", pass_on)  # one route for both: between two of them what the phone tries by itself would pass unseen
    for number in (1, 2):
        fill(page, f"Ý kiến ghi hộ số {number}")
        if number == 2:
            page.locator(".concern summary").click()
            page.locator("#id_officer_words").fill("ông chủ tịch xã")
        page.get_by_role("button", name=re.compile("^Lưu")).click()
        expect(page.locator("[data-waiting]")).to_have_text(str(number))
        expect(page.locator("#id_text")).to_have_value("")
        expect(page.locator("#id_text_count")).to_contain_text("0 / 2000")
    assert not Opinion.all_.exists() and page.locator("#cho-gui li").count() == 2
    page.reload()  # what waits is still in the phone
    expect(page.locator("#cho-gui li")).to_have_count(2)

    network = True
    page.locator("[data-send]").click()
    expect(page.locator("[data-send]")).to_be_enabled()
    page.wait_for_function("document.querySelector('[data-waiting]').textContent === '2'")
    page.locator("[data-send]").click()
    expect(page.locator("#cho-gui [data-away]")).to_have_count(2, timeout=45_000)
    assert Opinion.all_.count() == 2 and len(filed) >= 3, "sent again after the lost answer, filed once"
    assert sorted((row.about_officials, row.officials_to) for row in Opinion.all_.all()) == [(False, ""), (True, "front")]
    assert {row.source for row in Opinion.all_.all()} == {Source.PAPER} and {row.entered_by for row in Opinion.all_.all()} == {here.cast.huynh}
    kept = page.evaluate(
        "() => new Promise(done => { const o = indexedDB.open('liengia-opinions', 1); o.onsuccess = () => {"
        " const a = o.result.transaction('entries').objectStore('entries').getAll(); a.onsuccess = () => done(JSON.stringify(a.result)) } })"
    )
    assert "ghi hộ số" not in kept, "the words leave the phone once they are filed"
    code = page.locator("#cho-gui [data-code]").first.inner_text()
    pdf = page.request.post("/gop-y/phieu.pdf", form={"code": code, "csrfmiddlewaretoken": page.locator("input[name=csrfmiddlewaretoken]").first.input_value()})
    assert pdf.status == 200 and pdf.body().startswith(b"%PDF-")
    page.locator("[data-away]").first.click()
    expect(page.locator("#cho-gui li")).to_have_count(1)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark"), (320, "light")])
def test_pages_are_accessible_and_stay_within_the_screen(
    opened: Callable[..., Page], here: Office, width: int, theme: str
) -> None:
    opinion = public(here)
    services.answer(
        opinion, kind=AnswerKind.IN_WRITING, text="Đã thay.", signer_name="Ông Mẫu", signer_office="UBND xã", actor=Actor.of(here.duyen)
    )
    services.publish(opinion, actor=Actor.of(here.duyen))
    page = opened("/", viewport={"width": width, "height": 740}, color_scheme=theme)

    def look(name: str) -> None:
        assert violations(page) == [], name
        page.evaluate("document.documentElement.dataset.text = '3'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.evaluate("delete document.documentElement.dataset.text")

    for path in ("/", "/gop-y/", f"/gop-y/{opinion.public_id}/", "/gop-y/bang-theo-doi/", FOLLOW, FORM):
        page.goto(path)
        look(path)
    fill(page, "Một việc khác hẳn")
    page.wait_for_timeout(3100)
    page.get_by_role("button", name="Gửi ý kiến", exact=True).click()
    code = page.locator(".private-code").inner_text()
    look("thanks")
    page.goto(FOLLOW)
    page.locator("#id_code").fill(code)
    page.get_by_role("button", name="Mở", exact=True).click()
    expect(page.locator("main")).to_contain_text("Một việc khác hẳn")
    look("followed")
    helper = opened(ENTER, user=here.cast.huynh, viewport={"width": width, "height": 740}, color_scheme=theme)
    page = helper
    look(ENTER)


def test_the_page_opens_without_a_network_and_what_was_written_there_is_filed_once(opened: Callable[..., Page], here: Office) -> None:
    """Loaded once; network gone; opened anew; two written; opened anew again; network back: both filed, once each."""
    told = services.file_for_another(
        services.Draft(here.commune, "Lời của người khác", place_words="Ấp", contact_name="Bà Không Được Giữ", is_anonymous=False),
        code=codes.new_code(), helper=here.cast.huynh, actor=Actor.of(here.cast.huynh),
    )  # fmt: skip
    services.sort(told, topic=topic(), actor=Actor.of(here.duyen))
    services.answer(told, kind=AnswerKind.IN_WRITING, text="Đã xong.", signer_name="Ông Mẫu", signer_office="UBND xã", actor=Actor.of(here.duyen))
    page = opened(ENTER, user=here.cast.huynh)
    expect(page.locator("main")).to_contain_text("Bà Không Được Giữ")
    until(page, "caches.match('/gop-y/ghi-ho/?o-lai=1').then(Boolean)")
    kept = page.evaluate("async () => (await caches.match('/gop-y/ghi-ho/?o-lai=1')).text()")
    assert "Không Được Giữ" not in kept and "Lời của người khác" not in kept, "nobody's name or words are kept"
    before = Opinion.all_.count()

    page.context.set_offline(True)
    page.goto(ENTER)  # opened anew, without a network
    expect(page.locator(".when-offline")).to_be_visible()
    assert page.evaluate("[...document.styleSheets].filter(one => one.cssRules.length).length") >= 5, "with its styles"
    first_codes = []
    for number in (1, 2):
        fill(page, f"Ghi lúc không có mạng, số {number}")
        page.get_by_role("button", name=re.compile("^Lưu")).click()
        expect(page.locator("[data-waiting]")).to_have_text(str(number))
        first_codes.append(page.locator("#cho-gui [data-code]").nth(number - 1).inner_text())
        page.goto(ENTER)  # the kept page brings no code a second time
        expect(page.locator("#cho-gui li")).to_have_count(number)
    assert len(set(first_codes)) == 2 and all(codes.parse(one) for one in first_codes), "made in the phone, right by the check symbol"
    assert Opinion.all_.count() == before

    page.context.set_offline(False)  # they go by themselves
    expect(page.locator("#cho-gui [data-away]")).to_have_count(2, timeout=30_000)
    page.goto(ENTER)
    expect(page.locator(".when-offline")).to_be_hidden()
    assert Opinion.all_.count() == before + 2 and {services.find_by_code(one).entered_by for one in first_codes} == {here.cast.huynh}


def test_who_may_no_longer_enter_loses_the_kept_page(opened: Callable[..., Page], here: Office) -> None:
    page = opened(ENTER, user=here.cast.huynh)
    until(page, "caches.match('/gop-y/ghi-ho/?o-lai=1').then(Boolean)")
    page.context.clear_cookies()
    page.goto(ENTER)
    page.goto("/gop-y/")
    assert page.evaluate("async () => Boolean(await caches.match('/gop-y/ghi-ho/?o-lai=1'))") is False


def test_an_entry_is_two_fields_and_one_button(opened: Callable[..., Page], here: Office) -> None:
    """What two minutes are made of: the fields that must be filled, and the keys from the first of them to the code."""
    page = opened(ENTER, user=here.cast.huynh)
    page.locator("#id_text").focus()
    page.keyboard.type(LAMP)
    page.keyboard.press("Tab")
    page.keyboard.type("Cua miếu Bà")
    keys = 1
    while not page.evaluate("document.activeElement.matches('form[data-enter] button')") and keys < 20:
        page.keyboard.press("Tab")
        keys += 1
    page.keyboard.press("Enter")
    expect(page.locator("#cho-gui [data-away]")).to_have_count(1)
    assert page.locator("#cho-gui [data-code]").inner_text() and Opinion.all_.get().text == LAMP
    assert keys <= 7, "five fields that may be left empty lie between, and nothing else"
