"""What other rooms may count of this one: groups, sirens and buttons, drills."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models import Device, Drill, NeighbourGroup
from liengia.core.counts import Count, register

YEAR: Final = timedelta(days=365)


def register_all() -> None:
    """Register them; called from `AppConfig.ready`."""
    register(
        Count("alarms.groups", "alarms", _("inter-family fire-safety groups"), groups,
              _("Groups that stand in the register of groups on that day."), lambda: reverse("portal:about") + "#so-to")
    )  # fmt: skip
    register(Count("alarms.devices", "alarms", _("buttons and sirens in place"), devices, _("Devices that were handed out and not taken back, without phones.")))
    register(
        Count("alarms.drills", "alarms", _("drills in the last 12 months"), drills,
              _("Drills that were held to their end."), lambda: reverse("portal:about") + "#dien-tap")
    )  # fmt: skip


def groups(unit_ids: Collection[int], day: date) -> int:
    """Count the groups of households that stand on a day."""
    rows = NeighbourGroup.objects.filter(unit__in=unit_ids, merged_into=None, duty_post=None)
    begun, open_ = Q(founded_on=None) | Q(founded_on__lte=day), Q(dissolved_on=None) | Q(dissolved_on__gt=day)
    return rows.filter(begun, open_).count()


def devices(unit_ids: Collection[int], day: date) -> int:
    """Count the buttons and sirens in place on a day."""
    end = _end(day)
    rows = Device.objects.filter(group__unit__in=unit_ids, provisioned_at__lt=end).exclude(kind="phone")
    return rows.filter(Q(revoked_at=None) | Q(revoked_at__gte=end)).count()


def drills(unit_ids: Collection[int], day: date) -> int:
    """Count the drills of the 12 months before a day's end."""
    end = _end(day)
    return Drill.objects.filter(group__unit__in=unit_ids, ended_at__gte=end - YEAR, ended_at__lt=end, cancelled_at=None).count()


def _end(day: date) -> datetime:
    return make_aware(datetime.combine(day + timedelta(days=1), time()))
