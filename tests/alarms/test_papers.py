"""Papers: what stands in them, in which order, and what never does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from liengia.alarms import bulk, leader_import, papers, services
from liengia.alarms.models import Incident
from liengia.core import clock, pdf
from liengia.core.actor import Actor
from liengia.people import services as people_services
from liengia.people.models import Invitation
from tests.alarms.console_scene import Desk, _give, desk, sign_in

pytestmark = pytest.mark.django_db
TESTER = Actor.system("test")


@pytest.fixture(scope="module")
def lay() -> Callable[[], Desk]:
    return desk


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Keep the data of each paper beside the true PDF."""
    kept: list[dict[str, Any]] = []
    real = pdf.render

    def render(template: str, data: dict[str, object], **more: Any) -> bytes:
        kept.append({"template": template, **data})
        return real(template, data, **more)

    monkeypatch.setattr(papers.pdf, "render", render)
    return kept


def pages(body: bytes) -> int:
    return max(int(n) for n in re.findall(rb"/Count (\d+)", body))


def test_a_group_sheet_is_one_tagged_vietnamese_page(scene: Desk, printed: list[dict[str, Any]]) -> None:
    body = papers.group_sheets([scene.group])
    assert pages(body) == 1 and b"/Lang(vi-VN)" in body and b"/Marked true" in body and b"BeVietnamPro" in body
    group = printed[0]["groups"][0]
    assert [house["seat"] for house in group["houses"]][:3] == ["1", "2", "3"]
    assert group["houses"][8]["phones"][0]["number"] == "0900 000 009"
    assert [step["title"] for step in group["steps"]][-1] == "Gọi 114."
    assert {n["number"] for n in group["numbers"]} >= {"113", "114", "115"}
    assert group["assembly_point"] == "Sân Nhà văn hóa Khu phố 5" and group["power"]


def test_who_needs_help_to_get_out_is_never_printed(scene: Desk, printed: list[dict[str, Any]]) -> None:
    incident = scene.press(9)
    papers.group_sheets([scene.group])
    papers.incident_report(incident)
    assert "cụ 84 tuổi" not in repr(printed)


def test_the_same_sheet_at_the_same_instant_is_the_same_file(scene: Desk) -> None:
    at = clock.now()
    assert papers.group_sheets([scene.group], at=at) == papers.group_sheets([scene.group], at=at)


def test_sheets_and_cards_of_an_import_are_one_pdf(scene: Desk, printed: list[dict[str, Any]]) -> None:
    other = services.create_group(scene.hamlet, actor=TESTER)
    groups = [scene.group, other]
    body = papers.group_sheets(groups, cards=leader_import.invite_all(groups, actor=TESTER))
    assert pages(body) == 4  # a sheet and two pages of cards for 16 of the first, a sheet of the second
    cards = printed[0]["groups"][0]["cards"]
    assert len(cards) == 16 and cards[0]["house"] == "Máy của tổ trưởng" and "<svg" in cards[1]["qr"]
    assert Invitation.objects.count() == 16


def test_a_device_sheet_shows_the_password_once(scene: Desk, printed: list[dict[str, Any]]) -> None:
    minted = services.provision_device(scene.group, kind="siren", place="đầu hẻm", actor=TESTER)
    assert papers.device_sheet([minted]).startswith(b"%PDF")
    assert printed[0]["devices"][0]["password"] == minted.password
    assert minted.password not in repr(list(minted.device.credentials.values()))


def report(incident: Incident, printed: list[dict[str, Any]]) -> dict[str, Any]:
    assert papers.incident_report(Incident.objects.get(pk=incident.pk)).startswith(b"%PDF")
    return printed[-1]


def test_the_report_begins_with_who_called_114_and_when(scene: Desk, printed: list[dict[str, Any]]) -> None:
    incident = scene.press(9)
    assert report(incident, printed)["first_line"] == "Chưa có ai ghi là đã gọi 114."
    services.tick_emergency_call(incident, number="114", household=scene.houses[8], actor=Actor.of(scene.leader))
    line = report(incident, printed)["first_line"]
    assert re.fullmatch(r"Phạm Thị Mộc Miên \(Nhà số 9\) đã gọi 114 lúc \d\d:\d\d:\d\d\.", line)


def test_the_report_says_why_a_step_did_not_run(scene: Desk, printed: list[dict[str, Any]]) -> None:
    incident, officer = scene.press(9), Actor.of(scene.officer)
    services.tick_emergency_call(incident, number="114", actor=officer)
    services.quiet_incident(incident, actor=officer)
    scene.press(9)
    services.dismiss_incident(incident, reason="pressed_by_mistake", actor=officer)
    said = {step["says"] for step in report(incident, printed)["steps"]}
    assert said >= {"thôi, vì đã có người gọi", "thôi, vì đã bấm lại, bước tính lại từ đầu", "thôi, vì vụ việc đã kết thúc"}
    assert "thôi, vì đã có người nhận" not in said


