"""What a group's sirens should do: one retained state for the whole group, derived from the database.

Ringing while any of its incidents (or another's, that rings it) sounds: real before drill before test, fire first.
`rev` rises with each change; the bridge publishes until `state_published_rev` has caught up, so a crash between
commit and publication loses nothing (docs/algorithms/state.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q

from liengia.alarms.models import DeviceApart, GroupRing, Incident, Kind, Mode, NeighbourGroup
from liengia.alarms.services.timeline import STATES
from liengia.core.bus import get_bus

_MODES = {Mode.REAL: 0, Mode.DRILL: 1, Mode.TEST: 2}
_KINDS = {Kind.FIRE: 0, Kind.INTRUDER: 1, Kind.MEDICAL: 2, Kind.HELP: 3}


def change_states(groups: Iterable[NeighbourGroup | int]) -> None:
    """Say, in the caller's transaction, that the sirens of these groups may have something else to do."""
    keys = {group if isinstance(group, int) else group.pk for group in groups}
    if keys:
        # A group that was merged shows the state of the one it went into, so it changes with it.
        changed = NeighbourGroup.objects.filter(Q(pk__in=keys) | Q(merged_into__in=keys))
        changed.update(state_rev=F("state_rev") + 1)
        get_bus().poke(STATES)


def change_state_of(incident: Incident) -> None:
    """Say so for an incident's own group; nothing about a silent one is ever published there."""
    if not incident.is_silent:
        change_states([incident.group_id])


def lock_incident(key: int) -> Incident:
    """Lock an incident and return it read anew; call inside a transaction.

    Groups are locked first (its own and those that ring for it, in order of their keys), then the incident, as
    when a press is recorded: so a press and an officer's act at the same instant neither overwrite nor block each other.
    """
    own = Incident.objects.filter(pk=key).values("group")
    lent = GroupRing.objects.filter(incident=key, ended_at=None).values("group")
    groups = NeighbourGroup.objects.filter(Q(pk__in=own) | Q(pk__in=lent)).order_by("pk")
    list(groups.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    return (
        Incident.objects.select_for_update(no_key=True, of=("self",))
        .select_related("group__unit", "household", "acknowledged_by")
        .get(pk=key)
    )


def sounding_incidents(group: NeighbourGroup, at: datetime) -> list[Incident]:
    """Return the incidents for which the group's sirens ring now, the one that they show first.

    A silent incident never rings its own group; only the duty post's sirens ring for it.
    """
    own = Incident.objects.open().filter(group=group, is_sounding=True, is_silent=False)
    lent = Incident.objects.open().filter(
        pk__in=GroupRing.objects.filter(group=group, ended_at=None).values("incident"), is_sounding=True
    )
    found = {incident.pk: incident for incident in [*own, *lent]}
    ringing = [i for i in found.values() if i.sounds_until is None or i.sounds_until > at]
    return sorted(ringing, key=lambda i: (_MODES[Mode(i.mode)], _KINDS[Kind(i.kind)], i.opened_at))


def group_state(group: NeighbourGroup, *, at: datetime) -> dict[str, object]:
    """Return the retained payload of `lg/{group}/state`.

    A group that was merged shows the state of the group it went into, for devices that have not moved yet.
    """
    standing = group.merged_into or group
    apart = DeviceApart.objects.filter(
        device__group__in={group.pk, standing.pk}, returned_at=None, until__gt=at, since__lte=at
    )
    state: dict[str, object] = {
        "rev": group.state_rev,
        "state": "quiet",
        "apart": sorted(apart.values_list("device__public_id", flat=True).distinct()),
    }
    ringing = sounding_incidents(standing, at)
    if ringing:
        first = ringing[0]
        left = math.ceil((first.sounds_until - at).total_seconds()) if first.sounds_until else 600
        state |= {
            "state": "ringing",
            "kind": first.kind,
            "mode": first.mode,
            "incident": first.public_id,
            "label": label(first),
            "for_s": max(1, left),
        }
    return state


def label(incident: Incident) -> str:
    """Return what a siren with a display shows: mode when not real, kind, house."""
    words = [] if incident.mode == Mode.REAL else [str(Mode(incident.mode).label)]
    words.append(str(Kind(incident.kind).label))
    if incident.household is not None:
        words.append(incident.household.house_label)
    return " · ".join(words)
