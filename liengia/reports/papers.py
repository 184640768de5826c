"""A report as files: an accessible PDF, one A4 sheet to be read aloud, open data with its dictionary."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from liengia.core import clock, pdf
from liengia.core.text import date_words
from liengia.reports import drawing, screens
from liengia.reports.models import Report
from liengia.reports.services import statement

COLUMNS: Final = ("report", "unit_code", "unit", "first_on", "last_on", "section", "figure", "label", "value", "unit_of_value", "value_before", "how", "records", "corrections")
# What each column of the open data holds; in Vietnamese, since that is the language of the data.
DICTIONARY: Final = (
    ("report", "Mã báo cáo; trang của báo cáo là /bao-cao/<mã>/"),
    ("unit_code", "Mã đơn vị hành chính theo danh mục, ở thời điểm cuối kỳ"),
    ("unit", "Tên đơn vị"),
    ("first_on", "Ngày đầu kỳ, năm-tháng-ngày"),
    ("last_on", "Ngày cuối kỳ, năm-tháng-ngày; ngày này cũng tính"),
    ("section", "Mã phần của báo cáo"),
    ("figure", "Mã số liệu; giữ nguyên qua các kỳ"),
    ("label", "Số liệu đếm cái gì"),
    ("value", "Giá trị; để trống khi không đếm được, hoặc khi nói về ít hơn 5 người"),
    ("unit_of_value", "Đơn vị của giá trị, nếu có"),
    ("value_before", "Giá trị của kỳ liền trước, dài bằng kỳ này"),
    ("how", "Đếm bằng cách nào"),
    ("records", "Trang có các hồ sơ đứng sau số liệu, chừng mực người đọc được xem; của kỳ trước thì thêm ?ky=truoc"),
    ("corrections", "Đính chính của phần này hoặc của cả báo cáo, kèm ngày; để trống khi không có. Giá trị đã công bố giữ nguyên"),
)  # fmt: skip
SENTENCES: Final = 9


def said_of(report: Report) -> dict[str, Any]:
    """Return what a report says: frozen once it is published, made anew for a draft."""
    return dict(report.said) if report.said else statement(report)


def as_pdf(report: Report) -> bytes:
    """Return the whole report as an accessible PDF (headings, tables, texts for charts)."""
    said = said_of(report)
    with translation.override("vi"):
        data = {
            **_head(report, said), "intro": said["intro"], "outlook": said["outlook"], "left_out": said["left_out"],
            "sections": [_section(one, report) for one in screens.sections(said)],
            "errata": [{"day": f"{clock.local(one.at):%d/%m/%Y}", "words": one.words} for one in report.errata.all()],
            "words": {
                "before": _("before"), "how": _("How the numbers were counted"), "next": _("What comes after this"), "errata": _("Corrections"),
                "left_out": _("Left out by the editor"), "figure": _("Figure"), "value": _("This period"), "last": _("The period before"),
                "number": _("Number"), "promise": _("Promised"), "owner": _("Who answers for it"), "due": _("For"), "result": _("Result"),
                "behind": _("The records behind it"), "links": _("Touch a number to open the records behind it, and its name to read how it was counted. On paper: %(url)s") % {"url": _address(report)} if report.said else "",
            },
        }  # fmt: skip
    return pdf.render("reports/report", data, at=report.published_at or clock.now())


def as_sheet(report: Report) -> bytes:
    """Return one A4 page in large letters, to be read aloud: promises first, then the main figures in sentences."""
    said = said_of(report)
    with translation.override("vi"):
        data = {**_head(report, said), "lines": [*_errata(report), *_lines(said)], "outlook": said["outlook"], "words": {"next": _("What comes after this"), "all": _("The whole report, with every number: %(url)s")}}
        data["all"] = _("The whole report, with every number: %(url)s") % {"url": _address(report)}
    return pdf.render("reports/sheet", data, at=report.published_at or clock.now())


def as_csv(reports: Iterable[Report]) -> str:
    """Return the figures of reports as open data."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for report in reports:
        said, errata = said_of(report), list(report.errata.all())
        for section in said["sections"]:
            for one in section["figures"]:
                rows.writerow([
                    report.public_id, report.unit.code, said["unit"], said["first"], said["last"], section["code"], one["code"], one["label"],
                    _plain(one["value"]), one["unit"], _plain(one["before"]), one["how"],
                    _records(report, one["code"]), " ".join(f"{clock.local(err.at):%Y-%m-%d}: {err.words}" for err in errata if err.section in ("", section["code"])),
                ])  # fmt: skip
    return out.getvalue()


def dictionary_csv() -> str:
    """Return what each column of the open data holds."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("column", "meaning"))
    rows.writerows(DICTIONARY)
    return out.getvalue()


def _address(report: Report, code: str = "") -> str:
    """Return the address of a report's page, or of the records behind a figure, as it stands in files that leave the site."""
    path = reverse("reports:figure", args=[report.public_id, code]) if code else reverse("reports:report", args=[report.public_id])
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def _plain(value: float | None) -> str:
    """Return a number with all of its digits: neither rounded nor in powers of ten."""
    return "" if value is None else format(Decimal(str(value)).normalize(), "f")


