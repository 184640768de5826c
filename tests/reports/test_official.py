"""A published report as the official paper: its frozen figures, what was missed, who issues it; and a province's report."""

from __future__ import annotations

from datetime import date

from django.test import Client

from liengia.organisations import services as organisations
from liengia.organisations.models import OrganisationKind
from liengia.papers import services as papers
from liengia.papers.models import Paper
from liengia.reports import official, services
from liengia.reports.models import Report, Target
from liengia.reports.services import Text
from liengia.units.models import Unit
from tests.cast import TESTER
from tests.people.conftest import signed_in
from tests.reports.given import KEPT, LATE, YEAR, Year, rung
from tests.texts import pdf_text


def body(unit: Unit) -> None:
    """Enter the unit's People's Committee."""
    organisations.create_organisation(kind=OrganisationKind.PEOPLES_COMMITTEE, name=f"Ủy ban nhân dân {unit.full_name.lower()}", unit=unit, valid_from=date(2025, 7, 1), actor=TESTER)


def published(scene: Year, unit: Unit | None = None) -> Report:
    """Publish the year of the commune, or of another unit, with the editor's words."""
    unit = unit or scene.here.commune
    Target.objects.create(unit=unit, figure="alarms.drills", label="Diễn tập của các tổ", aim=24, due_on=YEAR.last, source="Kế hoạch năm")
    report = services.begin_report(unit, YEAR, title="Một năm xã làm được gì", actor=scene.editor)
    services.change_report(report, Text(title=report.title, intro="Kính thưa bà con.", outlook="Làm xong việc còn nợ.", words={"opinions": ("Bà con góp ý nhiều hơn.", False)}), actor=scene.editor)
    return services.publish_report(report, actor=scene.chairman)


def test_the_paper_says_what_the_report_said_and_not_what_is_counted_since(scene: Year) -> None:
    body(scene.here.commune)
    report = published(scene)
    frozen = [(one["label"], one["shown"]) for section in report.said["sections"] for one in section["figures"]]
    rung(scene, "fire", days_ago=20)
    paper = official.draft_results(report, actor=scene.editor)
    rows = paper.blocks["số liệu"]
    assert [shown for _label, shown, _before in rows if shown] and len([row for row in rows if row[1]]) == len(frozen)
    for label, shown in frozen:
        assert any(row[0].lower() == label.lower() and row[1].startswith(shown) for row in rows), label
    assert [row[0] for row in paper.blocks["việc đã hứa"]] == [KEPT, LATE] or {row[0] for row in paper.blocks["việc đã hứa"]} == {KEPT, LATE}
    assert LATE in paper.values["chưa đạt"] and KEPT not in paper.values["chưa đạt"] and "Diễn tập của các tổ: ít nhất 24, hạn 10/08/2026, chưa có số liệu" in paper.values["chưa đạt"]
    assert f"/bao-cao/{report.public_id}/" in paper.values["kết quả"] and "Bà con góp ý nhiều hơn." in paper.values["kết quả"]
    assert (paper.values["tình hình"], paper.values["kiến nghị"]) == ("Kính thưa bà con.", "Làm xong việc còn nợ.")
    text = pdf_text(papers.file_bytes(paper, "pdf"))
    assert "VIỆC CHƯA ĐẠT, NGUYÊN NHÂN" in text and "11/08/2025" in text


def test_a_second_press_opens_the_draft_and_a_correction_makes_another(scene: Year) -> None:
    body(scene.here.commune)
    report = published(scene)
    first = official.draft_results(report, actor=scene.editor)
    assert official.draft_results(report, actor=scene.editor) == first
    services.correct_report(report, section="", words="Ghi thiếu một đơn vị.", actor=scene.chairman)
    second = official.draft_results(report, actor=scene.editor)
    assert second != first and "Ghi thiếu một đơn vị." in second.values["kết quả"]


def test_an_erratum_stands_in_the_paper_too(scene: Year) -> None:
    body(scene.here.commune)
    report = published(scene)
    services.correct_report(report, section="", words="Ghi thiếu một đơn vị.", actor=scene.chairman)
    assert "Đính chính ngày 10/08/2026: Ghi thiếu một đơn vị." in official.draft_results(report, actor=scene.editor).values["kết quả"]


def test_by_one_press_in_the_office_and_only_what_is_published(scene: Year) -> None:
    clerk = signed_in(scene.here.duyen, second_factor=True)
    draft = services.begin_report(scene.here.commune, YEAR, title="Một năm", actor=scene.editor)
    address = f"/quan-tri/bao-cao/{draft.public_id}/"
    assert "Công bố báo cáo trước" in clerk.post(f"{address}van-ban/", follow=True).content.decode()
    services.publish_report(draft, actor=scene.chairman)
    assert "Chưa có Ủy ban nhân dân" in clerk.post(f"{address}van-ban/", follow=True).content.decode() and not Paper.objects.exists()
    body(scene.here.commune)
    answer = clerk.post(f"{address}van-ban/")
    paper = Paper.objects.get()
    assert answer.status_code == 302 and paper.public_id in answer["Location"]
    assert paper.public_id in clerk.get(address).content.decode()
    assert signed_in(scene.here.cast.lua).post(f"{address}van-ban/").status_code in (302, 404) and Paper.objects.count() == 1


# A province


def test_a_province_reports_of_all_of_its_communes(scene: Year) -> None:
    province = scene.here.cast.province
    report = published(scene, province)
    own = services.begin_report(scene.here.commune, YEAR, title="Xã", actor=scene.editor)
    by_code = {one["code"]: one["value"] for section in report.said["sections"] for one in section["figures"]}
    of_commune = {one["code"]: one["value"] for section in own.drawn for one in section["figures"]}
    assert by_code["opinions.filed"] == of_commune["opinions.filed"] and by_code["opinions.filed"]
    assert {one["text"] for one in report.said["sections"][0]["pledges"]} == {KEPT, LATE}, "what was promised at its communes' forums"
    page = Client().get(f"/bao-cao/{report.public_id}/").content.decode()
    assert province.full_name in page and LATE in page
    body(province)
    paper = official.draft_results(report, actor=scene.editor)
    assert paper.issuer.organisation is not None and paper.issuer.organisation.unit_id == province.pk
    assert {row[0] for row in paper.blocks["việc đã hứa"]} == {KEPT, LATE}
