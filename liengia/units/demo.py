"""The demonstration's units: the real Cần Đước, with hamlets that are invented (their table says so)."""

from __future__ import annotations

from pathlib import Path

from liengia.core.actor import Actor
from liengia.units import loading
from liengia.units.models import Reform

DATA = Path(__file__).parent / "data"
UNITS = DATA / "can-duoc-units.csv"
HAMLETS = DATA / "can-duoc-hamlets-invented.csv"
ACTOR = Actor.system("demo")


def load(*, reform: bool = True) -> int:
    """Load the units of 2023 with their hamlets, and then the reform of 2025-07-01; returns the new rows.

    With `reform=False` the year 2023 stands still, so that other rooms can hang their data of that year on it;
    `apply_reforms()` then lives on into the present. Loading twice changes nothing.
    """
    if Reform.objects.filter(code=f"{UNITS.stem}-2025-07-01").exists():
        apply_reforms()
        return 0
    loaded = loading.load_units(UNITS, actor=ACTOR) + loading.load_units(HAMLETS, actor=ACTOR)
    if reform:
        apply_reforms()
    return loaded


def apply_reforms() -> list[Reform]:
    """Apply the reform of 2025-07-01, or carry it on."""
    return loading.load_reforms(UNITS, actor=ACTOR)
