"""What the chairman's month should know of commendations: what waits for a signature, and what nobody has received."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext as _

from liengia.commendations import queries
from liengia.core import clock
from liengia.papers.brief import OWED, Line, Month
from liengia.units.models import Unit

KEPT_FOR = timedelta(days=30)


def lines(unit: Unit, month: Month) -> Iterable[Line]:
    """Yield what is owed at the month's end."""
    until = min(month.after, clock.today())
    due = queries.due_for_brief(unit, until - KEPT_FOR)
    if due["submitted"]:
        yield Line(OWED, _("commendations to be signed"), _("%(n)s rounds are submitted and wait for the decision") % {"n": due["submitted"]})
    if due["kept"]:
        yield Line(OWED, _("certificates not handed out"), _("%(n)s, more than 30 days after their decision") % {"n": due["kept"]}, is_late=True)
