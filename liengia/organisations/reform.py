"""What happens to institutions and committees when units are reformed; called by `units.reforms` in chunks."""

from __future__ import annotations

from datetime import date

from liengia.core.actor import Actor
from liengia.units.models import Unit


def move_organisations(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move."""
    return 0


def move_committees(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move."""
    return 0
