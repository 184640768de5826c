"""The look: vendored files, icons, template tags, error pages."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import translation

from liengia.core.templatetags import look

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    """Serve static files under their own names, without collecting them."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def render(source: str, **data: object) -> str:
    return Template("{% load look %}" + source).render(Context(data))


# Files


def test_vendored_files_are_what_the_manifests_say() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools/vendor.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    named: dict[str, Path] = {}
    for path in (ROOT / "liengia").rglob("templates/**/*.html"):
        for name in re.findall(
            r"\{% icon(?:_inline)? [\"']([a-z0-9-]+)[\"']", path.read_text(encoding="utf-8")
        ):
            named[name] = path
    missing = {name: path for name, path in named.items() if name not in look.drawings()}
    assert named
    assert not missing


def test_no_template_carries_an_inline_script_or_style() -> None:
    found = []
    for path in (ROOT / "liengia").rglob("templates/**/*.html"):
        source = path.read_text(encoding="utf-8")
        for pattern in (r"<script(?![^>]*\bsrc=)(?![^>]*json)", r"<style\b", r"\sstyle=", r"\son[a-z]+="):
            found += [f"{path}: {hit}" for hit in re.findall(pattern, source)]
    assert not found


def test_scripts_hold_no_vietnamese_words() -> None:
    for path in (ROOT / "liengia/static/js").glob("*.js"):
        code = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"[à-ỹđÀ-ỸĐ]", code), path


# Tags


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+84900000007", "0900 000 007"),
        ("0900000007", "0900 000 007"),
        ("02723000113", "0272 3000 113"),
        ("+842723000113", "0272 3000 113"),
        ("114", "114"),
        ("", ""),
    ],
)
def test_phone_numbers_are_spaced_as_people_read_them(number: str, words: str) -> None:
    assert look.spaced_phone(number) == words


def test_a_phone_link_says_who_is_called() -> None:
    with translation.override("vi"):
        html = render('{% phone_link "+84900000007" name="chị Mộc Miên" css="button square" %}')
    assert 'href="tel:+84900000007"' in html
    assert "chị Mộc Miên" in html


def test_names_are_escaped_in_phone_links_and_clocks() -> None:
    html = render('{% phone_link "114" name=name %}{% clock 5 says=name %}', name="<b>x")
    assert "<b>x" not in html
    assert "&lt;b&gt;x" in html


def test_dates_and_times_are_vietnamese_and_local() -> None:
    at = datetime(2025, 1, 13, 14, 39, tzinfo=UTC)
    with translation.override("vi"):
        assert look.site_clock(at) == "Thứ Hai, 13/01/2025 21:39 (GMT +7)"
        assert look.vn_datetime(at) == "21:39 Thứ Hai 13/01/2025"
        assert look.vn_date(date(2025, 11, 28)) == "Thứ Sáu 28/11/2025"
    with translation.override("en"):
        assert look.vn_date(date(2025, 11, 28)) == "Friday 28/11/2025"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (134, "2 minutes 14 seconds"),
        (3600, "1 hour"),
        (273_600, "3 days 4 hours"),
    ],
)
def test_durations_are_told_in_their_two_largest_units(seconds: int, words: str) -> None:
    with translation.override("en"):
        assert look.duration_words(timedelta(seconds=seconds)) == words


def test_a_clock_has_one_element_a_digit_and_words_for_the_ear() -> None:
    with translation.override("en"):
        html = render('{% clock 134 says="Ringing for" %}')
    assert "Ringing for 2 minutes 14 seconds" in html
    assert "<i>0</i><i>2</i>:<i>1</i><i>4</i>" in html
    assert "data-since" not in html


def test_an_inline_icon_needs_no_other_file() -> None:
    html = render('{% icon_inline "flame" %}')
    assert "<path" in html
    assert "<use" not in html


def test_a_wrong_field_is_linked_from_the_summary_and_described(client: Client) -> None:
    html = client.get("/thanh-phan/").content.decode()
    assert 'href="#id_wrong-phone"' in html
    assert 'id="id_wrong-phone_error"' in html
    assert re.search(r'<input[^>]*aria-invalid="true"[^>]*>', html)


# Pages


def test_the_gallery_is_vietnamese_first_and_english_second(client: Client) -> None:
    assert "Thành phần" in client.get("/thanh-phan/").content.decode()
    client.cookies["django_language"] = "en"
    english = client.get("/thanh-phan/").content.decode()
    assert 'lang="en"' in english
    assert "Components" in english


def test_the_foot_says_what_the_platform_is_not(client: Client) -> None:
    html = client.get("/thanh-phan/").content.decode()
    assert "<b>không phải</b> hệ thống báo cháy đã kiểm định" in html
    assert "<b>không tự gọi 114</b>" in html


def test_an_unknown_address_is_a_plain_page_with_a_way_on(client: Client) -> None:
    response = client.get("/khong-co-gi-o-day/")
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


def test_the_page_for_a_broken_server_needs_nothing() -> None:
    for name in ("400.html", "500.html"):
        source = (ROOT / "liengia/core/templates/core/errors" / name).read_text(encoding="utf-8")
        assert "{%" not in source
        assert "{{" not in source
    assert "tel:114" in source


def test_an_error_page_says_what_happened_and_what_was_kept(rf: RequestFactory) -> None:
    html = render(
        '{% include "core/errors/error.html" %}',
        says="Đã có người nhận.",
        kept="Chữ còn đây.",
        request=rf.get("/x/"),
    )
    assert "Đã có người nhận." in html
    assert "Chữ còn đây." in html
