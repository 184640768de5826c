"""What the worker repeats for this room."""

from __future__ import annotations

from datetime import timedelta

from liengia.api import repeats, services
from liengia.core.worker import chore


@chore("api.retention", every=timedelta(hours=1))
def forget_tokens() -> int:
    """Delete the tokens of opinions that ended long ago."""
    return services.forget_tokens()


@chore("api.forget_salts", every=timedelta(minutes=5))
def forget_salts() -> int:
    """Delete the salts under which reports that come again were recognised."""
    return repeats.forget_salts()
