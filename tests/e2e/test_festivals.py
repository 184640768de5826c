"""The Festival in a real browser: planned, held from a phone that loses its network, watched on the board, read by everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from liengia.core import clock
from liengia.festivals import links
from liengia.festivals.models import (
    ContestResult,
    DayEvent,
    FestivalDay,
    GuestInvitation,
    Pledge,
    ProgrammeItem,
    Season,
)
from liengia.festivals.services import days, guests, live, pledges, prepared, results, seasons
from liengia.festivals.services.days import Host
from liengia.festivals.services.live import Told
from liengia.festivals.services.pledges import Promise
from liengia.organisations import services as organisations
from liengia.papers.models import Paper
from liengia.people.models import RoleAssignment
from tests.cast import TESTER, Cast, assemble
from tests.e2e.kept import press_signed_out_and_send_after
from tests.e2e.reading import faults
from tests.e2e.resident_stage import until
from tests.festivals.given import PROGRAMME
from tests.festivals.test_live import _picture
from tests.harness.processes import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BASE = "/quan-tri/ngay-hoi/"
PHONE = "/ngay-hoi/ghi/"


@pytest.fixture
def scene(transactional_db: None) -> Cast:
    """The cast, with the commune's People's Committee and a season that runs."""
    reverse("festivals:index")
    cast = assemble()
    for kind, name in (("peoples_committee", "Ủy ban nhân dân xã Cần Đước"), ("school", "Trường Mẫu Cần Đước")):
        organisations.create_organisation(kind=kind, name=name, unit=cast.commune, actor=TESTER)
    today = clock.today()
    seasons.plan_season(unit=cast.commune, name="Mùa ngày hội", theme="Xóm ấp bình yên", starts_on=today - timedelta(days=3), ends_on=today + timedelta(days=30), actor=TESTER)
    return cast


def today_s(scene: Cast) -> FestivalDay:
    """Announce a day of the hamlet that is to begin now."""
    begins = clock.now().replace(second=0, microsecond=0)
    made = days.plan_days(Season.objects.get(), [Host(scene.hamlet)], place="Nhà văn hóa", starts_at=begins, items=PROGRAMME, actor=TESTER)[0]
    return days.announce_day(made, actor=TESTER)


def test_an_office_plans_announces_and_drafts_the_plan(scene: Cast, opened: Callable[..., Page]) -> None:
    page = opened(scene.quan, BASE)
    page.get_by_role("link", name="Mùa ngày hội").click()
    page.get_by_label("Khu phố 5, xã Cần Đước").check()
    page.get_by_label("Khai mạc lúc").fill(f"{clock.today() + timedelta(days=5)}T07:30")
    page.locator("[name=place]").fill("Nhà văn hóa Khu phố 5")
    page.get_by_role("button", name="Lập các ngày này").click()
    page.get_by_role("link", name="Khu phố 5, xã Cần Đước").click()
    expect(page.get_by_text("phương án khi trời mưa")).to_be_visible()
    page.get_by_role("link", name="Chương trình", exact=True).click()
    games = page.get_by_role("group", name="Phần hội")
    expect(games).to_be_visible()  # the page that is left has no rows either
    while games.locator("[data-row]").count():
        games.get_by_role("button", name="Bỏ hàng này").first.click()
    games.get_by_text("Dán từ bảng tính").click()
    games.locator("[name=festivities-dan]").fill("9:00\tđua voi\tĐua voi")
    page.get_by_role("button", name="Lưu chương trình").click()
    expect(page.get_by_text("không có loại “đua voi”")).to_be_visible()
    expect(games.locator("[name=festivities-0-2]")).to_have_value("Đua voi")
    games.get_by_role("button", name="Thêm hàng").click()
    games.locator("[data-row]").last.get_by_label("Nội dung").fill("Kéo co")
    games.locator("[data-row]").last.get_by_label("Loại").select_option("trò chơi dân gian")
    games.get_by_role("button", name="Bỏ hàng này").first.click()
    page.get_by_role("button", name="Lưu chương trình").click()
    expect(page.get_by_text("Đã lưu chương trình.")).to_be_visible()
    page.get_by_role("link", name="Tổng quan", exact=True).click()
    page.get_by_role("button", name="Công bố").click()
    page.get_by_role("button", name="Kế hoạch").click()
    expect(page.get_by_text("Đã soạn.")).to_be_visible()
    assert Paper.objects.get().kind == "plan"
    page.get_by_role("link", name="Trang bà con xem").click()
    expect(page.get_by_role("heading", name="Chương trình")).to_be_visible()
    expect(page.get_by_text("Kéo co")).to_be_visible()
    expect(page.get_by_text("âm lịch").first).to_be_visible()


def test_a_day_is_held_from_a_phone_that_loses_its_network(scene: Cast, opened: Callable[..., Page]) -> None:
    day = today_s(scene)
    board = opened(scene.khach, f"/ngay-hoi/truc-tiep/{day.day}/")
    board.context.clear_cookies()
    board.reload()
    tile = board.locator(f"[data-day='{day.public_id}']")
    expect(tile).to_contain_text(re.compile("Khai mạc|Chưa có tin"))
    phone = opened(scene.huynh, PHONE, viewport={"width": 360, "height": 740})
    phone.get_by_role("button", name="Ngày hội khai mạc").click()
    expect(tile).to_contain_text("Đang diễn ra")
    expect(board.locator("[data-sums]")).to_contain_text("1 / 1")

    phone.context.set_offline(True)
    phone.get_by_role("button", name="Chào cờ").click()
    phone.get_by_label("Số bà con đã đến").fill("123400")
    phone.get_by_role("button", name="Báo", exact=True).first.click()
    expect(phone.get_by_role("alert")).to_contain_text("Số này có đúng không?")
    expect(phone.locator("[data-waiting]")).to_have_text("1")
    phone.get_by_role("button", name="Không, là: 1.234").click()
    expect(phone.locator("[data-waiting]")).to_have_text("2")
    phone.get_by_role("button", name="Báo cáo một năm").click()
    phone.get_by_text("Kết quả: Kéo co").click()
    phone.get_by_label("Thứ hạng: mỗi đội một dòng").fill("Đội Ấp 1 | 2–0\nĐội Ấp 2")
    phone.get_by_role("button", name="Báo kết quả").click()
    expect(phone.locator("[data-waiting]")).to_have_text("4")
    expect(phone.locator("li[data-on]")).to_contain_text("Báo cáo một năm")
    assert DayEvent.objects.count() == 1, "nothing went out"
    assert faults_here(phone) == []

    phone.context.set_offline(False)
    expect(phone.locator("#cho-gui")).to_be_hidden(timeout=20_000)
    expect(tile).to_contain_text("1.234")
    phone.get_by_label("Số bà con đã đến").fill("đông lắm")
    phone.get_by_role("button", name="Báo", exact=True).first.click()
    expect(phone.get_by_text("Mời ghi số người bằng chữ số")).to_be_visible()
    expect(phone.locator("[data-waiting]")).to_have_text("0")
    phone.get_by_label("Số bà con đã đến").fill("1.235 người")
    phone.get_by_role("button", name="Báo", exact=True).first.click()
    expect(tile).to_contain_text("1.235")
    expect(phone.get_by_text("Mời ghi số người bằng chữ số")).to_be_hidden()
    expect(tile).to_contain_text("Báo cáo")
    assert list(DayEvent.objects.order_by("at").values_list("kind", flat=True)) == ["begun", "item", "count", "item", "result", "count"], "in the order in which it was said"
    assert ContestResult.objects.filter(place=1).get().who == "Đội Ấp 1"
    assert ProgrammeItem.objects.get(day=day, title="Chào cờ").ended_at is not None
    phone.get_by_role("button", name="Ngày hội kết thúc").click()
    phone.get_by_role("button", name="Bấm lần nữa").click()
    expect(tile).to_contain_text("Đã xong")
    board.goto(f"/ngay-hoi/{day.public_id}/")
    expect(board.get_by_text("Đội Ấp 1")).to_be_visible()
    expect(board.get_by_text("1.235")).to_be_visible()


def test_an_item_pressed_on_a_day_that_is_over_says_that_it_goes_on(scene: Cast, opened: Callable[..., Page]) -> None:
    today_s(scene)
    phone = opened(scene.huynh, PHONE)
    state, item = phone.locator("[data-state-word]"), phone.locator("li[data-item]", has_text="Chào cờ")
    phone.get_by_role("button", name="Ngày hội khai mạc").click()
    phone.get_by_role("button", name="Ngày hội kết thúc").click()
    phone.get_by_role("button", name="Bấm lần nữa").click()
    expect(state).to_have_text("Đã xong")
    item.get_by_role("button").click()
    expect(item).to_have_attribute("data-on", "")
    expect(state).to_have_text("Đang diễn ra")
    expect(phone.locator("#cho-gui")).to_be_hidden()
    phone.reload()
    expect(state).to_have_text("Đang diễn ra")
    expect(item).to_have_attribute("data-on", "")


@pytest.mark.parametrize("leap_s", [7200, -7200])
def test_a_clock_that_leaps_moves_nothing_that_was_told(scene: Cast, opened: Callable[..., Page], leap_s: int) -> None:
    today_s(scene)
    phone = opened(scene.huynh, PHONE)
    phone.context.set_offline(True)
    began = clock.now()
    phone.get_by_role("button", name="Ngày hội khai mạc").click()
    expect(phone.locator("[data-waiting]")).to_have_text("1")
    phone.evaluate(f"const real = Date.now; Date.now = () => real() + {leap_s * 1000}")
    phone.get_by_label("Số bà con đã đến").fill("120")
    phone.get_by_role("button", name="Báo", exact=True).first.click()
    expect(phone.locator("[data-waiting]")).to_have_text("2")
    phone.context.set_offline(False)
    expect(phone.locator("#cho-gui")).to_be_hidden(timeout=30_000)
    told = list(DayEvent.objects.order_by("at").values_list("kind", "at"))
    assert [kind for kind, _at in told] == ["begun", "count"]
    assert all(began - timedelta(seconds=5) < at < clock.now() for _kind, at in told)


def test_the_phone_s_state_line_says_the_newest_truth(scene: Cast, opened: Callable[..., Page]) -> None:
    today_s(scene)
    phone = opened(scene.huynh, PHONE, viewport={"width": 360, "height": 740})
    said = {name: phone.locator(f"[data-say='{name}']") for name in ("asks", "waiting", "sent", "before")}

    def says(*names: str) -> None:
        for name, line in said.items():
            expect(line).to_be_visible() if name in names else expect(line).to_be_hidden()

    says()
    phone.get_by_role("button", name="Ngày hội khai mạc").click()
    says("sent")
    expect(said["sent"]).to_contain_text("Đã gửi hết, lần cuối lúc")
    phone.get_by_label("Số bà con đã đến").fill("123400")
    phone.get_by_role("button", name="Báo", exact=True).first.click()
    says("asks", "before")
    phone.get_by_role("button", name="Viết lại").click()
    says("sent")
    phone.context.set_offline(True)
    phone.get_by_label("Số bà con đã đến").fill("120")
    phone.get_by_role("button", name="Báo", exact=True).first.click()
    says("waiting", "before")
    expect(said["waiting"]).to_contain_text("Còn chờ gửi: 1 việc")
    phone.context.set_offline(False)
    says("sent")
    phone.reload()
    says("sent")


def test_a_phone_says_whose_result_it_is_and_names_a_person_only_with_consent(scene: Cast, opened: Callable[..., Page]) -> None:
    day = today_s(scene)
    phone = opened(scene.huynh, PHONE, viewport={"width": 360, "height": 740})
    phone.get_by_text("Kết quả: Kéo co").click()
    phone.get_by_label("từng người").check()
    expect(phone.get_by_label("Thứ hạng: mỗi đội một dòng")).to_be_hidden()
    phone.get_by_role("button", name="Báo kết quả").click()
    expect(phone.get_by_text("Mỗi người cần ghi ấp, đội hoặc trường")).to_be_visible()
    first, second = (phone.locator("[data-person]").nth(place) for place in (0, 1))
    first.get_by_label("Ấp, đội hoặc trường").fill("ấp Bảy")
    expect(first.locator("[data-cell=who]")).to_be_hidden()
    first.get_by_label("Có nêu tên không").select_option("parent")
    first.locator("[data-cell=who]").fill("Bé Na")
    second.get_by_label("Ấp, đội hoặc trường").fill("Trường Mẫu")
    assert faults_here(phone) == []
    phone.get_by_role("button", name="Báo kết quả").click()
    expect(phone.locator("[data-say='sent']")).to_be_visible()
    phone.goto(f"/ngay-hoi/{day.public_id}/")
    expect(phone.locator(".fest-results")).to_contain_text("Bé Na (ấp Bảy)")
    expect(phone.locator(".fest-results")).to_contain_text("một người chơi của Trường Mẫu")


def faults_here(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands."""
    from tests.harness.browser import violations

    return violations(page)


