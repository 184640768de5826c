"""What the worker repeats for this room."""

from __future__ import annotations

from datetime import timedelta

from liengia.core.worker import chore
from liengia.festivals.services import base, guests


@chore("festivals.board", every=timedelta(seconds=2))
def number_boards() -> int:
    """Give changed days their place in the live order where the process that changed one died before it could."""
    return base.number()


@chore("festivals.retention", every=timedelta(hours=1))
def forget_guests() -> int:
    """Forget the guests of festivals whose period is over."""
    return guests.forget_guests()
