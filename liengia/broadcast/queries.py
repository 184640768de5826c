"""How a bulletin looks on each channel, how far it reached, and a month of the commune's voice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMinute

from liengia.broadcast import channels, schedule, wording
from liengia.broadcast.audiences import audience_of
from liengia.broadcast.channels.base import RECEIPTS, Channel, Preview
from liengia.broadcast.models import Bulletin, Delivery, Dispatch, DispatchState, Kind, Tally, UnitCost
from liengia.core import clock
from liengia.units.models import Unit

# What a delivery may have come to, beside what providers report.
ENDS: Final = ("waiting", "failed", "expired", "withdrawn", "rehearsed")


@dataclass(frozen=True, slots=True)
class Shown:
    """A bulletin on one channel before it goes: how it looks, for how many, at what cost in đồng (None: nobody said)."""

    channel: Channel
    preview: Preview
    recipients: int
    cost_vnd: int | None
    why_nobody: str = ""


def previews(bulletin: Bulletin) -> list[Shown]:
    """Return how a bulletin will look on each of its channels."""
    message, audience = wording.message_of(bulletin, at=clock.now()), audience_of(bulletin)
    found = []
    for name in bulletin.channels:
        channel = channels.get(name)
        if channel is not None:
            preview, count = channel.preview(message), channel.count(audience, bulletin.kind)
            why = "" if count else channel.why_nobody(bulletin.unit_id)
            found.append(Shown(channel, preview, count, cost(bulletin.unit, name, count * preview.pieces), why))
    return found


def reached_nobody(bulletin: Bulletin) -> list[tuple[Channel, str]]:
    """Return the channels by which a bulletin that has gone out was meant for nobody, and why that may be."""
    meant = list(bulletin.dispatches.filter(planned_at__isnull=False).values_list("meant", flat=True))
    empty = [name for name in bulletin.channels if meant and all(one.get(name) == 0 for one in meant)]
    return [(channel, channel.why_nobody(bulletin.unit_id)) for name in empty if (channel := channels.get(name)) is not None]


def note_left_by_hand(bulletins: Iterable[Bulletin]) -> None:
    """Give each bulletin, as `by_hand`, what of it still waits for people's hands, in words: it may be through on all other channels."""
    rows = {one.pk: one for one in bulletins}
    for row in rows.values():
        row.by_hand = []  # type: ignore[attr-defined]
    manual = [one for one in channels.every().values() if one.is_manual]
    waiting = Delivery.objects.waiting().filter(is_live=True, channel__in=[one.name for one in manual], dispatch__bulletin__in=rows)
    counts = {(key, name): count for key, name, count in waiting.values_list("dispatch__bulletin", "channel").annotate(n=Count("pk"))}
    for key, name in sorted(counts):
        rows[key].by_hand += [one.left_by_hand(counts[key, name]) for one in manual if one.name == name]  # type: ignore[attr-defined]


def cost(unit: Unit, channel: str, pieces: int) -> int | None:
    """Return what so many pieces cost a unit today, in đồng; None when no cost was entered."""
    line = [unit.pk, *(one.pk for one in unit.ancestors())]
    costs = UnitCost.objects.filter(unit__in=line, channel=channel, valid_from__lte=clock.today()).order_by("-valid_from")
    nearest = sorted(costs, key=lambda row: line.index(row.unit_id))
    return nearest[0].amount_vnd * pieces if nearest else None


@dataclass(slots=True)
class ChannelReach:
    """What came of a bulletin on one channel, as counts; `curve` is how many of each had come by a minute."""

    name: str
    label: Any
    can_tell: frozenset[str]
    meant: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    curve: dict[str, list[tuple[datetime, int]]] = field(default_factory=dict)

    def share(self, what: str) -> float:
        """Return what came of it as a share of what was meant, in per cent."""
        return 100 * self.counts[what] / self.meant if self.meant else 0.0


