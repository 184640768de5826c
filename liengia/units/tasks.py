"""The room's chore: reforms whose day has come, or that were cut off."""

from __future__ import annotations

from datetime import timedelta

from liengia.core.actor import Actor
from liengia.core.worker import chore
from liengia.units import reforms


@chore("units.finish_reforms", every=timedelta(seconds=60))
def finish_reforms() -> int:
    """Carry on what is left."""
    return reforms.finish_reforms(actor=Actor.system("worker"))
