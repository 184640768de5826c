"""What comes back: accepted, delivered, shown, heard, answered are kept apart, each the first time that it is told.

A receipt never becomes another: what was shown need not have been reported as delivered, and is counted as shown alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction

from liengia.broadcast.channels.base import RECEIPTS
from liengia.broadcast.models import Delivery, DeliveryState
from liengia.core import clock

# What an upper room does with an answer: (delivery, what was answered, when).
_listeners: Final[list[Callable[[Delivery, str, datetime], None]]] = []


def listen(function: Callable[[Delivery, str, datetime], None]) -> None:
    """Have a room learn of answers to what it sent; called from `AppConfig.ready`."""
    _listeners.append(function)


@transaction.atomic
def receive(channel: str, receipt_key: str, what: str, *, provider: str | None = None, at: datetime | None = None, answer: str = "") -> bool:
    """File a report about a message by the provider's own number; return whether it could be filed.

    Two providers give the same number to different messages: with `provider`, only a message that went through it is meant.
    An instant in the future is read as now. What was told before is not told again.
    """
    if not receipt_key or what not in (*RECEIPTS, "failed"):
        return False
    now = clock.now()
    rows = Delivery.objects.select_for_update().filter(channel=channel, receipt_key=receipt_key)
    row = (rows if provider is None else rows.filter(provider=provider)).first()
    if row is None or (what == "failed" and row.state == DeliveryState.WAITING):
        return False
    moment = min(at or now, now)
    if what == "failed":
        Delivery.objects.filter(pk=row.pk, state=DeliveryState.ACCEPTED).update(state=DeliveryState.FAILED, failure="permanent")
        return True
    if getattr(row, f"{what}_at") is None:
        setattr(row, f"{what}_at", moment)
        row.save(update_fields=[f"{what}_at"])
        if what == "answered":
            for listener in _listeners:
                listener(row, answer, moment)
    return True


def is_under_way(channel: str, provider: str) -> bool:
    """Tell whether something is being handed to a provider now: it may report a message before its number stands here."""
    return Delivery.objects.waiting().filter(channel=channel, provider=provider, claimed_until__gt=clock.now()).exists()
