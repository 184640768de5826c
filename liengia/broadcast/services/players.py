"""Players on the bus: their credentials, what the broker keeps for them, what they say, their faults.

1. A player's rights are two topics out and two in, under the cluster's own name (`users`).
2. What it is to hold is one retained message; `say_rev` says that it changed, and the bridge publishes until the broker has it.
3. It reports what it fetched, played or left out again and again until it is answered (`ack`); each report counts once.
4. It beats every 30 s; none for 90 s is a fault, and so is what its beat says to be wrong. Faults clear by themselves.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction

from liengia.broadcast.channels.loudspeaker import programme
from liengia.broadcast.models import (
    PlayOrder,
    PlayOutcome,
    PlayReport,
    SpeakerCluster,
    SpeakerCredential,
    SpeakerFault,
    SpeakerFaultKind,
)
from liengia.broadcast.services import receipts
from liengia.core import clock, families
from liengia.core.families import Heard, Retained, Said, User

T = TypeVar("T")
logger = logging.getLogger(__name__)
PREFIX: Final = "lo"
CHANNEL: Final = "loudspeaker"
BEAT_LATE: Final = timedelta(seconds=90)
CLOCK_WRONG: Final = timedelta(seconds=60)
SEEN_EVERY: Final = timedelta(seconds=25)
REFRESH_EVERY: Final = timedelta(seconds=60)
AT_ONCE: Final = 200
HELD_AT_ONCE: Final = 50
_SUBJECT: Final = re.compile(r"lo\.([a-z0-9]{10})\.(beat|report)\.([a-z0-9]{10})")
_ORDER: Final = re.compile(r"[a-z0-9]{10}")
_REPORT: Final = re.compile(r"[a-z0-9-]{8,32}")
_OUTCOMES: Final = {"played": PlayOutcome.PLAYED, "stopped": PlayOutcome.STOPPED, "left_out": PlayOutcome.LEFT_OUT, "failed": PlayOutcome.FAILED}
_SAID_FAULTS: Final = {SpeakerFaultKind.NO_SOUND, SpeakerFaultKind.NO_FETCH, SpeakerFaultKind.NO_SPACE}


def user_of(cluster: str, device: str, password_hash: str) -> User:
    """Return a player's rights at the broker."""
    return User(
        device, password_hash,
        publish=(f"lo.{cluster}.beat.{device}", f"lo.{cluster}.report.{device}"),
        subscribe=(f"lo.{cluster}.say", f"lo.{cluster}.to.{device}"),
    )  # fmt: skip


