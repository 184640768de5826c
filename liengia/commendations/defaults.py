"""The dated tables of a new installation, read from `data/`; what an office has entered stays."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

from django.db.models import QuerySet

from liengia.commendations.models import BaseSalary, Certificate, DecisionRight, Nomination, RewardRate
from liengia.core.db import bulk

DATA: Final = Path(__file__).parent / "data"
# Each chunk is a write of its own: whoever writes meanwhile waits for one only.
KEYS_AT_ONCE: Final = 1000
# What is made of a name, of a nomination and of a certificate.
_KEYS: Final = ("folded_name", "name_key")
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
    """Renew the keys of names that are made otherwise today than when they were kept, some at a time; return how many."""
    return _renewed(Nomination) + _renewed(Certificate)


def _renewed(model: type[Nomination | Certificate]) -> int:
    renewed, last = 0, 0
    found: QuerySet[Any] = model._default_manager.order_by("pk").only("pk", "name", *_KEYS)
    while rows := list(found.filter(pk__gt=last)[:KEYS_AT_ONCE]):
        changed = []
        for row in rows:
            was = [getattr(row, key) for key in _KEYS]
            row.fold()
            if was != (made := [getattr(row, key) for key in _KEYS]):
                changed.append((row.pk, *made))
        bulk.update(model, _KEYS, changed)
        renewed, last = renewed + len(changed), rows[-1].pk
    return renewed


def _typed(line: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: value or None for name, value in line.items()}
    return {**found, "is_unsure": line["is_unsure"] == "1"}
