"""The outbox: rows written with the decision, claimed by the worker, sent outside of any transaction, settled afterwards.

1. `enqueue` writes a row an address in the caller's transaction. The row is the deadline: nothing else knows of it.
2. A channel's chore claims the most urgent that are due, leaving out providers that are set aside, and marks them with a lease.
   PostgreSQL skips rows that another worker holds; SQLite's write transaction keeps others out.
3. It sends them with no transaction open. A kill here leaves the lease to run out, or the next worker of the machine to free it; the row
   is then claimed again, and counted as perhaps double where the provider cannot tell (`Channel.is_idempotent`).
4. It settles them together: accepted, given up, or due again later, by the kind of failure; what only stood behind another that
   failed was no attempt, and is due as soon as its provider is asked again. What a bulletin's row knew of a
   person goes in the same statement.

Source: design §2 "Nothing is lost"; ADR 0005.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import random
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import models, transaction
from django.db.models import Q

from liengia.broadcast import channels, quiet
from liengia.broadcast.channels.base import (
    Accepted,
    Channel,
    DeliveryError,
    Failure,
    Message,
    Outcome,
    Parcel,
    Recipient,
)
from liengia.broadcast.models import Delivery, DeliveryState, Dispatch, ProviderState, Said
from liengia.core import clock
from liengia.core.bus import get_bus
from liengia.core.db import bulk
from liengia.core.metrics import Counter
from liengia.units.models import Unit

logger = logging.getLogger(__name__)
POKE: Final = "broadcast.outbox"
# Longer than any channel's own time limits together: a lease that runs out means that its worker is dead.
LEASE: Final = timedelta(seconds=60)
FIRST_PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 600.0
# A provider that fails is asked again after so long, each time longer.
ASIDE_FIRST_S: Final = 10.0
ASIDE_LONGEST_S: Final = 300.0
URGENCY: Final[Mapping[str, int]] = {"urgent": 0, "priority": 1, "normal": 2}
_ROWS: Final = 500
_SEVERAL: Final = 3
_SETTLED: Final = ("state", "attempts", "next_attempt_at", "claimed_until", "failure", "failure_words", "receipt_key", "accepted_at", "address", "user_id", "household_id", "is_perhaps_double")
_HOST: Final = socket.gethostname()[:60]
# Channels whose rows of dead workers on this machine were freed by this process.
_freed: Final[set[str]] = set()

sent = Counter("liengia_deliveries_total", "Deliveries that ended, by channel and how.", ["channel", "how"])
doubles = Counter("liengia_deliveries_perhaps_double_total", "Deliveries sent again after a send whose end nobody saw.", ["channel"])


def say(message: Message) -> Said:
    """Freeze words: write them with their fingerprint."""
    content = message.as_json()
    raw = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    return Said.objects.create(subject=message.subject, content=content, fingerprint=hashlib.sha256(raw).hexdigest(), said_at=clock.now())


def enqueue(
    channel: Channel,
    said: Said,
    recipients: Iterable[Recipient],
    *,
    dispatch: Dispatch | None = None,
    not_before: datetime | None = None,
    keeps_person: bool = False,
) -> int:
    """Write a delivery for each recipient in the caller's transaction; return how many were new.

    With a dispatch the key follows from its salt, the channel and the address, so that planning may begin again after a kill
    and writes nobody twice. Training is written as rehearsed and can never be claimed (a constraint holds it).
    """
    content = said.content
    now = clock.now()
    is_live = content["mode"] != "training"
    expires = datetime.fromisoformat(content["expires_at"]) if content.get("expires_at") else None
    rows = [
        Delivery(
            dispatch=dispatch, subject=said.subject, said=said, channel=channel.name, provider=one.provider, address=one.address,
            user_id=one.user_id, household_id=one.household_id, keeps_person=keeps_person, is_live=is_live,
            urgency=URGENCY[content["priority"]], state=DeliveryState.WAITING if is_live else DeliveryState.REHEARSED,
            created_at=now, next_attempt_at=not_before or now, expires_at=expires,
            **({"key": key_of(dispatch.salt, channel.name, one.address)} if dispatch is not None else {}),
        )
        for one in recipients
    ]  # fmt: skip
    if not is_live:
        for row in rows:
            row.address, row.user_id, row.household_id = "", None, None
    random.shuffle(rows)
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        known = bulk.present(Delivery, ["key"], [(row.key,) for row in part]) if dispatch is not None else set()
        rows[start : start + _ROWS] = [row for row in part if (row.key,) not in known]
        Delivery.objects.bulk_create(rows[start : start + _ROWS])
    transaction.on_commit(lambda: get_bus().poke(POKE))
    return len(rows)


def key_of(salt: str, channel: str, address: str) -> str:
    """Return the key of a dispatch's delivery, the same however often it is planned."""
    return hashlib.sha256(f"{salt}|{channel}|{address}".encode()).hexdigest()


