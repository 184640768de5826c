"""What every verb does: take the row, refuse whom it concerns, move the state once, write history and audit."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock, pagecache
from liengia.core.actor import Actor, ActorKind
from liengia.core.errors import NotFound, Refused
from liengia.opinions import policies
from liengia.opinions.models import Opinion, OpinionEvent, OpinionRules, Topic, next_number
from liengia.opinions.services import forum_wall
from liengia.opinions.workflow import OPINION
from liengia.organisations.workdays import calendar_of
from liengia.units.models import Unit

INTAKE_HOURS: Final = 8
ANSWER_DAYS: Final = 5
URGENT_HOURS: Final = 4
_AUDITED_AT_ONCE: Final = 50
# After these something is public, or no longer.
_CHANGES_PUBLIC: Final = frozenset({"text_published", "text_withdrawn", "merged", "moved_out", "referred"})


def take(opinion: Opinion, *, actor: Actor) -> Opinion:
    """Return the row as it stands now, locked, for one who may handle it.

    Raises:
        NotFound: it concerns the actor, or what concerns officers is not theirs to handle.
    """
    row = Opinion.all_.select_for_update(of=("self",)).filter(pk=opinion.pk, erased_at=None).first()
    if row is None:
        raise NotFound("")
    policies.refuse_concerned(row, actor.user_id)
    return row


def move(row: Opinion, verb: str, **changes: Any) -> None:
    """Move the state by a verb, once: of two who do it at once, one is refused.

    Raises:
        Refused: the verb cannot be done in this state, or another was first.
    """
    before, row.state = row.state, OPINION.after(row.state, verb)
    for name, value in changes.items():
        setattr(row, name, value)
    done = Opinion.all_.filter(pk=row.pk, state=before).update(state=row.state, **changes)
    if done != 1:
        raise Refused(_("Somebody else was first. Look at the opinion again."), code="another_was_first")


def note(
    row: Opinion, verb: str, *, actor: Actor, data: Mapping[str, object] | None = None, office: str = ""
) -> OpinionEvent:
    """Write a line of the history, and its audit entry; empty the page cache where everybody sees the change.

    Of what an anonymous writer does, and of the filing, only the day is kept, and the audit entry waits for
    `audit_past_days`: an instant, or a place in the order of entries, would tell when it was.
    """
    hidden = row.is_anonymous and (actor.kind is ActorKind.VISITOR or verb == "filed")
    event = OpinionEvent.objects.create(
        opinion=row,
        number=next_number(row),
        verb=verb,
        state=row.state,
        on=clock.today(),
        at=None if hidden else clock.now(),
        by_office=office,
        user_id=actor.user_id,
        data=dict(data or {}),
        is_audited=not hidden,
    )
    if not hidden:
        _audit(row, event, actor=actor)
    if verb in _CHANGES_PUBLIC:
        forum_wall.changed_for(row)
    if row.is_public or verb in _CHANGES_PUBLIC:
        pagecache.bump()
    return event


def _audit(row: Opinion, event: OpinionEvent, *, actor: Actor, at: datetime | None = None) -> None:
    # What concerns an officer belongs to no unit in the audit, so that nobody of the unit reads it there.
    unit = None if row.about_officials else row.commune_id
    audit.record(f"opinions.{event.verb}", actor=actor, about=row, at=at, unit=unit, facts={"state": event.state, **event.data})


@transaction.atomic
def audit_past_days(*, today: date | None = None) -> int:
    """Write the audit entries of what anonymous writers did on past days, in no order; return how many.

    Each says noon of its day. A day's entries are written when it is over, so that their order and the instant of
    writing tell nothing.
    """
    waiting = OpinionEvent.objects.filter(is_audited=False, on__lt=today or clock.today()).select_related("opinion")
    # By random key: a chunk is as good as any other.
    events = list(waiting.order_by("pk")[:_AUDITED_AT_ONCE])
    random.SystemRandom().shuffle(events)
    for event in events:
        actor = Actor(ActorKind.USER, str(event.user_id)) if event.user_id else Actor.visitor()
        noon = datetime.combine(event.on, time(12), tzinfo=get_current_timezone())
        _audit(event.opinion, event, actor=actor, at=noon)
    OpinionEvent.objects.filter(pk__in=[event.pk for event in events]).update(is_audited=True)
    return len(events)


def due_times(
    *, commune: Unit, topic: Topic | None, at: datetime, is_urgent: bool, rounded: bool
) -> tuple[datetime, datetime]:
    """Return by when an opinion filed at an instant is to be taken in, and answered.

    `rounded`: to the end of a half-day, so that the due time of an anonymous one does not tell its minute.
    """
    calendar = calendar_of(commune, on=clock.local(at).date())
    urgent_hours = topic.urgent_hours if topic else URGENT_HOURS
    hours = urgent_hours if is_urgent else topic.intake_hours if topic else INTAKE_HOURS
    intake = calendar.due_after_hours(at, timedelta(hours=hours))
    intake = calendar.half_day(intake) if rounded else intake
    if is_urgent:
        return intake, intake
    answer = answer_due(commune=commune, topic=topic, filed_on=clock.local(at).date())
    return min(intake, answer), answer


def answer_due(*, commune: Unit, topic: Topic | None, filed_on: date) -> datetime:
    """Return by when an opinion that is not urgent is to be answered: working days count from the day after."""
    days = topic.answer_days if topic else ANSWER_DAYS
    return calendar_of(commune, on=filed_on).due_after_days(filed_on, days)


def rules_of(commune: Unit) -> OpinionRules:
    """Return what a commune decided, or the defaults."""
    return OpinionRules.objects.filter(unit=commune.current()).first() or OpinionRules(unit=commune)
