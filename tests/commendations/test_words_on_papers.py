"""What papers call who is commended, and who decides, proposes, writes: a household, the Front, the secretary, "commending whom for what"."""

from __future__ import annotations

import re
from datetime import date
from importlib import import_module

import pytest
from django.apps import apps

from liengia.commendations import imports, services, sheets
from liengia.commendations import papers as own_papers
from liengia.commendations.forms import NominationForm, RoundForm, SubmitForm
from liengia.commendations.models import Award, Certificate, ImportJob, Nomination, Round, name_key
from liengia.core import clock
from liengia.organisations import services as organisations
from liengia.organisations.models import OrganisationKind
from liengia.papers import services as papers
from liengia.papers.models import Issuer, Paper
from tests.cast import TESTER
from tests.commendations.given import Bureau, decided, nominated, opened, reviewed, signing, submitted
from tests.commendations.test_office import BASE, a_round, book, into, line, text_of, typed
from tests.texts import pdf_text


def paper_text(paper: Paper) -> str:
    return " ".join(pdf_text(papers.file_bytes(paper, "pdf")).split())


def test_a_household_is_called_by_its_head_on_every_paper_and_page(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row, "Lê Văn Tám", kind="household", honorific="Ông")
    nominated(scene, row, "Hộ bà Trần Thị Chín", kind="household")
    decision = decided(scene, row)
    minutes = row.sessions.get().minutes
    assert minutes is not None and decision.round.submission is not None
    for text in (paper_text(minutes), paper_text(decision.round.submission), paper_text(decision.paper)):
        assert "Hộ ông Lê Văn Tám" in text and "Hộ bà Trần Thị Chín" in text and "Hộ Hộ" not in text and not re.search(r"(?<!Hộ )Ông Lê Văn Tám", text)
    rows = list(Certificate.objects.filter(decision=decision).order_by("call_order"))
    assert [one.name for one in rows] == ["Hộ ông Lê Văn Tám", "Hộ bà Trần Thị Chín"]
    assert "Hộ ông Lê Văn Tám" in pdf_text(sheets.run_sheet(decision, rows, at=clock.now()))


def test_nobody_is_addressed_as_a_man_because_nobody_looked(scene: Bureau) -> None:
    row = opened(scene)
    clerk, address = into(scene.here.duyen), f"{BASE}dot/{row.public_id}/them/"
    assert NominationForm(row)["honorific"].value() in (None, "")
    assert "Bà thành “Hộ bà …”" in text_of(clerk.get(address))
    for kind in ("individual", "household"):
        assert "Ghi danh xưng của người này" in text_of(clerk.post(address, typed(scene, kind=kind, honorific=""))) and not Nomination.objects.exists()
    for name, changes in (("Tổ liên gia số 3", {"kind": "collective"}), ("Hộ bà Trần Thị Chín", {"kind": "household"})):
        assert clerk.post(address, typed(scene, name=name, honorific="", birth_year="", **changes)).status_code == 302
    assert NominationForm(row)["honorific"].value() in (None, ""), "nor the next one as the last"


def test_the_fronts_papers_are_headed_by_the_front_above_it(scene: Bureau) -> None:
    body = organisations.create_organisation(kind=OrganisationKind.FATHERLAND_FRONT, name="Ủy ban Mặt trận Tổ quốc Việt Nam xã Cần Đước", unit=scene.here.commune, valid_from=date(2025, 7, 1), actor=TESTER)
    front = papers.issuer_of(body, actor=TESTER)
    assert front.superior == f"Ủy ban Mặt trận Tổ quốc Việt Nam {scene.here.commune.parent.full_name}"  # type: ignore[union-attr]
    paper = papers.draft_paper(papers.Draft(kind="submission", issuer=front, about="Về việc khen thưởng", values={"kính gửi": "Chủ tịch", "nội dung": "Kính trình."}), actor=scene.clerk)
    assert "ỦY BAN NHÂN DÂN" not in paper_text(paper)
    Issuer.objects.filter(pk=front.pk).update(superior="Ủy ban nhân dân xã Cần Đước")
    import_module("liengia.papers.migrations.0004_front_under_the_front").put_under_the_front(apps, None)
    kept = Issuer.objects.get(pk=front.pk)
    assert kept.superior == front.superior, "an installation that has its head already is put right"
    assert Issuer.objects.get(pk=scene.committee.pk).superior == scene.committee.superior


