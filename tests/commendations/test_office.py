"""Commendations in the back office: who sees what, and a round from its first nomination to the hand-out."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook
from PIL import Image

from liengia.audit.models import Entry
from liengia.commendations import imports, services, spreadsheet, stock
from liengia.commendations.models import (
    BaseSalary,
    Certificate,
    CouncilSession,
    Decision,
    DeedEvidence,
    ImportJob,
    Nomination,
    PrintLayout,
    PrintRun,
    Round,
    RoundState,
)
from liengia.core.errors import Refused
from liengia.papers.models import Issuer
from liengia.people.models import User
from tests.commendations.given import MERIT, Bureau, certified, decided, nominated, opened, pursuit, reviewed
from tests.people.conftest import signed_in
from tests.texts import pdf_pages, pdf_text

BASE = "/quan-tri/khen-thuong/"


def into(who: User) -> Client:
    """Return a browser in which somebody has signed in with a second factor."""
    return signed_in(who, second_factor=True)


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def key(issuer: Issuer) -> str:
    """Return the choice of who signs for an issuer."""
    return f"s{issuer.signatories.get().pk}"


def a_round(scene: Bureau, **changes: Any) -> dict[str, Any]:
    return {
        "authority": scene.committee.pk, "movement_list": "movement", "procedure": "regular", "award": "certificate", "title": "phong trào năm 2026", "season_name": "Mùa Ngày hội 2026",
        "period_from": "2026-01-01", "period_to": "2026-12-31", **changes,
    }  # fmt: skip


def typed(scene: Bureau, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "individual", "honorific": "Bà", "name": "Nguyễn Thị Mẫu", "birth_year": "1969", "words": "Tổ trưởng", "unit": scene.here.cast.hamlet.pk, "merit": MERIT,
        "nominator_kind": "collective", "nominated_by": "Tập thể Khu phố 5", "deed_on": "", "report": "", **changes,
    }  # fmt: skip


def test_a_round_from_its_first_nomination_to_the_hand_out(scene: Bureau) -> None:
    clerk, chairman = into(scene.here.duyen), into(scene.here.chairman)
    assert "Chưa có đợt nào" in text_of(clerk.get(BASE))
    assert clerk.post(f"{BASE}moi/", a_round(scene)).status_code == 302
    row = Round.objects.get()
    address = f"{BASE}dot/{row.public_id}/"
    assert row.season is not None and row.season.name == "Mùa Ngày hội 2026"
    assert "Chưa có ai được đề nghị" in text_of(clerk.get(address))
    assert clerk.post(f"{address}them/", typed(scene)).status_code == 302
    refused = clerk.post(f"{address}them/", typed(scene, name="x" * 200))
    assert "x" * 200 in text_of(refused), "what was typed stays"
    assert clerk.post(f"{address}them/", typed(scene, name="Tổ liên gia số 3", kind="collective", honorific="", birth_year="")).status_code == 302
    twin = clerk.post(f"{address}them/", typed(scene, name="Nguyễn Thị Mẩu", birth_year=""))
    doubtful = text_of(clerk.get(twin["Location"]))
    assert "có phải cùng một người" in doubtful
    assert "có chỗ nghi" in text_of(clerk.get(address)) and "Nguyễn Thị Mẩu" in text_of(clerk.get(f"{address}?state=doubtful"))
    one = Nomination.objects.get(name="Nguyễn Thị Mẩu")
    assert clerk.post(f"{BASE}de-nghi/{one.public_id}/de-ngoai/", {"reason": ""}).status_code == 422
    assert clerk.post(f"{BASE}de-nghi/{one.public_id}/de-ngoai/", {"reason": "Nhập hai lần."}).status_code == 302

    seats = [seat.pk for seat in scene.seats]
    assert clerk.post(f"{address}hop/", {"held_on": "2026-07-20", "place": "Phòng họp", "chair": seats[0], "clerk": seats[1], "present": seats, "is_by_hand": "hands"}).status_code == 302
    session = CouncilSession.objects.get()
    there = f"{BASE}hop/{session.public_id}/"
    keys = list(Nomination.objects.listed().values_list("pk", flat=True))
    hands = {f"{name}_{key}": 0 for key in keys for name in ("against", "other")}
    assert clerk.post(f"{there}phieu/", {**hands, f"against_{keys[0]}": 9}).status_code == 422
    assert clerk.post(f"{there}phieu/", hands).status_code == 302
    assert clerk.post(f"{there}ket-thuc/", {"begun": "8 giờ", "ended": "9 giờ", "clerk_name": "Trần Thị Ghi", "discussion": ""}).status_code == 302
    assert "Hội đồng đã họp" in text_of(clerk.get(address)) and "2" in text_of(clerk.get(there))
    assert clerk.get(f"{address}ky/").status_code == 404, "a clerk does not sign"
    assert clerk.post(f"{address}trinh/", {"bases": "", "words": "Kính trình.", "signer": key(scene.police)}).status_code == 302

    sign = {"on": "2026-08-10", "signer": key(scene.committee), "carried_out_by": "Văn phòng", "recipients": "Lưu: VT."}
    assert "chưa có số" in text_of(chairman.get(f"{address}ky/")) and "hoặc cho biết hồ sơ đã có bản giấy" in text_of(chairman.post(f"{address}ky/", sign)) and not Certificate.objects.exists()
    sign["is_on_paper"] = "on"
    money = text_of(chairman.post(f"{address}ky/", {**sign, "look": "1", "on": "2026-06-30"}))
    assert "0,3 × 2.340.000 = 702.000 đồng, làm tròn lên 10.000: 710.000 đồng" in money and "Nghị định 73/2024/NĐ-CP" in money
    assert "chưa có mức" in text_of(chairman.post(f"{address}ky/", {**sign, "look": "1", "on": "2016-06-30"}))
    assert not Certificate.objects.exists(), "looking signs nothing"
    assert chairman.post(f"{address}ky/", {**sign, "on": "2026-08-11"}).status_code == 200
    asked = text_of(chairman.post(f"{address}ky/", sign))
    assert "Ký quyết định?" in asked and "2 trường hợp" in asked and "2.280.000 đồng" in asked and 'name="bases"' in asked and not Certificate.objects.exists(), "asked a second time"
    done = chairman.post(f"{address}ky/", {**sign, "sure": "1"})
    decision = f"{BASE}quyet-dinh/{Certificate.objects.first().decision.public_id}/"  # type: ignore[union-attr]
    assert done["Location"] == decision

    shown = text_of(clerk.get(decision))
    assert "Tổ liên gia số 3" in shown and "2.280.000" in shown
    layouts = list(PrintLayout.objects.values_list("pk", flat=True))
    printed = clerk.post(f"{decision}in/", {"layout": layouts[0], "which": "new", "reason": ""})
    assert pdf_pages(printed.content) == 2 and "Bà Nguyễn Thị Mẫu" in pdf_text(printed.content)
    assert "đã in rồi" in text_of(clerk.post(f"{decision}in/", {"layout": layouts[0], "which": "all", "reason": ""}), 422)
    assert clerk.post(f"{decision}in/", {"layout": layouts[0], "which": "all", "reason": "Kẹt giấy."}).status_code == 200
    assert PrintRun.objects.count() == 2 and "Kẹt giấy." in text_of(clerk.get(decision))
    ids = list(Certificate.objects.order_by("call_order").values_list("public_id", flat=True))
    assert clerk.post(f"{decision}trao/", {"on": "2026-08-10", "mark": "handed", "one": ids[:1]}).status_code == 302
    assert clerk.post(f"{decision}trao/", {"on": "2026-08-10", "mark": "absent", "one": ids}).status_code == 302
    assert clerk.post(f"{decision}trao/", {"on": "2026-08-10", "mark": "absent"}).status_code == 422
    assert clerk.post(f"{decision}trao/", {"on": "2026-08-09", "mark": "handed", "one": ids}).status_code == 422, "before the decision"
    assert list(Certificate.objects.order_by("call_order").values_list("hand_over", flat=True)) == ["handed", "absent"]
    assert "Bà Nguyễn Thị Mẫu" in text_of(clerk.get(f"{decision}?trao=absent")) and "Tổ liên gia số 3" not in text_of(clerk.get(f"{decision}?trao=absent"))
    assert "Lượt 1: tập thể" in pdf_text(clerk.get(f"{decision}trao.pdf").content)
    assert "2026-0001" in pdf_text(clerk.get(f"{decision}nhan.pdf").content)
    assert clerk.get(f"{decision}khac.pdf").status_code == 404


def test_another_commune_finds_nothing(scene: Bureau) -> None:
    from liengia.people import services as people
    from tests import factories
    from tests.cast import TESTER

    found = certified(scene)
    row, decision = found.decision.round, found.decision
    stranger = factories.user("rachkien", "Người Rạch Kiến", is_staff=True)
    people.assign_role(stranger, "commune_admin", scene.here.cast.other_commune, actor=TESTER)
    them = into(stranger)
    assert row.title[1:] not in text_of(them.get(BASE)) and found.name not in text_of(them.get(f"{BASE}so-vang/"))
    for path in (f"dot/{row.public_id}/", f"dot/{row.public_id}/danh-sach.xlsx", f"de-nghi/{found.nomination.public_id}/", f"quyet-dinh/{decision.public_id}/", f"giay/{found.public_id}/", f"quyet-dinh/{decision.public_id}/nhan.pdf"):
        assert them.get(f"{BASE}{path}").status_code == 404, path
    for path in (f"quyet-dinh/{decision.public_id}/thu-hoi/", f"giay/{found.public_id}/cap-doi/", f"quyet-dinh/{decision.public_id}/in/", f"de-nghi/{found.nomination.public_id}/dong-y/"):
        assert them.post(f"{BASE}{path}", {"reason": "x"}).status_code == 404, path


@pytest.mark.parametrize("path", ["", "moi/", "so-vang/", "mau-in/", "luong-co-so/", "mau.xlsx"])
def test_residents_find_no_office(scene: Bureau, path: str) -> None:
    client = Client()
    client.force_login(scene.here.cast.lua, backend="liengia.people.backends.PhoneBackend")
    assert client.get(f"{BASE}{path}").status_code in (302, 404)


def test_evidence_is_kept_without_what_the_camera_wrote_and_each_opening_is_recorded(scene: Bureau) -> None:
    one = nominated(scene, opened(scene))
    clerk, address = into(scene.here.duyen), f"{BASE}de-nghi/{one.public_id}/"
    picture = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Máy Ảnh Của Ai"
    Image.new("RGB", (40, 30), "red").save(picture, "JPEG", exif=exif)
    picture.seek(0)
    picture.name = "anh.jpg"
    assert clerk.post(f"{address}minh-chung/", {"title": "Ảnh hiện trường", "file": picture}).status_code == 302
    file = DeedEvidence.objects.get()
    answer = clerk.get(f"{address}tep/{file.pk}/")
    assert answer["Content-Type"] == "image/jpeg" and "Máy Ảnh".encode() not in answer.content
    assert Entry.objects.filter(kind="commendations.evidence_read").count() == 1
    for name, data in (("a.exe", b"MZ"), ("a.jpg", b"\xff\xd8\xff khong phai anh"), ("a.svg", b"<svg onload=alert(1)>")):
        wrong = io.BytesIO(data)
        wrong.name = name
        assert clerk.post(f"{address}minh-chung/", {"title": "Tệp", "file": wrong}).status_code == 422, name
    assert clerk.post(f"{address}tep/{file.pk}/bo/").status_code == 302
    assert not DeedEvidence.objects.exists()


def test_a_certificate_is_replaced_hidden_and_revoked_from_its_page(scene: Bureau) -> None:
    found = certified(scene)
    clerk, chairman = into(scene.here.duyen), into(scene.here.chairman)
    address = f"{BASE}giay/{found.public_id}/"
    assert found.code in text_of(clerk.get(address))
    assert clerk.post(f"{address}cap-doi/", {"reason": "", "name": found.name, "merit": found.merit}).status_code == 422
    done = clerk.post(f"{address}cap-doi/", {"reason": "Rách.", "name": found.name, "words": "", "merit": found.merit})
    fresh = Certificate.objects.get(edition=2)
    assert done["Location"] == f"{BASE}giay/{fresh.public_id}/"
    assert "Rách." in text_of(clerk.get(address))
    address = f"{BASE}giay/{fresh.public_id}/"
    assert clerk.post(f"{address}an-ten/").status_code == 302 and Certificate.objects.get(pk=fresh.pk).is_name_hidden
    assert clerk.post(f"{address}hien-ten/").status_code == 302
    ids = re.findall(r' id="([^"]+)"', text_of(chairman.get(address)))
    assert len(ids) == len(set(ids)), "each label leads to its own field"
    assert clerk.post(f"{address}thu-hoi/", {"reason": "Khai man."}).status_code == 404, "a clerk does not revoke"
    asked = text_of(chairman.post(f"{address}thu-hoi/", {"reason": "Khai man.", "by_decision": "70/QĐ-UBND"}))
    assert "không còn trong danh sách công khai" in asked and 'name="reason" value="Khai man."' in asked and 'value="70/QĐ-UBND"' in asked
    assert Certificate.objects.get(pk=fresh.pk).state == "valid", "asked a second time before anything is done"
    assert chairman.post(f"{address}thu-hoi/", {"reason": "", "sure": "1"}).status_code == 422
    assert chairman.post(f"{address}thu-hoi/", {"reason": "Khai man.", "sure": "1"}).status_code == 302
    assert chairman.post(f"{address}thu-hoi/", {"reason": "Khai man.", "sure": "1"}).status_code == 422
    whole = f"{BASE}quyet-dinh/{fresh.decision.public_id}/"
    assert "Thu hồi Quyết định" in text_of(chairman.post(f"{whole}thu-hoi/", {"reason": "Sai."})) and Decision.objects.get().revoked_on is None
    assert chairman.post(f"{whole}thu-hoi/", {"reason": "Sai.", "sure": "1"}).status_code == 302 and Decision.objects.get().revoked_on is not None
    register = clerk.get(f"{BASE}so-vang/?nam=2026&q=mau")
    assert text_of(register).count("2026-0001") >= 2
    book = load_workbook(io.BytesIO(clerk.get(f"{BASE}so-vang/?tep=xlsx").content))
    assert [row[0] for row in book.active.iter_rows(min_row=2, values_only=True)] == ["2026-0001", "2026-0001/2"]


def test_a_layout_is_moved_by_millimetres_and_seen_before_it_is_kept(scene: Bureau) -> None:
    clerk = into(scene.here.duyen)
    assert "A4, in đè lên phôi" in text_of(clerk.get(f"{BASE}mau-in/"))
    made = clerk.post(f"{BASE}mau-in/", {"name": "Phôi A3", "size": "a3", "is_overlay": "on", "unit": scene.here.commune.pk})
    layout = PrintLayout.objects.get(name="Phôi A3")
    assert made["Location"].endswith(f"{layout.public_id}/")
    address = made["Location"]
    facts: dict[str, Any] = {"name": "Phôi A3", "size": "a3", "width_mm": "420", "height_mm": "297", "is_overlay": "on", "shift_x_mm": "1.5", "shift_y_mm": "-0.5", "revision": layout.revision}
    for name in stock.FIELDS:
        spot = layout.fields[name]
        facts |= {f"{name}_{part}": spot[part] for part in ("x", "y", "w", "size")} | ({f"{name}_is_shown": "on"} if spot["is_shown"] else {})
    seen = clerk.post(address, {**facts, "do": "sample"})
    assert seen["Content-Type"] == "application/pdf" and "Nguyễn Thị Ngọc Ánh Tuyết" in pdf_text(seen.content) and "GIẤY KHEN" not in pdf_text(seen.content)
    assert "nằm ngoài tờ giấy" in text_of(clerk.post(address, {**facts, "name_x": "300", "do": "keep"}))
    assert "35 mm" in text_of(clerk.post(address, {**facts, "signer_y": facts["office_y"] + 10, "do": "keep"}))
    assert clerk.post(address, {**facts, "name_y": "150.5", "do": "keep"}).status_code == 302
    layout.refresh_from_db()
    assert (layout.fields["name"]["y"], float(layout.shift_x_mm), layout.revision) == (150.5, 1.5, 2)
    assert "Người khác vừa sửa" in text_of(clerk.post(address, {**facts, "do": "keep"})), "the second of two is told"
    assert "Tờ chỉnh máy in" in pdf_text(clerk.get(f"{address}chinh-may-in.pdf").content)


def test_the_dated_tables_are_kept_by_who_may_and_never_overlap(scene: Bureau, admin_client: Client) -> None:
    root = User.objects.create_superuser("goc", full_name="Gốc", password=None)
    page = into(root)
    address = f"{BASE}luong-co-so/"
    assert "2340000" in text_of(page.get(address)).replace(".", "").replace("\xa0", "")
    assert into(scene.here.duyen).get(address).status_code in (302, 404)
    wrong = page.post(f"{address}new/", {"amount_vnd": "2800000", "valid_from": "2026-12-01", "valid_to": "", "source": "Nghị định mẫu", "is_unsure": ""})
    assert "Trùng thời gian" in text_of(wrong)
    last = BaseSalary.objects.get(valid_to=None)
    assert page.post(f"{address}edit/{last.pk}/", {"amount_vnd": "2530000", "valid_from": "2026-07-01", "valid_to": "2026-12-01", "source": "Nghị định mẫu", "is_unsure": ""}).status_code == 302
    unclear = page.post(f"{address}new/", {"amount_vnd": "2,800", "valid_from": "2026-12-01", "valid_to": "", "source": "Nghị định mẫu", "is_unsure": ""})
    assert unclear.status_code == 200 and "đọc được hai cách" in text_of(unclear), unclear.context["form"].errors
    assert page.post(f"{address}new/", {"amount_vnd": "2,8 triệu", "valid_from": "1/12/2026", "valid_to": "", "source": "Nghị định mẫu", "is_unsure": ""}).status_code == 302
    assert "“2,8 triệu” được hiểu là 2.800.000 đồng" in text_of(page.get(address)), "an amount in words is said back"
    assert Entry.objects.filter(kind="commendations.salary_kept").count() == 2


# Lists in and out


def book(rows: list[list[object]], sheet: str = spreadsheet.SHEET) -> io.BytesIO:
    made = Workbook()
    page: Any = made.active
    page.title = sheet
    page.append(list(spreadsheet.COLUMNS.values()))
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    made.save(out)
    out.seek(0)
    out.name = "danh-sach.xlsx"
    return out


def line(name: str = "Nguyễn Thị Mẫu", **changes: object) -> list[object]:
    facts: dict[str, object] = {
        "kind": "cá nhân", "honorific": "Bà", "name": name, "birth_year": 1969, "words": "Tổ trưởng", "unit": "Khu phố 5", "merit": MERIT, "deed_on": "14/05/2026", "police": "",
        "nominated_by": "Tập thể Khu phố 5", "consent": "x",
    }  # fmt: skip
    return [{**facts, **changes}[key] for key in spreadsheet.COLUMNS]


def test_a_list_is_looked_at_saved_and_comes_back_the_same(scene: Bureau) -> None:
    row = opened(scene)
    clerk, address = into(scene.here.duyen), f"{BASE}dot/{row.public_id}/"
    assert clerk.get(f"{BASE}mau.xlsx").content[:2] == b"PK"
    rows = [line(), line("Tổ liên gia số 3", kind="Tập thể", honorific="", birth_year="", deed_on="", consent=""), line("Trần Văn Công", police="x", consent="")]
    answer = clerk.post(f"{address}nhap/", {"file": book(rows)})
    job = ImportJob.objects.get()
    there = f"{BASE}nhap/{job.public_id}/"
    assert answer["Location"] == there
    looked = text_of(clerk.get(there))
    assert "3 dòng" in looked and "Tổ liên gia số 3" in looked and not Nomination.objects.exists()
    assert into(scene.here.chairman).get(there).status_code == 404, "a file is its sender's"
    assert clerk.post(f"{there}luu/").status_code == 302
    assert clerk.post(f"{there}luu/").status_code == 422
    assert 'data-watch="1"' in text_of(clerk.get(there)) and imports.run_due() == 1
    assert "3 đề nghị" in text_of(clerk.get(there))
    job.refresh_from_db()
    assert job.file is None, "the file goes once it is written"
    assert list(Nomination.objects.order_by("place").values_list("name", "is_police", "birth_year")) == [("Nguyễn Thị Mẫu", False, 1969), ("Tổ liên gia số 3", False, None), ("Trần Văn Công", True, 1969)]
    assert Nomination.objects.get(name="Nguyễn Thị Mẫu").consents.count() == 1
    exported = clerk.get(f"{address}danh-sach.xlsx").content
    again = opened(scene, title="đợt hai")
    found = spreadsheet.read(io.BytesIO(exported), again)
    assert not found.errors and {one.name for one in found.rows} == {"Nguyễn Thị Mẫu", "Tổ liên gia số 3", "Trần Văn Công"}
    assert clerk.get(f"{address}danh-sach.docx").content[:2] == b"PK" and "Trần Văn Công" in pdf_text(clerk.get(f"{address}danh-sach.pdf").content)
    assert clerk.get(f"{address}danh-sach.exe").status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "nhóm"}, "“nhóm”"),
        ({"name": ""}, "Ô trống"),
        ({"name": "=SUM(A1:A9)"}, "công thức"),
        ({"merit": "=cmd|' /C calc'!A0"}, "công thức"),
        ({"name": "Nguyễn " * 300}, "Chữ dài quá"),
        ({"birth_year": 1500}, "năm sinh"),
        ({"deed_on": "31/02/2026"}, "không phải"),
        ({"deed_on": "01/01/2030"}, "chưa tới"),
        ({"unit": "Ấp Trên Trời"}, "không thuộc"),
        ({"consent": "có lẽ"}, "không rõ"),
        ({"merit": "Bắt đối tượng Nguyễn Văn A"}, "nêu tên"),
        ({"name": "12345"}, "phải có chữ"),
        ({"name": "Nguyễn\u200bThị Mẫu"}, "không in được"),
    ],
)
def test_errors_of_a_row_are_said_in_words_and_nothing_is_saved(scene: Bureau, changes: dict[str, object], said: str) -> None:
    row = opened(scene)
    clerk = into(scene.here.duyen)
    clerk.post(f"{BASE}dot/{row.public_id}/nhap/", {"file": book([line("Người Đúng"), line(**changes)])})  # type: ignore[arg-type]
    job = ImportJob.objects.get()
    text = text_of(clerk.get(f"{BASE}nhap/{job.public_id}/"))
    assert "dòng 3" in text and said in text, job.errors
    assert clerk.post(f"{BASE}nhap/{job.public_id}/luu/").status_code == 422
    assert imports.run_due() == 0 and not Nomination.objects.exists()
    assert clerk.post(f"{BASE}nhap/{job.public_id}/bo/").status_code == 302 and not ImportJob.objects.exists()


def with_blank_rows(file: io.BytesIO, count: int) -> io.BytesIO:
    """Return a workbook with rows of blanks below its own, written straight into the sheet: a library takes seconds for them."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                blank = b'<row r="%d"><c r="C%d" t="inlineStr"><is><t xml:space="preserve"> </t></is></c></row>'
                data = data.replace(b"</sheetData>", b"".join(blank % (n, n) for n in range(3, 3 + count)) + b"</sheetData>")
            new.writestr(name, data)
    out.seek(0)
    return out


