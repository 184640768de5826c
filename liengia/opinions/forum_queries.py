"""What pages of the listening forum read from several tables: questions in their places, promises and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.core import clock, rooms
from liengia.opinions.models.forums import ForumQuerySet, ForumQuestion, ListeningForum, QuestionState
from liengia.organisations.models import Conclusion, Task, TaskState
from liengia.units import switches
from liengia.units.models import Unit

CALENDAR_BACK: Final = timedelta(days=366)
CALENDAR_MOST: Final = 500


@dataclass(slots=True)
class Hall:
    """The questions of a session as everybody sees them, by where they stand."""

    floor: ForumQuestion | None = None
    queue: list[ForumQuestion] = field(default_factory=list)
    answered: list[ForumQuestion] = field(default_factory=list)
    in_writing: list[ForumQuestion] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.queue) + len(self.answered) + len(self.in_writing) + (self.floor is not None)


def hall(forum: ListeningForum) -> Hall:
    """Return what is shown of a session's questions."""
    found = Hall()
    for one in ForumQuestion.objects.filter(forum=forum).shown().with_words().order_by("order", "pk"):
        if one.state == QuestionState.FLOOR:
            found.floor = one
        elif one.state == QuestionState.QUEUED:
            found.queue.append(one)
        elif one.state == QuestionState.ANSWERED:
            found.answered.append(one)
        else:
            found.in_writing.append(one)
    return found


def waiting(forum: ListeningForum) -> list[ForumQuestion]:
    """Return the questions on which a moderator has not decided, in no order that tells when they came."""
    unseen = ForumQuestion.objects.filter(forum=forum, opinion__is_public=False).standing()
    found = unseen.filter(state__in=(QuestionState.WAITING, QuestionState.IN_WRITING))
    return list(found.select_related("opinion__commune").order_by("pk"))


def conclusions(forum: ListeningForum) -> list[Conclusion]:
    """Return what a session concluded, with the tasks."""
    if forum.meeting_id is None:
        return []
    return list(Conclusion.objects.filter(meeting=forum.meeting_id).prefetch_related("tasks__owner__organisation").order_by("order"))


def earlier_promises(forum: ListeningForum) -> list[Task]:
    """Return what was promised at the unit's session before this one, kept or not, and what is still open of older ones.

    The session before is one of the unit itself, of any name that it had; a commune also hears what is still open from
    sessions of its hamlets.
    """
    tasks = Task.objects.select_related("owner__organisation")
    before = ListeningForum.objects.all().past().filter(starts_at__lt=forum.starts_at, meeting__isnull=False)
    own = before.filter(unit__in=forum.unit.lineage_ids()).values_list("meeting_id", flat=True).first()
    last = tasks.filter(conclusion__meeting=own) if own else tasks.none()
    older = tasks.filter(conclusion__meeting__in=before.in_unit(forum.unit).values("meeting"), state=TaskState.OPEN)
    return sorted({*last, *older}, key=lambda task: (task.due_on, task.pk))


def promise_words(task: Task) -> tuple[str, str]:
    """Return tone and words of a promise: kept, kept late, late, put off, or not due yet; by the day that was said first."""
    if task.state == TaskState.DONE:
        late = (task.closed_on - task.first_due_on).days if task.closed_on else 0
        if late > 0:
            return "attn", ngettext("kept, %(n)s day late", "kept, %(n)s days late", late) % {"n": late}
        return "info", _("kept")
    if task.state == TaskState.WITHDRAWN:
        return "attn", _("withdrawn, with the reason")
    if task.is_overdue:
        return "attn", ngettext("%(n)s day late", "%(n)s days late", task.days_late) % {"n": task.days_late}
    if task.due_on > task.first_due_on:
        return "attn", _("put off; the first date was %(day)s") % {"day": f"{task.first_due_on:%d/%m/%Y}"}
    return "", _("not due yet")


def commune(code: str) -> Unit | None:
    """Return the commune of a code that stands today and keeps the room on."""
    found = Unit.objects.current().communes().with_ancestors().filter(code=code).first() if code else None
    return found if found is not None and rooms.is_on("opinions", found) else None


def _seen(among: Unit | None) -> ForumQuerySet:
    """Return the sessions that everybody sees, in one unit or in all, of communes that keep the room on."""
    found = ListeningForum.objects.all().shown()
    found = found if among is None else found.in_unit(among)
    if not rooms.is_on("opinions"):
        return found.none()
    off = Unit.objects.filter(pk__in=switches.all_off().get("opinions", ()))
    without = sorted({key for unit in off for key in unit.lineage_ids()})
    found = found.exclude(unit__in=Unit.objects.below_any(without).values("pk")) if without else found
    return found.select_related("unit__parent")


def coming_list(among: Unit | None) -> list[ListeningForum]:
    """Return the sessions open for questions or going on, the next first."""
    return list(_seen(among).coming())


def past_list(among: Unit | None) -> ForumQuerySet:
    """Return the sessions that are over, the newest first, to be paged."""
    return _seen(among).past()


def in_calendar(among: Unit | None) -> list[ListeningForum]:
    """Return the sessions of a calendar: those to come, and those held in the last year."""
    since = clock.now() - CALENDAR_BACK
    return list(_seen(among).filter(starts_at__gte=since).order_by("starts_at", "pk")[:CALENDAR_MOST])