def reach(dispatches: QuerySet[Dispatch]) -> list[ChannelReach]:
    """Return what came of dispatches by channel: from the rows that still stand, and the sums of those that went."""
    keys = dispatches.order_by().values("pk")  # a subquery: a long period has more of them than a statement may have values
    minutes: dict[str, dict[str, Counter[datetime]]] = defaultdict(lambda: defaultdict(Counter))
    ends: dict[str, Counter[str]] = defaultdict(Counter)
    rows = Delivery.objects.filter(dispatch__in=keys)
    counted = {"meant": Count("pk"), "double": Count("pk", filter=Q(is_perhaps_double=True)), **{end: Count("pk", filter=Q(state=end)) for end in ENDS}}
    for name, *counts in rows.values("channel").annotate(**counted).values_list("channel", *counted):
        ends[name].update(dict(zip(counted, counts, strict=True)))
    for what in RECEIPTS:
        instants = rows.exclude(**{f"{what}_at": None}).values("channel").annotate(minute=TruncMinute(F(f"{what}_at"))).annotate(n=Count("pk"))
        for name, at, count in instants.values_list("channel", "minute", "n"):
            minutes[name][what][at] += count
    for channel, what, minute, count in Tally.objects.filter(dispatch__in=keys).values_list("channel", "what", "minute", "count"):
        if what in RECEIPTS:
            minutes[channel][what][minute] += count
        else:
            ends[channel][what] += count
    return [_reach_of(name, ends[name], minutes[name]) for name in sorted({*ends, *minutes})]


def _reach_of(name: str, ends: Counter[str], minutes: Mapping[str, Counter[datetime]]) -> ChannelReach:
    channel = channels.get(name)
    found = ChannelReach(name, channel.label if channel else name, channel.receipts if channel else frozenset(minutes))
    found.meant = ends["meant"]
    found.counts.update(ends)
    for what, by_minute in minutes.items():
        total = 0
        found.curve[what] = []
        for minute in sorted(by_minute):
            total += by_minute[minute]
            found.curve[what].append((minute, total))
        found.counts[what] = total
    return found


@dataclass(slots=True)
class Month:
    """A month of a commune's voice, as counts."""

    first: date
    bulletins: Counter[str] = field(default_factory=Counter)
    priorities: Counter[str] = field(default_factory=Counter)
    withdrawn: int = 0
    corrected: int = 0
    alone: int = 0
    unreviewed: int = 0
    channels: list[ChannelReach] = field(default_factory=list)
    by_day: list[tuple[date, int]] = field(default_factory=list)

    @property
    def kinds(self) -> list[tuple[Any, int]]:
        """Return how many of each kind there were."""
        return [(kind.label, self.bulletins[kind]) for kind in Kind if self.bulletins[kind]]


def month(unit: Unit, first: date) -> Month:
    """Return the month that begins on a day: what was said, by which ways, what came of it. Training is left out."""
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    begins, ends = (schedule.at_local(day, datetime.min.time()) for day in (first, after))
    inside = Bulletin.objects.live().filter(unit__in=Unit.objects.below(unit), approved_at__gte=begins, approved_at__lt=ends)
    found = Month(first)
    for row in inside:
        found.bulletins[row.kind] += 1
        found.priorities[row.priority] += 1
        found.withdrawn += row.withdrawn_at is not None
        found.corrected += row.msg_type == "correction"
        found.alone += row.was_sent_alone
        found.unreviewed += row.needs_review
    gone = Dispatch.objects.filter(
        bulletin__unit__in=Unit.objects.below(unit), bulletin__is_training=False, planned_at__gte=begins, planned_at__lt=ends
    ).exclude(state=DispatchState.SKIPPED)
    found.channels = reach(gone)
    days = Counter(clock.local(at).date() for at in gone.values_list("planned_at", flat=True) if at is not None)
    found.by_day = [(day := first + timedelta(days=step), days[day]) for step in range((after - first).days)]
    return found
