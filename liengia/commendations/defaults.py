"""The dated tables of a new installation, read from `data/`; what an office has entered stays."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

from liengia.commendations.models import BaseSalary, DecisionRight, RewardRate

DATA: Final = Path(__file__).parent / "data"
_TABLES: Final = (("base-salaries", BaseSalary), ("reward-rates", RewardRate), ("decision-rights", DecisionRight))


def ensure() -> int:
    """Fill the tables that are empty; return how many rows were made."""
    made = 0
    for name, model in _TABLES:
        if model.objects.exists():
            continue
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows: list[Any] = [model(**_typed(line)) for line in csv.DictReader(file)]
        made += len(model._default_manager.bulk_create(rows))
    return made


def _typed(line: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: value or None for name, value in line.items()}
    return {**found, "is_unsure": line["is_unsure"] == "1"}
