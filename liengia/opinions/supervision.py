"""What `/health` asks of this room: that what is overdue was put before those who oversee."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from liengia.core import clock
from liengia.core.health import Finding
from liengia.opinions.models import Opinion

GRACE: Final = timedelta(minutes=10)


def overdue_escalated() -> Finding:
    """Check that no opinion has been overdue for ten minutes without having been put before the chairman."""
    forgotten = Opinion.all_.all().overdue(clock.now() - GRACE).filter(escalated_at=None, erased_at=None).count()
    if forgotten:
        return Finding(False, _("%(count)s overdue opinions were not put before the chairman") % {"count": forgotten})
    return Finding(True, _("every overdue opinion was put before the chairman"))