def test_who_wrote_the_minutes_is_asked_for_and_signs_them(scene: Bureau) -> None:
    row = opened(scene)
    one = nominated(scene, row)
    clerk, chairman = into(scene.here.duyen), into(scene.here.chairman)
    seats = [seat.pk for seat in scene.seats]
    clerk.post(f"{BASE}dot/{row.public_id}/hop/", {"held_on": "2026-07-20", "place": "Phòng họp", "chair": seats[0], "clerk": seats[1], "present": seats, "is_by_hand": "hands"})
    there = f"{BASE}hop/{row.sessions.get().public_id}/"
    clerk.post(f"{there}phieu/", {f"against_{one.pk}": 0, f"other_{one.pk}": 0})
    said = {"begun": "8 giờ", "ended": "9 giờ", "discussion": ""}
    assert clerk.post(f"{there}ket-thuc/", said).status_code == 422
    assert clerk.post(f"{there}ket-thuc/", {**said, "clerk_name": "Trần Thị Ghi"}).status_code == 302
    minutes = row.sessions.get().minutes
    assert minutes is not None
    address = f"/quan-tri/van-ban/{minutes.public_id}/"
    assert f'href="{address}"' in text_of(clerk.get(f"{BASE}dot/{row.public_id}/")), "the round's page leads to its minutes"
    page = text_of(chairman.get(address))
    assert 'name="signer_0"' not in page and 'name="signer_1"' in page
    assert chairman.post(f"{address}ban-hanh/", {"issued_on": "2026-08-10", "signer_1": "Võ Văn Chủ Tịch"}).status_code == 302
    minutes.refresh_from_db()
    assert "8 giờ, Thứ Hai 20/07/2026" in paper_text(minutes), "with its day"
    assert "Thư ký: Trần Thị Ghi, Ủy viên 2." in paper_text(minutes)
    assert [one["name"] for one in minutes.said["signers"]] == ["Trần Thị Ghi", "Võ Văn Chủ Tịch"]


def test_minutes_without_names_ask_for_both_and_choose_nobody(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row)
    reviewed(scene, row)
    scene.seats[0].holder = scene.here.chairman
    scene.seats[0].save()
    minutes = row.sessions.get().minutes
    assert minutes is not None
    chairman, address = into(scene.here.chairman), f"/quan-tri/van-ban/{minutes.public_id}/"
    page = text_of(chairman.get(address))
    assert re.search(r'<input type="text" name="signer_0"(?![^>]*value=)', page) and f"m{scene.seats[0].pk}" not in page
    assert chairman.post(f"{address}ban-hanh/", {"issued_on": "2026-08-10", "signer_0": "", "signer_1": "Võ Văn Chủ Tịch"}).status_code == 422
    assert chairman.post(f"{address}ban-hanh/", {"issued_on": "2026-08-10", "signer_0": "Trần Thị Ghi", "signer_1": "Võ Văn Chủ Tịch"}).status_code == 302


@pytest.mark.parametrize(
    ("title", "kinds", "words"),
    [
        ("đã có thành tích trong phong trào", ["household", "individual", "individual"], "các hộ gia đình, cá nhân đã có thành tích trong phong trào"),
        ("Có thành tích trong phong trào", ["collective"], "tập thể có thành tích trong phong trào"),
        ("các tập thể, cá nhân có thành tích", ["individual"], "các tập thể, cá nhân có thành tích"),
        ("phong trào Toàn dân bảo vệ an ninh Tổ quốc", ["individual"], "phong trào Toàn dân bảo vệ an ninh Tổ quốc"),
    ],
)  # fmt: skip
def test_a_paper_says_whom_it_commends_for_what(scene: Bureau, title: str, kinds: list[str], words: str) -> None:
    assert own_papers.commended_for(opened(scene, title=title), kinds) == words


def test_decision_submission_and_minutes_say_it(scene: Bureau) -> None:
    row = opened(scene, title="đã có thành tích trong phong trào năm 2026")
    nominated(scene, row)
    decision = decided(scene, row)
    minutes = row.sessions.get().minutes
    assert minutes is not None and decision.round.submission is not None
    for paper in (minutes, decision.round.submission, decision.paper):
        assert "khen thưởng cá nhân đã có thành tích" in paper.about


def test_a_communes_head_is_offered_no_award_of_the_province(scene: Bureau) -> None:
    clerk = into(scene.here.duyen)
    page = text_of(clerk.get(f"{BASE}moi/"))
    assert "có thành tích trong phong trào Toàn dân" in page, "an example of what it is for"
    assert 'value="merit"' not in page and 'value="certificate"' in page
    assert clerk.post(f"{BASE}moi/", a_round(scene, award="merit")).status_code == 200 and not scene.here.commune.commendation_rounds.exists()
    both = RoundForm(Issuer.objects.filter(pk=scene.committee.pk), a_round(scene, award=Award.MERIT))
    assert not both.is_valid() and "award" in both.errors