def damaged_inside(file: io.BytesIO, name: str) -> io.BytesIO:
    """Return a workbook whose directory is whole and one of whose parts is not."""
    data = bytearray(file.getvalue())
    with zipfile.ZipFile(file) as whole:
        at = whole.getinfo(name).header_offset
    begin = at + 30 + int.from_bytes(data[at + 26 : at + 28], "little") + int.from_bytes(data[at + 28 : at + 30], "little")
    data[begin : begin + 8] = b"\xff" * 8
    out = io.BytesIO(bytes(data))
    out.name = "a.xlsx"
    return out


def test_a_file_that_is_none_and_a_million_empty_rows(scene: Bureau) -> None:
    row = opened(scene)
    clerk, address = into(scene.here.duyen), f"{BASE}dot/{row.public_id}/nhap/"
    for data in (b"", b"khong phai excel", b"\xd0\xcf\x11\xe0xls", b"PK\x03\x04 hong"):
        wrong = io.BytesIO(data or b" ")
        wrong.name = "a.xlsx"
        assert 'role="alert"' in text_of(clerk.post(address, {"file": wrong}))
    assert 'role="alert"' in text_of(clerk.post(address, {"file": book([line()], sheet="Sheet1")}))
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"):
        assert "Không mở được tệp" in text_of(clerk.post(address, {"file": damaged_inside(book([line()]), name)}))
    found = spreadsheet.read(with_blank_rows(book([line()]), 60_000), row)
    assert len(found.rows) == 1 and not found.errors


