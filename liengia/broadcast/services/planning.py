"""A dispatch that is due becomes deliveries: streamed, in short transactions, beginning again where a kill left it.

1. The words are frozen (`Said`), once.
2. Each channel yields its recipients; so many at a time are written, each part in a transaction that sees the dispatch still due.
   The key of a delivery follows from the dispatch's salt, the channel and the address: whoever stands there already is left out.
3. The last transaction counts what was meant, forgets the salt, and sets the next time of a bulletin that repeats.

Quiet hours hold what is noisy until they end, unless it is an emergency (the outbox asks again before each attempt, where it is heard); more plays a day than the commune's rules allow are left out and said.
So is what is not training while the commune is in training, and what is not word for word what was approved.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Final

from django.db import transaction
from django.db.models import Count, Q

from liengia.audit import services as audit
from liengia.broadcast import channels, quiet, schedule, wording
from liengia.broadcast.audiences import audience_of
from liengia.broadcast.channels.base import Audience, Channel, Message, Parcel, Recipient
from liengia.broadcast.channels.loudspeaker import programme
from liengia.broadcast.channels.loudspeaker.channel import Loudspeaker
from liengia.broadcast.models import (
    Bulletin,
    BulletinState,
    Delivery,
    Dispatch,
    DispatchState,
    MsgType,
    PlayOrder,
    Priority,
    Repeats,
    Said,
    VoiceRules,
)
from liengia.broadcast.quiet import rules_of
from liengia.broadcast.services import outbox
from liengia.broadcast.workflow import BULLETIN, DISPATCH
from liengia.core import clock, pagecache
from liengia.core.actor import Actor

logger = logging.getLogger(__name__)
_PART: Final = 500
_WORKER: Final = Actor.system("worker")
LOUDSPEAKER: Final = "loudspeaker"
# How far ahead loudspeakers get their orders; a weekly bulletin always stands in the schedule.
AHEAD: Final = timedelta(days=7)
AHEAD_MOST: Final = 500
TOO_MANY: Final = "too_many"
ENDED: Final = "ended"
TRAINING: Final = "training"
CHANGED: Final = "changed"


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
    rules = rules_of(bulletin.unit)
    if why := _why_not(bulletin, rules, now):
        _skip(dispatch, why)
        return False
    said = dispatch.said or _freeze(dispatch, now)
    audience = audience_of(bulletin)
    skipped: dict[str, str] = {}
    for name in bulletin.channels:
        channel = channels.get(name)
        if channel is None:
            skipped[name] = "gone"
            continue
        if name == LOUDSPEAKER and _counts(bulletin, now) and plays_today(bulletin.unit_id, now) >= rules.most_a_day:
            skipped[name] = TOO_MANY
            channel.withdraw(f"bulletin:{bulletin.public_id}")  # what was ordered ahead
            continue
        if not _write(dispatch, channel, said, audience, not_before=hold(channel, bulletin, rules, now)):
            return False
        if bulletin.is_training:
            channel.rehearse(Message.from_json(said.content))
    return _close(dispatch, skipped)


def _why_not(bulletin: Bulletin, rules: VoiceRules, now: datetime) -> str:
    """Return why a bulletin does not go out now; empty when it does. What is out in earnest is withdrawn in earnest, also in training."""
    if bulletin.state != BulletinState.APPROVED or (bulletin.expires_at is not None and bulletin.expires_at <= now):
        return ENDED
    if rules.is_training and not bulletin.is_training and bulletin.msg_type != MsgType.CANCEL:
        return TRAINING
    if wording.fingerprint(bulletin) != bulletin.sealed:
        logger.error("bulletin %s is not what was approved: it does not go out", bulletin.public_id)
        return CHANGED
    return ""


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
        speaker = channels.get(LOUDSPEAKER)
        if speaker is not None and LOUDSPEAKER in dispatch.bulletin.channels:
            # Other makes are asked over the network: never while others wait for this transaction.
            transaction.on_commit(partial(speaker.withdraw, f"bulletin:{dispatch.bulletin.public_id}"))
        if why == TRAINING:
            _set_next(dispatch.bulletin, row)
        audit.record("broadcast.dispatch_skipped", actor=_WORKER, about=dispatch.bulletin, unit=dispatch.bulletin.unit_id, facts={"why": why})


def order_ahead() -> int:
    """Order what loudspeakers play in the days to come: with the line cut at its time it is spoken all the same, and the schedule by hand holds it.

    The key is the one that the delivery will have: when the dispatch is due, the order stands already.
    """
    now, speaker = clock.now(), channels.get(LOUDSPEAKER)
    if not isinstance(speaker, Loudspeaker):
        return 0
    due = Dispatch.objects.filter(state=DispatchState.DUE, due_at__gt=now, due_at__lte=now + AHEAD, bulletin__state=BulletinState.APPROVED, bulletin__is_training=False)
    spoken = [one for one in due.select_related("bulletin__unit").order_by("due_at") if LOUDSPEAKER in one.bulletin.channels]
    done = 0
    for one in spoken[:AHEAD_MOST]:
        try:
            done += _order_ahead(speaker, one)
        except Exception:  # one that cannot be ordered keeps no other from it; it is tried again, and when it is due
            logger.exception("what loudspeakers play at %s could not be ordered ahead", one.due_at)
    return done


def _order_ahead(speaker: Loudspeaker, dispatch: Dispatch) -> int:
    bulletin = dispatch.bulletin
    rules = rules_of(bulletin.unit)
    if rules.is_training or wording.fingerprint(bulletin) != bulletin.sealed:
        speaker.withdraw(f"bulletin:{bulletin.public_id}")
        return 0
    message, at = wording.message_of(bulletin, at=dispatch.due_at), hold(speaker, bulletin, rules, dispatch.due_at) or dispatch.due_at
    found = speaker.recipients(audience_of(bulletin), bulletin.kind)
    return speaker.order_ahead([(Parcel(outbox.key_of(dispatch.salt, LOUDSPEAKER, one.address), one.address, one.provider, message, 1), at) for one in found])


def _set_next(bulletin: Bulletin, row: Dispatch) -> None:
    if bulletin.repeats == Repeats.ONCE:
        return
    at = schedule.next_after(bulletin, max(row.due_at, clock.now()))
    if at is not None:
        Dispatch.objects.get_or_create(bulletin=bulletin, number=row.number + 1, defaults={"due_at": at})


def hold(channel: Channel, bulletin: Bulletin, rules: VoiceRules, now: datetime) -> datetime | None:
    """Return until when the quiet hours hold a message on a channel; None when it may go."""
    return quiet.ends_at(rules, now) if channel.is_noisy and bulletin.priority != Priority.URGENT else None


def _counts(bulletin: Bulletin, now: datetime) -> bool:
    """Tell whether a bulletin is one of the day's plays: what is urgent is not, nor the word after one that was spoken."""
    return bulletin.priority != Priority.URGENT and not programme.owed([f"bulletin:{bulletin.public_id}"], now)