def test_lists_are_numbered_row_by_row(scene: Bureau) -> None:
    row = opened(scene)
    nominated(scene, row, "Nguyễn Thị Một")
    nominated(scene, row, "Trần Thị Hai", words="Hội viên")
    decision = decided(scene, row)
    assert decision.round.submission is not None
    for paper, columns in ((decision.paper, 5), (decision.round.submission, 4)):
        said = papers.description(paper)
        pieces = [*said["body"], *(piece for annex in said.get("annexes", ()) for piece in annex["body"])]  # type: ignore[attr-defined, misc]
        table = next(piece for piece in pieces if piece["is"] == "table")
        assert table["header"][0] == "STT" and [cells[0] for cells in table["rows"]] == ["1", "2"] and len(table["header"]) == len(table["widths"]) == columns
        assert [table["header"][column] for column in table["numbers"]] == (["Tiền thưởng"] if paper == decision.paper else [])


def test_the_number_of_a_decision_stands_whole_on_the_run_sheet(scene: Bureau) -> None:
    row = opened(scene, title="các tập thể, cá nhân có thành tích xuất sắc trong phong trào Toàn dân bảo vệ an ninh Tổ quốc")
    nominated(scene, row)
    decision = decided(scene, row)
    rows = list(decision.certificates.all())
    for length in range(0, 20, 2):
        decision.round.title = f"{row.title} năm 2026 {'a' * length}"
        lines = pdf_text(sheets.run_sheet(decision, rows, at=clock.now())).splitlines()
        assert any(decision.paper.sign in line for line in lines), lines[:4]


def test_the_number_of_a_paper_stands_whole_in_another(scene: Bureau) -> None:
    for length in range(0, 40, 4):
        said = f"Công an xã Cần Đước {'a' * length} cùng Hội đồng Thi đua, Khen thưởng tại Tờ trình số 05/TTr-CAXCANDUOC ngày 01 tháng 8 năm 2026"
        paper = papers.Draft(kind="submission", issuer=scene.police, about="Về việc mẫu", values={"kính gửi": "Chủ tịch", "nội dung": said})
        lines = pdf_text(papers.file_bytes(papers.draft_paper(paper, actor=scene.clerk), "pdf")).splitlines()
        assert any("05/TTr-CAXCANDUOC" in line for line in lines), lines


def test_a_seat_that_says_its_office_says_it_once(scene: Bureau) -> None:
    seat = scene.seats[0]
    assert str(seat) == "Ủy viên 1 (Ủy ban nhân dân xã Cần Đước)"
    seat.office_title = "Đại diện Ủy ban nhân dân xã Cần Đước"
    assert str(seat) == seat.office_title


@pytest.mark.parametrize(
    ("kind", "honorific", "name", "called"),
    [
        ("individual", "", "Nguyễn Văn Một", "Ông/bà Nguyễn Văn Một"),
        ("individual", "Em", "Nguyễn Văn Một", "Em Nguyễn Văn Một"),
        ("individual", "", "Bà Trần Thị Chín", "Bà Trần Thị Chín"),
        ("individual", "Bà", "Bà Trần Thị Chín", "Bà Trần Thị Chín"),
        ("individual", "", "Đại úy Hồ Văn Chu", "Đại úy Hồ Văn Chu"),
        ("individual", "", "Hồ Thị Bà", "Ông/bà Hồ Thị Bà"),
        ("household", "", "Lê Văn Tám", "Hộ ông/bà Lê Văn Tám"),
        ("household", "", "Hộ Lê Văn Tám", "Hộ Lê Văn Tám"),
        ("collective", "", "Tổ liên gia số 3", "Tổ liên gia số 3"),
    ],
)
def test_where_nobody_said_it_papers_say_both_and_never_guess(kind: str, honorific: str, name: str, called: str) -> None:
    one = Nomination(kind=kind, honorific=honorific, name=name)
    assert one.called == called
    assert name_key(called) == name_key(name), "and it is the same person in search and doubts"


