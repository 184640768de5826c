"""The room's chores."""

from __future__ import annotations

from datetime import timedelta

from liengia.comments import services
from liengia.core.worker import chore


@chore("comments.keep_periods", every=timedelta(hours=1))
def keep_periods() -> int:
    """Erase texts and names of what was refused or taken away, after their period."""
    return services.erase_due()