class Players:
    """The family of loudspeakers' players (`core.families`)."""

    prefix = PREFIX
    listens_to: tuple[str, ...] = ("lo.*.beat.*", "lo.*.report.*")

    def __init__(self) -> None:
        """Blame nobody before 90 s have passed."""
        self.started_at: datetime | None = None
        self.refreshed_at: datetime | None = None

    def users(self) -> Iterator[User]:
        """Yield the players of clusters that were not taken down."""
        rows = SpeakerCredential.objects.filter(revoked_at=None, cluster__removed_at=None).order_by("pk")
        for cluster, device, password_hash in rows.values_list("cluster__public_id", "device", "password_hash").iterator():
            yield user_of(cluster, device, password_hash)

    def retained_due(self) -> Sequence[Retained]:
        """Return what the broker does not hold yet."""
        from django.db.models import F

        rows = list(SpeakerCluster.objects.ours().filter(say_rev__gt=F("say_published_rev")).select_related("unit").order_by("pk")[:AT_ONCE])
        if not rows:
            return []
        contents = programme.contents(rows, clock.now())
        prints = [(programme.print_of(contents[row.pk]), row.pk) for row in rows]
        for fingerprint, key in prints:
            SpeakerCluster.objects.filter(pk=key).update(say_print=fingerprint)
        return [Retained(row.pk, row.say_rev, f"lo/{row.public_id}/say", programme.body_of(contents[row.pk], row.say_rev)) for row in rows]

    def retained_after(self, key: int) -> Sequence[Retained]:
        """Return what players are to hold, a page of it, for a hamlet's gateway that joins anew."""
        rows = list(SpeakerCluster.objects.ours().standing().filter(pk__gt=key).select_related("unit").order_by("pk")[:HELD_AT_ONCE])
        contents = programme.contents(rows, clock.now())
        return [Retained(row.pk, row.say_rev, f"lo/{row.public_id}/say", programme.body_of(contents[row.pk], row.say_rev)) for row in rows]

    def retained_done(self, messages: Sequence[Retained]) -> None:
        """Note that the broker holds these; what changed meanwhile stays due."""
        rows = [(one.rev, one.key, one.rev) for one in messages]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE broadcast_speakercluster SET say_published_rev = %s WHERE id = %s AND say_published_rev < %s", rows
            )

    def retain_again(self) -> None:
        """Take it that the broker holds nothing."""
        SpeakerCluster.objects.ours().update(say_published_rev=0)

    def hear(self, messages: Sequence[Heard]) -> Sequence[Said]:
        """Take beats and reports of one batch."""
        found = [(match, one) for one in messages if (match := _SUBJECT.fullmatch(one.subject)) is not None]
        devices = {match[3] for match, _one in found}
        rows = SpeakerCredential.objects.filter(device__in=devices, revoked_at=None).select_related("cluster")
        known = {(row.cluster.public_id, row.device): row.cluster for row in rows}
        beats: dict[int, tuple[SpeakerCluster, Mapping[str, Any], datetime]] = {}
        said: list[Said] = []
        for match, one in found:
            cluster = known.get((match[1], match[3]))
            body = _read(one.body)
            if cluster is None or body is None:
                continue
            if match[2] == "beat":
                beats[cluster.pk] = (cluster, body, one.at)
            elif (answer := _alone(_take_report, cluster, body, one.at)) is not None:
                said.append(Said(f"lo.{match[1]}.to.{match[3]}", json.dumps({"do": "ack", "report": answer}).encode()))
        for cluster, body, at in beats.values():
            _alone(_take_beat, cluster, body, at)
        return said

    def look(self, at: datetime) -> int:
        """Open the faults of players that fell silent, and renew what players hold where the rules changed."""
        if self.started_at is None:
            self.started_at = at
        changed = 0
        if at - self.started_at >= BEAT_LATE:
            late = SpeakerCluster.objects.on().ours().filter(last_seen_at__lt=at - BEAT_LATE)
            late = late.exclude(pk__in=SpeakerFault.objects.filter(kind=SpeakerFaultKind.NO_BEAT, cleared_at=None).values("cluster"))
            for cluster in late[:AT_ONCE]:
                changed += _open(cluster, SpeakerFaultKind.NO_BEAT, cluster.last_seen_at or at)
        if self.refreshed_at is None or at - self.refreshed_at >= REFRESH_EVERY:
            self.refreshed_at = at
            changed += refresh(at)
        return changed


def refresh(at: datetime) -> int:
    """Renew what players hold where it is no longer what the database says: quiet hours changed, an order ran out."""
    changed: list[int] = []
    last = 0
    while rows := list(SpeakerCluster.objects.ours().standing().filter(pk__gt=last).select_related("unit").order_by("pk")[:AT_ONCE]):
        contents = programme.contents(rows, at)
        changed += [row.pk for row in rows if programme.print_of(contents[row.pk]) != row.say_print]
        last = rows[-1].pk
    if changed:
        with transaction.atomic():
            programme.change(changed)
    return len(changed)


