"""A dispatch that is due becomes deliveries: streamed, in short transactions, beginning again where a kill left it.

1. The words are frozen (`Said`), once.
2. Each channel yields its recipients; so many at a time are written, each part in a transaction that sees the dispatch still due.
   The key of a delivery follows from the dispatch's salt, the channel and the address: whoever stands there already is left out.
3. The last transaction counts what was meant, forgets the salt, and sets the next time of a bulletin that repeats.

Quiet hours hold what is noisy until they end, unless it is an emergency; more plays a day than the commune's rules allow are left out and said.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.db import transaction
from django.db.models import Count

from liengia.audit import services as audit
from liengia.broadcast import channels, schedule, wording
from liengia.broadcast.audiences import audience_of
from liengia.broadcast.channels.base import Audience, Channel, Recipient
from liengia.broadcast.models import (
    Bulletin,
    BulletinState,
    Delivery,
    Dispatch,
    DispatchState,
    Priority,
    Repeats,
    Said,
    VoiceRules,
)
from liengia.broadcast.services import outbox
from liengia.broadcast.services.bulletins import rules_of
from liengia.broadcast.workflow import BULLETIN, DISPATCH
from liengia.core import clock, pagecache
from liengia.core.actor import Actor

logger = logging.getLogger(__name__)
_PART: Final = 500
_WORKER: Final = Actor.system("worker")
LOUDSPEAKER: Final = "loudspeaker"
TOO_MANY: Final = "too_many"
ENDED: Final = "ended"


def next_due_at(after: datetime) -> datetime | None:
    """Return when the next dispatch after an instant is due."""
    waiting = Dispatch.objects.filter(state=DispatchState.DUE, due_at__gt=after)
    return waiting.order_by("due_at").values_list("due_at", flat=True).first()


def plan_due(*, at: datetime | None = None) -> int:
    """Plan the dispatches that are due, emergencies first; return how many. One that fails stays due and keeps no other waiting."""
    due = Dispatch.objects.filter(state=DispatchState.DUE, due_at__lte=at or clock.now()).select_related("bulletin__unit", "said")
    done = 0
    for dispatch in sorted(due[:50], key=lambda one: (outbox.URGENCY[one.bulletin.priority], one.due_at)):
        try:
            done += plan(dispatch)
        except Exception as error:  # noqa: BLE001  (one dispatch keeps no other waiting; a database's words may quote a row with its address)
            logger.error("dispatch %s could not be planned and stays due: %s", dispatch.pk, type(error).__name__)
    return done


def plan(dispatch: Dispatch) -> bool:
    """Write a dispatch's deliveries; return whether it was planned here. It may be called again after a kill at any point."""
    bulletin, now = dispatch.bulletin, clock.now()
    if bulletin.state != BulletinState.APPROVED or (bulletin.expires_at is not None and bulletin.expires_at <= now):
        _skip(dispatch, ENDED)
        return False
    said = dispatch.said or _freeze(dispatch, now)
    rules = rules_of(bulletin.unit)
    audience = audience_of(bulletin)
    skipped: dict[str, str] = {}
    for name in bulletin.channels:
        channel = channels.get(name)
        if channel is None:
            skipped[name] = "gone"
            continue
        if name == LOUDSPEAKER and bulletin.priority != Priority.URGENT and plays_today(bulletin.unit_id, now) >= rules.most_a_day:
            skipped[name] = TOO_MANY
            continue
        if not _write(dispatch, channel, said, audience, not_before=hold(channel, bulletin, rules, now)):
            return False
    return _close(dispatch, skipped)


def _freeze(dispatch: Dispatch, now: datetime) -> Said:
    with transaction.atomic():
        said = outbox.say(wording.message_of(dispatch.bulletin, at=now))
        Dispatch.objects.filter(pk=dispatch.pk).update(said=said)
    dispatch.said = said
    return said


def _write(dispatch: Dispatch, channel: Channel, said: Said, audience: Audience, *, not_before: datetime | None) -> bool:
    found = channel.recipients(audience, dispatch.bulletin.kind)
    while part := list(islice(found, _PART)):
        if not _write_part(dispatch, channel, said, part, not_before):
            return False
    return True


def _write_part(dispatch: Dispatch, channel: Channel, said: Said, part: list[Recipient], not_before: datetime | None) -> bool:
    with transaction.atomic():
        if not Dispatch.objects.select_for_update().filter(pk=dispatch.pk, state=DispatchState.DUE).exists():
            return False  # withdrawn meanwhile, or planned by another
        outbox.enqueue(channel, said, part, dispatch=dispatch, not_before=not_before)
    return True


