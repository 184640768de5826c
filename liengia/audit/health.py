"""The room's line in `/health`: the tail is sealed within seconds while the worker lives."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.health import Finding, register

LATE = timedelta(seconds=30)


def sealed() -> Finding:
    """Check that no committed entry has waited for its seal longer than 30 s."""
    oldest = Entry.objects.filter(seq__isnull=True).order_by("pk").first()
    if oldest is None:
        return Finding(True, _("all entries are sealed"))
    age = clock.now() - oldest.recorded_at
    seconds = max(0, int(age.total_seconds()))
    return Finding(age < LATE, _("the oldest entry has waited %(seconds)s s for its seal") % {"seconds": seconds})


register("audit", sealed)