def test_the_phone_s_page_opens_without_a_network_and_sends_later(scene: Cast, opened: Callable[..., Page]) -> None:
    day = today_s(scene)
    phone = opened(scene.huynh, PHONE)
    until(phone, "caches.match('/ngay-hoi/ghi/?o-lai=1').then(Boolean)")
    phone.context.set_offline(True)
    phone.goto(PHONE)
    expect(phone.get_by_text("Mất mạng: trang này là bản giữ trong máy")).to_be_visible()
    phone.get_by_role("button", name="Ngày hội khai mạc").click()
    expect(phone.locator("[data-waiting]")).to_have_text("1")
    phone.goto(PHONE)
    expect(phone.locator("[data-waiting]")).to_have_text("1")
    expect(phone.locator("[data-state-word]")).to_have_text("Đang diễn ra")
    phone.context.set_offline(False)
    expect(phone.locator("#cho-gui")).to_be_hidden(timeout=30_000)
    assert FestivalDay.objects.get(pk=day.pk).state == "live" and DayEvent.objects.count() == 1


def test_who_was_signed_out_is_told_and_what_waits_is_sent_after_signing_in(scene: Cast, opened: Callable[..., Page]) -> None:
    today_s(scene)
    phone = opened(scene.huynh, PHONE)
    press_signed_out_and_send_after(phone, phone.get_by_role("button", name="Ngày hội khai mạc").click)
    wait_until(lambda: DayEvent.objects.count() == 1, within_s=30, why=lambda: "it was not sent")


