"""What the leader's pages read: a group with its houses, devices and drills, and what needs doing. Only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.alarms import policies, queries
from liengia.alarms.leader_words import in_vain_words, power_lines, score_rows
from liengia.alarms.models import (
    Device,
    DeviceApart,
    DeviceFault,
    Drill,
    FaultKind,
    GroupHousehold,
    Incident,
    Mode,
    NeighbourGroup,
)
from liengia.alarms.models.devices import SOUNDING_KINDS
from liengia.alarms.resident_words import houses_words
from liengia.alarms.services.groups import SIZE_USUAL
from liengia.core import clock
from liengia.people.models import KitItem, Membership, User

KIT_WARNS: Final = timedelta(days=30)
FAULT_ICONS: Final = {
    FaultKind.NO_BEAT: "plug-off",
    FaultKind.LOW_BATTERY: "battery-1",
    FaultKind.MAINS_LOST: "bolt",
    FaultKind.TEST_OVERDUE: "clock",
    FaultKind.DID_NOT_SOUND: "bell-off",
    FaultKind.CREDENTIAL_COPIED: "copy",
    FaultKind.NOT_MOVED: "transfer",
}


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do today."""

    icon: str
    title: str
    text: str
    url: str
    act: str
    tone: str = "attn"
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device as the list shows it."""

    device: Device
    faults: list[DeviceFault]
    apart: DeviceApart | None

    @property
    def state(self) -> str:
        """One word for the state: apart, new, fault or good."""
        if self.apart is not None:
            return "apart"
        if self.device.first_seen_at is None:
            return "new"
        return "fault" if self.faults else "good"

    @property
    def icon(self) -> str:
        """The shape that goes with the state."""
        if self.state == "fault":
            return FAULT_ICONS.get(FaultKind(self.faults[0].kind), "alert-circle")
        return {"apart": "circle-minus", "new": "circle-dashed", "good": "circle-check"}[self.state]

    @property
    def words(self) -> str:
        """The state in words."""
        if self.state == "fault":
            return ", ".join(str(fault.get_kind_display()) for fault in self.faults)
        return {"apart": _("set apart"), "new": _("not installed yet"), "good": _("good")}[self.state]

    @property
    def has_not_come(self) -> bool:
        """Whether it was moved to this group and has not come: then it can be called again."""
        return any(fault.kind == FaultKind.NOT_MOVED for fault in self.faults)

    @property
    def rings(self) -> bool:
        """Whether it is a bell."""
        return self.device.kind in SOUNDING_KINDS


@dataclass(frozen=True, slots=True)
class HouseLine:
    """A house of the group as the list shows it."""

    place: GroupHousehold
    kit: list[KitItem]
    devices: list[DeviceLine]
    heard_at: datetime | None
    is_proven: bool

    @property
    def expiring(self) -> list[KitItem]:
        """Extinguishers that are past their day, or soon will be."""
        return [one for one in self.kit if one.expires_on and one.expires_on <= clock.today() + KIT_WARNS]

    @property
    def state(self) -> str:
        """The worst of its devices; "none" without any."""
        states = {line.state for line in self.devices}
        return next((s for s in ("fault", "apart", "new", "good") if s in states), "none")

    @property
    def worst(self) -> DeviceLine | None:
        """The device that the state speaks of."""
        return next((line for line in self.devices if line.state == self.state), None)


@dataclass(frozen=True, slots=True)
class GroupScreen:
    """Everything that the leader's pages show of a group."""

    group: NeighbourGroup
    houses: list[HouseLine]
    devices: list[DeviceLine]
    readiness: queries.Readiness
    power: list[str]
    open_incident: Incident | None
    drills: list[Drill]
    waiting: int
    todo: list[Todo] = field(default_factory=list)

    @property
    def last_scores(self) -> list[dict[str, str]]:
        """The last drill's figures beside those of the one before."""
        held = [one for one in self.drills if one.ended_at]
        return score_rows(held[0], held[1] if len(held) > 1 else None) if held else []

    @property
    def held(self) -> list[Drill]:
        """Drills that were held, the newest first."""
        return [one for one in self.drills if one.ended_at]

    @property
    def planned(self) -> list[Drill]:
        """Drills to come."""
        return [one for one in reversed(self.drills) if one.started_at is None and one.cancelled_at is None]

    @property
    def running(self) -> Drill | None:
        """The drill that goes on now."""
        return next((one for one in self.drills if one.started_at and not one.ended_at), None)

    @property
    def size_warning(self) -> str:
        """A warning outside 5 to 15 houses; nothing is forbidden."""
        count = len(self.houses)
        if count in SIZE_USUAL:
            return ""
        if count < SIZE_USUAL.start:
            return _("%(n)s houses: a group usually has 5 to 15. Invite the houses next door.") % {"n": count}
        return _("%(n)s houses: a group usually has 5 to 15. Think of making two groups; nothing has to be flashed anew.") % {"n": count}

    @property
    def unproven(self) -> list[HouseLine]:
        """Houses with no proven way to hear in 90 days."""
        return [house for house in self.houses if not house.is_proven]

    @property
    def odd_devices(self) -> list[DeviceLine]:
        """Devices that are not simply good."""
        return [line for line in self.devices if line.state != "good"]

    @property
    def good_count(self) -> int:
        """How many devices are good."""
        return len(self.devices) - len(self.odd_devices)


