"""What the duty console shows at once: cards, the chosen incident, devices to look at, gaps in the rota."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Max

from liengia.alarms import policies
from liengia.alarms.leader_words import in_vain_words, small
from liengia.alarms.models import (
    DeviceFault,
    FaultKind,
    Incident,
    IncidentEvent,
    NeighbourGroup,
)
from liengia.alarms.queries import InVain, presses_in_vain
from liengia.alarms.views.console_cards import Card, cards, desk_incidents
from liengia.alarms.views.console_detail import Detail, detail
from liengia.core import clock
from liengia.people.models import Handover, User
from liengia.people.queries import Gap, coming_gaps, on_duty
from liengia.units.models import Unit

FAULTS_SHOWN: Final = 12
FAULT_ICONS: Final = {
    FaultKind.NO_BEAT: "wifi-off",
    FaultKind.LOW_BATTERY: "battery-1",
    FaultKind.MAINS_LOST: "plug-off",
    FaultKind.TEST_OVERDUE: "clock-hour-4",
    FaultKind.DID_NOT_SOUND: "bell-off",
    FaultKind.CREDENTIAL_COPIED: "copy",
    FaultKind.NOT_MOVED: "transfer",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A device to look at."""

    fault: DeviceFault
    icon: str

    @property
    def words(self) -> str:
        """Which device: "Chuông nhà số 4, tổ liên gia số 22"."""
        device = self.fault.device
        where = device.household.house_label if device.household else device.place
        what = f"{device.get_kind_display()} {small(where)}".strip()
        return f"{what[:1].upper()}{what[1:]}, {small(device.group.name)}"


@dataclass(frozen=True, slots=True)
class Board:
    """All that the console shows."""

    at: datetime
    position: int
    cards: list[Card]
    chosen: str
    detail: Detail | None
    ended: Incident | None
    in_vain: list[tuple[InVain, str, str]]
    faults: list[Fault]
    fault_count: int
    gaps: list[Gap]
    on_duty: list[User]
    handovers: list[Handover]

    @property
    def waiting(self) -> int:
        """How many incidents stand open: the number in the title."""
        return len(self.cards)


def board(user: User, chosen: str) -> Board:
    """Read the console; the position first, so that nothing falls between it and the rest."""
    position = IncidentEvent.objects.aggregate(end=Max("position"))["end"] or 0
    listed = cards(user, chosen)
    card = next((one for one in listed if one.is_chosen), None)
    ended = None
    if card is None and chosen:
        ended = desk_incidents(user).filter(public_id=chosen).first()
    units = policies.duty_units(user)
    faults, count = open_faults(units)
    return Board(
        at=clock.now(),
        position=position,
        cards=listed,
        chosen=card.incident.public_id if card else (ended.public_id if ended else ""),
        detail=detail(user, card.incident) if card else None,
        ended=ended,
        in_vain=_in_vain(units),
        faults=faults,
        fault_count=count,
        gaps=coming_gaps(units),
        handovers=list(Handover.objects.filter(to_user=user, accepted_at=None).select_related("post", "from_user")),
        on_duty=[person for unit in units[:1] for person in on_duty(unit)],
    )


def _in_vain(units: list[Unit]) -> list[tuple[InVain, str, str]]:
    below = Unit.objects.below_any([unit.pk for unit in units])
    groups = NeighbourGroup.objects.filter(policies.in_rooms_on(), unit__in=below)
    return [(one, *in_vain_words(one)) for one in presses_in_vain(groups)]


def open_faults(units: list[Unit], *, most: int = FAULTS_SHOWN) -> tuple[list[Fault], int]:
    """Return devices that need a look (overdue tests last), and how many there are in all."""
    below = Unit.objects.below_any([unit.pk for unit in units])
    rows = DeviceFault.objects.open().filter(
        policies.in_rooms_on("device__group__unit"), device__group__unit__in=below, device__revoked_at=None
    )
    late = rows.filter(kind=FaultKind.TEST_OVERDUE)
    pressing = rows.exclude(kind=FaultKind.TEST_OVERDUE).select_related("device__group", "device__household")
    found = list(pressing.order_by("-since")[:most])
    if len(found) < most:
        found += late.select_related("device__group", "device__household").order_by("since")[
            : most - len(found)
        ]
    return [Fault(fault, FAULT_ICONS[FaultKind(fault.kind)]) for fault in found], rows.count()