def test_what_is_told_of_a_day_that_is_gone_is_refused_with_words_and_put_away(scene: Cast, opened: Callable[..., Page]) -> None:
    today_s(scene)
    phone = opened(scene.huynh, PHONE)
    gone = phone.locator("[data-tell]").get_attribute("data-gone")
    assert gone
    RoleAssignment.objects.filter(user=scene.huynh).delete()
    phone.get_by_role("button", name="Ngày hội khai mạc").click()
    expect(phone.locator("#cho-gui [data-problem]")).to_have_text(gone)
    expect(phone.locator("[data-waiting]")).to_have_text("0")
    expect(phone.locator("[data-send]")).to_be_hidden()
    phone.locator("#cho-gui [data-away]").click()
    expect(phone.locator("#cho-gui")).to_be_hidden()
    assert not DayEvent.objects.exists()


def test_a_guest_answers_without_an_account(scene: Cast, opened: Callable[..., Page]) -> None:
    day = days.plan_days(Season.objects.get(), [Host(scene.hamlet)], place="x", starts_at=clock.now() + timedelta(days=4), items=PROGRAMME, actor=TESTER)[0]
    days.announce_day(day, actor=TESTER)
    guests.invite(day, [("Chùa Mẫu", "Kính gửi")], actor=TESTER)
    guest = GuestInvitation.objects.get()
    page = opened(scene.khach, "/ngay-hoi/", viewport={"width": 360, "height": 740})
    page.context.clear_cookies()
    page.goto("/ngay-hoi/" + links.address(guest).split("/ngay-hoi/", 1)[1])
    page.get_by_label("Có, chúng tôi đến").check()
    page.get_by_label("Số người đến dự").fill("4")
    page.get_by_role("button", name="Gửi trả lời").click()
    expect(page.get_by_text("Xin cảm ơn, đã ghi câu trả lời của quý vị.")).to_be_visible()
    assert faults_here(page) == []
    guest.refresh_from_db()
    assert (guest.answer, guest.people) == ("comes", 4)


