"""Chores: the sealer, each second, and the eraser of texts whose period has ended."""

from __future__ import annotations

from datetime import timedelta

from liengia.audit import services
from liengia.core.worker import chore


@chore("audit.seal", every=timedelta(seconds=1))
def seal() -> int:
    """Chain what has been committed."""
    return services.seal()


@chore("audit.erase_expired", every=timedelta(hours=1))
def erase_expired() -> int:
    """Erase personal texts whose period has ended."""
    return services.erase_expired()
