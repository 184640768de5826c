"""What this room says in the report to the people: the last forum's promises, which stand first, and opinions and answers.

What concerns an officer is in no figure, what belongs elsewhere by law or was joined with another is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from statistics import median
from textwrap import shorten
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from liengia.core import clock, reporting
from liengia.core.reporting import (
    Chart,
    Figure,
    Listed,
    Part,
    Period,
    Pledge,
    Provider,
    Record,
    Records,
    Table,
    filled,
    register,
    register_days,
)
from liengia.opinions import forum_queries, policies
from liengia.opinions.forum_queries import promise_words
from liengia.opinions.models import ANSWERED, Opinion, OpinionQuerySet, State
from liengia.opinions.models.forums import ForumQuestion, ListeningForum
from liengia.organisations.models import Task, TaskState
from liengia.units import switches
from liengia.units.models import Level, Unit

_TOLD = Q(entered_by=None) | Q(told_on__isnull=False)
_DONE = Q(state__in=ANSWERED) & _TOLD
# One that was not taken up was told its reason: no answer is owed to it.
_OWED = ~_DONE & ~Q(state=State.REFUSED)
_NOT_PUBLIC = _("Opinions without a public text: their writers asked that nobody else read them, or their words have not been gone through yet. Their number alone is public.")
_NOT_SHOWN = _("Sessions that have no public page.")
# So many places are named with the day of their last forum; a district's have one each.
_NAMED = 4
_STATES = {"": "open", "info": "kept", "attn": "late"}


def register_own() -> None:
    """Register the sections; called from `AppConfig.ready`."""
    register(Provider("opinions", "promises", _("What was promised at the last forum"), promises, trace_promises, order=0, is_fixed=True))
    register(Provider("opinions", "forums", _("Listening forums"), forums, trace_forums, order=40))
    register(Provider("opinions", "opinions", _("Opinions and answers"), opinions, trace_opinions, order=10))
    register_days("opinions", forum_days)


def forum_days(unit: Unit) -> Iterable[date]:
    """Name the days on which the police reported before the people of the unit."""
    held = ListeningForum.objects.all().past().filter(unit__in=unit.lineage_ids())
    return [clock.local(at).date() for at in held.values_list("starts_at", flat=True)]


@dataclass(frozen=True, slots=True)
class _Last:
    """The last forum of a place: whether it was long before the period, and whether an earlier report has told of what it promised."""

    forum: ListeningForum
    is_old: bool = False
    is_answered: bool = False


def promises(unit: Unit, period: Period) -> Part:
    """Say what became of every promise of the last forum before the period's end, and of older ones that were still open when the period began.

    It stands in every report: where nothing was promised, that is said. Which forum it was and when is said, too.
    """
    last, tasks = _promised(unit, period)
    given = {one.meeting_id: _given(one) for one in _held(unit, period)}
    rows = [replace(_pledge(task, period.last), given=given.get(task.conclusion.meeting_id if task.conclusion else None, "")) for task in tasks]
    kept = sum(one.state in ("kept", "kept_late") for one in rows)
    late = sum(one.state == "late" for one in rows)
    figures = (
        Figure("promises.kept", _("promises kept"), kept, _("Promises of the last forum, of each place its own, that were closed as done by the period's end, late ones too."), unit=filled(_("of %(n)s"), n=len(rows)), is_main=True, more_is_better=True),
        Figure("promises.late", _("promises still owed"), late, _("Promises whose first day had passed at the period's end and that were not kept."), more_is_better=False, is_main=True),
    )  # fmt: skip
    return Part(figures if rows else (), pledges=tuple(rows), words=_which(last, has_rows=bool(rows)))


def _held(unit: Unit, period: Period) -> list[ListeningForum]:
    """Return the forums of the unit and below it until the period's end that concluded something, the newest first."""
    found = ListeningForum.objects.all().past().filter(unit__in=unit.ground(), meeting__isnull=False, starts_at__lt=period.bounds[1])
    return list(found.select_related("unit__parent__parent__parent"))


def _promised(unit: Unit, period: Period) -> tuple[list[_Last], list[Task]]:
    """Return the last forum of each place, what it promised, and what was still open of earlier ones when the period began.

    The forum at which this very report is read concludes nothing of the period yet: those until the period's first day count (it
    begins on the day of one). Only where a place had none of them in the last two periods, or a report has told of it already, those
    within the period count. Of what was told already only what was still open then stands here.
    """
    held = _held(unit, period)
    last = _last_of_each(held, period, reporting.published_of(unit))
    told = Q(conclusion__meeting__in=[one.forum.meeting_id for one in last if not one.is_answered])
    was_open = Q(conclusion__meeting__in=[one.meeting_id for one in held if one.day <= period.first]) & (Q(state=TaskState.OPEN) | Q(closed_on__gte=period.first))
    return last, list(_tasks().filter(told | was_open))


