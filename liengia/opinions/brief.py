"""What this room says in the chairman's month: promises made in forums, answers, and who owes one.

Opinions that concern an officer are in no line: who is criticised never sees the criticism, nor a count of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.core import clock
from liengia.opinions.models import Assignment, Opinion
from liengia.opinions.models.forums import ListeningForum
from liengia.organisations.models import Task, TaskState
from liengia.papers.brief import OWED, PROMISES, Line, Month
from liengia.units.models import Unit


def lines(unit: Unit, month: Month) -> Iterable[Line]:
    """Return the lines of a commune's month."""
    yield from _promises(unit, month)
    yield from _answers(unit, month)


def _promises(unit: Unit, month: Month) -> Iterable[Line]:
    """Count the promises that were due in the month, or kept in it: kept, kept late, late; and name the late ones and those given up."""
    meetings = ListeningForum.objects.filter(unit__in=Unit.objects.all().below_any(unit.lineage_ids()), meeting__isnull=False)
    ours = Task.objects.filter(conclusion__meeting__in=meetings.values("meeting"))
    fell = Q(first_due_on__gte=month.first, first_due_on__lt=month.after) | Q(closed_on__gte=month.first, closed_on__lt=month.after)
    kept = kept_late = 0
    for task in ours.filter(fell, state=TaskState.DONE):
        late = task.closed_on is not None and task.closed_on > task.first_due_on
        kept, kept_late = kept + (not late), kept_late + late
    if kept:
        yield Line(PROMISES, _("Kept"), ngettext("%(n)s promise", "%(n)s promises", kept) % {"n": kept})
    if kept_late:
        yield Line(PROMISES, _("Kept late"), ngettext("%(n)s promise", "%(n)s promises", kept_late) % {"n": kept_late})
    for task in ours.filter(state=TaskState.WITHDRAWN, closed_on__gte=month.first, closed_on__lt=month.after).order_by("closed_on", "pk"):
        words = _("%(what)s (promised for %(day)s): %(why)s") % {"what": task.what, "day": f"{task.first_due_on:%d/%m/%Y}", "why": task.result}
        yield Line(PROMISES, _("Given up"), words, is_late=True)
    for task in ours.filter(state=TaskState.OPEN, due_on__lt=min(month.after, clock.today())).order_by("due_on"):
        words = _("%(what)s (promised for %(day)s)") % {"what": task.what, "day": f"{task.first_due_on:%d/%m/%Y}"}
        days = (month.last - task.due_on).days
        yield Line(PROMISES, ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}, words, is_late=True)


def _answers(unit: Unit, month: Month) -> Iterable[Line]:
    here = Opinion.all_.all().filter(commune__in=unit.lineage_ids(), about_officials=False, erased_at=None)
    answered = here.filter(answered_at__date__gte=month.first, answered_at__date__lt=month.after)
    count, late = answered.count(), answered.filter(was_late=True).count()
    if count:
        words = _("%(n)s opinions, %(late)s of them late") % {"n": count, "late": late}
        yield Line(PROMISES, _("Answered"), words, is_late=late > 0)
    overdue = list(here.overdue().values_list("pk", flat=True))
    owing: Counter[str] = Counter()
    held = Assignment.objects.filter(opinion__in=overdue, ended_at=None).select_related("organisation", "unit", "person")
    by_opinion = {one.opinion_id: str(one.organisation or one.unit or one.person or "") for one in held}
    for key in overdue:
        owing[by_opinion.get(key) or _("nobody yet")] += 1
    for who, number in owing.most_common():
        yield Line(OWED, who, ngettext("%(n)s opinion past its day", "%(n)s opinions past their day", number) % {"n": number}, is_late=True)
