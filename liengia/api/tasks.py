"""What the worker repeats for this room."""

from __future__ import annotations

from datetime import timedelta

from liengia.api import services
from liengia.core.worker import chore


@chore("api.retention", every=timedelta(hours=1))
def forget_tokens() -> int:
    """Delete the tokens of opinions that ended long ago."""
    return services.forget_tokens()
