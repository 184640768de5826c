"""What the worker repeats for this room."""

from __future__ import annotations

from datetime import timedelta

from liengia.core.worker import chore
from liengia.papers import services


@chore("papers.files", every=timedelta(seconds=30))
def keep_missing_files() -> int:
    """Make the files of papers whose process was killed after the number was given."""
    return services.keep_missing_files()


@chore("papers.retention", every=timedelta(hours=1))
def forget_drafts() -> int:
    """Throw away the drafts that nobody touched for their period."""
    return services.forget_drafts()
