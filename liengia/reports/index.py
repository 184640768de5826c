"""What search finds of this room: published reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse

from liengia.core import search
from liengia.reports.models import Report

KIND: Final = "reports.report"


def entry_of(report: Report) -> search.Entry:
    """Return what is searched of a published report: its words and the labels of its figures."""
    units = [report.unit, *report.unit.ancestors()]
    parts = [report.said["intro"], report.said["outlook"]]
    for one in report.said["sections"]:
        parts += [one["title"], one["editor"], *(figure["label"] for figure in one["figures"]), *(pledge["text"] for pledge in one["pledges"])]
    return search.Entry(
        kind=KIND, key=report.public_id, title=report.title, body=" ".join(part for part in parts if part),
        url=reverse("reports:report", args=[report.public_id]), published_at=report.published_at or report.made_at,
        unit_ids=tuple(unit.pk for unit in units), place_names=tuple(name for unit in units for name in (unit.full_name, *unit.former_names)),
    )  # fmt: skip


def entries() -> Iterator[search.Entry]:
    """Yield all entries, for `liengia reindex`."""
    for row in Report.objects.all().published().select_related("unit__parent").iterator(chunk_size=100):
        yield entry_of(row)