def test_the_report_says_what_was_not_confirmed(scene: Desk, printed: list[dict[str, Any]]) -> None:
    incident = scene.press(9)
    scene.ring(*(n for n in range(1, 16) if n != 7))
    services.answer_incident(incident, household=scene.houses[0], kind="coming", minutes=2, kit=["crowbar"], actor=Actor.of(scene.leader))
    shown = report(incident, printed)
    assert "Chuông chưa xác nhận là có kêu: nhà số 7" in shown["unconfirmed"]
    assert shown["unconfirmed"][1].startswith("Chưa trả lời: nhà số 2, 3, 4, ") and "nhà số 1," not in shown["unconfirmed"][1]
    assert "an toàn" not in " ".join(shown["unconfirmed"])
    assert shown["answers"][0]["what"].startswith("Tôi đến, 2 phút") and shown["steps"]
    assert "14 trên 15 chuông" in shown["counts"]


def test_names_leave_the_report_after_30_days_and_counts_stay(scene: Desk, printed: list[dict[str, Any]]) -> None:
    incident = scene.press(9)
    services.answer_incident(incident, household=scene.houses[0], kind="coming", actor=Actor.of(scene.leader))
    services.acknowledge_incident(incident, actor=Actor.of(scene.officer))
    services.resolve_incident(incident, actor=Actor.of(scene.officer))
    Incident.objects.filter(pk=incident.pk).update(ended_at=clock.now() - timedelta(days=31))
    shown = report(incident, printed)
    assert shown["answers"] == [] and shown["names_gone"] and "1 nhà đến" in shown["counts"]
    assert "Lê Hoàng Phúc" not in repr(shown["facts"])


@pytest.mark.parametrize("mode", ["drill", "test"])
def test_a_report_of_no_real_alarm_says_so_first(scene: Desk, printed: list[dict[str, Any]], mode: str) -> None:
    shown = report(scene.press(9, mode=mode), printed)
    assert shown["first_line"] == "Diễn tập hoặc thử chuông: không gọi 114."
    assert shown["mode_words"] in ("DIỄN TẬP", "THỬ CHUÔNG")


def test_the_report_is_for_the_desk_and_the_groups_leader(scene: Desk) -> None:
    path = f"/truc/su-viec/{scene.press(9).public_id}/bao-cao.pdf"
    assert sign_in(Client(), scene.officer).get(path)["Content-Type"] == "application/pdf"
    assert sign_in(Client(), scene.elsewhere).get(path).status_code == 404
    neighbour = people_services.make_user(actor=TESTER, username="lang.gieng", full_name="Láng Giềng")
    assert sign_in(Client(), neighbour).get(path).status_code == 404


def test_a_spreadsheet_is_saved_whole_or_not_at_all(scene: Desk) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from openpyxl import load_workbook

    from liengia.alarms.models import NeighbourGroup
    from liengia.people import spreadsheet
    from liengia.people.models import Household, User

    admin = people_services.make_user(actor=TESTER, username="quan.tri", full_name="Quản Trị")
    _give(admin, "commune_admin", scene.commune)
    client = sign_in(Client(), admin)

    def send(*, phone: str, group: int = 8) -> str:
        import io

        book = load_workbook(io.BytesIO(spreadsheet.template()))
        book[spreadsheet.GROUPS].append([group, f"Tổ liên gia số {group}", "Khu phố 5", "Cô Tư", "0900 000 800", "Sân đình", "", ""])
        for n in range(1, 7):
            book[spreadsheet.HOUSES].append([group, f"Nhà số {n}", f"Ông Số {n}", f"81/{n} hẻm 81", "", "", phone if n == 3 else "", ""])
        out = io.BytesIO()
        book.save(out)
        file = SimpleUploadedFile("to.xlsx", out.getvalue())
        answer = client.post("/nha/nhap/", {"commune": scene.commune.pk, "file": file}, follow=True)
        bulk.run_due()
        # With an error the page answers at once, else it leads to the one that watches.
        return str((client.get(answer.redirect_chain[0][0]) if answer.redirect_chain else answer).content.decode())

    before = Household.objects.count()
    assert "Chưa lưu gì cả" in send(phone="0900 00") and Household.objects.count() == before
    assert "Đã lưu: 1 tổ" in send(phone="0900 000 803")
    group = NeighbourGroup.objects.get(number=8)
    assert group.leader == User.objects.get(phone="+84900000800") and group.places.count() == 6
    watched = client.post("/nha/nhap/giay.pdf", {"group": [group.public_id]})["Location"]
    bulk.run_due()
    answer = client.get(f"{watched}giay.pdf")
    assert answer["Content-Type"] == "application/pdf" and pages(answer.content) == 2
    assert sign_in(Client(), scene.leader).get("/nha/nhap/").status_code == 404
    assert "đã có tổ số 8" in send(phone="", group=8)
