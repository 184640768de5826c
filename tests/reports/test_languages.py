"""A report for a reader of English: the platform's own words and its numbers follow the reader, what people wrote and the record stay."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from liengia.core.reporting import FEWEST_PEOPLE
from liengia.opinions.models.forums import ForumState, ListeningForum
from liengia.reports import screens, services, tracing
from liengia.reports.models import Report
from tests.people.conftest import signed_in
from tests.reports.given import NOW, Year, begun, rung
from tests.texts import pdf_text

MARKS = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)


@pytest.fixture
def published(scene: Year) -> Report:
    rung(scene, "fire", "medical")
    ListeningForum.objects.create(unit=scene.here.commune, title="Đèn đường", place="Nhà văn hóa", starts_at=NOW.replace(month=5), state=ForumState.CLOSED, attendance=1131)
    report = begun(scene)
    services.change_report(report, services.Text("Năm qua", words={"opinions": ("Nhiều hơn.", False), "groups": ("", True)}), actor=scene.editor)
    return services.publish_report(report, actor=scene.chairman)


def english() -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_names_units_and_numbers_follow_the_reader_and_are_said_not_to_be_the_official_ones(scene: Year, published: Report) -> None:
    page = english().get(f"/bao-cao/{published.public_id}/")
    shown = page.context["sections"]
    own = [one["title"] for one in shown]
    for one in shown:
        own += [words for figure in one["figures"] for words in (figure["label"], figure["unit"], figure["how"], figure["shown"])]
        own += [words for chart in one["charts"] for words in (chart["title"], chart["source"], *chart["names"])]
        own += [words for table in one["tables"] for words in (*table["head"], table["note"])]
    assert len(own) > 60 and not [words for words in own if MARKS.search(words)], "no Vietnamese of the platform's"
    by_code = {figure["code"]: f"{figure['shown']} {figure['unit']}".strip() for one in shown for figure in one["figures"]}
    assert (by_code["promises.kept"], by_code["forums.came"], by_code["alarms.other"]) == ("1 of 2", "1,131", f"fewer than {FEWEST_PEOPLE}")
    sessions = next(table for one in shown for table in one["tables"] if one["code"] == "forums")
    assert [row[2] for row in sessions["rows"]] == ["1,131"]
    text = page.content.decode()
    assert "One page to be read aloud (in Vietnamese)" in text and "CSV (in Vietnamese)" in text
    assert "The Vietnamese text is the official one." in text and "Nhiều hơn." in text and "Left out by the editor: Inter-family fire-safety groups." in text
    here = Client().get(f"/bao-cao/{published.public_id}/").content.decode()
    assert "tiếng Việt)" not in here
    for name in ("bao-cao.pdf", "so-lieu.csv"):
        paper = english().get(f"/bao-cao/{published.public_id}/{name}")
        assert (paper.status_code, paper["Content-Language"]) == (200, "vi")
    assert "1.131" in here and "bản chính thức" not in here and "Người soạn đã bỏ: Tổ liên gia an toàn PCCC." in here


def test_the_record_and_its_files_stay_vietnamese(scene: Year, published: Report) -> None:
    titles = [one["title"] for one in published.said["sections"]]
    with translation.override("en"):
        drawn = services.begin_report(scene.here.commune, published.period.before(), title="Năm trước", actor=scene.editor).drawn
        assert "Góp ý và trả lời" in titles and drawn[0]["title"] == "Lời hứa ở diễn đàn lần trước", "whoever counts"
        assert services.fingerprint(published.said) == published.said_sha256
    pdf = pdf_text(english().get(f"/bao-cao/{published.public_id}/bao-cao.pdf").content)
    assert "Góp ý và trả lời" in pdf and "1.131" in pdf and "Opinions and answers" not in pdf


def test_the_page_behind_a_number_reads_as_the_report_does(scene: Year, published: Report) -> None:
    text = english().get(f"/bao-cao/{published.public_id}/so-lieu/forums.came/").content.decode()
    assert "People in the hall" in text and "<span data-number>1,131</span>" in text and "have changed since" not in text
    ListeningForum.objects.filter(attendance=1131).update(attendance=2262)
    with translation.override("en"):
        traced = tracing.trace(published, "forums.came", scene.here.duyen)
    assert (traced.said, traced.now, traced.has_changed) == ("1,131", "2,262", True)


def test_what_was_published_before_keeps_its_words_under_titles_of_today(scene: Year, published: Report) -> None:
    said: dict[str, Any] = {**published.said, "sections": [{key: value for key, value in one.items() if key != "told"} for one in published.said["sections"]]}
    said.pop("left_out_told")
    Report.objects.filter(pk=published.pk).update(said=said)
    page = english().get(f"/bao-cao/{published.public_id}/")
    by_code = {one["code"]: one for one in page.context["sections"]}
    assert by_code["opinions"]["title"] == "Opinions and answers" and by_code["opinions"]["figures"][0]["label"] == "ý kiến đã nhận"
    text = english().get(f"/bao-cao/{published.public_id}/so-lieu/forums.came/").content.decode()
    assert "<span data-number>1.131</span>" in text and "have changed since" not in text, "written as the record writes it"


def test_an_office_in_english_reads_its_draft_in_english(scene: Year) -> None:
    report = begun(scene)
    office = signed_in(scene.here.duyen, second_factor=True)
    office.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = office.get(f"/quan-tri/bao-cao/{report.public_id}/").content.decode()
    assert "Opinions and answers" in page and "Góp ý và trả lời" not in page
    with translation.override("en"):
        assert screens.sections(services.statement(report))[0]["title"] == "What was promised at the last forum"