def device_lines(group: NeighbourGroup) -> list[DeviceLine]:
    """Read the devices of a group with their faults and whether they are apart."""
    devices = list(Device.objects.active().on_the_bus().filter(group=group).select_related("household", "group"))
    now = clock.now()
    faults: dict[int, list[DeviceFault]] = defaultdict(list)
    for fault in DeviceFault.objects.open().filter(device__in=devices).order_by("since"):
        faults[fault.device_id].append(fault)
    aparts = {
        one.device_id: one
        for one in DeviceApart.objects.filter(device__in=devices, returned_at=None)
        if one.is_in_force(now)
    }
    lines = [DeviceLine(device, faults[device.pk], aparts.get(device.pk)) for device in devices]
    rank = {"fault": 0, "apart": 1, "new": 2, "good": 3}
    return sorted(lines, key=lambda line: (rank[line.state], line.device.household_id or 0, line.device.kind))


def _houses(group: NeighbourGroup, devices: list[DeviceLine]) -> list[HouseLine]:
    places = list(
        GroupHousehold.objects.active()
        .filter(group=group)
        .select_related("household")
        .prefetch_related("household__kit", "household__phones")
        .order_by("seat")
    )
    unproven = {place.household_id for place in queries.households_without_proof(group)}
    heard = queries.last_hearing([place.household_id for place in places])
    of_house: dict[int | None, list[DeviceLine]] = defaultdict(list)
    for line in devices:
        of_house[line.device.household_id].append(line)
    houses = [
        HouseLine(
            place,
            list(place.household.kit.all()),
            of_house.get(place.household_id, []),
            heard.get(place.household_id),
            place.household_id not in unproven,
        )
        for place in places
    ]
    return sorted(houses, key=lambda house: (house.is_proven, house.place.seat))


def group_screen(group: NeighbourGroup) -> GroupScreen:
    """Read a group whole, in a fixed number of queries."""
    devices = device_lines(group)
    houses = _houses(group, devices)
    readiness = queries.readiness(group)
    open_incident = Incident.objects.open().filter(group=group, is_silent=False).select_related("household", "group").first()
    drills = list(Drill.objects.filter(group=group).select_related("household", "incident").order_by("-planned_at")[:40])
    waiting = Membership.objects.waiting().filter(household__in=[house.place.household_id for house in houses]).count()
    screen = GroupScreen(
        group, houses, devices, readiness, power_lines(readiness, group), open_incident, drills, waiting
    )
    screen.todo.extend(_todo(screen))
    return screen


def _todo(screen: GroupScreen) -> Iterable[Todo]:
    group = screen.group
    devices_url = reverse("alarms:leader_devices", args=[group.public_id])
    houses_url = reverse("alarms:leader_houses", args=[group.public_id])
    for one in queries.presses_in_vain([group]):
        yield Todo("history", *in_vain_words(one), houses_url, _("See the houses"), tone="danger")
    if screen.waiting:
        yield Todo(
            "user-plus",
            ngettext("%(n)s person waits for your word", "%(n)s people wait for your word", screen.waiting) % {"n": screen.waiting},
            _("They used a card of a house. Say yes only if you know them."),
            reverse("people:waiting_members"),
            _("See who"),
            tone="info",
        )
    for line in screen.devices:
        if line.state == "fault":
            yield Todo(line.icon, f"{_name(line.device)}: {line.words}.", _advice(line), devices_url, _("See the device"))
    expiring = [house for house in screen.houses if house.expiring]
    if expiring:
        labels = houses_words([house.place.household.house_label for house in expiring])
        first = min(item.expires_on for house in expiring for item in house.expiring if item.expires_on)
        yield Todo(
            "fire-extinguisher",
            _("Extinguishers run out: %(houses)s.") % {"houses": labels},
            _("The first on %(day)s.") % {"day": f"{first:%d/%m/%Y}"},
            houses_url,
            _("See the houses"),
        )
    if screen.unproven:
        labels = houses_words([house.place.household.house_label for house in screen.unproven[:8]])
        yield Todo(
            "bell-x",
            _("Not known whether they hear: %(houses)s.") % {"houses": labels},
            _("No bell that rang and no phone that was heard in 90 days. Test the bells, or ask them to test their phone."),
            houses_url,
            _("See the houses"),
        )
    due = screen.readiness.drill_due_on
    if due is not None and due <= clock.today() and not screen.planned:
        yield Todo(
            "flag-2",
            _("A drill is due since %(day)s.") % {"day": f"{due:%d/%m/%Y}"},
            _("Choose a quiet hour and tell the neighbours."),
            reverse("alarms:leader_drills", args=[group.public_id]),
            _("Plan a drill"),
        )


