"""All tables of the room, by subject."""

from __future__ import annotations

from liengia.broadcast.models.accounts import ChannelAccount, ProviderState
from liengia.broadcast.models.bulletins import (
    ISSUED_BY_A_BODY,
    Bulletin,
    BulletinState,
    BulletinUnit,
    Event,
    Kind,
    MsgType,
    Priority,
    ReadyText,
    Repeats,
    VoiceRules,
)
from liengia.broadcast.models.deliveries import (
    ChannelConsent,
    Delivery,
    DeliveryState,
    Dispatch,
    DispatchState,
    Said,
    Tally,
    UnitCost,
)
from liengia.broadcast.models.zalo import SeenReport, WhyNot, ZaloGroup, ZaloPost

__all__ = [
    "ISSUED_BY_A_BODY",
    "Bulletin",
    "BulletinState",
    "BulletinUnit",
    "ChannelAccount",
    "ChannelConsent",
    "Delivery",
    "DeliveryState",
    "Dispatch",
    "DispatchState",
    "Event",
    "Kind",
    "MsgType",
    "Priority",
    "ProviderState",
    "ReadyText",
    "Repeats",
    "Said",
    "SeenReport",
    "Tally",
    "UnitCost",
    "VoiceRules",
    "WhyNot",
    "ZaloGroup",
    "ZaloPost",
]
