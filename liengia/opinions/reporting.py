"""What this room says in the report to the people: the last forum's promises, which stand first, and opinions and answers.

What concerns an officer is in no figure, what belongs elsewhere by law or was joined with another is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from statistics import median

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.reporting import (
    Chart,
    Figure,
    Part,
    Period,
    Pledge,
    Provider,
    Table,
    register,
    register_days,
)
from liengia.opinions.forum_queries import promise_words
from liengia.opinions.models import ANSWERED, Opinion, State
from liengia.opinions.models.forums import ForumQuestion, ListeningForum
from liengia.organisations.models import Task, TaskState
from liengia.units.models import Unit

_STATES = {"": "open", "info": "kept", "attn": "late"}


def register_own() -> None:
    """Register the sections; called from `AppConfig.ready`."""
    register(Provider("opinions", "promises", _("What was promised at the last forum"), promises, order=0, is_fixed=True))
    register(Provider("opinions", "forums", _("Listening forums"), forums, order=40))
    register(Provider("opinions", "opinions", _("Opinions and answers"), opinions, order=10))
    register_days("opinions", forum_days)


def forum_days(unit: Unit) -> Iterable[date]:
    """Name the days on which the police reported before the people of the unit."""
    held = ListeningForum.objects.all().past().filter(unit__in=unit.lineage_ids())
    return [clock.local(at).date() for at in held.values_list("starts_at", flat=True)]


def promises(unit: Unit, period: Period) -> Part:
    """Say what became of every promise of the last forum before the period's end, and of older ones that are still open.

    It stands in every report: where nothing was promised, that is said.
    """
    _begin, end = period.bounds
    held = ListeningForum.objects.all().past().in_unit(unit).filter(starts_at__lt=end, meeting__isnull=False)
    # The forum at which this very report is read concludes nothing of the period yet: the one before it counts.
    last = held.filter(starts_at__lt=period.bounds[0]).values_list("meeting_id", flat=True).first() or held.values_list("meeting_id", flat=True).first()
    tasks = Task.objects.select_related("owner__organisation").filter(
        Q(conclusion__meeting=last) | Q(conclusion__meeting__in=held.filter(starts_at__lt=period.bounds[0]).values("meeting"), state=TaskState.OPEN)
    )  # fmt: skip
    rows = [_pledge(task, period.last) for task in tasks.order_by("first_due_on", "pk").distinct()] if last else []
    kept = sum(one.state in ("kept", "kept_late") for one in rows)
    late = sum(one.state == "late" for one in rows)
    figures = (
        Figure("promises.kept", _("promises kept"), kept, _("Promises of the last forum that were closed as done by the period's end, late ones too."), unit=_("of %(n)s") % {"n": len(rows)}, is_main=True, more_is_better=True),
        Figure("promises.late", _("promises still owed"), late, _("Promises whose first day had passed at the period's end and that were not kept."), more_is_better=False, is_main=True),
    )  # fmt: skip
    words = "" if rows else _("No forum before this report has promised anything that is on record.")
    return Part(figures if rows else (), pledges=tuple(rows), words=words)


def opinions(unit: Unit, period: Period) -> Part | None:
    """Count opinions that came in and were answered in the period, in time or late, by topic and by month."""
    here = Opinion.all_.filter(commune__in=_communes(unit), about_officials=False).exclude(state__in=(State.MERGED, State.MOVED_OUT))
    if _is_below_commune(unit):
        here = here.filter(hamlet__in=Unit.objects.all().below_any(unit.lineage_ids()))
    filed = here.filter(filed_on__gte=period.first, filed_on__lte=period.last)
    told = Q(entered_by=None) | Q(told_on__isnull=False)
    done = Q(state__in=ANSWERED) & told
    counted = filed.aggregate(
        filed=Count("pk"), answered=Count("pk", filter=done), late=Count("pk", filter=done & Q(was_late=True)),
        overdue=Count("pk", filter=~done & Q(due_at__lt=period.bounds[1])),
    )  # fmt: skip
    if not counted["filed"]:
        return None
    in_time = counted["answered"] - counted["late"]
    days = [max(0, (clock.local(at).date() - on).days) for on, at in filed.filter(done, answered_at__isnull=False).values_list("filed_on", "answered_at") if at is not None]
    listed = reverse("opinions:index")
    share = round(100 * in_time / counted["answered"]) if counted["answered"] else None
    figures = (
        Figure("opinions.filed", _("opinions that came in"), counted["filed"], _("By the day of filing; what concerns an officer, belongs elsewhere by law or was joined with another is left out."), url=listed, fair=True, is_main=True),
        Figure("opinions.in_time", _("answered in time"), share, _("Of those that were answered, by the due date that the writer was told."), unit="%", url=reverse("opinions:board"), more_is_better=True, is_main=True),
        Figure("opinions.late", _("answered late"), counted["late"], _("Answered after the due date that the writer was told."), url=reverse("opinions:board"), more_is_better=False),
        Figure("opinions.overdue", _("not answered and past their day"), counted["overdue"], _("Due in the period and not answered when this was counted."), url=f"{listed}?trang-thai=overdue", more_is_better=False),
        Figure("opinions.days", _("until the answer: half of them sooner than"), round(median(days)) if days else None, _("The median of calendar days from filing to the answer."), unit=_("days"), url=reverse("opinions:board"), more_is_better=False),
    )  # fmt: skip
    return Part(figures, charts=_by_month(filed, done), tables=_by_topic(filed, done))


def forums(unit: Unit, period: Period) -> Part | None:
    """Count the sessions of the period, who came, and what was asked."""
    begin, end = period.bounds
    held = ListeningForum.objects.all().past().in_unit(unit).filter(starts_at__gte=begin, starts_at__lt=end)
    rows = list(held.order_by("starts_at"))
    asked = Counter(ForumQuestion.objects.filter(forum__in=rows, opinion__about_officials=False).values_list("forum_id", flat=True))
    if not rows:
        return None
    came = [one.attendance for one in rows if one.attendance is not None]
    figures = (
        Figure("forums.held", _("listening forums"), len(rows), _("Sessions that are over."), url=reverse("opinions:forums"), fair=True, more_is_better=True),
        Figure("forums.came", _("people in the hall"), sum(came) if came else None, _("As counted in the hall; a session without a count adds nothing."), url=reverse("opinions:forums"), fair=True, more_is_better=True),
        Figure("forums.asked", _("questions"), asked.total(), _("Questions by web, slip, phone and mouth, without those about an officer."), url=reverse("opinions:forums"), fair=True),
    )  # fmt: skip
    table = Table(
        _("Sessions"), (_("Session"), _("Day"), _("People who came"), _("Questions asked")),
        tuple((one.title, f"{one.day:%d/%m/%Y}", str(one.attendance) if one.attendance is not None else "–", str(asked[one.pk])) for one in rows[:50]),
    )  # fmt: skip
    return Part(figures, tables=(table,))


def _pledge(task: Task, by: date) -> Pledge:
    tone, words = promise_words(task)
    state = _STATES[tone]
    if task.state == TaskState.DONE:
        state = "kept_late" if tone == "attn" else "kept"
    elif task.state == TaskState.WITHDRAWN:
        state = "given_up"
    elif task.first_due_on <= by:
        state = "late"
    return Pledge(task.what, str(task.owner.office_title), task.first_due_on, state, f"{words}. {task.result}".removesuffix(". ").strip())


def _communes(unit: Unit) -> QuerySet[Unit]:
    if _is_below_commune(unit):
        commune = unit.commune()
        return Unit.objects.filter(pk__in=commune.lineage_ids() if commune is not None else [])
    return Unit.objects.all().below_any(unit.lineage_ids())


def _is_below_commune(unit: Unit) -> bool:
    return unit.level not in ("province", "district", "commune")


def _by_month(filed: QuerySet[Opinion], done: Q) -> tuple[Chart, ...]:
    rows = filed.annotate(month=TruncMonth("filed_on")).values("month").annotate(all=Count("pk"), late=Count("pk", filter=(done & Q(was_late=True)) | (~done & Q(due_at__lt=clock.now())))).order_by("month")
    bars = tuple((f"{row['month']:%m/%Y}", float(row["all"] - row["late"]), float(row["late"])) for row in rows)
    if len(bars) < 2:
        return ()
    return (Chart(_("Opinions by month of filing"), bars, (_("in time, or not due yet"), _("late or overdue")), _("Counted by the day of filing."), is_by_time=True),)


def _by_topic(filed: QuerySet[Opinion], done: Q) -> tuple[Table, ...]:
    rows = filed.values(name=F("topic__name")).annotate(all=Count("pk"), answered=Count("pk", filter=done)).order_by("-all", "name")
    lines = tuple((str(row["name"] or "–"), str(row["all"]), str(row["answered"])) for row in rows)
    return (Table(_("By topic"), (_("Topic"), _("came in"), _("answered")), lines),) if lines else ()
