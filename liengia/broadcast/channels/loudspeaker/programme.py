"""What a player is to hold: one retained message a cluster, the whole of it each time (docs/protocol.md, loudspeakers)."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q

from liengia.broadcast.models import Bulletin, PlayOrder, PlayOutcome, SpeakerCluster
from liengia.broadcast.quiet import rules_by_unit
from liengia.core import clock, families
from liengia.core.bus import get_bus

ORDERS_MOST: Final = 100
_RANK: Final = {"urgent": 0, "priority": 1, "normal": 2}


def path_of(sha256: str) -> str:
    """Return where a player fetches a sound."""
    return f"/loa/am-thanh/{sha256}.wav"


def change(clusters: Iterable[int]) -> None:
    """Say, in the caller's transaction, that these clusters' players are to hold something else."""
    SpeakerCluster.objects.filter(pk__in=list(clusters)).update(say_rev=F("say_rev") + 1)
    get_bus().poke(families.RETAINED)


def open_orders(clusters: Sequence[SpeakerCluster], at: datetime) -> dict[int, list[PlayOrder]]:
    """Return what is still to be played, by cluster, alarms and then what is urgent first."""
    rows = PlayOrder.objects.filter(cluster__in=clusters, ended_at=None, withdrawn_at=None, expires_at__gt=at).select_related("audio")
    found: dict[int, list[PlayOrder]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: (not _is_alarm(one), _RANK.get(one.priority, 2), one.play_at, one.pk)):
        if len(found[row.cluster_id]) < ORDERS_MOST:
            found[row.cluster_id].append(row)
    return found


def owed(subjects: Iterable[str], at: datetime) -> set[str]:
    """Return which subjects follow what was spoken, or perhaps was with the line cut: a correction, a withdrawal.

    They are not counted among the day's plays: whoever heard the first is owed the word after it.
    """
    keys = [subject.removeprefix("bulletin:") for subject in subjects if subject.startswith("bulletin:")]
    rows = Bulletin.objects.filter(public_id__in=keys, follows__isnull=False).values_list("public_id", "follows__public_id")
    first = {f"bulletin:{key}": f"bulletin:{before}" for key, before in rows}
    if not first:
        return set()
    came = PlayOrder.objects.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=F("play_at")), subject__in=set(first.values()), play_at__lte=at)
    spoken = set(came.exclude(reports__outcome__in=(PlayOutcome.LEFT_OUT, PlayOutcome.FAILED)).values_list("subject", flat=True))
    return {subject for subject, before in first.items() if before in spoken}


def contents(clusters: Sequence[SpeakerCluster], at: datetime) -> dict[int, dict[str, Any]]:
    """Return what each player is to hold, without its number; a cluster that is off holds no orders and falls silent."""
    orders, rules = open_orders([one for one in clusters if one.is_on and one.removed_at is None], at), rules_by_unit(one.unit for one in clusters)
    offset = clock.local(at).utcoffset()
    free = owed({row.subject for those in orders.values() for row in those}, at)
    return {
        one.pk: {
            "volume": one.volume,
            "quiet": [f"{rules[one.unit_id].quiet_from:%H:%M}", f"{rules[one.unit_id].quiet_to:%H:%M}"],
            "most_a_day": rules[one.unit_id].most_a_day,
            "offset_min": int(offset.total_seconds() // 60) if offset else 0,
            "orders": [_order(row, is_owed=row.subject in free) for row in orders.get(one.pk, [])],
        }
        for one in clusters
    }


def _order(row: PlayOrder, *, is_owed: bool) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": row.public_id, "sha256": row.audio.sha256, "size": row.audio.size, "url": path_of(row.audio.sha256), "priority": row.priority,
        "mode": row.mode, "at": int(row.play_at.timestamp()), "expires": int(row.expires_at.timestamp()), "times": row.times, "pause_s": row.pause_s,
    }  # fmt: skip
    if row.volume is not None:
        said["volume"] = row.volume
    if _is_alarm(row):
        said["alarm"] = True
    if is_owed:
        said["uncounted"] = True
    return said


def _is_alarm(row: PlayOrder) -> bool:
    return row.subject.startswith("incident:")


def print_of(content: dict[str, Any]) -> str:
    """Return the fingerprint of what a player is to hold."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def body_of(content: dict[str, Any], rev: int) -> bytes:
    """Return the message."""
    return json.dumps({"rev": rev, **content}, separators=(",", ":")).encode()
