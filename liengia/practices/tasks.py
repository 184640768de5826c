"""What the worker repeats for this room."""

from __future__ import annotations

from datetime import timedelta

from liengia.core.worker import chore
from liengia.practices import services


@chore("practices.quiet", every=timedelta(hours=1))
def ask_quiet() -> int:
    """Ask about the practices that showed no sign of life for the period."""
    return services.ask_quiet()


@chore("practices.retention", every=timedelta(hours=1))
def keep_periods() -> int:
    """Erase exemplars whose period is over, and files that nobody took."""
    return services.forget_exemplars() + services.forget_imports()