def _tasks() -> QuerySet[Task]:
    return Task.objects.select_related("owner__organisation", "conclusion").order_by("first_due_on", "pk")


def _last_of_each(held: list[ListeningForum], period: Period, published: list[Period]) -> list[_Last]:
    """Return the last forum of each place, of forums that stand newest first; a place of another name is the same place."""
    found, told = [], set[int]()
    for newest in held:
        if newest.unit_id in told:
            continue
        place = newest.unit.lineage_ids()
        told.update(place)
        earlier = next((one for one in held if one.unit_id in place and one.day <= period.first), None)
        known = _judged(earlier, period, published) if earlier is not None else None
        if known is None or (newest is not earlier and (known.is_old or known.is_answered)):
            known = _Last(newest)
        found.append(known)
    return found


def _judged(forum: ListeningForum, period: Period, published: list[Period]) -> _Last:
    """Judge a forum before the period: it is old when a whole period lies between; a report that began after it and ended before this one has told of it."""
    told = any(forum.day <= one.first and one.last <= period.first for one in published)
    return _Last(forum, is_old=forum.day < period.before().first, is_answered=told)


def _given_words(forum: ListeningForum) -> str:
    return str(_("forum of %(day)s, %(place)s")) % {"day": f"{forum.day:%d/%m/%Y}", "place": forum.unit.place_name}


def _which_words(last: list[_Last], *, has_rows: bool) -> str:
    """Say of which forums the promises are; where one is old or was told of, that none has been since."""
    if not last:
        return str(_("No forum before this report has promised anything that is on record."))
    said = [str(_("Promises of these forums: %(list)s.")) % {"list": "; ".join(_one_of(one) for one in last[:_NAMED])}]
    if len(last) > _NAMED:
        said.append(str(_("And of %(n)s other places; beside each promise stands its forum.")) % {"n": len(last) - _NAMED})
    if any(one.is_answered for one in last):
        said.append(str(_("What an earlier report told as done is not told again; what was still open when the period began stands here.")))
    if not has_rows:
        said.append(str(_("No promise of theirs was still open.") if any(one.is_answered for one in last) else _("They promised nothing that is on record.")))
    return " ".join(said)


def _one_of(one: _Last) -> str:
    words = _("%(place)s on %(day)s (the last on record; none since)") if one.is_old or one.is_answered else _("%(place)s on %(day)s")
    return str(words) % {"place": one.forum.unit.place_name, "day": f"{one.forum.day:%d/%m/%Y}"}


_given, _which = lazy(_given_words, str), lazy(_which_words, str)


def trace_promises(unit: Unit, period: Period, code: str, user: Any) -> Records | None:
    """Bring the promises that were kept, or that are owed, each with the forum at which it was given."""
    states = {"promises.kept": ("kept", "kept_late"), "promises.late": ("late",)}.get(code)
    if states is None:
        return None
    pages = {one.meeting_id: reverse("opinions:forum", args=[one.public_id]) for one in forum_queries.past_list(None).filter(meeting__isnull=False)}
    rows = []
    for task in _promised(unit, period)[1]:
        one = _pledge(task, period.last)
        if one.state in states:
            meeting = task.conclusion.meeting_id if task.conclusion is not None else None
            rows.append(Record(f"{one.text} ({one.owner})", one.due_on, one.words, url=pages.get(meeting, "")))
    return Records(len(rows), tuple(rows))


def opinions(unit: Unit, period: Period) -> Part | None:
    """Count opinions that came in and were answered in the period, in time or late, by topic and by month."""
    filed, done = _filed(unit, period), _DONE
    counted = filed.aggregate(
        filed=Count("pk"), answered=Count("pk", filter=done), late=Count("pk", filter=done & Q(was_late=True)),
        overdue=Count("pk", filter=_overdue(period)), refused=Count("pk", filter=Q(state=State.REFUSED)),
    )  # fmt: skip
    if not counted["filed"]:
        return None
    in_time = counted["answered"] - counted["late"]
    days = _days(filed.filter(done, answered_at__isnull=False))
    owed = counted["answered"] + counted["overdue"]
    share = round(100 * in_time / owed) if owed else None
    figures = (
        Figure("opinions.filed", _("opinions that came in"), counted["filed"], _("By the day of filing; what concerns an officer, belongs elsewhere by law or was joined with another is left out."), fair=True, is_main=True),
        Figure("opinions.in_time", _("answered in time"), share, _("Of those that were answered or are past their day, those answered by the due date that the writer was told: what is left unanswered counts as not in time."), unit="%", more_is_better=True, is_main=True),
        Figure("opinions.late", _("answered late"), counted["late"], _("Answered after the due date that the writer was told."), more_is_better=False),
        Figure("opinions.overdue", _("not answered and past their day"), counted["overdue"], _("Due before the period's last day and not answered when this was counted."), more_is_better=False, is_main=True),
        Figure("opinions.refused", _("not taken up, with the reason told"), counted["refused"], _("By the day of filing; the reason and where to turn to are read at the private code.")),
        Figure("opinions.days", _("until the answer: half of them sooner than"), round(median(days)) if days else None, _("The median of calendar days from filing to the answer."), unit=_("days"), more_is_better=False),
    )  # fmt: skip
    return Part(figures, charts=_by_month(filed, done, _overdue(period)), tables=_by_topic(filed, done))


