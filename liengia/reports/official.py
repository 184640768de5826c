"""A published report as the official paper "Báo cáo": filled with its frozen figures by one press, then signed and issued (`papers`).

No number is drawn anew: the paper says what the report said on the day on which it was published, and where that stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.organisations.models import Organisation, OrganisationKind
from liengia.papers import services as papers
from liengia.papers.models import Issuer, Paper, PaperState
from liengia.papers.services import LONGEST_VALUE, Draft
from liengia.reports import drawing, screens
from liengia.reports.models import Report, ReportState

KIND: Final = "results"
_BROKEN: Final = ("late", "given_up")
RECIPIENTS: Final = "Cơ quan cấp trên (để báo cáo);\nThường trực Đảng ủy, Hội đồng nhân dân (để báo cáo);\nCác cơ quan, đoàn thể, ấp, khu phố;\nLưu: VT."


def subject_of(report: Report) -> str:
    """Return the key by which papers name a report."""
    return f"report:{report.public_id}"


def papers_of(report: Report) -> list[Paper]:
    """Return the papers that were made of a report."""
    return list(Paper.objects.all().about_subject(subject_of(report)).select_related("issuer"))


@transaction.atomic
def draft_results(report: Report, *, actor: Actor) -> Paper:
    """Draft the paper of a published report; a draft that says all that the report says today is opened instead.

    Raises:
        Refused: it is a draft: its numbers may still change. Invalid: no People's Committee of the unit stands today.
    """
    if report.state != ReportState.PUBLISHED:
        raise Refused(_("Publish the report first: until then its numbers may still change."), code="not_published")
    Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    corrected_at = report.errata.aggregate(at=Max("at"))["at"]
    drafts = Paper.objects.all().about_subject(subject_of(report)).filter(kind=KIND, state=PaperState.DRAFT)
    standing = (drafts if corrected_at is None else drafts.filter(made_at__gt=corrected_at)).first()
    if standing is not None:
        return standing
    issuer = _issuer(report, actor)
    with translation.override("vi"):
        values, blocks = _values(report), _blocks(report.said)
    made = Draft(
        kind=KIND, issuer=issuer, about=f"{report.said['title']}, {_period(report.said)}"[:300], subject=subject_of(report), recipients=RECIPIENTS, signers=[("Chủ tịch", "")],
        values={name: _cut(value) for name, value in values.items() if value}, blocks={name: rows for name, rows in blocks.items() if rows},
    )  # fmt: skip
    return papers.draft_paper(made, actor=actor)


def _issuer(report: Report, actor: Actor) -> Issuer:
    bodies = Organisation.objects.current().of_kind(OrganisationKind.PEOPLES_COMMITTEE).filter(unit__in=report.unit.lineage_ids())
    body = bodies.filter(unit=report.unit.current()).first() or bodies.first()
    if body is None:
        raise Invalid(_("No People's Committee of this unit is entered that could issue the paper."), code="no_issuer")
    return papers.issuer_of(body, actor=actor)


def _cut(value: str) -> str:
    """Shorten what a paper has no room for, and say so."""
    return value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 60].rstrip()}…\n(Xem đầy đủ trong báo cáo đã công bố.)"


def _period(said: dict[str, Any]) -> str:
    first, last = date.fromisoformat(said["first"]), date.fromisoformat(said["last"])
    return f"từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}"


def _values(report: Report) -> dict[str, str]:
    said = report.said
    address = f"{settings.PUBLIC_URL}{reverse('reports:report', args=[report.public_id])}"
    published = clock.local(report.published_at) if report.published_at else None
    source = f"Số liệu đếm từ sổ sách, {_period(said)}, đã công bố{f' ngày {published:%d/%m/%Y}' if published else ''} tại {address}."
    errata = [f"- Đính chính ngày {clock.local(one.at):%d/%m/%Y}: {one.words}" for one in report.errata.all()]
    return {
        "tình hình": str(said["intro"]), "kết quả": "\n".join([source, *_told(said), *errata]), "chưa đạt": "\n".join(_missed(said)) or "Không có lời hứa quá hạn, không có chỉ tiêu hụt trong kỳ.",
        "kiến nghị": str(said["outlook"]),
    }  # fmt: skip


def _told(said: dict[str, Any]) -> Iterator[str]:
    """Give what the editor wrote to each section, and name what was left out."""
    for one in said["sections"]:
        if one["editor"]:
            yield f"- {one['title']}: {' '.join(one['editor'].split())}"
    if said["left_out"]:
        yield f"- Không đưa vào báo cáo: {', '.join(said['left_out'])}."


def _missed(said: dict[str, Any]) -> Iterator[str]:
    """Give the promises that were not kept and the targets that were missed; nobody can leave them out."""
    for one in said["sections"]:
        for pledge in one["pledges"]:
            if pledge["state"] in _BROKEN:
                yield f"- {pledge['text']} ({pledge['owner']}, hẹn {screens.day(pledge['due_on'])}): {screens.pledge_words(pledge)}."
        if one["code"] == drawing.TARGETS:
            # The missed stand first; how many they are is a figure of the section.
            missed = int(next((figure["value"] or 0 for figure in one["figures"] if figure["code"] == "targets.missed"), 0))
            for label, aim, reached, _result in one["tables"][0]["rows"][:missed]:
                yield f"- {label}: {aim}, {'chưa có số liệu' if reached == '–' else f'đạt {reached}'}."


def _blocks(said: dict[str, Any]) -> dict[str, list[list[str]]]:
    promised = [[p["text"], p["owner"], _capital(screens.pledge_words(p))] for one in said["sections"] for p in one["pledges"]]
    figures: list[list[str]] = []
    for one in said["sections"]:
        rows = [[_capital(f["label"]), f"{f['shown']} {f['unit']}".strip(), "" if f["before"] is None else f["before_shown"]] for f in one["figures"]]
        figures += [[one["title"].upper(), "", ""], *rows] if rows else []
    return {"việc đã hứa": promised, "số liệu": figures}


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