def test_rows_without_a_form_of_address_are_marked_before_and_after_they_are_saved(scene: Bureau) -> None:
    row = opened(scene)
    clerk, address = into(scene.here.duyen), f"{BASE}dot/{row.public_id}/"
    rows = [line("Lê Thị Hai"), line("Trần Văn Ba", honorific=""), line("Bà Võ Thị Tư", honorific=""), line("Tổ liên gia số 3", kind="tập thể", honorific="", birth_year="", consent="")]
    clerk.post(f"{address}nhap/", {"file": book(rows)})
    there = f"{BASE}nhap/{ImportJob.objects.get().public_id}/"
    looked = text_of(clerk.get(there))
    assert "1 dòng chưa ghi danh xưng" in looked and looked.count("Danh xưng?") == 1 and "Ông/bà Trần Văn Ba" in looked
    assert looked.index("Trần Văn Ba") < looked.index("Lê Thị Hai"), "what is asked about stands first"
    clerk.post(f"{there}luu/")
    imports.run_due()
    assert Nomination.objects.get(name="Trần Văn Ba").honorific == "", "nothing is kept that nobody wrote"
    assert "1 đề nghị chưa ghi danh xưng" in text_of(clerk.get(address))
    only = text_of(clerk.get(f"{address}?state=unaddressed"))
    assert "Trần Văn Ba" in only and "Lê Thị Hai" not in only
    submitted(scene, row)
    asked = text_of(into(scene.here.chairman).get(f"{address}ky/"))
    assert "Gọi là “Ông/bà”" in asked and "Trần Văn Ba" in asked and "Lê Thị Hai" not in asked
    decision = services.decide(Round.objects.get(pk=row.pk), signing(), actor=scene.chairman)
    assert "Ông/bà Trần Văn Ba" in paper_text(decision.paper) and "Bà Võ Thị Tư" in paper_text(decision.paper)
    assert Certificate.objects.filter(decision=decision, name="Ông/bà Trần Văn Ba").exists()


TITLE = "có thành tích xuất sắc trong phong trào Toàn dân bảo vệ an ninh Tổ quốc năm 2026"


@pytest.mark.parametrize(
    ("title", "people", "said"),
    [
        (TITLE, [("individual", "Bà"), ("individual", "Ông")], f"02 cá nhân đã {TITLE} (có danh sách kèm theo)"),
        (f"Các tập thể, cá nhân {TITLE}", [("collective", ""), ("individual", "Ông")], f"01 tập thể, 01 cá nhân đã {TITLE} (có danh sách kèm theo)"),
        ("Vì đã dập tắt đám cháy.", [("household", "Bà"), ("individual", "Ông")], "01 hộ gia đình, 01 cá nhân vì đã dập tắt đám cháy (có danh sách kèm theo)"),
        ("phong trào năm 2026", [("individual", "Bà"), ("individual", "Ông")], "02 cá nhân (có danh sách kèm theo). Nội dung khen thưởng: phong trào năm 2026"),
        (TITLE, [("individual", "Bà")], "bà Nguyễn Văn Mẫu, Tổ trưởng, khu phố 5, xã Cần Đước, đã dập tắt đám cháy ở nhà số 4"),
        (TITLE, [("individual", "")], "ông/bà Nguyễn Văn Mẫu, Tổ trưởng, khu phố 5, xã Cần Đước, đã dập tắt đám cháy ở nhà số 4"),
        (TITLE, [("household", "Ông")], "hộ ông Nguyễn Văn Mẫu, Tổ trưởng, khu phố 5, xã Cần Đước, đã dập tắt đám cháy ở nhà số 4"),
        (TITLE, [("collective", "")], "Nguyễn Văn Mẫu, Tổ trưởng, khu phố 5, xã Cần Đước, đã dập tắt đám cháy ở nhà số 4"),
    ],
)  # fmt: skip
def test_an_article_names_one_and_counts_several(scene: Bureau, title: str, people: list[tuple[str, str]], said: str) -> None:
    row = opened(scene, title=title)
    there = [Nomination(round=row, kind=kind, honorific=honorific, name="Nguyễn Văn Mẫu", words="Tổ trưởng", unit=scene.here.cast.hamlet, merit="Đã dập tắt đám cháy ở nhà số 4.") for kind, honorific in people]
    assert own_papers.commended_as(row, there, listed="(có danh sách kèm theo)").replace(scene.here.commune.full_name.replace("Xã", "xã"), "xã Cần Đước") == said