def next_due_at(channel: str) -> datetime | None:
    """Return when the first waiting delivery of a channel is due."""
    waiting = Delivery.objects.waiting().filter(channel=channel)
    return waiting.order_by("next_attempt_at").values_list("next_attempt_at", flat=True).first()


class Pace:
    """Keeps a provider to so many a second: says how many may go now, and learns what went."""

    def __init__(self) -> None:
        """Begin with a full second for each."""
        self._left: dict[tuple[str, str], tuple[float, float]] = {}

    def allow(self, channel: Channel, provider: str, wanted: int) -> int:
        """Take up to so many from the provider's second."""
        if channel.per_second is None:
            return wanted
        now, most = time.monotonic(), max(1.0, channel.per_second)
        left, at = self._left.get((channel.name, provider), (most, now))
        left = min(most, left + (now - at) * channel.per_second)
        taken = min(wanted, int(left))
        self._left[channel.name, provider] = (left - taken, now)
        return taken


_pace = Pace()


def send_due(name: str, *, apart: bool | None = None) -> int:
    """Claim, send and settle one batch of a channel; return how many were settled. `apart`: only of its providers apart, or only of the others.

    It is called by the channel's chore, and by nobody inside a transaction.
    """
    channel = channels.get(name)
    if channel is None or channel.is_manual:
        return 0
    expire(name)
    if name not in _freed:
        free_of_the_dead(name)
        _freed.add(name)
    claimed = _claim(channel, apart)
    if not claimed:
        return 0
    parcels = [
        Parcel(row.key, row.address, row.provider, Message.from_json(row.said.content), row.attempts + 1) for row in claimed
    ]
    outcomes = _send(channel, parcels)
    settle(channel, claimed, outcomes)
    return len(claimed)


def free_of_the_dead(name: str) -> int:
    """Free what a worker of this machine held when it died, so that an alarm need not wait for the lease; return how many.

    A process does it once a channel, before it claims anything: whatever bears its own number then is of one that died before it.
    """
    held = Delivery.objects.waiting().filter(channel=name, claimed_until__gt=clock.now(), claimed_by__startswith=f"{_HOST}:")
    dead = [holder for holder in held.values_list("claimed_by", flat=True).distinct() if not _is_alive(holder)]
    return held.filter(claimed_by__in=dead).update(claimed_until=clock.now()) if dead else 0


def _is_alive(holder: str) -> bool:
    pid = int(holder.rpartition(":")[2])
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _claim(channel: Channel, apart: bool | None = None) -> list[Delivery]:
    now = clock.now()
    aside = ProviderState.objects.filter(channel=channel.name, aside_until__gt=now).values("provider")
    with transaction.atomic():
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        due = Delivery.objects.waiting().filter(free, channel=channel.name, is_live=True, next_attempt_at__lte=now).exclude(provider__in=aside)
        if channel.apart and apart is not None:
            due = due.filter(provider__startswith=channel.apart) if apart else due.exclude(provider__startswith=channel.apart)
        rows = list(due.select_related("said").order_by("urgency", "next_attempt_at")[: channel.batch].select_for_update(skip_locked=True, of=("self",)))
        held = _held(channel, rows, now)
        bulk.update(Delivery, ["next_attempt_at"], list(held.items()))
        rows = _within_pace(channel, [row for row in rows if row.pk not in held])
        lost = [row for row in rows if row.claimed_until is not None and not channel.is_idempotent]
        for row in lost:
            row.is_perhaps_double = True
            doubles.labels(channel.name).inc()
        holder = f"{_HOST}:{os.getpid()}"
        changes = [(row.pk, now + LEASE, holder, row.is_perhaps_double) for row in rows]
        bulk.update(Delivery, ["claimed_until", "claimed_by", "is_perhaps_double"], changes)
    return rows