def _head(report: Report, said: dict[str, Any]) -> dict[str, Any]:
    first, last = date.fromisoformat(said["first"]), date.fromisoformat(said["last"])
    is_draft = not report.said
    return {
        "title": said["title"], "unit": said["unit"], "read_at": _("Read before the people: %(place)s.") % {"place": said["read_at"]} if said["read_at"] else "", "is_draft": is_draft,
        "period": _("From %(first)s to %(last)s") % {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"},
        "made": _("Drawn from the records on %(day)s; nobody typed a number.") % {"day": date_words(clock.local(report.drawn_at).date() if report.drawn_at else clock.today())},
        "draft": _("Draft"),
    }  # fmt: skip


def _section(one: dict[str, Any], report: Report) -> dict[str, Any]:
    """Return a section of the page for the typesetter, with what leads where."""
    return {
        "title": one["title"], "editor": one["editor"], "words": one["words"], "figures": [_figure(figure, report) for figure in one["figures"]],
        "tables": [{"head": t["head"], "rows": t["rows"], "note": t["note"], "behind": _behind(t, report)} for t in one["tables"]],
        "charts": [{"title": c["title"], "source": c["source"], "names": c["names"] if c["has_bad"] else [], "rows": _rows(c), "behind": _behind(c, report)} for c in one["charts"]],
        "pledges": [{"text": p["text"], "given": p.get("given", ""), "owner": p["owner"], "due": p["day"], "result": p["result"], "bad": p["state"] in ("late", "given_up")} for p in one["pledges"]],
    }  # fmt: skip


def _rows(chart: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a chart, each with its bar in parts of the longest and with its numbers as they are written."""
    most = max((value + bad for _label, value, bad in chart["rows"]), default=0) or 1
    written = [[good, bad] if chart["has_bad"] else [drawing.shown(value + late)] for (_l, value, late), (_label, good, bad) in zip(chart["rows"], chart["written"], strict=True)]
    return [{"label": label, "good": value / most, "bad": bad / most, "numbers": numbers} for (label, value, bad), numbers in zip(chart["rows"], written, strict=True)]


def _figure(one: dict[str, Any], report: Report) -> dict[str, Any]:
    """Return a figure with where its numbers lead, and what each link is called where it is heard: a number alone names nothing."""
    records, shown = _records(report, one["code"]), f"{one['shown']} {one['unit']}".strip()
    return {
        "label": one["label"], "how": one["how"], "shown": shown, "before": one["before_shown"],
        "url": records if one["has_records"] else "", "named": _("%(label)s: %(value)s; the records behind it") % {"label": one["label"], "value": shown},
        "url_before": f"{records}?ky=truoc" if records and one["has_records_before"] else "",
        "named_before": _("%(label)s, the period before: %(value)s; the records behind it") % {"label": one["label"], "value": one["before_shown"]},
    }  # fmt: skip


def _behind(shape: dict[str, Any], report: Report) -> list[list[str]]:
    return [[label, _records(report, code)] for code, label in shape["behind"] if report.said]


def _records(report: Report, code: str) -> str:
    """Return the address of the records behind a figure; a draft has none that everybody may open."""
    return _address(report, code) if report.said else ""


def _errata(report: Report) -> list[dict[str, Any]]:
    """Return the corrections as they are read aloud, before all else: who reads the sheet later must not say again what was wrong."""
    return [{"words": _("Corrected on %(day)s: %(words)s") % {"day": f"{clock.local(one.at):%d/%m/%Y}", "words": one.words}, "is_own": False} for one in report.errata.all()]


def _lines(said: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Yield what is read aloud, in its order: the editor's words, which stand where there is room, and the first sentences drawn from records."""
    told = 0
    if said["intro"]:
        yield {"words": said["intro"], "is_own": True}
    for section in said["sections"]:
        main = [_of_figure(one) for one in section["figures"] if one["is_main"]]
        drawn = [*filter(None, map(_of_pledge, section["pledges"])), *main, *_of_missed(section)][: SENTENCES - told]
        told += len(drawn)
        if section["editor"]:
            yield {"words": section["editor"], "is_own": True}
        yield from ({"words": words, "is_own": False} for words in drawn)


def _of_pledge(pledge: dict[str, Any]) -> str:
    """Return what is said aloud of a promise that was not kept; nothing of one that was."""
    if pledge["state"] == "given_up":
        what = f"{pledge['text']} ({pledge['given']})" if pledge.get("given") else pledge["text"]
        return _("Given up: %(what)s. %(why)s") % {"what": what, "why": _as_sentence(pledge.get("why") or pledge["words"])}
    if pledge["state"] == "late":
        return _("Still owed: %(what)s (%(who)s, promised for %(day)s).") % {"what": pledge["text"], "who": pledge["owner"], "day": screens.day(pledge["due_on"])}
    return ""


def _of_missed(section: dict[str, Any]) -> list[str]:
    """Return what is said aloud of each target that was missed: its table has these first."""
    missed = next((int(one["value"] or 0) for one in section["figures"] if one["code"] == "targets.missed"), 0)
    rows = section["tables"][0]["rows"][:missed] if missed and section["tables"] else []
    counted, uncounted = _("Missed: %(what)s; the aim %(aim)s, reached %(value)s."), _("Missed: %(what)s; the aim %(aim)s, nothing was counted.")
    return [(uncounted if value == "–" else counted) % {"what": what, "aim": aim, "value": value} for what, aim, value, _result in rows]


def _as_sentence(words: str) -> str:
    """Return words that stand alone: a capital letter, and a full stop at the end."""
    said = words.strip()
    return f"{said[:1].upper()}{said[1:]}" + ("" if not said or said[-1] in ".!?…" else ".")


def _of_figure(one: dict[str, Any]) -> str:
    said = {"label": one["label"][:1].upper() + one["label"][1:], "value": f"{one['shown']} {one['unit']}".strip(), "before": one["before_shown"]}
    return (_("%(label)s: %(value)s.") if one["before"] is None else _("%(label)s: %(value)s; the period before %(before)s.")) % said