def _overdue(period: Period) -> Q:
    """Return the condition of those that are owed past their day; as with promises, what is due on the period's last day is not late yet."""
    return _OWED & Q(due_at__lt=Period(period.last, period.last).bounds[0])


def _filed(unit: Unit, period: Period) -> OpinionQuerySet:
    """Return the opinions of a unit's period that figures count."""
    ground = unit.ground().values("pk")
    # What was written to a commune goes over to the one that it joined; its hamlet says of which ground it is.
    inside = Q(hamlet__in=ground) if Level(unit.level).rank > Level.COMMUNE.rank else Q(commune__in=ground)
    if unit.valid_to is not None:
        inside |= Q(hamlet__in=ground)
    here = Opinion.all_.filter(inside, about_officials=False).exclude(state__in=(State.MERGED, State.MOVED_OUT))
    return here.filter(filed_on__gte=period.first, filed_on__lte=period.last)


def trace_opinions(unit: Unit, period: Period, code: str, user: Any) -> Records | None:
    """Bring the opinions behind a figure: those with a public text to everybody, others to whoever handles them in the office."""
    what = {
        "opinions.filed": Q(), "opinions.in_time": _DONE | _overdue(period), "opinions.late": _DONE & Q(was_late=True),
        "opinions.overdue": _overdue(period), "opinions.refused": Q(state=State.REFUSED), "opinions.days": _DONE & Q(answered_at__isnull=False),
    }.get(code)  # fmt: skip
    if what is None:
        return None
    found = _filed(unit, period).filter(what)
    shown = Opinion.public_.filter(commune__in=Unit.objects.current().communes()).exclude(commune__in=switches.units_without("opinions").values("pk"))
    open_to = Q(pk__in=shown.values("pk")) | Q(pk__in=policies.visible_to(user).values("pk"))
    rows = Listed(found.filter(open_to).with_words().order_by("-filed_on", "-pk"), _record_for(user))
    total = found.count()
    hidden = total - len(rows)
    if code == "opinions.in_time":
        in_time = found.filter(_DONE, was_late=False).count()
        return Records(round(100 * in_time / total) if total else None, rows, hidden, _NOT_PUBLIC, is_sum=False)
    if code == "opinions.days":
        waited = _days(found)
        return Records(round(median(waited)) if waited else None, rows, hidden, _NOT_PUBLIC, is_sum=False)
    return Records(total, rows, hidden, _NOT_PUBLIC)


def _record_for(user: Any) -> Any:
    def make(one: Opinion) -> Record:
        text = one.current_text if one.is_public else None
        words = shorten(text.text, 120, placeholder="…") if text is not None else f"{one.topic.name if one.topic else '–'} · {one.public_id}"
        url = reverse("opinions:detail", args=[one.public_id]) if text is not None else reverse("opinions_office_case", args=[one.public_id])
        return Record(words, one.filed_on, _became(one), url=url, is_own=text is None)

    return make


def _became(one: Opinion) -> str:
    """Return what became of an opinion; one that still waits for its answer, with the day that its writer was told."""
    is_told = one.entered_by_id is None or one.told_on is not None
    if one.state in ANSWERED and is_told:
        return str(_("answered late") if one.was_late else one.get_state_display())
    if one.state == State.REFUSED:
        return str(one.get_state_display())
    return str(_("%(state)s; not answered yet, due on %(day)s")) % {"state": one.get_state_display(), "day": f"{clock.local(one.due_at):%d/%m/%Y}"}


def _days(found: OpinionQuerySet) -> list[int]:
    """Return after how many calendar days each was answered."""
    rows = found.values_list("filed_on", "answered_at")
    return [max(0, (clock.local(at).date() - on).days) for on, at in rows if at is not None]


