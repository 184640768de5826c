"""Deliveries that people make: a post in a group, a call. What they tick settles the waiting delivery, as a provider's answer would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from liengia.broadcast import channels
from liengia.broadcast.channels.base import Accepted, DeliveryError, Failure, Outcome
from liengia.broadcast.models import Delivery, DeliveryState, SeenReport
from liengia.broadcast.services import outbox
from liengia.core import clock

# A bulletin that is not posted after so long is somebody's chore; an emergency sooner.
LATE: Final = timedelta(hours=24)
LATE_URGENT: Final = timedelta(hours=1)


def settle(channel: str, rows: Sequence[Delivery], outcome: Outcome) -> None:
    """Settle deliveries by what somebody ticked."""
    found = channels.get(channel)
    assert found is not None
    outbox.settle(found, rows, [outcome] * len(rows))


def done() -> Accepted:
    """Return what a tick "done" settles with."""
    return Accepted()


def left_out() -> DeliveryError:
    """Return what a tick "not done" settles with."""
    return DeliveryError(Failure.PERMANENT, _("Left out by whoever does it."))


def again_in(minutes: int) -> DeliveryError:
    """Return what "nobody answered" settles with."""
    return DeliveryError(Failure.TEMPORARY, _("Nobody answered."), retry_after_s=minutes * 60.0)


def expire_manual() -> int:
    """Give up what people did not do before it was too late; the worker's turn."""
    return sum(outbox.expire(one.name) for one in channels.every().values() if one.is_manual)


def forget_reports() -> int:
    """Forget the fingerprints of reports that are too old to be taken anyway."""
    old = SeenReport.objects.filter(at__lt=clock.now() - timedelta(hours=1)).order_by("at").values_list("pk", flat=True)[:500]
    gone, _rows = SeenReport.objects.filter(pk__in=list(old)).delete()
    return gone


def is_late(row: Delivery) -> bool:
    """Tell whether a waiting delivery should have been done."""
    return clock.now() - row.created_at > (LATE_URGENT if row.urgency == 0 else LATE)


def reopen(dispatch_id: int, channel: str, address: str) -> None:
    """Have one delivery wait again after a wrong tick: settled ones hold no address, so any of the same end is as good."""
    ended = (DeliveryState.ACCEPTED, DeliveryState.FAILED)
    row = Delivery.objects.select_for_update().filter(dispatch=dispatch_id, channel=channel, state__in=ended, address="").order_by("pk").first()
    if row is not None:
        row.state, row.address, row.accepted_at, row.heard_at, row.failure, row.failure_words = DeliveryState.WAITING, address, None, None, "", ""
        row.save(update_fields=["state", "address", "accepted_at", "heard_at", "failure", "failure_words"])
