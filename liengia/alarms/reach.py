"""What came of an alarm outside of the page, by channel, and which houses nothing reached."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any, Final

from liengia.alarms.models import Incident, Mode
from liengia.alarms.queries import House, Summary
from liengia.broadcast import channels
from liengia.broadcast.models import Delivery, DeliveryState
from liengia.people.models import Membership

_TOLD: Final = ("delivered", "shown", "heard", "answered")


@dataclass(slots=True)
class Way:
    """One channel in one incident: how many were meant, taken by the provider and after how long, and what came back.

    `accepted_s` is the median of the seconds from the step to the provider's yes; a count is None where a channel never tells.
    """

    name: str
    label: Any
    meant: int = 0
    accepted: int = 0
    accepted_s: float | None = None
    failed: int = 0
    waiting: int = 0
    back: dict[str, int | None] = field(default_factory=dict)

    @property
    def delivered(self) -> int | None:
        """How many were reported as having come to the phone."""
        return self.back["delivered"]

    @property
    def shown(self) -> int | None:
        """How many were reported as shown, or as heard on a loudspeaker."""
        return self.back["shown"] if self.back["shown"] is not None else self.back["heard"]

    @property
    def answered(self) -> int | None:
        """How many answered by this channel."""
        return self.back["answered"]


def ways(incident: Incident) -> list[Way]:
    """Return what came of an incident by each channel that it used; in one query."""
    rows: dict[str, list[Delivery]] = defaultdict(list)
    for row in Delivery.objects.of(f"incident:{incident.public_id}").only("channel", "state", "created_at", *(f"{what}_at" for what in ("accepted", *_TOLD))):
        rows[row.channel].append(row)
    return [_way(name, those) for name, those in sorted(rows.items())]


def _way(name: str, rows: list[Delivery]) -> Way:
    channel = channels.get(name)
    can_tell = channel.receipts if channel is not None else frozenset(_TOLD)
    taken: list[tuple[datetime, datetime]] = [(row.created_at, row.accepted_at) for row in rows if row.accepted_at is not None]
    return Way(
        name,
        channel.label if channel is not None else name,
        meant=len(rows),
        accepted=len(taken),
        accepted_s=median((at - since).total_seconds() for since, at in taken) if taken else None,
        failed=sum(row.state in (DeliveryState.FAILED, DeliveryState.EXPIRED) for row in rows),
        waiting=sum(row.state == DeliveryState.WAITING for row in rows),
        back={what: sum(getattr(row, f"{what}_at") is not None for row in rows) if what in can_tell else None for what in _TOLD},
    )


def unreached(summary: Summary) -> list[House]:
    """Return the houses that nothing reached, for a visit: no siren confirmed, no answer, no message that a provider took and did not give up.

    A house that pressed is not among them, and of an exercise or a silent call none is: nobody is to go there. "Taken by a provider" is the least that is counted as reached: it is no proof that
    somebody read it.
    """
    if summary.incident.mode != Mode.REAL or summary.incident.is_silent:
        return []
    houses = [house for house in summary.houses if not house.is_pressing and not house.answers and house.sounded is not True]
    if not houses:
        return []
    members = Membership.objects.active().filter(household__in=[house.household.pk for house in houses])
    taken = Delivery.objects.of(f"incident:{summary.incident.public_id}").exclude(accepted_at=None).exclude(state=DeliveryState.FAILED)
    reached = set(members.filter(user__in=taken.exclude(user=None).values("user")).values_list("household_id", flat=True))
    reached |= set(taken.exclude(household=None).values_list("household_id", flat=True))  # told by a caller
    return [house for house in houses if house.household.pk not in reached]
