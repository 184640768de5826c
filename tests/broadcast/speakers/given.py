"""Two clusters of our own in a hamlet, and messages for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from liengia.broadcast import channels
from liengia.broadcast.channels.base import Message, Parcel
from liengia.broadcast.channels.loudspeaker.channel import Loudspeaker
from liengia.broadcast.models import SpeakerCluster
from liengia.broadcast.services import speakers
from liengia.units.models import Unit
from tests import factories
from tests.cast import TESTER

NOW = datetime(2026, 8, 10, 3, 0, tzinfo=UTC)  # ten in the morning


@dataclass(slots=True)
class Place:
    """A commune with two hamlets; the first has two clusters, the second one by hand."""

    commune: Unit
    hamlet: Unit
    other: Unit
    market: SpeakerCluster
    bridge: SpeakerCluster
    hand: SpeakerCluster


def place() -> Place:
    """Put them up."""
    commune = factories.unit("28108", "Cần Đước", "commune")
    hamlet = factories.unit("1", "Khu phố 5", "hamlet", parent=commune)
    other = factories.unit("2", "Long Hòa", "hamlet", parent=commune)
    market = speakers.add_cluster(hamlet, name="Chợ Kinh", actor=TESTER)
    bridge = speakers.add_cluster(hamlet, name="Cầu Chùa", actor=TESTER)
    hand = speakers.add_cluster(other, name="Nhà văn hóa", make="by_hand", actor=TESTER)
    return Place(commune, hamlet, other, market, bridge, hand)


def message(**changes: Any) -> Message:
    """Return an ordinary bulletin in spoken words."""
    facts: dict[str, Any] = {
        "subject": "bulletin:aaaaaaaaaa", "msg_type": "alert", "mode": "real", "priority": "normal", "kind": "notice", "headline": "Ngày hội",
        "text": "Bà con dự Ngày hội.", "spoken_text": "Mời bà con dự Ngày hội 19/8.", "unit_name": "xã Cần Đước", "sent_at": NOW, "expires_at": NOW + timedelta(hours=3),
    }  # fmt: skip
    return Message(**{**facts, **changes})


def parcel(cluster: SpeakerCluster | str, key: str = "", **changes: Any) -> Parcel:
    """Return a delivery to a cluster."""
    address = cluster if isinstance(cluster, str) else cluster.public_id
    return Parcel(key or f"key-{address}", address, "", message(**changes), 1)


def loud() -> Loudspeaker:
    """Return the channel."""
    found = channels.get("loudspeaker")
    assert isinstance(found, Loudspeaker)
    return found
