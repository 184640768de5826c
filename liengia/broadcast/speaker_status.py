"""What the pages say of a cluster: how it stands, what to do about a fault, what comes next, why something was not played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from liengia.broadcast import schedule
from liengia.broadcast.models import (
    Bulletin,
    BulletinState,
    ClusterMake,
    Dispatch,
    DispatchState,
    PlayOrder,
    PlayOutcome,
    PlayReport,
    Repeats,
    SpeakerCluster,
    SpeakerFault,
    SpeakerFaultKind,
)
from liengia.broadcast.services.players import BEAT_LATE
from liengia.units.models import Unit

if TYPE_CHECKING:
    from django.utils.functional import Promise

    Words = str | Promise

COMING_DAYS: Final = 7
COMING_MOST: Final = 40
LOUDSPEAKER: Final = "loudspeaker"
ADVICE: Final[dict[str, Words]] = {
    SpeakerFaultKind.NO_BEAT: gettext_lazy("Look whether the box has electricity and the network; switch it off and on again. Until then it plays what it had fetched."),
    SpeakerFaultKind.NO_SOUND: gettext_lazy("Look at the cable to the amplifier and whether the amplifier is on; then press “Sound a chime” and listen."),
    SpeakerFaultKind.NO_FETCH: gettext_lazy("The box is heard but cannot fetch the sound: look at its network. It tries again by itself."),
    SpeakerFaultKind.NO_SPACE: gettext_lazy("Whoever looks after the box makes room on its memory card."),
    SpeakerFaultKind.WRONG_CLOCK: gettext_lazy("Whoever looks after the box sets its clock to be kept by the network. Meanwhile it goes by the server's."),
}
WHY: Final[dict[str, Words]] = {
    "quiet": gettext_lazy("it was in the quiet hours"), "too_many": gettext_lazy("as often as the rules allow a day"), "expired": gettext_lazy("its time had passed"),
    "withdrawn": gettext_lazy("the bulletin was withdrawn"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How a cluster stands, in words, and with which tone."""

    words: Words
    tone: str


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that will be played; `waits` where it is due already and its cluster has not reported it."""

    at: datetime
    headline: str
    where: str
    waits: bool = False


def standing(cluster: SpeakerCluster, open_faults: Sequence[SpeakerFault], now: datetime) -> Standing:
    """Return whether a cluster can be heard from here."""
    if not cluster.is_on:
        return Standing(pgettext_lazy("loudspeaker", "switched off"), "")
    if cluster.make == ClusterMake.BY_HAND:
        return Standing(gettext_lazy("played by hand"), "")
    if cluster.make == ClusterMake.WEBHOOK:
        return Standing(gettext_lazy("takes orders by its address"), "")
    if cluster.last_seen_at is None:
        return Standing(gettext_lazy("no box is joined yet"), "submitted")
    if any(fault.kind == SpeakerFaultKind.NO_BEAT for fault in open_faults) or now - cluster.last_seen_at > BEAT_LATE:
        return Standing(gettext_lazy("not heard of"), "urgent")
    return Standing(gettext_lazy("joined"), "submitted" if open_faults else "approved")


def dressed(clusters: Sequence[SpeakerCluster], now: datetime) -> list[SpeakerCluster]:
    """Give each cluster, whose faults were fetched, what its card says; those with a fault come first."""
    for row in clusters:
        faults = [fault for fault in row.faults.all() if fault.cleared_at is None]
        row.open_faults = [(fault, ADVICE.get(fault.kind, "")) for fault in faults]  # type: ignore[attr-defined]
        row.standing = standing(row, faults, now)  # type: ignore[attr-defined]
    return sorted(clusters, key=lambda row: not row.open_faults)  # type: ignore[attr-defined]


def summary(clusters: Sequence[SpeakerCluster]) -> dict[str, int]:
    """Return how many stand, are joined, and have a fault."""
    joined = sum(row.last_seen_at is not None and row.standing.tone in ("approved", "submitted") for row in clusters)  # type: ignore[attr-defined]
    return {"all": len(clusters), "joined": joined, "faulty": sum(bool(row.open_faults) for row in clusters)}  # type: ignore[attr-defined]


def coming(unit: Unit, now: datetime) -> list[Coming]:
    """Return what the loudspeakers of a commune play in the next days: what is ordered, what is due, and each time of what repeats."""
    until = now + timedelta(days=COMING_DAYS)
    inside = Unit.objects.below(unit)
    found = [
        Coming(order.play_at, order.headline, order.cluster.name, waits=order.play_at <= now)
        for order in PlayOrder.objects.filter(cluster__unit__in=inside, cluster__removed_at=None, ended_at=None, withdrawn_at=None, expires_at__gt=now, play_at__lte=until)
        .exclude(cluster__make=ClusterMake.BY_HAND).exclude(subject__startswith="bulletin:", play_at__gt=now).select_related("cluster")[:COMING_MOST]
    ]  # fmt: skip
    due = Dispatch.objects.filter(bulletin__unit__in=inside, state=DispatchState.DUE, due_at__lte=until, bulletin__state=BulletinState.APPROVED, bulletin__is_training=False)
    for dispatch in due.select_related("bulletin").order_by("due_at")[:COMING_MOST]:
        if LOUDSPEAKER in dispatch.bulletin.channels:
            found += [Coming(at, dispatch.bulletin.headline, "") for at in _times(dispatch.bulletin, dispatch.due_at, until)]
    return sorted(found, key=lambda one: one.at)[:COMING_MOST]


def _times(bulletin: Bulletin, first: datetime, until: datetime) -> list[datetime]:
    times = [first]
    while bulletin.repeats != Repeats.ONCE and (at := schedule.next_after(bulletin, times[-1])) is not None and at <= until:
        times.append(at)
    return times


def came_to(report: PlayReport) -> str:
    """Return what became of an order in one phrase, with its reason."""
    words = str(PlayOutcome(report.outcome).label)
    if report.times > 1:
        words = _("%(what)s × %(times)s") % {"what": words, "times": report.times}
    why = WHY.get(report.why)
    return pgettext("what came of it: why", "%(what)s: %(why)s") % {"what": words, "why": why} if why else words