def _close(dispatch: Dispatch, skipped: dict[str, str]) -> bool:
    bulletin = dispatch.bulletin
    meant = dict(Delivery.objects.filter(dispatch=dispatch).values_list("channel").annotate(n=Count("pk")))
    with transaction.atomic():
        row = Dispatch.objects.select_for_update().filter(pk=dispatch.pk, state=DispatchState.DUE).first()
        if row is None:
            return False
        row.state, row.planned_at, row.salt = DISPATCH.after(row.state, "plan"), clock.now(), ""
        row.meant = {name: meant.get(name, 0) for name in bulletin.channels if name not in skipped}
        row.skipped_why = next(iter(skipped.values()), "")
        row.save(update_fields=["state", "planned_at", "salt", "meant", "skipped_why"])
        _set_next(bulletin, row)
        if bulletin.is_public:
            pagecache.bump()  # the public page shows what has gone out
        facts = {"meant": sum(row.meant.values()), "left_out": sorted(skipped)}
        audit.record("broadcast.dispatch_planned", actor=_WORKER, about=bulletin, unit=bulletin.unit_id, facts=facts)
    return True


def _skip(dispatch: Dispatch, why: str) -> None:
    with transaction.atomic():
        row = Dispatch.objects.select_for_update().filter(pk=dispatch.pk, state=DispatchState.DUE).first()
        if row is None:
            return
        row.state, row.skipped_why, row.salt = DISPATCH.after(row.state, "skip"), why, ""
        row.save(update_fields=["state", "skipped_why", "salt"])
        audit.record("broadcast.dispatch_skipped", actor=_WORKER, about=dispatch.bulletin, unit=dispatch.bulletin.unit_id, facts={"why": why})


def _set_next(bulletin: Bulletin, row: Dispatch) -> None:
    if bulletin.repeats == Repeats.ONCE:
        return
    at = schedule.next_after(bulletin, max(row.due_at, clock.now()))
    if at is not None:
        Dispatch.objects.get_or_create(bulletin=bulletin, number=row.number + 1, defaults={"due_at": at})


def hold(channel: Channel, bulletin: Bulletin, rules: VoiceRules, now: datetime) -> datetime | None:
    """Return until when the quiet hours hold a message on a channel; None when it may go."""
    here = clock.local(now)
    if not channel.is_noisy or bulletin.priority == Priority.URGENT or not rules.is_quiet_at(here.time()):
        return None
    ends = schedule.at_local(here.date(), rules.quiet_to)
    return ends if ends > now else schedule.at_local(here.date() + timedelta(days=1), rules.quiet_to)


def plays_today(unit_id: int, now: datetime) -> int:
    """Return how often a unit's loudspeakers were given something today."""
    day = clock.local(now).date()
    since = schedule.at_local(day, datetime.min.time())
    return sum(
        1 for meant in Dispatch.objects.filter(bulletin__unit=unit_id, planned_at__gte=since, bulletin__is_training=False).values_list("meant", flat=True)
        if meant.get(LOUDSPEAKER)
    )  # fmt: skip


def settle_finished() -> int:
    """Close dispatches of which nothing waits any more, and the bulletins that have no further time."""
    done = 0
    waiting = Delivery.objects.waiting().filter(is_live=True).exclude(channel__in=[one.name for one in channels.every().values() if one.is_manual])
    for dispatch in Dispatch.objects.filter(state=DispatchState.PLANNED).exclude(pk__in=waiting.exclude(dispatch=None).values("dispatch")).select_related("bulletin")[:50]:
        with transaction.atomic():
            done += Dispatch.objects.filter(pk=dispatch.pk, state=DispatchState.PLANNED).update(
                state=DISPATCH.after(dispatch.state, "settle"), settled_at=clock.now()
            )
    over = Bulletin.objects.filter(state=BulletinState.APPROVED).exclude(dispatches__state__in=(DispatchState.DUE, DispatchState.PLANNED))
    for bulletin in over[:50]:
        done += Bulletin.objects.filter(pk=bulletin.pk, state=BulletinState.APPROVED).update(state=BULLETIN.after(bulletin.state, "finish"))
    return done


def take_back_withdrawn() -> int:
    """Take back deliveries of bulletins that were withdrawn: after a kill, and those written while it was."""
    left = Delivery.objects.waiting().filter(dispatch__bulletin__state=BulletinState.WITHDRAWN)
    subjects: Iterator[str] = iter(left.values_list("subject", flat=True).distinct()[:20])
    return sum(outbox.withdraw(subject) for subject in subjects)