def plays_today(unit_id: int, now: datetime) -> int:
    """Return how often a unit's loudspeakers were given something today; corrections and withdrawals are not counted."""
    day = clock.local(now).date()
    since = schedule.at_local(day, datetime.min.time())
    return sum(
        1 for meant in Dispatch.objects.filter(bulletin__unit=unit_id, bulletin__follows=None, planned_at__gte=since, bulletin__is_training=False).values_list("meant", flat=True)
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
    """Take back what is left of bulletins that were withdrawn, or that another stands in the place of: after a kill, and what was written meanwhile."""
    left = Delivery.objects.waiting().filter(_over("dispatch__bulletin__"))
    done = sum(outbox.withdraw(subject) for subject in left.values_list("subject", flat=True).distinct()[:20])
    speaker = channels.get(LOUDSPEAKER)
    if speaker is None:
        return done
    open_ = PlayOrder.objects.filter(ended_at=None, withdrawn_at=None, expires_at__gt=clock.now(), subject__startswith="bulletin:")
    spoken = {subject.removeprefix("bulletin:") for subject in open_.values_list("subject", flat=True).distinct()}
    for public_id in Bulletin.objects.filter(_over(), public_id__in=spoken).values_list("public_id", flat=True).distinct():
        speaker.withdraw(f"bulletin:{public_id}")
        done += 1
    return done


def _over(path: str = "") -> Q:
    """Choose bulletins that were withdrawn, or are followed by one that is in force or has gone out."""
    in_force = (BulletinState.APPROVED, BulletinState.FINISHED, BulletinState.WITHDRAWN)
    return Q(**{f"{path}state": BulletinState.WITHDRAWN}) | Q(**{f"{path}followed_by__state__in": in_force})