def _alone(take: Callable[[SpeakerCluster, Mapping[str, Any], datetime], T], cluster: SpeakerCluster, body: Mapping[str, Any], at: datetime) -> T | None:
    """Take one message, so that none spoils the others of its batch.

    Raises:
        OperationalError: the database is away; the whole batch is said again.
    """
    try:
        return take(cluster, body, at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("a message of the player of cluster %s could not be taken", cluster.public_id)
        return None


def _read(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


# Beats


def _take_beat(cluster: SpeakerCluster, body: Mapping[str, Any], at: datetime) -> None:
    if body.get("gone") is True:
        return
    said = body.get("faults")
    wrong = {SpeakerFaultKind(word) for word in said if word in SpeakerFaultKind.values} & _SAID_FAULTS if isinstance(said, list) else set()
    moment = _instant(body.get("clock"))
    if moment is not None and abs(moment - at) > CLOCK_WRONG:
        wrong.add(SpeakerFaultKind.WRONG_CLOCK)
    if cluster.last_seen_at is None or at - cluster.last_seen_at >= SEEN_EVERY:
        firmware = body.get("firmware")
        SpeakerCluster.objects.filter(pk=cluster.pk).update(
            last_seen_at=at, first_seen_at=cluster.first_seen_at or at,
            firmware="".join(sign for sign in firmware if sign.isprintable())[:40] if isinstance(firmware, str) else cluster.firmware,
        )  # fmt: skip
    asked = cluster.test_asked_at
    if asked is not None and body.get("tested") == test_number(asked) and (cluster.test_heard_at is None or cluster.test_heard_at < asked):
        SpeakerCluster.objects.filter(pk=cluster.pk).update(test_heard_at=max(asked, at))
    open_now = set(SpeakerFault.objects.filter(cluster=cluster, cleared_at=None).values_list("kind", flat=True))
    for kind in wrong - open_now:
        _open(cluster, kind, at)
    if over := open_now - {kind.value for kind in wrong}:
        SpeakerFault.objects.filter(cluster=cluster, kind__in=over, cleared_at=None).update(cleared_at=at)


def test_number(asked_at: datetime) -> int:
    """Return the number by which a player says that it has played this chime and not an earlier one."""
    return int(asked_at.timestamp())


def _open(cluster: SpeakerCluster, kind: SpeakerFaultKind, since: datetime) -> bool:
    with transaction.atomic():
        _row, is_new = SpeakerFault.objects.get_or_create(cluster=cluster, kind=kind, cleared_at=None, defaults={"since": since})
    return is_new


def _instant(value: object) -> datetime | None:
    """Return a device's count of seconds since 1970 as an instant; None for nonsense."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 32_503_680_000:
        return None
    return datetime.fromtimestamp(value, UTC)


# Reports


def _take_report(cluster: SpeakerCluster, body: Mapping[str, Any], at: datetime) -> str | None:
    """File a report once; return its number, by which the player is told that it need not say it again."""
    report, what = body.get("report"), body.get("what")
    if not isinstance(report, str) or not _REPORT.fullmatch(report):
        return None
    key = body.get("order")
    order = PlayOrder.objects.filter(cluster=cluster, public_id=key).first() if isinstance(key, str) and _ORDER.fullmatch(key) else None
    if order is None:
        return report  # of an order that is over and gone; there is nothing to keep
    began, ended = _bounded(body.get("began"), order, at), _bounded(body.get("ended"), order, at)
    if what == "fetched":
        PlayOrder.objects.filter(pk=order.pk, fetched_at=None).update(fetched_at=ended)
        receipts.receive(CHANNEL, order.public_id, "delivered", at=ended)
        return report
    outcome = _OUTCOMES.get(str(what))
    if outcome is None:
        return report
    times, why = body.get("times"), body.get("why")
    with transaction.atomic():
        _row, is_new = PlayReport.objects.get_or_create(
            report=report,
            defaults={
                "cluster": cluster, "order": order, "outcome": outcome, "began_at": min(began, ended), "ended_at": ended, "received_at": at,
                "times": min(times, 100) if isinstance(times, int) and times >= 0 else 0, "why": why[:12] if isinstance(why, str) and why.isascii() and why.isprintable() else "",
            },
        )  # fmt: skip
        if is_new:
            settle_order(order, outcome, ended)
    return report


def settle_order(order: PlayOrder, outcome: PlayOutcome, ended: datetime) -> None:
    """Close an order that was played, left out or failed, so that no programme holds it any more."""
    PlayOrder.objects.filter(pk=order.pk, ended_at=None).update(ended_at=ended)
    if outcome is PlayOutcome.PLAYED:
        SpeakerCluster.objects.filter(pk=order.cluster_id).update(last_played_at=ended)
        receipts.receive(CHANNEL, order.public_id, "heard", at=ended)
    programme.change([order.cluster_id])


def _bounded(value: object, order: PlayOrder, at: datetime) -> datetime:
    """Return a player's instant, never before it was ordered nor in the future: its clock may be wrong."""
    moment = _instant(value)
    return at if moment is None else max(order.ordered_at, min(moment, at))


def open_faults(clusters: Iterable[int] | None = None) -> list[SpeakerFault]:
    """Return the faults that stand, of clusters that are to speak."""
    rows = SpeakerFault.objects.filter(cleared_at=None, cluster__removed_at=None, cluster__is_on=True).select_related("cluster__unit")
    return list(rows if clusters is None else rows.filter(cluster__in=list(clusters)))


def register() -> None:
    """Make the family known; called from `AppConfig.ready`."""
    families.register(Players())
