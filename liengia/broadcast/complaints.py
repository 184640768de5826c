"""Where a complaint about a loudspeaker goes: the room of opinions, above this one, says its address.

The sticker under a cluster bears `/loa/<cluster>/`; that leads to the form of opinions with the cluster filled in. Without that
room it is absent, and no link to it is shown.
"""

from __future__ import annotations

from collections.abc import Callable

from liengia.broadcast.models import SpeakerCluster
from liengia.core import rooms

_rooms: dict[str, Callable[[SpeakerCluster], str]] = {}


def register(room: str, address: Callable[[SpeakerCluster], str]) -> None:
    """Say where complaints go; called from `AppConfig.ready`."""
    _rooms.clear()
    _rooms[room] = address


def address_for(cluster: SpeakerCluster) -> str:
    """Return where a complaint about a cluster is written; empty where nobody takes it."""
    for room, address in _rooms.items():
        if rooms.is_on(room, cluster.unit):
            return address(cluster)
    return ""


def place_of(key: str) -> tuple[str, int] | None:
    """Return what a form fills in for a cluster's key: where it is, in words, and its unit; None for one that is gone."""
    row = SpeakerCluster.objects.standing().filter(public_id=key).select_related("unit").first()
    return (", ".join(part for part in (row.name, row.place, row.unit.listed_name) if part), row.unit_id) if row is not None else None
