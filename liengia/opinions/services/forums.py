"""Sessions of the listening forum: planned, opened for questions, held, closed; and what they concluded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.opinions.models.forums import ForumQuestion, ForumState, ListeningForum, QuestionState
from liengia.opinions.services import forum_wall
from liengia.opinions.workflow import FORUM
from liengia.organisations import committee_services
from liengia.organisations.committee_services import Assignment
from liengia.organisations.models import Committee, Conclusion, Organisation
from liengia.organisations.services import validate
from liengia.units.models import Level, Unit

_FACTS = {
    "title", "place", "starts_at", "topic", "committee", "report", "attendance", "chair_name", "chair_office", "clerk_name",
}  # fmt: skip


def take(forum: ListeningForum) -> ListeningForum:
    """Return the session as it stands now, locked.

    Raises:
        NotFound: it is not there.
    """
    row = ListeningForum.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=forum.pk).first()
    if row is None:
        raise NotFound("")
    return row


@transaction.atomic
def plan_forum(
    *, unit: Unit, title: str, place: str, starts_at: datetime, hosts: Iterable[Organisation], actor: Actor, item_of: str = "",
    **facts: Any,
) -> ListeningForum:  # fmt: skip
    """Plan a session of a commune or a hamlet, with the bodies that hold it.

    Raises:
        Invalid: another level of unit, nobody holds it, or a field is refused.
    """
    bodies = list(hosts)
    if unit.level not in (Level.COMMUNE, Level.HAMLET):
        raise Invalid(_("A forum is of a commune or of a hamlet."), code="no_commune", field="unit")
    if not bodies:
        raise Invalid(_("Say who holds it: the police, the Fatherland Front."), code="no_hosts", field="hosts")
    row = ListeningForum(unit=unit, title=title, place=place, starts_at=starts_at, item_of=item_of, **facts)
    validate(row)
    row.save(force_insert=True)
    row.hosts.set(bodies)
    audit.record("opinions.forum_planned", actor=actor, about=row, unit=unit, facts={"starts_at": starts_at})
    return row


@transaction.atomic
def change_forum(
    forum: ListeningForum, *, actor: Actor, hosts: Iterable[Organisation] | None = None, **facts: Any
) -> ListeningForum:
    """Correct what is known of a session until its minutes are signed.

    Raises:
        Refused: the minutes are signed. Invalid: a field is refused, or is none of those that may change.
    """
    row = take(forum)
    if row.state == ForumState.SIGNED:
        raise Refused(_("The minutes are signed: nothing of the session changes any more."), code="signed")
    if unknown := set(facts) - _FACTS:
        raise Invalid(", ".join(sorted(unknown)), code="no_such_field")
    changed = [name for name, value in facts.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, facts[name])
    validate(row)
    row.save()
    if hosts is not None:
        row.hosts.set(hosts)
    audit.record("opinions.forum_changed", actor=actor, about=row, unit=row.unit, facts={"fields": changed})
    publish_change(row)
    return row


def move(
    forum: ListeningForum, verb: str, *, actor: Actor, kind: str = "forum_moved", facts: Mapping[str, object] | None = None, **changes: Any
) -> ListeningForum:
    """Move the state by a verb, with what else changes, in the caller's transaction.

    Raises:
        Refused: the verb cannot be done in this state.
    """
    row = take(forum)
    row.state = FORUM.after(row.state, verb)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *changes])
    audit.record(f"opinions.{kind}", actor=actor, about=row, unit=row.unit, facts={"state": row.state, **(facts or {})})
    publish_change(row)
    return row


def publish_change(forum: ListeningForum) -> None:
    """Let wall and pages follow what was written in the caller's transaction; call it last, and after every lock."""
    forum_wall.changed(forum.pk)
    pagecache.bump()


@transaction.atomic
def open_forum(forum: ListeningForum, *, actor: Actor) -> ListeningForum:
    """Show the session to everybody and take questions beforehand.

    Raises:
        Refused: it has been opened before.
    """
    return move(forum, "open", actor=actor)


@transaction.atomic
def begin_forum(forum: ListeningForum, *, actor: Actor, at: datetime | None = None) -> ListeningForum:
    """Begin the session: the hall asks by phone, slip and word of mouth.

    Raises:
        Refused: it is not open, or goes on already.
    """
    return move(forum, "begin", actor=actor, began_at=at or clock.now())


@transaction.atomic
def close_forum(
    forum: ListeningForum, *, attendance: int, actor: Actor, at: datetime | None = None
) -> ListeningForum:
    """End the session with the number of people who came; what nobody answered in the hall is answered in writing.

    Raises:
        Invalid: no number. Refused: it does not go on.
    """
    if attendance < 0:
        raise Invalid(_("Count the people who came."), code="no_count", field="attendance")
    row = move(forum, "close", actor=actor, ended_at=at or clock.now(), attendance=attendance)
    left = (QuestionState.QUEUED, QuestionState.FLOOR)
    ForumQuestion.objects.filter(forum=row, state__in=left).update(state=QuestionState.IN_WRITING)
    publish_change(row)
    return row


@transaction.atomic
def conclude(
    forum: ListeningForum, *, text: str, tasks: Sequence[Assignment], actor: Actor, question: ForumQuestion | None = None
) -> Conclusion:
    """Write down a conclusion and the tasks that it becomes, each with an owner and a date, in the committee's own list.

    The first of them belongs to `question`, where it is about one: it ends when that opinion closes.

    Raises:
        Invalid: no words, no task, a date before the session, or the session has no committee. Refused: signed, or
            not begun.
    """
    row = take(forum)
    if row.state not in (ForumState.LIVE, ForumState.CLOSED):
        raise Refused(_("Conclusions are written from the beginning of the session until its minutes are signed."), code="not_now")
    if row.committee is None:
        raise Invalid(_("Choose the committee that keeps the tasks of this session."), code="no_committee", field="committee")
    if row.meeting is None:
        row.meeting = committee_services.call_meeting(
            committee=row.committee, starts_at=row.began_at or row.starts_at, place=row.place, agenda=row.title, actor=actor
        )
        row.save(update_fields=["meeting"])
    made = committee_services.conclude(meeting=row.meeting, text=text, tasks=tasks, actor=actor)
    if question is not None:
        ForumQuestion.objects.filter(pk=question.pk, forum=row).update(task=made.tasks.order_by("pk").first())
    publish_change(row)
    return made


def committees_for(unit: Unit) -> Iterable[Committee]:
    """Return the committees that can keep the tasks of a session in a unit."""
    commune = unit.commune()
    return Committee.objects.current().filter(unit__in=[one.pk for one in (unit, commune) if one]).order_by("name")
