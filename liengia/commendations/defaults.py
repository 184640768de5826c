"""The dated tables of a new installation, read from `data/`; what an office has entered stays."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

from django.db.models import Q

from liengia.commendations.models import BaseSalary, DecisionRight, Nomination, RewardRate, name_key
from liengia.core.db import bulk

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


def renew_keys() -> int:
    """Renew the keys of names that begin like a form of address and were once cut by it, as "Hồ"; return how many."""
    begins = Q()
    for word in ("ho", "chu", "co", "bac", "anh", "em"):
        begins |= Q(folded_name__startswith=f"{word} ")
    rows = Nomination.objects.filter(begins).values_list("pk", "name", "name_key")
    changed = [(pk, name_key(name)) for pk, name, key in rows.iterator() if key != name_key(name)]
    bulk.update(Nomination, ["name_key"], changed)
    return len(changed)


def _typed(line: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: value or None for name, value in line.items()}
    return {**found, "is_unsure": line["is_unsure"] == "1"}
