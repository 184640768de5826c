"""Warnings in force, on the portal's front page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse

from liengia.broadcast import published
from liengia.core import front
from liengia.units.models import Unit

MOST: Final = 3
LETTERS: Final = 240


def register_own() -> None:
    """Add it; called from `AppConfig.ready`."""
    front.alerts.register("broadcast", alerts)


def alerts(unit: Unit | None) -> Iterator[front.Alert]:
    """Give the warnings in force, the newest first."""
    for one in published.in_force(unit)[:MOST]:
        words = " ".join((one.short_text or one.text).split())
        short = words if len(words) <= LETTERS else words[:LETTERS].rsplit(" ", 1)[0] + "…"
        sent_at = one.went_at  # type: ignore[attr-defined]
        yield front.Alert(one.headline, short, one.unit.full_name, sent_at, reverse("broadcast:bulletin", args=[one.public_id]))