def test_a_decision_for_one_has_the_name_in_its_article_and_no_list(scene: Bureau) -> None:
    row = opened(scene, title=TITLE)
    nominated(scene, row, "Lê Văn Tám", honorific="Ông", words="Tổ trưởng tổ liên gia số 3", merit="Có thành tích xuất sắc trong việc giữ gìn an ninh, trật tự năm 2026")
    text = paper_text(decided(scene, row).paper)
    assert "Điều 1. Tặng Giấy khen của Chủ tịch Ủy ban nhân dân xã Cần Đước cho ông Lê Văn Tám, Tổ trưởng tổ liên gia số 3, khu phố 5, xã Cần Đước, đã có thành tích xuất sắc trong việc giữ gìn" in text
    assert "và ông Lê Văn Tám chịu trách nhiệm thi hành Quyết định này. Quyết định có hiệu lực kể từ ngày ký./." in text
    assert "Cá nhân: 0,3 ×" in text and "danh sách" not in text.casefold() and "Tổng cộng" not in text and "Mỗi" not in text


def test_a_decision_for_several_leads_to_its_list(scene: Bureau) -> None:
    row = opened(scene, title=TITLE)
    for name in ("Lê Văn Tám", "Lê Văn Chín"):
        nominated(scene, row, name, honorific="Ông")
    text = paper_text(decided(scene, row).paper)
    assert f"cho 02 cá nhân đã {TITLE} (có danh sách kèm theo)." in text and "Mỗi cá nhân: 0,3 ×" in text and "Tổng cộng: 1.520.000 đồng" in text
    assert "và các cá nhân có tên trong danh sách chịu trách nhiệm" in text and text.count("Ông Lê Văn Tám") == 1 and "DANH SÁCH ĐƯỢC KHEN THƯỞNG" in text


def test_an_offices_own_wording_keeps_its_list_for_one_too(scene: Bureau) -> None:
    own = own_papers.DECISION.wording.replace("{khen ai}", "{số lượng} có tên trong danh sách kèm theo. Nội dung khen thưởng: {thành tích}")
    papers.change_wording("commendation", scene.here.commune, text=own, revision=0, actor=scene.clerk)
    row = opened(scene, title=TITLE)
    nominated(scene, row, "Lê Văn Tám", honorific="Ông")
    text = paper_text(decided(scene, row).paper)
    assert "cho 01 cá nhân có tên trong danh sách kèm theo" in text and "DANH SÁCH ĐƯỢC KHEN THƯỞNG" in text and "Ông Lê Văn Tám" in text


def test_a_submission_begins_with_whom_and_what_for(scene: Bureau) -> None:
    row = opened(scene, title=TITLE)
    nominated(scene, row, "Lê Văn Tám", honorific="Ông", merit="Đã dập tắt đám cháy")
    words = SubmitForm(row, [])["words"].value()
    assert words.startswith("Kính đề nghị Chủ tịch Ủy ban nhân dân xã Cần Đước xem xét, tặng Giấy khen cho ông Lê Văn Tám, ") and words.endswith(", đã dập tắt đám cháy.")
    nominated(scene, row, "Tổ liên gia số 3", kind="collective")
    assert SubmitForm(row, [])["words"].value().endswith(f"cho 01 tập thể, 01 cá nhân đã {TITLE} (có tên trong danh sách dưới đây).")


def test_a_decisions_list_begins_each_place_with_a_capital_and_has_room_for_the_money(scene: Bureau) -> None:
    row = opened(scene, title=TITLE)
    nominated(scene, row, "Tổ liên gia số 3", kind="collective")
    nominated(scene, row, "Lê Văn Chín", honorific="Ông", words="chủ cơ sở sửa xe")
    said = papers.description(decided(scene, row).paper)
    table = said["annexes"][0]["body"][0]  # type: ignore[index]
    assert [cells[2] for cells in table["rows"]] == ["Khu phố 5, xã Cần Đước", "Chủ cơ sở sửa xe, khu phố 5, xã Cần Đước"]
    # A letter of 13 points takes 2.3 mm, and a cell has 2 mm on each side: "10.120.000" is the highest that a table of today gives.
    assert 165 * table["widths"][-1] / sum(table["widths"]) - 4 > len("10.120.000") * 2.1
    assert not any(" đồng" in piece["text"] for piece in said["body"] if piece["is"] == "item"), "an amount and its dong stand on one line"  # type: ignore[attr-defined]


def test_a_paper_without_a_legal_basis_has_no_line_of_dots(scene: Bureau) -> None:
    row = opened(scene, title=TITLE)
    nominated(scene, row)
    decision = decided(scene, row, bases="")
    assert decision.round.submission is not None
    assert "……" not in paper_text(decision.round.submission).partition("TỜ TRÌNH")[2] and "……" not in paper_text(decision.paper)