def _held(channel: Channel, rows: Sequence[Delivery], now: datetime) -> dict[int, datetime]:
    """Return until when the quiet hours hold deliveries where they are heard: retries after they began, and other communes' than the speaker's."""
    those = [row for row in rows if row.dispatch_id is not None and row.urgency > URGENCY["urgent"]] if channel.is_noisy else []
    if not those:
        return {}
    speaker = dict(Dispatch.objects.filter(pk__in={row.dispatch_id for row in those}).values_list("pk", "bulletin__unit"))
    heard = channel.places(those)
    places = {row.pk: heard.get(row.key) or speaker[row.dispatch_id or 0] for row in those}
    rules = quiet.rules_by_unit(Unit.objects.filter(pk__in=set(places.values())).with_ancestors())
    ends = {row.pk: quiet.ends_at(rules[places[row.pk]], now) for row in those}
    return {key: until for key, until in ends.items() if until is not None}


def _within_pace(channel: Channel, rows: list[Delivery]) -> list[Delivery]:
    if channel.per_second is None:
        return rows
    by_provider: dict[str, list[Delivery]] = {}
    for row in rows:
        by_provider.setdefault(row.provider, []).append(row)
    return [row for provider, those in by_provider.items() for row in those[: _pace.allow(channel, provider, len(those))]]


def _send(channel: Channel, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
    try:
        outcomes = channel.send(parcels)
    except Exception as error:  # noqa: BLE001  (a broken channel keeps its own rows waiting; its words may hold a token or a number: only its kind is logged)
        logger.error("channel %s broke off: %s", channel.name, type(error).__name__)
        # Which of them went before it broke off, nobody knows.
        return [DeliveryError(Failure.TECHNICAL, "the channel broke off", is_unclear=True)] * len(parcels)
    if len(outcomes) != len(parcels):
        logger.error("channel %s answered %s of %s parcels", channel.name, len(outcomes), len(parcels))
        return [DeliveryError(Failure.TECHNICAL, "the channel answered for others", is_unclear=True)] * len(parcels)
    return outcomes


def settle(channel: Channel, rows: Sequence[Delivery], outcomes: Sequence[Outcome]) -> None:
    """Write what became of deliveries, in one transaction; forget the people of bulletins."""
    now = clock.now()
    for row, outcome in zip(rows, outcomes, strict=True):
        _come_to(channel, row, outcome, now)
    worked = {row.provider for row in rows if row.state == DeliveryState.ACCEPTED}
    broken = _broken(rows, outcomes, worked)
    told = [(row, outcome) for row, outcome in zip(rows, outcomes, strict=True) if isinstance(outcome, Accepted) and outcome.told]
    with transaction.atomic():
        # What was withdrawn meanwhile (a bulletin, a consent) stays so, unless it really went.
        waiting = set(Delivery.objects.waiting().select_for_update().filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
        rows = [row for row in rows if row.pk in waiting or row.state == DeliveryState.ACCEPTED]
        bulk.update(Delivery, _SETTLED, [(row.pk, *(getattr(row, name) for name in _SETTLED)) for row in rows])
        for row, outcome in told:
            for what, at in outcome.told.items():
                Delivery.objects.filter(pk=row.pk, **{f"{what}_at": None}).update(**{f"{what}_at": at})
        _note_providers(channel, worked, broken, now)
    for row in rows:
        if row.state != DeliveryState.WAITING:
            sent.labels(channel.name, row.state).inc()


def _come_to(channel: Channel, row: Delivery, outcome: Outcome, now: datetime) -> None:
    """Put into a row what became of it."""
    row.claimed_until = None
    if isinstance(outcome, DeliveryError) and not outcome.was_asked:
        row.failure, row.failure_words = outcome.failure.value, outcome.words
        return
    row.attempts += 1
    if isinstance(outcome, Accepted):
        row.state, row.accepted_at, row.receipt_key = DeliveryState.ACCEPTED, now, outcome.receipt_key[:120]
        row.failure = row.failure_words = ""
    else:
        _fail(row, outcome, now)
        if outcome.is_unclear and row.state == DeliveryState.WAITING and not channel.is_idempotent and not row.is_perhaps_double:
            row.is_perhaps_double = True
            doubles.labels(channel.name).inc()
    if row.state != DeliveryState.WAITING and not row.keeps_person:
        row.address, row.user_id, row.household_id = "", None, None


def _broken(rows: Sequence[Delivery], outcomes: Sequence[Outcome], worked: set[str]) -> dict[str, DeliveryError]:
    """Return the providers that are set aside, each with why: a fault of theirs, or several asked to wait; and none taken.

    One phone that is asked too often, or cannot be asked at all, must not hold the others' alarm back: hence several, and hence none.
    """
    broken: dict[str, DeliveryError] = {}
    waits: dict[str, list[DeliveryError]] = {}
    for row, outcome in zip(rows, outcomes, strict=True):
        if not isinstance(outcome, DeliveryError) or row.provider in worked:
            continue
        if outcome.failure is Failure.TECHNICAL:
            broken[row.provider] = outcome
        elif outcome.retry_after_s is not None:
            waits.setdefault(row.provider, []).append(outcome)
    asked = {name: those for name, those in waits.items() if len(those) >= _SEVERAL}
    return {**{name: max(those, key=lambda one: one.retry_after_s or 0.0) for name, those in asked.items()}, **broken}


def _fail(row: Delivery, error: DeliveryError, now: datetime) -> None:
    row.failure, row.failure_words = error.failure.value, error.words
    if error.failure is Failure.PERMANENT:
        row.state = DeliveryState.FAILED
        return
    pause = max(error.retry_after_s or 0.0, pause_s(row.attempts))
    row.next_attempt_at = now + timedelta(seconds=pause)
    if row.expires_at is not None and row.next_attempt_at >= row.expires_at:
        row.state = DeliveryState.EXPIRED


def pause_s(attempts: int) -> float:
    """Return how long to wait after so many attempts: twice as long each time, with half of it drawn by lot."""
    longest: float = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 10))
    return longest / 2 + random.random() * longest / 2  # noqa: S311  (spreads load, keeps no secret)


