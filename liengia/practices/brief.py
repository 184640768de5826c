"""What this room knows for the month's brief: practices that were asked about and did not answer."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from liengia.papers.brief import OWED, Line, Month
from liengia.practices.models import Question
from liengia.units.models import Unit


def lines(unit: Unit, month: Month) -> Iterable[Line]:
    """Say which practices of a commune owe an answer, the longest first."""
    below = Unit.objects.all().below_any(unit.lineage_ids())
    waiting = Question.objects.filter(practice__unit__in=below, answered_on=None, asked_on__lte=month.last).order_by("asked_on")
    for one in waiting.select_related("practice__institution", "practice__unit__parent"):
        words = _("%(name)s: no sign since %(day)s, asked on %(asked)s") % {
            "name": one.practice.name, "day": f"{one.quiet_since:%d/%m/%Y}", "asked": f"{one.asked_on:%d/%m/%Y}"
        }  # fmt: skip
        yield Line(OWED, one.practice.office or one.practice.short_place, words, is_late=True)
