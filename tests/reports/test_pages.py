"""Pages of reports: what everybody reads, what the office does, what nobody may."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.test import Client

from liengia.core import pdf
from liengia.opinions.models import Opinion
from liengia.reports import papers, safety, services
from liengia.reports.models import Report, SafetyRegistration
from liengia.units.models import Succession
from liengia.units.services import switch_room
from tests import factories
from tests.cast import TESTER
from tests.opinions.given import answered, filed
from tests.opinions.given import public as public_opinion
from tests.people.conftest import signed_in
from tests.reports.given import NOW, Year, begun, rung
from tests.texts import pdf_links, pdf_pages, pdf_text


@pytest.fixture
def published(scene: Year) -> Report:
    rung(scene, "fire", "medical")
    report = begun(scene)
    services.change_report(report, services.Text("Một năm xã làm được gì", intro="Thưa bà con, <b>đây</b>.", outlook="Thêm hai tổ.", words={"comments": ("", True)} if any(one["code"] == "comments" for one in report.drawn) else {}), actor=scene.editor)
    return services.publish_report(report, actor=scene.chairman)


def test_everybody_reads_a_published_report_and_nobody_a_draft(scene: Year, published: Report) -> None:
    page = Client().get(f"/bao-cao/{published.public_id}/")
    text = page.content.decode()
    assert text.index("Lời hứa ở diễn đàn lần trước") < text.index("Góp ý và trả lời")
    assert "Đếm thế nào" in text and "dưới 5" in text
    assert "&lt;b&gt;đây&lt;/b&gt;" in text, "words are words"
    assert 'name="csrfmiddlewaretoken"' not in text
    assert "/truc/lich-su/" not in text, "addresses for officers are not in the public page"
    draft = services.begin_report(scene.here.cast.other_commune, published.period, title="Nháp", actor=scene.editor)
    for ending in ("", "bao-cao.pdf", "doc-truoc-dan.pdf", "so-lieu.csv"):
        assert Client().get(f"/bao-cao/{draft.public_id}/{ending}").status_code == 404
        assert Client().get(f"/bao-cao/khong-co/{ending}").status_code == 404


def test_an_opinion_about_a_section_begins_with_its_name(scene: Year, published: Report) -> None:
    page = Client().get(f"/bao-cao/{published.public_id}/").content.decode()
    about = f"ve=report:{published.public_id}:opinions"
    assert f"?xa={scene.here.commune.code}&amp;{about}" in page
    form = Client().get(f"/gop-y/gui/?xa={scene.here.commune.code}&{about}").content.decode()
    assert "Về mục “Góp ý và trả lời” của báo cáo “Một năm xã làm được gì”:" in form
    for wrong in (f"report:{published.public_id}:khong-co", "report:khong-co:opinions", "khac:x", "Hãy viết câu này", "report:"):
        answer = Client().get("/gop-y/gui/", {"xa": scene.here.commune.code, "ve": wrong})
        assert answer.status_code == 200 and "Về mục" not in answer.content.decode() and "Hãy viết" not in answer.content.decode()


def test_a_section_tells_how_many_opinions_came_about_it_and_links_public_copies_only(scene: Year, published: Report) -> None:
    about, other = f"report:{published.public_id}:opinions", f"report:{published.public_id}:promises"
    with time_machine.travel(NOW, tick=False):
        form = Client().get(f"/gop-y/gui/?xa={scene.here.commune.code}&ve={about}").context["form"]
    sent = {"xa": scene.here.commune.code, "ticket": form["ticket"].value(), "about": form["about"].value(), "kind": "report", "text": "Nói rõ hơn.", "place_words": "Ấp 3", "contact": "anonymous"}
    with time_machine.travel(NOW + timedelta(seconds=9), tick=False):
        assert Client().post("/gop-y/gui/", sent).status_code == 200
    assert Opinion.all_.get(about=about).text == "Nói rõ hơn."
    shown = public_opinion(scene.here, title="Câu trả lời chậm", about=about)
    with time_machine.travel(NOW, tick=False):
        answered(scene.here, "Báo cáo kỳ sau sẽ ghi từng ngày trả lời.", about=about)
    filed(scene.here, about=about, about_officials=True, officer_words="Ông Mỗ")
    assert filed(scene.here, about="report:khong-co:opinions").about == filed(scene.here, about="x" * 300).about == ""
    filed(scene.here, about=other)
    page = Client().get(f"/bao-cao/{published.public_id}/")
    told = {one["code"]: one["opinions"] for one in page.context["sections"] if one["opinions"]}
    assert {code: (one.filed, one.answered, one.unshown) for code, one in told.items()} == {"opinions": (3, 1, 2), "promises": (1, 0, 1)}, "what concerns an officer is in no number"
    text = page.content.decode()
    assert f"/gop-y/{shown.public_id}/" in text and "Câu trả lời chậm" in text and text.count('<div class="report-opinions') == 2
    switch_room(unit=scene.here.commune, room="opinions", is_on=False, actor=TESTER)
    assert "report-opinions" not in Client().get(f"/bao-cao/{published.public_id}/").content.decode()


def test_the_list_holds_its_queries(scene: Year, published: Report, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        page = Client().get("/bao-cao/")
    assert published.title in page.content.decode()
    with django_assert_max_num_queries(14):
        Client().get(f"/bao-cao/{published.public_id}/")


def test_files_say_the_same_as_the_page(scene: Year, published: Report) -> None:
    whole = pdf_text(Client().get(f"/bao-cao/{published.public_id}/bao-cao.pdf").content)
    assert "Vét cống trước chợ" in whole and "dưới 5" in whole and "Các con số được đếm thế nào" in whole
    sheet = Client().get(f"/bao-cao/{published.public_id}/doc-truoc-dan.pdf").content
    assert pdf_pages(sheet) == 1
    assert "Còn nợ: Vét cống trước chợ" in pdf_text(sheet)
    rows = list(csv.DictReader(io.StringIO(Client().get(f"/bao-cao/{published.public_id}/so-lieu.csv").content.decode("utf-8-sig"))))
    by_code = {row["figure"]: row for row in rows}
    assert by_code["alarms.fire"]["value"] == "1" and by_code["alarms.other"]["value"] == "", "few people are not in the data either"
    columns = [row["column"] for row in csv.DictReader(io.StringIO(Client().get("/bao-cao/tu-dien.csv").content.decode("utf-8-sig")))]
    assert columns == list(rows[0]), "every column has its meaning"


def test_numbers_of_the_pdf_lead_to_their_records_and_names_to_how_they_were_counted(scene: Year, published: Report, settings: Any) -> None:
    settings.PUBLIC_URL = "https://xa.example"
    made = papers.as_pdf(published)
    address = f"https://xa.example/bao-cao/{published.public_id}/"
    figures = {one["code"]: one for section in published.said["sections"] for one in section["figures"]}
    links = pdf_links(made)
    heard = {link.address: link.heard for link in links if link.heard}
    counted = [one for one in figures.values() if one["value"] is not None]
    assert len(counted) < len(figures), "some are withheld"
    for one in counted:
        shown = f"{one['shown']} {one['unit']}".strip()
        assert heard.pop(f"{address}so-lieu/{one['code']}/") == f"{one['label']}: {shown}; xem sổ sách", "its link says what it is"
    for url, words in heard.items():
        one = figures[url.removeprefix(f"{address}so-lieu/").removesuffix("/?ky=truoc")]
        assert one["before"] is not None and words == f"{one['label']}, kỳ trước: {one['before_shown']}; xem sổ sách"
    outside = {link.address for link in links if link.address}
    assert not any("alarms.other" in url for url in outside), "fewer than five people lead to no records"
    assert sum(not link.address for link in links) == len(figures), "the name of each leads to how it was counted"
    page = Client().get(f"/bao-cao/{published.public_id}/").content.decode()
    assert outside <= {f"https://xa.example{url}" for url in re.findall(r'href="([^"]+)"', page)}, "the page leads to the very same"
    assert "Đọc trước dân" not in pdf_text(made), "nobody said where it is read"
    assert address in pdf_text(made), "on paper the page's address stands there"
    published.said = {}
    assert {link.address for link in pdf_links(papers.as_pdf(published))} == {""}, "a draft's numbers lead nowhere"


def test_the_pdf_keeps_to_the_standard_of_accessible_pdfs(scene: Year, published: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf.typst, "compile", partial(pdf.typst.compile, pdf_standards=["ua-1"]))
    assert "Vét cống trước chợ" in pdf_text(papers.as_pdf(published)), "the typesetter refuses what breaks PDF/UA-1"
    assert "Vét cống trước chợ" in pdf_text(papers.as_sheet(published))


def test_a_correction_stands_wherever_the_report_is_read(scene: Year, published: Report) -> None:
    services.correct_report(published, section="opinions", words="Đúng là 3 ý kiến.", actor=scene.chairman)
    address = f"/bao-cao/{published.public_id}/"
    for name in ("bao-cao.pdf", "doc-truoc-dan.pdf"):
        assert "Đúng là 3 ý kiến." in pdf_text(Client().get(f"{address}{name}").content), name
    assert "Đúng là 3 ý kiến." in Client().get(f"{address}so-lieu/opinions.filed/").content.decode()
    assert "Đúng là 3 ý kiến." not in Client().get(f"{address}so-lieu/promises.kept/").content.decode()
    rows = csv.DictReader(io.StringIO(Client().get(f"{address}so-lieu.csv").content.decode("utf-8-sig")))
    assert {row["section"] for row in rows if row["corrections"] == "2026-08-10: Đúng là 3 ý kiến."} == {"opinions"}
    services.correct_report(published, words="Cả báo cáo tính tới 09/8.", actor=scene.chairman)
    assert "Cả báo cáo tính tới 09/8." in Client().get(f"{address}so-lieu/promises.kept/").content.decode()


def test_the_register_shows_its_criteria_and_which_are_not_met(scene: Year) -> None:
    safety.ensure_criteria()
    row = safety.register_place(scene.here.cast.hamlet, year=2026, registered_on=date(2026, 2, 3), actor=TESTER)
    criteria = list(safety.criteria_of(row.kind, 2026))
    safety.assess(row, {one.pk: (one.number != 2, "" if one.number != 2 else "Còn một vụ.") for one in criteria}, on=date(2026, 8, 1), actor=TESTER)
    page = Client().get("/bao-cao/an-toan/?nam=2026").content.decode()
    assert f"{len(criteria) - 1}/{len(criteria)} (chưa đạt: 2)" in page
    assert all(one.text in page for one in criteria) and criteria[0].source in page and page.count('<details class="report-criteria">') == 1, "of the kinds that registered"


def test_a_sheet_is_one_page_however_much_there_is(scene: Year, published: Report) -> None:
    said = published.said
    said["sections"][0]["pledges"] = [{**said["sections"][0]["pledges"][0], "state": "late", "text": "việc rất dài " * 40}] * 30
    said["outlook"] = "rất nhiều việc " * 300
    published.said = said
    assert pdf_pages(papers.as_sheet(published)) == 1
    assert pdf_pages(papers.as_pdf(published)) > 1


def test_the_office_begins_writes_and_publishes(scene: Year) -> None:
    editor, chairman = signed_in(scene.here.duyen, second_factor=True), signed_in(scene.here.chairman, second_factor=True)
    begin = editor.get(f"/quan-tri/bao-cao/moi/?don-vi={scene.here.commune.pk}")
    assert "2025-08-10" in begin.content.decode(), "the usual period stands ready"
    made = editor.post("/quan-tri/bao-cao/moi/", {"unit": scene.here.commune.pk, "first_on": "2025-08-11", "last_on": "2026-08-10", "title": "Năm qua"})
    report = Report.objects.get()
    assert made["Location"].endswith(f"/bao-cao/{report.public_id}/")
    page = editor.get(made["Location"]).content.decode()
    assert "/cong-bo/" not in page, "an editor does not publish"
    form = {"title": "Năm qua", "words_promises": "Thưa bà con.", "words_opinions": "x" * 4001}
    refused = editor.post(f"/quan-tri/bao-cao/{report.public_id}/", form)
    assert refused.status_code == 422 and "Thưa bà con." in refused.content.decode(), "what was typed stays"
    form["words_opinions"] = "Nhiều hơn."
    assert editor.post(f"/quan-tri/bao-cao/{report.public_id}/", form).status_code == 302
    late = editor.post(f"/quan-tri/bao-cao/{report.public_id}/", {**form, "revision": report.revision, "words_promises": "Lời khác."})
    assert late.status_code == 422 and "Lời khác." in late.content.decode() and "vừa có người sửa" in late.content.decode().lower(), "who came second replaces nothing unasked"
    assert editor.post(f"/quan-tri/bao-cao/{report.public_id}/cong-bo/").status_code in (403, 404)
    chairman.post(f"/quan-tri/bao-cao/{report.public_id}/cong-bo/", {"revision": report.revision, "sure": "1"})
    assert Report.objects.get().state == "draft", "its words were changed after it was read"
    assert f'name="revision" value="{report.revision + 1}"' in chairman.get(f"/quan-tri/bao-cao/{report.public_id}/").content.decode()
    assert editor.get(f"/quan-tri/bao-cao/{report.public_id}/bao-cao.pdf").content[:5] == b"%PDF-"
    opened = chairman.get(f"/quan-tri/bao-cao/{report.public_id}/cong-bo/")
    assert (opened.status_code, opened["Location"]) == (302, f"/quan-tri/bao-cao/{report.public_id}/"), "the question's address leads back"
    asked = chairman.post(f"/quan-tri/bao-cao/{report.public_id}/cong-bo/", {"revision": report.revision + 1, "drawn_at": "x"})
    assert asked.status_code == 200 and Report.objects.get().state == "draft", "one press publishes nothing: it cannot be taken back"
    assert "Công bố rồi thì sao" in asked.content.decode() and "Thu hồi" not in asked.content.decode()
    assert "không sửa, không rút lại được nữa" in asked.content.decode() and f'name="revision" value="{report.revision + 1}"' in asked.content.decode()
    assert 'name="drawn_at" value="x"' in asked.content.decode(), "what was read is what is published"
    assert "Ý kiến đã nhận: 2" in asked.content.decode(), "what would stand on top is read once more"
    assert chairman.post(f"/quan-tri/bao-cao/{report.public_id}/cong-bo/", {"revision": report.revision + 1, "sure": "1"}).status_code == 302
    assert "Thưa bà con." in Client().get(f"/bao-cao/{report.public_id}/").content.decode()
    wrong = chairman.post(f"/quan-tri/bao-cao/{report.public_id}/dinh-chinh/", {"section": "opinions", "words": ""})
    assert wrong.status_code == 422
    chairman.post(f"/quan-tri/bao-cao/{report.public_id}/dinh-chinh/", {"section": "opinions", "words": "Đúng là 3 ý kiến."})
    assert "Đúng là 3 ý kiến." in Client().get(f"/bao-cao/{report.public_id}/").content.decode()


def test_counting_anew_is_in_no_writers_way_but_in_the_publishers(scene: Year) -> None:
    report = begun(scene)
    editor, chairman = signed_in(scene.here.duyen, second_factor=True), signed_in(scene.here.chairman, second_factor=True)
    address = f"/quan-tri/bao-cao/{report.public_id}/"
    page = chairman.get(address).content.decode()
    assert f'name="drawn_at" value="{report.drawn_at.isoformat()}"' in page, "whoever publishes says which numbers were read"
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        services.recount(report, actor=scene.chairman)
    read = {"revision": report.revision, "drawn_at": report.drawn_at.isoformat(), "sure": "1"}
    chairman.post(f"{address}cong-bo/", read)
    assert Report.objects.get().state == "draft", "its numbers were counted anew after it was read"
    written = {"title": report.title, "revision": report.revision, "words_promises": "Một giờ đã viết."}
    assert editor.post(address, written).status_code == 302, "nobody changed a word"
    assert report.words.get(section="promises").text == "Một giờ đã viết."


def test_words_that_came_second_go_on_from_those_that_are_kept(scene: Year) -> None:
    report = begun(scene)
    editor, address = signed_in(scene.here.duyen, second_factor=True), f"/quan-tri/bao-cao/{report.public_id}/"
    services.change_report(report, services.Text(report.title, intro="Lời của chị Hai.\nDòng sau.", words={"promises": ("", False), "opinions": ("", True)}), actor=scene.chairman)
    written = {"title": report.title, "intro": "Lời của tôi.", "revision": report.revision, "words_promises": "Thưa bà con."}
    refused = editor.post(address, written)
    page = refused.content.decode()
    assert refused.status_code == 422 and "Lời của tôi." in page and "Thưa bà con." in page, "what was typed stays"
    assert "Đang lưu: “Lời của chị Hai." in page and "Đang lưu: bỏ phần này." in page and page.count("Đang lưu: chưa có gì.") == 1
    assert page.count("Đang lưu:") == 3, "what is alike is not asked about"
    assert f'name="revision" value="{report.revision + 1}"' in page.partition("Giữ lời")[0], "the next press goes on from there"
    assert editor.post(address, {**written, "intro": "Lời của chị Hai và tôi.", "revision": report.revision + 1}).status_code == 302
    assert Report.objects.get().intro == "Lời của chị Hai và tôi."


def test_the_period_that_is_due_stands_ready_or_is_filled_in(scene: Year) -> None:
    editor, commune = signed_in(scene.here.duyen, second_factor=True), scene.here.commune
    initial = editor.get("/quan-tri/bao-cao/moi/").context["form"].initial
    assert (initial["unit"], initial["first_on"], initial["last_on"]) == (commune, date(2025, 8, 10), date(2026, 8, 10)), "its hamlets do not hide the commune"
    assert editor.post("/quan-tri/bao-cao/moi/", {"unit": commune.pk, "title": "Năm qua"}).status_code == 302
    report = Report.objects.get()
    assert (report.first_on, report.last_on) == (date(2025, 8, 10), date(2026, 8, 10))


def test_a_second_report_of_nearly_the_same_days_is_asked_about(scene: Year) -> None:
    editor, commune = signed_in(scene.here.duyen, second_factor=True), scene.here.commune
    first = begun(scene, title="Báo cáo đang viết")
    sent = {"unit": commune.pk, "first_on": "2025-08-14", "last_on": "2026-08-10", "title": "Báo cáo nữa"}
    asked = editor.post("/quan-tri/bao-cao/moi/", sent).content.decode()
    assert Report.objects.get() == first and f"/bao-cao/{first.public_id}/" in asked and "Báo cáo đang viết" in asked
    assert 'type="checkbox" name="again"' in asked and "Vẫn bắt đầu một báo cáo khác" in asked
    assert editor.post("/quan-tri/bao-cao/moi/", {**sent, "first_on": "2026-08-01"}).status_code == 302, "a week of that year is another report"
    assert editor.post("/quan-tri/bao-cao/moi/", {**sent, "again": "on"}).status_code == 302


def test_the_office_reads_which_forum_it_was_and_writes_under_words_of_its_own(scene: Year) -> None:
    report = begun(scene)
    office = signed_in(scene.here.duyen, second_factor=True).get(f"/quan-tri/bao-cao/{report.public_id}/").content.decode()
    assert "Lời hứa lấy từ diễn đàn: Xã Cần Đước ngày 10/08/2025." in office and "Diễn đàn ngày 10/08/2025, Xã Cần Đước. " in office
    assert '<h2 id="loi">Lời của người soạn</h2>' in office, "neither opinions nor comments"


def test_what_is_owed_stands_on_top_and_in_the_offices_line(scene: Year) -> None:
    Opinion.all_.filter(state="received", about_officials=False).update(due_at=NOW - timedelta(days=3))
    report = services.publish_report(begun(scene), actor=scene.chairman)
    page = Client().get(f"/bao-cao/{report.public_id}/")
    top = {one["code"]: one["shown"] for one in page.context["main"]}
    assert (top["opinions.in_time"], top["opinions.overdue"], top["promises.late"]) == ("50", "1", "1"), "one answered in time, one left past its day"
    office = signed_in(scene.here.duyen, second_factor=True).get(f"/quan-tri/bao-cao/{report.public_id}/").content.decode()
    line = office.partition("Góp ý và trả lời</strong>")[2].partition("</summary>")[0]
    assert "50 % trả lời đúng hẹn" in line and "1 quá hẹn mà chưa trả lời" in line
    facts = " ".join(re.sub(r"<[^>]+>", "", "".join(re.findall(r"<dl class=.portal-facts.>.*?</dl>", office, re.DOTALL))).split())
    assert "1. Hẹn trả lời trước" in facts and " ." not in facts, "no space stands before a full stop"


def test_a_charts_table_has_a_head_beside_each_number_on_a_phone(scene: Year) -> None:
    with time_machine.travel(NOW - timedelta(days=90), tick=False):
        answered(scene.here, "Đã vét cống trước chợ sáng 12/5.")
    report = services.publish_report(begun(scene), actor=scene.chairman)
    chart = Client().get(f"/bao-cao/{report.public_id}/").content.decode().partition('<figure class="chart card">')[2].partition("</figure>")[0]
    table = chart.partition("<table")[2]
    assert table.startswith(' class="table cards"')
    assert re.search(r'<th scope="row">05/2026</th><td class="n" data-label="[^"]+">1</td><td class="n" data-label="[^"]+">0</td>', table)


def test_a_table_of_opinions_calls_its_columns_what_they_hold(scene: Year) -> None:
    report = services.publish_report(begun(scene), actor=scene.chairman)
    table = next(one for one in report.said["sections"] if one["code"] == "opinions")["tables"][0]
    assert table["head"][0] == "Lĩnh vực" and {row[0] for row in table["rows"]} == {"Đèn đường, điện", "chưa phân loại"}


def test_the_safety_register_is_called_by_its_name_and_each_place_with_its_commune(scene: Year) -> None:
    safety.ensure_criteria()
    with time_machine.travel(date(2026, 2, 3), tick=False):
        safety.register_place(scene.here.cast.hamlet, year=2026, registered_on=date(2026, 2, 3), households=100, households_signed=90, actor=TESTER)
    page = Client().get("/bao-cao/an-toan/?nam=2026").content.decode()
    assert '<caption class="sr">Các nơi đã đăng ký</caption>' in page and "Sổ văn bản" not in page
    assert f'<th scope="row">{scene.here.cast.hamlet.place_name}</th>' in page


def test_the_choice_holds_units_of_the_period_and_tells_them_apart(scene: Year) -> None:
    here = scene.here
    day = date(2026, 7, 1)
    old = factories.unit("28999", "Long Sơn", "commune", parent=here.commune.parent)
    type(old).objects.filter(pk=old.pk).update(valid_to=day)
    Succession.objects.create(old=old, new=here.commune, on=day)
    editor = signed_in(here.duyen, second_factor=True)
    page = editor.get("/quan-tri/bao-cao/moi/").content.decode()
    assert "Khu phố 5, xã Cần Đước" in page and "Long Sơn" not in page
    then = editor.get("/quan-tri/bao-cao/moi/?den=2026-06-30").content.decode()
    assert "Long Sơn" in then and "(đến 30/06/2026)" in then and 'value="2026-06-30"' in then
    wrong = editor.post("/quan-tri/bao-cao/moi/", {"unit": old.pk, "first_on": "2025-08-11", "last_on": "2026-08-10", "title": "Năm qua"}).content.decode()
    assert "chọn đơn vị" in wrong.lower() and f'value="{old.pk}"' not in wrong, "said in words, and no longer offered"
    for nonsense in ("2026-02-31", "9999-99-99", "x" * 99):
        assert editor.get(f"/quan-tri/bao-cao/moi/?den={nonsense}").status_code == 200


def test_another_communes_office_and_the_public_see_nothing_of_it(scene: Year) -> None:
    report = begun(scene)
    assert Client().get("/quan-tri/bao-cao/").status_code == 302
    resident = signed_in(scene.here.cast.lua, second_factor=True)
    for path in ("", f"{report.public_id}/", "chi-tieu/", "so-ho/", "an-toan/"):
        assert resident.get(f"/quan-tri/bao-cao/{path}").status_code in (302, 403, 404)
    type(report).objects.update(unit=scene.here.cast.other_commune)
    editor = signed_in(scene.here.duyen, second_factor=True)
    for path in ("", "bao-cao.pdf"):
        assert editor.get(f"/quan-tri/bao-cao/{report.public_id}/{path}").status_code == 404
    for verb in ("dem-lai", "bo", "cong-bo", "dinh-chinh"):
        assert editor.post(f"/quan-tri/bao-cao/{report.public_id}/{verb}/").status_code in (403, 404)


def test_targets_sizes_and_the_register_by_the_office(scene: Year) -> None:
    safety.ensure_criteria()
    begun(scene)
    editor = signed_in(scene.here.duyen, second_factor=True)
    commune, hamlet = scene.here.commune.pk, scene.here.cast.hamlet.pk
    assert editor.post("/quan-tri/bao-cao/so-ho/", {"unit": hamlet, "year": 2026, "households": 250, "source": "UBND xã"}).status_code == 302
    target = {"unit": commune, "figure": "opinions.filed", "is_at_least": "no", "aim": "5", "due_on": "2026-12-31", "source": ""}
    assert editor.post("/quan-tri/bao-cao/chi-tieu/", target).status_code == 302
    assert "ý kiến đã nhận" in editor.get("/quan-tri/bao-cao/chi-tieu/").content.decode()
    place = {"unit": hamlet, "year": 2026, "registered_on": "2026-02-01", "households": 250, "households_signed": 249}
    assert editor.post("/quan-tri/bao-cao/an-toan/", {**place, "registered_on": "2026-05-01"}).status_code == 200
    register = editor.get("/quan-tri/bao-cao/an-toan/").content.decode()
    assert '<button class="button">Đăng ký</button>' in register and "Số hộ" in register and "Sổ văn bản</button>" not in register
    assert editor.post("/quan-tri/bao-cao/an-toan/", place).status_code == 302
    row = SafetyRegistration.objects.get()
    address = f"/quan-tri/bao-cao/an-toan/{row.public_id}/"
    assert "tiêu chí" in editor.get(address).content.decode().lower()
    answers = {"do": "assess", "assessed_on": f"{NOW:%Y-%m-%d}"}
    for one in safety.criteria_of(row.kind, row.year):
        answers |= {f"criterion_{one.pk}": "yes"}
    assert editor.post(address, answers).status_code == 302
    assert editor.post(address, {"do": "decide", "is_recognised": "yes", "decided_on": f"{NOW:%Y-%m-%d}", "decision_number": ""}).status_code == 200
    assert editor.post(address, {"do": "decide", "is_recognised": "yes", "decided_on": f"{NOW:%Y-%m-%d}", "decision_number": "12/QĐ-UBND"}).status_code == 302
    public = Client().get("/bao-cao/an-toan/?nam=2026").content.decode()
    assert f"{row.unit.full_name}, xã Cần Đước" in public and "Sổ văn bản" not in public, "which commune's hamlet it is"
    assert "12/QĐ-UBND" in public and "249/250" in public and "được công nhận" in public
    assert Client().get("/bao-cao/an-toan/?nam=zzzz").status_code == 200


def test_a_commune_that_keeps_the_room_off_has_no_reports(scene: Year, published: Report, settings: Any) -> None:
    settings.ROOMS_OFF = ["reports"]
    for path in ("/bao-cao/", f"/bao-cao/{published.public_id}/", "/bao-cao/an-toan/"):
        assert Client().get(path).status_code == 404
    assert "/bao-cao/" not in Client().get("/").content.decode()
    settings.ROOMS_OFF = []
    switch_room(unit=scene.here.commune, room="reports", is_on=False, actor=TESTER)
    assert Client().get(f"/bao-cao/{published.public_id}/").status_code == 404
    assert published.title not in Client().get("/bao-cao/").content.decode()
    editor = signed_in(scene.here.duyen, second_factor=True)
    assert editor.get(f"/quan-tri/bao-cao/{published.public_id}/").status_code == 404
    assert "/quan-tri/bao-cao/" not in editor.get("/quan-tri/").content.decode()