def forums(unit: Unit, period: Period) -> Part | None:
    """Count the sessions of the period, who came, and what was asked."""
    rows = _sessions(unit, period)
    asked = _asked(rows)
    if not rows:
        return None
    came = [one.attendance for one in rows if one.attendance is not None]
    figures = (
        Figure("forums.held", _("listening forums"), len(rows), _("Sessions that are over."), fair=True, more_is_better=True),
        Figure("forums.came", _("people in the hall"), sum(came) if came else None, _("As counted in the hall; a session without a count adds nothing."), fair=True, more_is_better=True),
        Figure("forums.asked", _("questions"), asked.total(), _("Questions by web, slip, phone and mouth, without those about an officer."), fair=True),
    )  # fmt: skip
    table = Table(
        _("Sessions"), (_("Session"), _("Day"), _("People who came"), _("Questions asked")),
        tuple((one.title, f"{one.day:%d/%m/%Y}", one.attendance, asked[one.pk]) for one in rows[:50]),
        figures=("forums.held", "forums.came", "forums.asked"),
    )  # fmt: skip
    return Part(figures, tables=(table,))


def trace_forums(unit: Unit, period: Period, code: str, user: Any) -> Records | None:
    """Bring the sessions behind a figure, each with what it adds."""
    rows = _sessions(unit, period)
    asked = _asked(rows)
    adds = {
        "forums.held": dict.fromkeys((one.pk for one in rows), 1), "forums.came": {one.pk: one.attendance for one in rows if one.attendance is not None},
        "forums.asked": {one.pk: asked[one.pk] for one in rows},
    }.get(code)  # fmt: skip
    if adds is None:
        return None
    seen = set(forum_queries.past_list(None).filter(pk__in=[one.pk for one in rows]).values_list("pk", flat=True))
    listed = tuple(
        Record(f"{one.title}, {one.unit.place_name}", one.day, amount=adds[one.pk], url=reverse("opinions:forum", args=[one.public_id]))
        for one in rows if one.pk in seen and one.pk in adds
    )  # fmt: skip
    hidden = sum(number for key, number in adds.items() if key not in seen)
    return Records(sum(adds.values()) if adds else None, listed, hidden, _NOT_SHOWN if hidden else "")


def _sessions(unit: Unit, period: Period) -> list[ListeningForum]:
    begin, end = period.bounds
    held = ListeningForum.objects.all().past().filter(unit__in=unit.ground(), starts_at__gte=begin, starts_at__lt=end)
    return list(held.select_related("unit__parent__parent").order_by("starts_at"))


def _asked(rows: list[ListeningForum]) -> Counter[int]:
    return Counter(ForumQuestion.objects.filter(forum__in=rows, opinion__about_officials=False).values_list("forum_id", flat=True))


def _pledge(task: Task, by: date) -> Pledge:
    if by < clock.today() and (task.closed_on is None or task.closed_on > by):
        return _pledge_until(task, by)
    tone, _words = promise_words(task)
    state = _STATES[tone]
    if task.state == TaskState.DONE:
        state = "kept_late" if tone == "attn" else "kept"
    elif task.state == TaskState.WITHDRAWN:
        state = "given_up"
    elif task.first_due_on < by:
        state = "late"
    return Pledge(task.what, str(task.owner.office_title), task.first_due_on, state, _outcome(task), why=task.result if state == "given_up" else "")


def _outcome_words(task: Task) -> str:
    _tone, words = promise_words(task)
    return f"{words}. {task.result}".removesuffix(". ").strip()


_outcome = lazy(_outcome_words, str)


def _pledge_until(task: Task, by: date) -> Pledge:
    """Tell of a promise that was open at the end of a period as it was known then: what became of it since is for the next report."""
    late = (by - task.first_due_on).days
    words = filled(ngettext_lazy("%(n)s day late", "%(n)s days late", late), n=late) if late > 0 else _("not due yet")
    return Pledge(task.what, str(task.owner.office_title), task.first_due_on, "late" if late > 0 else "open", words)


def _by_month(filed: QuerySet[Opinion], done: Q, overdue: Q) -> tuple[Chart, ...]:
    rows = filed.annotate(month=TruncMonth("filed_on")).values("month").annotate(all=Count("pk"), late=Count("pk", filter=(done & Q(was_late=True)) | overdue)).order_by("month")
    bars = tuple((f"{row['month']:%m/%Y}", float(row["all"] - row["late"]), float(row["late"])) for row in rows)
    if len(bars) < 2:
        return ()
    return (Chart(_("Opinions by month of filing"), bars, (_("in time, or not due yet"), _("late or overdue")), _("Counted by the day of filing."), is_by_time=True, figures=("opinions.filed", "opinions.late", "opinions.overdue")),)


def _by_topic(filed: QuerySet[Opinion], done: Q) -> tuple[Table, ...]:
    rows = filed.values(name=F("topic__name")).annotate(all=Count("pk"), answered=Count("pk", filter=done)).order_by("-all", "name")
    lines = tuple((row["name"] or _("not sorted yet"), row["all"], row["answered"]) for row in rows)
    return (Table(_("By topic"), (_("Topic of opinions"), _("came in"), _("answered")), lines, figures=("opinions.filed", "opinions.in_time")),) if lines else ()
