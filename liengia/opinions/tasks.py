"""What the worker repeats for this room."""

from __future__ import annotations

from datetime import timedelta

from liengia.core.worker import chore
from liengia.opinions import services
from liengia.opinions.services import forum_wall


@chore("opinions.overdue", every=timedelta(minutes=1))
def escalate_overdue() -> int:
    """Put what is overdue before those who oversee."""
    return services.escalate_overdue()


@chore("opinions.audit", every=timedelta(hours=1))
def audit_past_days() -> int:
    """Write the audit entries of what anonymous writers did on past days."""
    return services.audit_past_days()


@chore("opinions.retention", every=timedelta(minutes=30))
def keep_periods() -> int:
    """Erase contacts, points, held forms and words whose period is over."""
    return services.keep_periods()


@chore("opinions.forum_wall", every=timedelta(seconds=2))
def number_walls() -> int:
    """Give changed walls their place in the live order where the process that changed one died before it could."""
    return forum_wall.number()
