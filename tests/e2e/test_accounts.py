"""Ways in, in a real browser: passkeys of a virtual authenticator, code app, recovery code, invitation, PIN."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Browser, BrowserContext, Page, expect

from liengia.people import services
from liengia.people.models import BoundPhone, Invitation, Membership, User
from tests.cast import TESTER, Cast, assemble
from tests.harness.browser import violations
from tests.harness.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "bon tai cho hai nha"
ZALO = "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/106 Mobile Safari/537.36 Zalo android/12090654"
Opened = Callable[..., Page]


@pytest.fixture
def scene(transactional_db: None) -> Cast:
    return assemble()


@pytest.fixture
def browse(chromium: Browser, site: Site) -> Iterator[Opened]:
    """Return a maker of fresh browsers: nobody is signed in."""
    contexts: list[BrowserContext] = []

    def open_(path: str = "/", **options: object) -> Page:
        context = chromium.new_context(base_url=site.url, locale="vi-VN", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()


def give_authenticator(page: Page) -> None:
    """Give this browser a device lock that answers by itself, as a phone's fingerprint does."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_out(page: Page) -> None:
    page.goto("/tai-khoan/")
    page.locator('form[action="/tai-khoan/ra/"] button').click()
    page.wait_for_url(lambda url: urlsplit(url).path == "/")  # not the page where one stands: it ends in a slash too
    page.goto("/tai-khoan/")
    expect(page).to_have_url(re.compile("/tai-khoan/vao/"))


def type_password(page: Page, name: str) -> None:
    page.goto("/tai-khoan/vao/")
    page.locator("#id_login").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")  # a font that comes late can move the button away from under a press
    page.wait_for_url("**/tai-khoan/bao-mat/ma/")


def first_day(browse: Opened, user: User, **options: object) -> Page:
    """Open the office's invitation, choose a password, and stand before the second factor."""
    page = browse(services.invite_to_office(user, actor=TESTER).path, **options)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button.primary").click()
    page.wait_for_url("**/tai-khoan/lop-thu-hai/")
    return page


def test_a_passkey_is_enrolled_and_opens_office_and_console(browse: Opened, scene: Cast) -> None:
    services.assign_role(scene.quan, "duty_officer", scene.commune, actor=TESTER)
    page = first_day(browse, scene.quan)
    give_authenticator(page)
    assert page.goto("/quan-tri/") and "/lop-thu-hai/" in page.url, "without a second factor it stays shut"
    page.locator('main a[href="/tai-khoan/bao-mat/khoa/them/"]').click()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/tai-khoan/bao-mat/du-phong/")
    expect(page.locator(".codes li")).to_have_count(10)
    kept = Authenticator.objects.get(user=scene.quan, type="webauthn")
    assert kept.wrap().is_passwordless

    sign_out(page)
    type_password(page, "quan")
    page.locator("#mfa_webauthn_authenticate").click()
    page.wait_for_url("**/truc/**")
    for path in ("/quan-tri/", "/truc/"):
        answer = page.goto(path)
        assert answer and answer.status == 200 and path in page.url

    sign_out(page)
    page.goto("/tai-khoan/vao/?next=/quan-tri/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/quan-tri/")
    expect(page.get_by_text("Trần Quản Trị").first).to_be_visible()
    kept.refresh_from_db()
    assert kept.last_used_at is not None


def test_a_passkey_of_another_device_is_refused_in_words(browse: Opened, scene: Cast) -> None:
    page = browse("/tai-khoan/vao/")
    give_authenticator(page)
    expect(page.locator("[data-passkey-failed]")).to_be_hidden()
    page.locator("#passkey_login").click()
    expect(page.locator("[data-passkey-failed]")).to_be_visible(timeout=15_000)
    assert page.goto("/quan-tri/") and "/tai-khoan/vao/" in page.url


def test_a_code_app_opens_the_console_and_a_recovery_code_does_so_once(browse: Opened, scene: Cast) -> None:
    page = first_day(browse, scene.truc)
    page.locator('main a[href="/tai-khoan/bao-mat/ung-dung/"]').click()
    secret = page.locator("code.secret").text_content() or ""
    page.locator("#id_code").fill(code_of(secret))
    page.locator("main form button.primary").click()
    page.wait_for_url("**/tai-khoan/bao-mat/du-phong/")
    recovery = page.locator(".codes code").first.text_content() or ""

    sign_out(page)
    type_password(page, "truc")
    page.locator("#id_code").fill(code_of(secret))
    page.locator("main form button.primary").click()
    page.wait_for_url("**/truc/**")

    for again in (False, True):
        sign_out(page) if not again else page.context.clear_cookies()
        type_password(page, "truc")
        page.locator("#id_code").fill(recovery)
        page.locator("main form button.primary").click()
        if again:
            expect(page.locator("#id_code")).to_have_attribute("aria-invalid", "true")
            assert page.goto("/truc/") and "/truc/" not in page.url
        else:
            page.wait_for_url("**/truc/**")


def code_of(secret: str) -> str:
    """Return what the app shows now; it is taken for half a minute longer (`MFA_TOTP_TOLERANCE`)."""
    return str(format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1])))