def _note_providers(channel: Channel, worked: set[str], broken: Mapping[str, DeliveryError], now: datetime) -> None:
    """Set failing providers aside, and forget the failures of those that work again."""
    known = {state.provider: state for state in ProviderState.objects.filter(channel=channel.name, provider__in=[*worked, *broken])}
    for provider in sorted(worked):
        state = known.get(provider)
        if state is None or state.failures or state.worked_at is None or now - state.worked_at > timedelta(minutes=1):
            ProviderState.objects.update_or_create(
                channel=channel.name, provider=provider, defaults={"failures": 0, "aside_until": None, "worked_at": now}
            )
    for provider, error in sorted(broken.items()):
        state = known.get(provider) or ProviderState(channel=channel.name, provider=provider)
        state.failures += 1
        # Never sooner than it asks for; one that asks for a second each time, for an hour, is asked less and less all the same.
        pause = max(error.retry_after_s or 0.0, min(ASIDE_LONGEST_S, ASIDE_FIRST_S * 2 ** min(state.failures - 1, 10)))
        state.aside_until, state.failed_at, state.last_words = now + timedelta(seconds=pause), now, error.words
        state.save()


def expire(name: str) -> int:
    """Give up what is too late to be of use, and forget whom it was for."""
    late = Delivery.objects.waiting().filter(channel=name, expires_at__lte=clock.now()).filter(Q(claimed_until=None) | Q(claimed_until__lte=clock.now()))
    if not late.exists():
        return 0
    return _end(late, DeliveryState.EXPIRED)


def withdraw(subject: str) -> int:
    """Take back what of a subject has not gone out; what is on its way at this instant may still arrive."""
    return _end(Delivery.objects.waiting().of(subject), DeliveryState.WITHDRAWN)


def _end(rows: models.QuerySet[Delivery], state: DeliveryState) -> int:
    """End rows, so many at a time that no write takes long; forget whom those of bulletins were for."""
    ended = 0
    while keys := list(rows.values_list("pk", flat=True)[:_ROWS]):
        with transaction.atomic():
            those = Delivery.objects.waiting().filter(pk__in=keys)
            # Its claim stays: who ends an alarm sees which rows were being sent at that instant, and may have gone.
            ended += those.filter(keeps_person=True).update(state=state)
            ended += those.filter(keeps_person=False).update(state=state, claimed_until=None, address="", user=None, household=None)
    return ended
