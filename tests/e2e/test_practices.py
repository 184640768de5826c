"""Practices in a real browser: a commune's ninth, replicated by another, seen in the tree; out as a file and in again; each page read by axe."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from liengia.organisations import services as organisations
from liengia.organisations.models import Organisation
from liengia.people import services as people
from liengia.people.models import User
from liengia.practices import services
from liengia.practices.models import Practice
from liengia.practices.shipped import ensure_shipped
from tests import factories
from tests.cast import TESTER, Cast, assemble
from tests.e2e.reading import faults
from tests.practices.given import TEXT, facts
from tests.practices.test_transfer import moved

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BASE = "/quan-tri/mo-hinh/"
NAME = "Bếp ăn chung mùa nước nổi"


@pytest.fixture
def scene(transactional_db: None) -> Cast:
    """The cast with the eight, and who administers the neighbouring commune."""
    cast = assemble()
    ensure_shipped()
    neighbour = factories.user("rachkien", "Người Rạch Kiến", is_staff=True)
    people.assign_role(neighbour, "commune_admin", cast.other_commune, actor=TESTER)
    organisations.create_organisation(kind="peoples_committee", name="Ủy ban nhân dân xã Cần Đước", unit=cast.commune, actor=TESTER)
    return cast


def begin(page: Page, day: str) -> None:
    """Note that it has begun, and show it to everybody."""
    page.locator("#bat-dau summary").click()
    page.locator("#bat-dau").get_by_label("Ngày").fill(day)
    page.locator("#bat-dau").get_by_role("button", name="Đã bắt đầu chạy").click()
    expect(page.get_by_text("Mô hình đang chạy.")).to_be_visible()
    page.get_by_role("button", name="Đưa ra trang chung").click()
    expect(page.get_by_role("link", name="Trang chung")).to_be_visible()


def test_a_ninth_practice_spreads_to_another_commune_and_stands_in_the_tree(scene: Cast, opened: Callable[..., Page]) -> None:
    page = opened(scene.quan, BASE)
    expect(page.get_by_role("link", name="Tiếng loa an ninh trật tự")).to_be_visible()
    page.get_by_role("link", name="Nhập mô hình mới").click()
    page.get_by_label("Đơn vị", exact=True).select_option(label="Khu phố 5, xã Cần Đước")
    page.get_by_label("Tên", exact=True).fill(NAME)
    page.get_by_label("Lĩnh vực").select_option(label="lĩnh vực khác")
    page.get_by_label("Nói gọn một câu").fill("Nước lên, cả xóm ăn chung.")
    page.get_by_label("Việc cần giải quyết").fill("Nước lên, nhà neo đơn thiếu ăn.")
    page.get_by_label("Cách làm").fill("- Mỗi nhà góp gạo.\n- Đội xuồng đem tới.")
    page.get_by_label("Cần những gì").fill("Nồi lớn | hai")
    page.get_by_role("button", name="Giữ lại", exact=True).click()
    expect(page.locator(".problem-list")).to_contain_text("bao nhiêu phải là số nguyên")
    expect(page.get_by_label("Tên", exact=True)).to_have_value(NAME)
    page.get_by_label("Cần những gì").fill("Nồi lớn | 2 | điểm")
    page.get_by_role("button", name="Giữ lại", exact=True).click()
    begin(page, "2026-02-03")
    ninth = Practice.objects.get(name=NAME)

    other = opened(User.objects.get(username="rachkien"), BASE)
    other.get_by_role("link", name=NAME).click()
    other.get_by_label("Đơn vị làm theo").select_option(label="Xã Rạch Kiến")
    other.get_by_label("Nơi này làm khác chỗ nào").fill("Nấu tại nhà văn hóa.")
    other.get_by_role("button", name="Giữ lại", exact=True).click()
    begin(other, "2026-03-01")

    everybody = opened(scene.khach, f"/mo-hinh/{ninth.public_id}/")
    everybody.get_by_role("link", name="Cây và bản đồ lan tỏa (2 nơi)").click()
    expect(everybody.get_by_role("heading", name=f"{NAME}: 2 nơi")).to_be_visible()
    everybody.get_by_text("Đọc cây theo danh sách").click()
    everybody.get_by_role("list").get_by_role("link", name="Xã Rạch Kiến").first.click()
    expect(everybody.get_by_text("Nấu tại nhà văn hóa.")).to_be_visible()
    everybody.goto(f"/mo-hinh/{ninth.public_id}/o-day-can-gi/")
    everybody.get_by_label("Số điểm, số nơi").fill("3")
    everybody.get_by_role("button", name="Tính giúp").click()
    expect(everybody.get_by_role("row", name="Nồi lớn")).to_contain_text("6")


def test_it_leaves_as_a_file_and_comes_in_elsewhere(scene: Cast, opened: Callable[..., Page], tmp_path: Path) -> None:
    row = services.publish(services.create(scene.hamlet, facts(), TEXT, actor=TESTER), actor=TESTER)
    page = opened(scene.quan, f"/mo-hinh/{row.public_id}/")
    with page.expect_download() as got:
        page.get_by_role("link", name="Lấy về bằng tệp").click()
    file = tmp_path / "mo-hinh.zip"
    file.write_bytes(moved(Path(got.value.path()).read_bytes()))
    page.goto(f"{BASE}nhan-tep/")
    page.get_by_label("Tệp mô hình").set_input_files(file)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_role("heading", name="Sẽ thêm vào")).to_be_visible()
    expect(page.get_by_role("checkbox", name=row.name)).to_be_checked()
    page.get_by_role("button", name="Nhận các mô hình đã đánh dấu").click()
    expect(page.get_by_role("heading", name=row.name)).to_be_visible()
    assert Practice.objects.get(uuid=uuid.uuid5(uuid.NAMESPACE_URL, str(row.uuid))).unit is None
    page.goto(f"{BASE}nhan-tep/")
    page.get_by_label("Tệp mô hình").set_input_files(file)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_role("heading", name="giống như trong tệp: không làm gì")).to_be_visible()


def test_every_page_reads_well(scene: Cast, opened: Callable[..., Page]) -> None:
    row = services.create(scene.hamlet, facts(), TEXT, actor=TESTER)
    services.start(row, on=date(2026, 2, 3), actor=TESTER)
    row = services.publish(row, actor=TESTER)
    services.add_tie(row, code="alarms.groups", actor=TESTER)
    for unit in (scene.commune, scene.other_commune):
        child = services.replicate(row, unit, changed="Khác một chút.", actor=TESTER)
        services.start(child, on=date(2026, 3, 3), actor=TESTER)
        services.publish(child, actor=TESTER)
        services.add_tie(child, code="alarms.groups", actor=TESTER)
        unit.lat, unit.lon = 10.5 + unit.pk / 1000, 106.6 - unit.pk / 1000
        unit.save()
    year = date.today().year
    held = services.open_campaign(scene.commune, year=year, name="Dân vận khéo", registers_until=date(year, 12, 31), actor=TESTER)
    services.register_in(held, row, actor=TESTER)
    made = services.register_exemplar(held, unit=scene.hamlet, name="Bà Lê Thị Mẫu", deed="Mở hẻm.", consent_how="giấy ký", actor=TESTER)
    services.review_registration(made, is_recognised=True, finding="Tốt.", actor=TESTER)
    operator = User.objects.create_superuser("goc", full_name="Gốc Quản Trị", password="mat khau dai lam")
    page = opened(operator, "/quan-tri/", viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    one, campaign = f"/mo-hinh/{row.public_id}/", f"dan-van-kheo/{held.public_id}/"
    paths = [
        "/mo-hinh/", one, f"{one}lan-toa/", f"{one}so-sanh/", f"{one}o-day-can-gi/?xa={scene.commune.code}&household=9", "/mo-hinh/dan-van-kheo/", f"/mo-hinh/{campaign}",
        BASE, f"{BASE}moi/", f"{BASE}nhan-tep/", f"{BASE}{row.public_id}/", f"{BASE}{row.public_id}/nang-cap/", f"{BASE}{row.public_id}/nhan-rong/",
        f"{BASE}dan-van-kheo/", f"{BASE}{campaign}",
    ]  # fmt: skip
    said = faults(page, paths, {})
    assert not said, said


def test_nothing_of_the_register_runs_under_the_edge_of_a_phone(scene: Cast, opened: Callable[..., Page]) -> None:
    services.create(scene.commune, facts(NAME), TEXT, actor=TESTER)
    page = opened(scene.quan, BASE, viewport={"width": 360, "height": 800})
    expect(page.locator("table.listing tbody tr").first).to_be_visible()
    right = page.locator("table.listing").evaluate("table => Math.max(...[...table.querySelectorAll('tbody td')].map(cell => cell.getBoundingClientRect().right))")
    assert right <= 360
    expect(page.locator("table.listing tbody td[data-label='Lần cuối có tin']").first).to_be_visible()


def test_the_tree_begins_on_a_phone_where_its_reader_stands(scene: Cast, opened: Callable[..., Page]) -> None:
    row = services.publish(services.create(scene.hamlet, facts(), TEXT, actor=TESTER), actor=TESTER)
    for unit in (scene.other_commune, scene.commune, scene.hamlet):
        row = services.publish(services.replicate(row, unit, changed="", name=f"Nơi {unit.pk}", institution=None if unit != scene.hamlet else _school(scene), actor=TESTER), actor=TESTER)
    page = opened(scene.khach, f"/mo-hinh/{row.public_id}/lan-toa/", viewport={"width": 360, "height": 740})
    mark = page.locator(".tree-box .is-here")
    expect(mark).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") == 0, "the page itself stays at its top"
    page.get_by_text("Đọc cây theo danh sách").click()
    expect(page.locator('.tree-list [aria-current="true"]')).to_be_visible()


def _school(scene: Cast) -> Organisation:
    return organisations.create_organisation(kind="school", name="Trường Mẫu", unit=scene.hamlet, actor=TESTER)