def test_an_office_copies_a_guest_s_link(scene: Cast, opened: Callable[..., Page]) -> None:
    day = today_s(scene)
    guests.invite(day, [("Trường Mẫu", "")], actor=TESTER)
    page = opened(scene.quan, f"{BASE}ngay/{day.public_id}/khach/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Chép liên kết").click()
    expect(page.get_by_role("button", name="Đã chép")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").split("/ngay-hoi/")[1] == links.address(GuestInvitation.objects.get()).split("/ngay-hoi/")[1]


def _everything(scene: Cast) -> tuple[FestivalDay, Pledge]:
    """Make a day with all that a page can show, and a pledge."""
    from datetime import time

    from liengia.core.geo import Point

    day = today_s(scene)
    march = prepared.March(time(6), time(7), "Sân đình", "ba hồi trống", "Vòng chợ", "Đường 23", "", [("Đội lân", 12, "")], [("Đình", Point(10.5, 106.6)), ("Chợ", Point(10.51, 106.61))])
    prepared.set_parade(day, march, actor=TESTER)
    guests.invite(day, [("Trường Mẫu", "")], actor=TESTER)
    rope = ProgrammeItem.objects.select_related("day").get(day=day, title="Kéo co")
    live.tell_event(day, Told("begun-key-1", "begun"), actor=TESTER)
    results.set_results(rope, [(1, "Đội Ấp 1", "2–0")], told=Told("result-key-1", "result"), actor=TESTER)
    live.add_picture(day, _picture(), caption="Kéo co", agreed=True, told=Told("picture-key-1", "picture"), actor=TESTER)
    today = clock.today()
    bodies = list(scene.commune.organisations.all())
    pledge = pledges.draft_pledge(
        Season.objects.get(), unit=scene.commune, title="Giao ước", valid_from=today, valid_to=today + timedelta(days=300),
        promises=[Promise("Không cháy", "số vụ", today + timedelta(days=200))], parties=bodies, day=day, actor=TESTER,
    )  # fmt: skip
    return FestivalDay.objects.get(pk=day.pk), pledges.sign_pledge(pledge, on=today, actor=TESTER)


def test_every_page_reads_well(scene: Cast, opened: Callable[..., Page]) -> None:
    day, pledge = _everything(scene)
    page = opened(scene.quan, "/quan-tri/", viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    own = f"{BASE}ngay/{day.public_id}/"
    paths = [
        "/ngay-hoi/", f"/ngay-hoi/{day.public_id}/", f"/ngay-hoi/truc-tiep/{day.day}/", "/ngay-hoi/giao-uoc/", f"/ngay-hoi/giao-uoc/{pledge.public_id}/", PHONE,
        BASE, f"{BASE}mua/moi/", f"{BASE}mua/{day.season.public_id}/", own, *(f"{own}{one}/" for one in ("sua", "chuong-trinh", "dieu-hanh", "chuan-bi", "khach", "ban-to-chuc")),
        f"{BASE}mua/{day.season.public_id}/giao-uoc-moi/", f"{BASE}giao-uoc/{pledge.public_id}/", f"{BASE}giao-uoc/{pledge.public_id}/ket-qua/half_year/",
    ]  # fmt: skip
    said = faults(page, paths, {})
    assert not said, said
