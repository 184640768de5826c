"""Commendations in a real browser: from an open round to a certificate that anybody verifies; a spreadsheet with its progress; each page read by axe."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.urls import reverse
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from liengia.commendations import imports, services, spreadsheet
from liengia.commendations.models import Certificate, MovementList, Nomination, Procedure, Round
from liengia.commendations.services import Counts, Signing
from liengia.core import clock
from liengia.people import services as people
from liengia.people.models import RoleAssignment, User
from tests import factories
from tests.cast import TESTER
from tests.commendations.given import MERIT, Bureau, bureau
from tests.e2e.kept import press_signed_out_and_send_after
from tests.e2e.reading import faults
from tests.e2e.resident_stage import until
from tests.harness.browser import violations
from tests.harness.processes import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BASE = "/quan-tri/khen-thuong/"


@pytest.fixture
def scene(transactional_db: None) -> Bureau:
    return bureau()


def a_round(scene: Bureau, **changes: object) -> Round:
    today = clock.today()
    facts: dict[str, object] = {
        "unit": scene.here.commune, "authority": scene.committee, "title": "phong trào Toàn dân bảo vệ an ninh Tổ quốc", "movement_list": MovementList.MOVEMENT, "procedure": Procedure.REGULAR,
        "period_from": today - timedelta(days=200), "period_to": today,
    }  # fmt: skip
    return services.open_round(Round(**{**facts, **changes}), actor=scene.clerk)


def named(scene: Bureau, row: Round, name: str, **changes: object) -> Nomination:
    facts: dict[str, object] = {"round": row, "kind": "individual", "honorific": "Bà", "name": name, "unit": scene.here.cast.hamlet, "merit": MERIT, "nominated_by": "Tập thể Khu phố 5"}
    return services.nominate(Nomination(**{**facts, **changes}), actor=scene.clerk)


def signed(scene: Bureau, row: Round) -> Certificate:
    session = services.open_session(
        row, committee=scene.council, held_on=clock.today(), place="Phòng họp", chair=scene.seats[0], clerk=scene.seats[1], present=scene.seats, actor=scene.clerk
    )
    services.count_hands(session, {key: Counts(5) for key in session.votes.values_list("nomination_id", flat=True)}, actor=scene.clerk)
    services.conclude_session(session, discussion="", begun="8 giờ", ended="9 giờ", actor=scene.clerk)
    row.refresh_from_db()
    services.submit_round(row, proposer=scene.police, bases="", words="Kính trình.", signer=("Trưởng Công an", "Lê Văn Mẫu"), actor=scene.clerk)
    row.refresh_from_db()
    decision = services.decide(row, Signing(on=clock.today(), signer_office="Chủ tịch", signer_name="Võ Văn Chủ Tịch", is_on_paper=True), actor=scene.chairman)
    return decision.certificates.order_by("call_order")[0]


def test_from_an_open_round_to_a_certificate_that_anybody_verifies(scene: Bureau, opened: Callable[..., Page], live_server: object) -> None:
    row = a_round(scene)
    operator = User.objects.create_superuser("goc", full_name="Gốc Quản Trị", password=None)
    page = opened(operator, f"{BASE}dot/{row.public_id}/them/")
    page.get_by_label("Danh xưng").fill("Bà")
    page.get_by_label("Tên", exact=True).fill("Nguyễn Thị Mộc Tê")
    page.get_by_label("Thành tích ghi trên giấy").fill(MERIT)
    page.get_by_label("Nơi đề nghị").fill("Tập thể Khu phố 5")
    page.get_by_role("button", name="Lưu đề nghị").click()
    expect(page.get_by_text("“Bà Nguyễn Thị Mộc Tê” đã vào danh sách.")).to_be_visible()

    page.get_by_role("link", name="Họp hội đồng").click()
    page.get_by_label("Nơi").fill("Phòng họp Ủy ban")
    page.get_by_role("button", name="Sang phần biểu quyết").click()
    page.get_by_role("button", name="Ghi kết quả").click()
    page.get_by_label("Bắt đầu lúc").fill("8 giờ")
    page.get_by_label("Kết thúc lúc").fill("9 giờ")
    page.get_by_label("Họ tên người ghi biên bản").fill("Trần Thị Ghi")
    page.get_by_role("button", name="Kết thúc phiên họp").click()
    expect(page.get_by_text("Phiên họp đã kết thúc.")).to_be_visible()

    page.get_by_role("link", name="Trình danh sách").click()
    page.get_by_label("Cơ quan trình và người ký tờ trình").select_option(label="Lê Văn Mẫu – Trưởng Công an xã (từ 01/07/2025)")
    page.get_by_role("button", name="Trình danh sách").click()
    expect(page.get_by_text("Tờ trình nằm trong mục Văn bản").first).to_be_visible()
    page.goto(f"{BASE}dot/{row.public_id}/")
    page.get_by_role("link", name="Ký quyết định").click()
    expect(page.get_by_text("0,3 ×")).to_be_visible()
    expect(page.get_by_label("Người ký")).to_contain_text("Võ Văn Chủ Tịch – Chủ tịch (từ 01/07/2025)")
    expect(page.get_by_role("heading", name="Chưa ban hành nên chưa có số")).to_be_visible()
    page.get_by_label("Hồ sơ đã có bản giấy, đủ số và chữ ký").check()
    page.get_by_role("button", name="Ký quyết định").click()
    page.get_by_role("button", name="Đúng, ký").click()
    expect(page.get_by_text("Có thể in giấy khen.")).to_be_visible()

    page.get_by_role("button", name="Chọn tất cả").click()
    expect(page.get_by_role("checkbox", name="Bà Nguyễn Thị Mộc Tê")).to_be_checked()
    page.get_by_role("button", name="Đánh dấu").click()
    expect(page.get_by_text("Đã đánh dấu 1 giấy khen.")).to_be_visible()

    found = Certificate.objects.get()
    page.goto("/xac-minh/")
    page.get_by_label("Mã", exact=True).fill(found.code.lower())
    page.get_by_role("button", name="Tra mã").click()
    expect(page.get_by_role("heading", name="Giấy khen này có thật")).to_be_visible()
    expect(page.get_by_text("Bà Nguyễn Thị Mộc Tê").first).to_be_visible()
    page.get_by_text("Đây là giấy khen của tôi").click()
    page.get_by_role("button", name="Ẩn tên tôi").click()
    expect(page.get_by_text("B. N. T. M. T.")).to_be_visible()

    page.goto(f"{BASE}giay/{found.public_id}/")
    page.locator("summary", has_text="Thu hồi giấy khen này").click()
    page.get_by_label("Vì sao thu hồi").fill("Khai man.")
    page.get_by_role("button", name="Thu hồi giấy khen này").click()
    expect(page.get_by_role("heading", name="Thu hồi thì sao")).to_be_visible()
    page.get_by_role("button", name="Vâng, thu hồi").click()
    expect(page.get_by_text("Đã thu hồi.")).to_be_visible()


def test_a_spreadsheet_is_looked_at_and_its_progress_watched(scene: Bureau, opened: Callable[..., Page], tmp_path: Path) -> None:
    row = a_round(scene)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = spreadsheet.SHEET
    sheet.append(list(spreadsheet.COLUMNS.values()))
    for n in range(60):
        sheet.append(["cá nhân", "Ông", f"Trần Văn {chr(65 + n % 26)}{chr(97 + n // 26)}", 1950 + n % 50, "", "", MERIT, "", "", "Tập thể Khu phố 5", ""])
    out = io.BytesIO()
    book.save(out)
    file = tmp_path / "danh-sach.xlsx"
    file.write_bytes(out.getvalue())
    operator = User.objects.create_superuser("goc", full_name="Gốc Quản Trị", password=None)
    page = opened(operator, f"{BASE}dot/{row.public_id}/nhap/")
    page.get_by_label("Tệp Excel").set_input_files(file)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_text("Có 60 dòng lưu được.")).to_be_visible()
    page.get_by_role("button", name="Lưu các dòng này").click()
    expect(page.get_by_text("Một lát nữa bắt đầu").or_(page.locator("progress"))).to_be_visible()

    def work() -> None:
        imports.run_due()
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    expect(page.get_by_text("Đã lưu 60 đề nghị.")).to_be_visible()
    assert Nomination.objects.count() == 60


def test_every_page_reads_well(scene: Bureau, opened: Callable[..., Page]) -> None:
    row, doubtful, waiting = a_round(scene), a_round(scene, title="đợt còn chỗ nghi"), a_round(scene, title="đợt đang họp")
    named(scene, row, "Tổ liên gia số 3", kind="collective", honorific="")
    one = named(scene, row, "Nguyễn Thị Một")
    services.record_consent(one, how="phiếu ký tên", given_on=clock.today(), actor=scene.clerk)
    certificate = signed(scene, row)
    old = services.replace_certificate(row.decision.certificates.order_by("-call_order")[0], reason="Rách.", actor=scene.clerk)
    services.revoke_certificate(old, reason="Khai man.", actor=scene.chairman)
    twin = [named(scene, doubtful, name, merit="Việc khác") for name in ("Lê Thị Hòa", "LÊ THỊ HOÀ")][1]
    named(scene, waiting, "Trần Văn Chờ", merit="Việc chờ")
    session = services.open_session(
        waiting, committee=scene.council, held_on=clock.today(), place="Phòng họp", chair=scene.seats[0], clerk=scene.seats[1], present=scene.seats, is_by_hand=False, actor=scene.clerk
    )
    layout = services.ensure_layouts(scene.here.commune)[0]
    operator = User.objects.create_superuser("goc", full_name="Gốc Quản Trị", password=None)
    page = opened(operator, "/quan-tri/", viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    paths = [
        "/khen-thuong/", f"/khen-thuong/{row.decision.public_id}/", f"/xac-minh/{certificate.code}/", f"/xac-minh/{old.code}/", "/xac-minh/",
        BASE, f"{BASE}moi/", f"{BASE}dot/{doubtful.public_id}/", f"{BASE}dot/{doubtful.public_id}/them/", f"{BASE}dot/{doubtful.public_id}/nhap/", f"{BASE}dot/{doubtful.public_id}/hop/",
        f"{BASE}de-nghi/{twin.public_id}/", f"{BASE}hop/{session.public_id}/", f"{BASE}quyet-dinh/{row.decision.public_id}/", f"{BASE}giay/{certificate.public_id}/", f"{BASE}so-vang/",
        f"{BASE}mau-in/", f"{BASE}mau-in/{layout.public_id}/", reverse("papers_office_signatories"), reverse("papers_office_signatory_new"), reverse("commendations_rates:index"), reverse("commendations_salaries:add"),
    ]  # fmt: skip
    said = faults(page, paths, {})
    assert not said, said


def test_certificates_are_handed_out_from_a_phone_that_loses_its_network(scene: Bureau, opened: Callable[..., Page]) -> None:
    row = a_round(scene)
    for name in ("Nguyễn Thị Mộc Tê", "Trần Thị Hai Tê", "Lê Thị Ba Tê"):
        named(scene, row, name)
    signed(scene, row)
    head = factories.user("truongap", "Huỳnh Văn Khu Phố")
    people.assign_role(head, "hamlet_head", scene.here.cast.hamlet, actor=TESTER)
    phone = opened(head, "/khen-thuong/trao/", viewport={"width": 360, "height": 740})
    bar = phone.locator("[data-next]")
    until(phone, "caches.match('/khen-thuong/trao/?o-lai=1').then(Boolean)")
    rows = list(Certificate.objects.order_by("call_order"))
    expect(bar).to_contain_text(rows[0].name)
    bar.get_by_role("button", name="Đã trao").click()
    expect(bar).to_contain_text(rows[1].name)
    # The waiting list is hidden before the mark is put into it, and after it was sent.
    wait_until(lambda: Certificate.objects.get(pk=rows[0].pk).hand_over == "handed", within_s=30, why=lambda: "the mark did not arrive")
    expect(phone.locator("#cho-gui")).to_be_hidden()

    until(phone, "caches.match('/khen-thuong/trao/?o-lai=1').then(kept => kept.text()).then(html => html.includes('data-mark=\"handed\"'))")

    phone.context.set_offline(True)
    phone.goto("/khen-thuong/trao/")
    expect(phone.get_by_text("Mất mạng: trang này là bản giữ trong máy")).to_be_visible()
    phone.get_by_label("Gõ bốn ký tự cuối").fill(rows[2].code[-4:].lower())
    phone.get_by_role("button", name="Tìm").click()
    expect(phone.locator("[data-found]")).to_contain_text(rows[2].name)
    bar.get_by_role("button", name="Đã trao").click()
    bar.get_by_role("button", name="Vắng").click()
    expect(phone.locator("[data-waiting]")).to_have_text("2")
    assert Certificate.objects.get(pk=rows[2].pk).hand_over == "waiting", "nothing went out"
    phone.goto("/khen-thuong/trao/")
    expect(phone.locator("[data-waiting]")).to_have_text("2")
    expect(phone.locator("[data-handed]")).to_have_text("2")
    expect(bar).to_be_hidden()
    assert violations(phone) == []

    phone.context.set_offline(False)
    expect(phone.locator("#cho-gui")).to_be_hidden(timeout=30_000)
    assert list(Certificate.objects.order_by("call_order").values_list("hand_over", flat=True)) == ["handed", "absent", "handed"]
    phone.goto("/tai-khoan/ra/")
    phone.get_by_role("button", name="Đăng xuất").click()
    until(phone, "caches.keys().then(names => !names.includes('rieng-khen-trao'))")


def a_head_s_phone(scene: Bureau, opened: Callable[..., Page]) -> tuple[Page, Certificate, User]:
    """Open the page on which the head of a hamlet hands one certificate out."""
    row = a_round(scene)
    named(scene, row, "Nguyễn Thị Mộc Tê")
    certificate = signed(scene, row)
    head = factories.user("truongap", "Huỳnh Văn Khu Phố")
    people.assign_role(head, "hamlet_head", scene.here.cast.hamlet, actor=TESTER)
    phone = opened(head, "/khen-thuong/trao/", viewport={"width": 360, "height": 740})
    expect(phone.locator("[data-next]")).to_contain_text(certificate.name)
    return phone, certificate, head


def test_marks_wait_while_somebody_is_signed_out_and_the_page_says_so(scene: Bureau, opened: Callable[..., Page]) -> None:
    phone, certificate, _head = a_head_s_phone(scene, opened)
    press_signed_out_and_send_after(phone, phone.locator("[data-next]").get_by_role("button", name="Đã trao").click)
    wait_until(lambda: Certificate.objects.get(pk=certificate.pk).hand_over == "handed", within_s=30, why=lambda: "the mark did not arrive")


def test_a_mark_of_a_certificate_that_is_gone_is_refused_with_words_and_put_away(scene: Bureau, opened: Callable[..., Page]) -> None:
    phone, certificate, head = a_head_s_phone(scene, opened)
    gone = phone.locator("[data-hand]").get_attribute("data-gone")
    assert gone
    RoleAssignment.objects.filter(user=head).delete()
    phone.locator("[data-next]").get_by_role("button", name="Đã trao").click()
    expect(phone.locator("#cho-gui [data-problem]")).to_have_text(gone)
    expect(phone.locator("[data-send]")).to_be_hidden()
    phone.locator("#cho-gui [data-away]").click()
    expect(phone.locator("#cho-gui")).to_be_hidden()
    assert Certificate.objects.get(pk=certificate.pk).hand_over == "waiting"
