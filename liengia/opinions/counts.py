"""What other rooms may count of this one: forums held. Opinions are counted by its own scoreboard."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Final

from django.urls import reverse
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from liengia.core.counts import Count, register
from liengia.opinions.models import ListeningForum

YEAR: Final = timedelta(days=365)


def register_all() -> None:
    """Register them; called from `AppConfig.ready`."""
    register(
        Count("opinions.forums", "opinions", _("listening forums in the last 12 months"), forums,
              _("Sessions that were held to their end."), lambda: reverse("opinions:forums"))
    )  # fmt: skip


def forums(unit_ids: Collection[int], day: date) -> int:
    """Count the sessions held in the 12 months before a day's end."""
    end = make_aware(datetime.combine(day + timedelta(days=1), time()))
    return ListeningForum.objects.filter(unit__in=unit_ids, starts_at__gte=end - YEAR, starts_at__lt=end).past().count()
