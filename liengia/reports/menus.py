"""The words of this room in the menus, and its figures on the front page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.core import front
from liengia.core.menus import Item, register
from liengia.reports import screens
from liengia.reports.models import Report
from liengia.units.models import Unit

FIGURES: Final = 3


def register_all() -> None:
    """Register the items; called from `AppConfig.ready`."""
    register(Item("main", "reports", gettext_lazy("Reports"), "reports:index", "chart-bar", 70))
    register(Item("foot", "reports", gettext_lazy("Safe in security and order"), "reports:safety", "", 60))


def figures(unit: Unit | None) -> Iterator[front.Figure]:
    """Give the main figures of the last published report of a commune; none for the whole area, which has no one report."""
    if unit is None:
        return
    report = Report.objects.all().of(unit).published().first()
    if report is None:
        return
    url = reverse("reports:report", args=[report.public_id])
    source = _("report of %(first)s to %(last)s") % {"first": f"{report.first_on:%d/%m/%Y}", "last": f"{report.last_on:%d/%m/%Y}"}
    main = [(one["code"], figure) for one in map(screens.told, report.said["sections"]) for figure in one["figures"] if figure["is_main"]]
    for section, figure in main[:FIGURES]:
        value = f"{figure['shown']} {figure['unit']}".strip()
        yield front.Figure(value, figure["label"], source, f"{url}#{section}")
