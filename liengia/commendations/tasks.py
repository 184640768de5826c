"""What the worker repeats for this room."""

from __future__ import annotations

from datetime import timedelta

from liengia.commendations import imports
from liengia.commendations.services import retention
from liengia.core.worker import chore


@chore("commendations.imports", every=timedelta(seconds=5), wakes_on=(imports.POKE,))
def run_imports() -> int:
    """Write the nominations of confirmed spreadsheets."""
    return imports.run_due()


@chore("commendations.retention", every=timedelta(hours=1))
def keep_periods() -> int:
    """Forget what is past its period."""
    return retention.keep_periods()