def test_a_resident_joins_without_a_password_and_comes_back_by_passkey(browse: Opened, scene: Cast) -> None:
    issued = services.invite_household(scene.house_9, actor=TESTER)
    page = browse(issued.path, viewport={"width": 360, "height": 740})
    give_authenticator(page)
    page.locator("#id_full_name").fill("Trần Văn Bần")
    page.locator("main form button.primary").click()
    page.wait_for_url("**/tai-khoan/cho-xac-nhan/")
    house = f"/nha/ho/{scene.house_9.public_id}/"
    answer = page.goto(house)
    assert answer and answer.status == 404, "nothing is shown before the leader's word"
    page.goto("/tai-khoan/cho-xac-nhan/")
    page.locator('a[href="/tai-khoan/bao-mat/khoa/them/"]').click()
    expect(page.locator("#id_passwordless")).to_be_checked()
    expect(page.locator("#id_passwordless")).to_be_disabled()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/tai-khoan/bao-mat/du-phong/")
    joined = User.objects.get(full_name="Trần Văn Bần")
    assert not joined.has_usable_password()
    services.confirm_membership(Membership.objects.get(user=joined), actor=TESTER)

    sign_out(page)
    page.goto("/tai-khoan/vao/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/nha/")
    answer = page.goto(house)
    assert answer and answer.status == 200


def test_zalos_browser_shows_the_way_out_and_uses_nothing_up(browse: Opened, scene: Cast) -> None:
    issued = services.invite_household(scene.house_9, actor=TESTER)
    page = browse(issued.path, viewport={"width": 360, "height": 740}, user_agent=ZALO)
    expect(page.locator(".zalo-steps img")).to_have_count(3)
    drawn = page.locator(".zalo-steps img").evaluate_all("all => all.every(one => one.complete && one.naturalWidth > 0)")
    assert drawn
    expect(page.locator("#link")).to_have_value(re.compile(re.escape(issued.path)))
    expect(page.locator("main form")).to_have_count(0)
    assert Invitation.objects.get().is_usable


def test_a_leaders_phone_is_bound_opens_by_pin_and_is_cut_off(browse: Opened, scene: Cast) -> None:
    issued = services.invite_to_bind(scene.moc_mien, actor=TESTER)
    page = browse(issued.path, viewport={"width": 360, "height": 740})
    page.locator("#id_pin").fill("193847")
    page.locator("#id_again").fill("193847")
    page.locator("main form button.primary").click()
    page.wait_for_url("**/nha/")
    sign_out(page)
    page.goto("/tai-khoan/vao/")
    page.locator('main a[href^="/tai-khoan/ma-pin/"]').click()
    page.locator("#id_pin").fill("000007")
    page.locator("main form button.primary").click()
    expect(page.locator("#id_pin")).to_have_attribute("aria-invalid", "true")
    page.locator("#id_pin").fill("193847")
    page.locator("main form button.primary").click()
    page.wait_for_url("**/nha/")
    services.revoke_phone(BoundPhone.objects.get(), actor=TESTER)
    page.goto("/nha/")
    expect(page).to_have_url(re.compile("/tai-khoan/vao/"))
    expect(page.locator('a[href^="/tai-khoan/ma-pin/"]')).to_have_count(0)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")])
def test_the_pages_of_ways_in_are_accessible_and_within_the_screen(
    browse: Opened, scene: Cast, width: int, theme: str
) -> None:
    look = {"viewport": {"width": width, "height": 740}, "color_scheme": theme}
    wrong: list[str] = []

    def see(page: Page, *paths: str) -> None:
        for path in paths:
            page.goto(path)
            assert path.split("?")[0] in page.url, f"{path} led to {page.url}"
            wrong.extend(f"{path}: {fault}" for fault in violations(page))
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"{path}: wider than the screen")

    join = services.invite_household(scene.house_9, actor=TESTER)
    bind = services.invite_to_bind(scene.moc_mien, actor=TESTER)
    page = browse("/tai-khoan/vao/", **look)
    see(page, "/tai-khoan/vao/", "/tai-khoan/dang-ky/", "/tai-khoan/quen-mat-khau/", join.path, bind.path, "/vao/khongcothe/")
    see(browse(join.path, user_agent=ZALO, **look), join.path)

    page.goto(bind.path)
    page.locator("#id_pin").fill("193847")
    page.locator("#id_again").fill("193847")
    page.locator("main form button.primary").click()
    page.wait_for_url("**/nha/")
    sign_out(page)
    see(page, "/tai-khoan/vao/", "/tai-khoan/ma-pin/")

    resident = browse(join.path, **look)
    resident.locator("#id_full_name").fill("Trần Văn Bần")
    resident.locator("main form button.primary").click()
    resident.wait_for_url("**/tai-khoan/cho-xac-nhan/")
    see(resident, "/tai-khoan/cho-xac-nhan/", "/tai-khoan/", "/tai-khoan/dat-mat-khau/", "/tai-khoan/bao-mat/khoa/them/")

    office = services.invite_to_office(scene.truc, actor=TESTER)
    see(browse(office.path, **look), office.path)
    staff = first_day(browse, scene.truc, **look)
    give_authenticator(staff)
    see(staff, "/tai-khoan/lop-thu-hai/", "/tai-khoan/bao-mat/ung-dung/", "/tai-khoan/bao-mat/khoa/them/")
    staff.locator("#mfa_webauthn_add").click()
    staff.wait_for_url("**/tai-khoan/bao-mat/du-phong/")
    see(
        staff, "/tai-khoan/bao-mat/du-phong/", "/tai-khoan/bao-mat/du-phong/tao/", "/tai-khoan/bao-mat/khoa/",
        "/tai-khoan/doi-mat-khau/", "/tai-khoan/xac-nhan-mat-khau/", "/tai-khoan/bao-mat/khoa/lai/", "/tai-khoan/lop-thu-hai/",
        "/tai-khoan/", "/tai-khoan/ra/",
    )  # fmt: skip
    sign_out(staff)
    type_password(staff, "truc")
    wrong.extend(f"mfa_authenticate: {fault}" for fault in violations(staff))
    assert not wrong, "\n".join(wrong)