def test_an_import_that_died_midway_is_taken_back_and_begun_anew(scene: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    row = opened(scene)
    monkeypatch.setattr(imports, "CHUNK", 2)
    job, _found = imports.look(row, book([line(f"Người Thứ {name}") for name in ("Một", "Hai", "Ba", "Bốn", "Năm")]).getvalue(), user=scene.here.duyen)
    imports.ask(job)
    real = imports._consents
    calls = []

    def dies(*facts: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        real(*facts)

    monkeypatch.setattr(imports, "_consents", dies)
    assert imports.run_due() == 1
    job.refresh_from_db()
    assert job.state == "failed" and not Nomination.objects.exists(), "all or none"
    nominated(scene, row)
    for state in ("waiting", "running"):
        ImportJob.objects.filter(pk=job.pk).update(state=state)
        with pytest.raises(Refused) as refused:
            reviewed(scene, row)
        assert refused.value.detail_code == "importing", "the rest of it is not on the list yet"
    ImportJob.objects.filter(pk=job.pk).update(state="failed")
    Nomination.objects.all().delete()
    Round.objects.filter(pk=row.pk).update(state=RoundState.SUBMITTED)
    ImportJob.objects.filter(pk=job.pk).update(state="waiting", file=book([line()]).getvalue())
    ImportJob.objects.get(pk=job.pk)
    assert imports.run_due() == 1
    job.refresh_from_db()
    assert job.state == "refused" and "đã khóa" in job.errors[0] and not Nomination.objects.exists()


def test_the_lists_of_the_office_read_few_queries(scene: Bureau, django_assert_max_num_queries: Any) -> None:
    row = pursuit(scene)
    for name in ("Một", "Hai", "Ba", "Bốn"):
        nominated(scene, row, f"Người Thứ {name}", merit=f"Việc thứ {name}")
    clerk = into(scene.here.duyen)
    clerk.get(BASE)
    with django_assert_max_num_queries(46):
        clerk.get(f"{BASE}dot/{row.public_id}/")
    decided(scene, row)
    with django_assert_max_num_queries(46):
        clerk.get(f"{BASE}quyet-dinh/{row.decision.public_id}/")
    services.ensure_layouts(scene.here.commune)


def test_anybody_who_lives_there_may_propose_and_the_office_decides(scene: Bureau) -> None:
    row = opened(scene)
    pursuit(scene)
    lua, stranger = signed_in(scene.here.cast.lua), signed_in(scene.here.cast.khach)
    before = text_of(Client().get("/khen-thuong/de-nghi/"))
    assert "Đăng nhập để đề nghị" in before and "/tai-khoan/vao/?next=/khen-thuong/de-nghi/" in before and "<textarea" not in before, "what it is stands before signing in"
    assert "chưa nhận đề nghị" in text_of(stranger.get("/khen-thuong/de-nghi/"))
    text = text_of(lua.get("/khen-thuong/de-nghi/"))
    assert row.title in text and "truy bắt đối tượng" not in text
    facts = {**typed(scene, name="Phạm Thị Mộc Miên"), "round": row.pk, "nominator_kind": "household", "nominated_by": "Hộ bà Trần Thị Lụa"}
    assert "Ghi vào" in text_of(lua.post("/khen-thuong/de-nghi/", {**facts, "merit": ""})) or not Nomination.objects.exists()
    assert "nêu tên" in text_of(lua.post("/khen-thuong/de-nghi/", {**facts, "merit": "Bắt đối tượng Nguyễn Văn A"}))
    assert lua.post("/khen-thuong/de-nghi/", facts).status_code == 302
    found = Nomination.objects.get()
    assert (found.state, found.nominator_kind) == ("proposed", "household")
    assert stranger.post("/khen-thuong/de-nghi/", facts).status_code == 200 and Nomination.objects.count() == 1
    assert "1 đề nghị chờ" in text_of(into(scene.here.duyen).get(f"{BASE}dot/{row.public_id}/"))
