"""What `/health` asks of this room: that what phones said has reached the boards."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from liengia.core import clock
from liengia.core.health import Finding
from liengia.festivals.models import BoardEdition, DayEvent

GRACE: Final = timedelta(minutes=2)


def boards_follow() -> Finding:
    """Check that no day has been told of for two minutes without a place in the live order."""
    waiting = BoardEdition.objects.filter(position=None).values("day")
    behind = DayEvent.objects.filter(day__in=waiting, recorded_at__lt=clock.now() - GRACE).values("day").distinct().count()
    if behind:
        return Finding(False, _("%(count)s festival days are not on their boards as they were told") % {"count": behind})
    return Finding(True, _("every festival board is up to date"))
