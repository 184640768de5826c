"""The room's chores: retention periods, and groups of those whose roles began or ended by the calendar."""

from __future__ import annotations

from datetime import timedelta

from liengia.core.worker import chore
from liengia.people.services import accounts, retention


@chore("people.keep_periods", every=timedelta(hours=1))
def keep_periods() -> int:
    """Delete a chunk of what is past its period."""
    return retention.keep_periods()


@chore("people.sync_groups", every=timedelta(seconds=30))
def sync_groups() -> int:
    """Follow roles that began or ended by the calendar."""
    return accounts.sync_groups()