def _name(device: Device) -> str:
    house = device.household.house_label if device.household else _("in common")
    kind = str(device.get_kind_display())
    place = f" {device.place}," if device.place else ","
    return f"{kind[:1].upper()}{kind[1:]}{place} {house[:1].lower()}{house[1:]}"


def _advice(line: DeviceLine) -> str:
    return {
        FaultKind.LOW_BATTERY: _("Change the batteries, then test the bell."),
        FaultKind.NO_BEAT: _("No sign of life. Look at the plug, the battery and the Wi-Fi."),
        FaultKind.MAINS_LOST: _("It runs on its battery. Look at the plug and the switch."),
        FaultKind.TEST_OVERDUE: _("Test the bell and listen."),
        FaultKind.DID_NOT_SOUND: _("It was told to ring and did not say that it rang. Test it and listen."),
        FaultKind.CREDENTIAL_COPIED: _("Two devices use one password. Ask the commune for a new one."),
        FaultKind.NOT_MOVED: _("It was moved to this group and has not come. Switch it on, then call it again on its page."),
    }[FaultKind(line.faults[0].kind)]


# Today, over all groups that a user looks after


@dataclass(frozen=True, slots=True)
class Part:
    """One heading of the day's list."""

    key: str
    title: str
    icon: str
    items: list[Todo]


def today_parts(user: User, chores: Iterable[tuple[str, str, bool, datetime | None]] = ()) -> list[Part]:
    """Read what needs doing over all groups, in a fixed number of queries: a list that also goes on paper.

    `chores` are what other rooms add (words, address, whether pressing, since when): rota gaps, those who wait, handovers.
    """
    groups = {group.pk: group for group in policies.managed_groups(user, "alarms.today").order_by("unit", "number")}
    return [
        Part("wait", _("To answer"), "user-plus", [Todo("user-plus", text, _since(since), url, _("Open"), is_urgent=urgent) for text, url, urgent, since in chores]),
        Part("open", _("Alarms that are open"), "urgent", _open_lines(groups)),
        Part("faults", _("Devices with a fault"), "tool", _fault_lines(groups)),
        Part("reach", _("Houses that cannot be reached"), "bell-x", _unreached_lines(groups)),
        Part("drills", _("Drills overdue"), "flag-2", _drill_lines(groups)),
    ]


def _since(at: datetime | None) -> str:
    return _("since %(day)s") % {"day": f"{clock.local(at):%d/%m/%Y}"} if at else ""


def _open_lines(groups: dict[int, NeighbourGroup]) -> list[Todo]:
    found = Incident.objects.open().real().filter(group__in=groups, is_silent=False).select_related("household")
    return [
        Todo("urgent", f"{groups[i.group_id].name}: {i.get_kind_display()}, {i.household or ''}".strip(", "), "", reverse("alarms:leader_group", args=[groups[i.group_id].public_id]), _("Open"), "danger", True)
        for i in found
        if i.mode == Mode.REAL
    ]


def _fault_lines(groups: dict[int, NeighbourGroup]) -> list[Todo]:
    found = DeviceFault.objects.open().filter(device__group__in=groups, device__revoked_at=None).select_related("device__household")
    return [
        Todo(
            FAULT_ICONS.get(FaultKind(f.kind), "tool"),
            f"{groups[f.device.group_id].name}: {_name(f.device)}: {f.get_kind_display()}",
            "",
            reverse("alarms:leader_devices", args=[groups[f.device.group_id].public_id]),
            _("See the device"),
            is_urgent=f.kind in (FaultKind.NO_BEAT, FaultKind.DID_NOT_SOUND, FaultKind.CREDENTIAL_COPIED),
        )
        for f in found.order_by("device__group", "since")[:200]
    ]


def _unreached_lines(groups: dict[int, NeighbourGroup]) -> list[Todo]:
    houses: dict[int, list[str]] = defaultdict(list)
    for place in queries.unproven_places(groups):
        houses[place.group_id].append(place.household.house_label)
    return [
        Todo("bell-x", f"{groups[key].name}: {houses_words(labels)}", "", reverse("alarms:leader_houses", args=[groups[key].public_id]), _("See the houses"))
        for key, labels in houses.items()
    ]


def _drill_lines(groups: dict[int, NeighbourGroup]) -> list[Todo]:
    last: dict[int, date] = {}
    planned: set[int] = set()
    now = clock.now()
    for drill in Drill.objects.filter(group__in=groups, cancelled_at=None).order_by("planned_at"):
        if drill.ended_at:
            last[drill.group_id] = clock.local(drill.ended_at).date()
        elif drill.planned_at >= now:
            planned.add(drill.group_id)
    lines = []
    for key, group in groups.items():
        begun = last.get(key) or group.founded_on
        due = begun + timedelta(days=group.drill_every_days) if begun else clock.today()
        if due <= clock.today() and key not in planned:
            words = _("%(group)s: due since %(day)s") if begun else _("%(group)s: no drill was held yet")
            url = reverse("alarms:leader_drills", args=[group.public_id])
            lines.append(Todo("flag-2", words % {"group": group.name, "day": f"{due:%d/%m/%Y}"}, "", url, _("Plan a drill")))
    return lines
