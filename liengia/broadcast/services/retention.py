"""Periods of this room, kept by the worker: rows of bulletins become sums, those of alarms lose their people."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from liengia.broadcast.channels.base import RECEIPTS
from liengia.broadcast.models import Delivery, DeliveryState, Said, Tally
from liengia.core import clock
from liengia.people.models import RetentionPeriod

BULLETINS: Final = "broadcast-deliveries"
ALARMS: Final = "broadcast-alarm-deliveries"
PERIODS: Final = (
    (BULLETINS, _("Deliveries of a bulletin, which hold no person, until they become sums"), 7, _("As long as providers report")),
    (ALARMS, _("Whom an alarm or a drill was sent to, and what came back"), 30, _("As the names in an alarm's record")),
)
_AT_ONCE: Final = 300


def _before(code: str) -> datetime:
    days = RetentionPeriod.objects.filter(code=code).values_list("days", flat=True).first()
    standard = next(row[2] for row in PERIODS if row[0] == code)
    return clock.now() - timedelta(days=days if days is not None else standard)


def fold_old() -> int:
    """Turn settled deliveries of bulletins into sums a minute once their period is over; return how many rows went."""
    old = Delivery.objects.exclude(dispatch=None).exclude(state=DeliveryState.WAITING)
    keys = list(old.filter(created_at__lt=_before(BULLETINS)).order_by("created_at").values_list("pk", flat=True)[:_AT_ONCE])
    if not keys:
        return 0
    with transaction.atomic():
        rows = list(Delivery.objects.select_for_update(skip_locked=True).filter(pk__in=keys))
        sums: Counter[tuple[int, str, str, datetime]] = Counter()
        for row in rows:
            for what, at in _came_to(row):
                sums[row.dispatch_id or 0, row.channel, what, at.replace(second=0, microsecond=0)] += 1
        for (dispatch, channel, what, minute), count in sums.items():
            _row, is_new = Tally.objects.get_or_create(dispatch_id=dispatch, channel=channel, what=what, minute=minute, defaults={"count": count})
            if not is_new:
                Tally.objects.filter(pk=_row.pk).update(count=F("count") + count)
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _came_to(row: Delivery) -> list[tuple[str, datetime]]:
    """Return what a row is counted as, each with its instant."""
    found = [("meant", row.created_at)]
    if row.state in (DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.WITHDRAWN, DeliveryState.REHEARSED):
        found.append((row.state, row.created_at))
    if row.is_perhaps_double:
        found.append(("double", row.created_at))
    return found + [(name, at) for name in RECEIPTS if (at := getattr(row, f"{name}_at")) is not None]


def forget_people() -> int:
    """Take person, household and address from deliveries of alarms whose period is over, and the words with the house's place."""
    old = Delivery.objects.filter(dispatch=None, created_at__lt=_before(ALARMS)).exclude(state=DeliveryState.WAITING)
    keys = list(old.order_by("created_at").values_list("pk", flat=True)[:_AT_ONCE])
    Delivery.objects.filter(pk__in=keys).delete()
    unused = Said.objects.filter(deliveries=None, said_at__lt=_before(ALARMS), subject__startswith="incident:").values_list("pk", flat=True)[:_AT_ONCE]
    gone, _rows = Said.objects.filter(pk__in=list(unused)).delete()
    return len(keys) + gone
