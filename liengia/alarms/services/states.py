"""What a group's sirens should do: one retained state for the whole group, derived from the database.

Ringing while any of its incidents (or another's, that rings it) sounds: real before drill before test, fire first.
`rev` rises with each change; the bridge publishes until `state_published_rev` has caught up, so a crash between
commit and publication loses nothing (docs/algorithms/state.md).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q

from liengia.alarms.models import DeviceApart, GroupRing, Incident, Kind, Mode, NeighbourGroup
from liengia.alarms.services.timeline import STATES, STATES_SOON
from liengia.core.bus import get_bus

_MODES = {Mode.REAL: 0, Mode.DRILL: 1, Mode.TEST: 2}
_KINDS = {Kind.FIRE: 0, Kind.INTRUDER: 1, Kind.MEDICAL: 2, Kind.HELP: 3}


def change_states(groups: Iterable[NeighbourGroup | int], *, at_once: bool = True) -> None:
    """Say, in the caller's transaction, that the sirens of these groups may have something else to do.

    After a press it need not be at once: the sirens ring by the press itself, and the state is for who missed it.
    """
    keys = {group if isinstance(group, int) else group.pk for group in groups}
    if keys:
        # A group that was merged shows the state of the one it went into, so it changes with it.
        changed = NeighbourGroup.objects.filter(Q(pk__in=keys) | Q(merged_into__in=keys))
        changed.update(state_rev=F("state_rev") + 1)
        get_bus().poke(STATES if at_once else STATES_SOON)


def change_state_of(incident: Incident) -> None:
    """Say so for an incident's own group; nothing about a silent one is ever published there."""
    if not incident.is_silent:
        change_states([incident.group_id])


def lock_incidents(
    keys: Iterable[int] | models.QuerySet[Any, int], *, and_groups: Iterable[int] = ()
) -> dict[int, Incident]:
    """Lock incidents and return them read anew, by key; call inside a transaction.

    Groups are locked first (their own, those that ring for them, and those that the caller will let ring, in order of
    their keys), then the incidents, as when a press is recorded: so a press and an officer's act at the same instant
    neither overwrite nor block each other.
    """
    chosen = list(set(keys))
    own = Incident.objects.filter(pk__in=chosen).values("group")
    lent = GroupRing.objects.filter(incident__in=chosen, ended_at=None).values("group")
    groups = NeighbourGroup.objects.filter(Q(pk__in=own) | Q(pk__in=lent) | Q(pk__in=list(and_groups))).order_by("pk")
    list(groups.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    locked = (
        Incident.objects.select_for_update(no_key=True, of=("self",))
        .select_related("group__unit", "household", "acknowledged_by")
        .filter(pk__in=chosen)
        .order_by("pk")
    )
    return {incident.pk: incident for incident in locked}


def lock_incident(key: int) -> Incident:
    """Lock one incident (as `lock_incidents` does) and return it read anew.

    Raises:
        Incident.DoesNotExist: there is none.
    """
    found = lock_incidents([key])
    if key not in found:
        raise Incident.DoesNotExist(key)
    return found[key]


def sounding_incidents(group: NeighbourGroup, at: datetime) -> list[Incident]:
    """Return the incidents for which the group's sirens ring now, the one that they show first.

    A silent incident never rings its own group; only the duty post's sirens ring for it.
    """
    return _sounding({group.pk}, at)[group.pk]


def _sounding(groups: Collection[int], at: datetime) -> dict[int, list[Incident]]:
    sounding = Incident.objects.open().filter(is_sounding=True).select_related("household")
    found: dict[int, dict[int, Incident]] = defaultdict(dict)
    for incident in sounding.filter(group__in=groups, is_silent=False):
        found[incident.group_id][incident.pk] = incident
    lent: dict[int, set[int]] = defaultdict(set)
    for group, key in GroupRing.objects.filter(group__in=groups, ended_at=None).values_list("group", "incident"):
        lent[key].add(group)
    for incident in sounding.filter(pk__in=lent) if lent else ():
        for group in lent[incident.pk]:
            found[group][incident.pk] = incident
    return {
        group: sorted(
            (one for one in found[group].values() if one.sounds_until is None or one.sounds_until > at),
            key=lambda one: (_MODES[Mode(one.mode)], _KINDS[Kind(one.kind)], one.opened_at),
        )
        for group in groups
    }


def group_state(group: NeighbourGroup, *, at: datetime) -> dict[str, object]:
    """Return the retained payload of `lg/{group}/state`."""
    return group_states([group], at=at)[group.pk]


def group_states(groups: Sequence[NeighbourGroup], *, at: datetime) -> dict[int, dict[str, object]]:
    """Return the payloads of many groups by key, in as many queries as for one.

    A group that was merged shows the state of the group it went into, for devices that have not moved yet.
    """
    shown = {group.pk: group.merged_into_id or group.pk for group in groups}
    keys = {*shown, *shown.values()}
    apart: dict[int, set[str]] = defaultdict(set)
    rows = DeviceApart.objects.filter(device__group__in=keys, returned_at=None, until__gt=at, since__lte=at)
    for key, device in rows.values_list("device__group", "device__public_id"):
        apart[key].add(device)
    ringing = _sounding(set(shown.values()), at)
    return {
        group.pk: _state(group, apart[group.pk] | apart[shown[group.pk]], ringing[shown[group.pk]], at=at)
        for group in groups
    }


def _state(group: NeighbourGroup, apart: set[str], ringing: list[Incident], *, at: datetime) -> dict[str, object]:
    state: dict[str, object] = {"rev": group.state_rev, "state": "quiet", "apart": sorted(apart)}
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
