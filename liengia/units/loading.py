"""Loading units from tables: each row once, however often it is loaded."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.units import reforms, services
from liengia.units.models import Level, Reform, Unit
from liengia.units.plans import PLACE, ReformPlan, new_unit, read_csv

LEGAL_BASIS = "Nghị quyết 202/2025/QH15; Nghị quyết 1682/NQ-UBTVQH15"


def load_units(path: Path, *, actor: Actor, at: datetime | None = None) -> int:
    """Load the rows of a table that stood from of old or begin on a day without following any; returns how many.

    Rows that begin on the day of a reform are left to it (`load_reforms`), so that their successions are drawn.

    Raises:
        Invalid: a row is refused; its sentence names it. Rows before it stay loaded, and loading again goes on.
    """
    rows = read_csv(path)
    days = {r["valid_to"] for r in rows if r["valid_to"]}
    first = [r for r in rows if r["valid_from"] not in days]
    loaded = 0
    for row in sorted(first, key=lambda r: list(Level).index(Level(r["level"]))):
        wanted = new_unit(row)
        begins = date.fromisoformat(row["valid_from"]) if row["valid_from"] else None
        if Unit.objects.filter(code=wanted.code, valid_from=begins).exists():
            continue
        parent = None
        if wanted.parent:
            parent = Unit.objects.filter(code=wanted.parent, valid_from__isnull=begins is None).order_by("pk").first()
            if parent is None:
                raise Invalid(f"{row['name']} ({wanted.code}): {wanted.parent}?", code="orphan")
        services.create_unit(
            code=wanted.code,
            name=wanted.name,
            kind=wanted.kind,
            level=wanted.level,
            parent=parent,
            valid_from=begins,
            place={key: getattr(wanted, key) for key in PLACE},
            actor=actor,
            at=at,
        )
        loaded += 1
    return loaded


def reform_plans(path: Path, *, legal_basis: str = LEGAL_BASIS) -> list[ReformPlan]:
    """Return the reforms that a table tells of, one a day, the earliest first."""
    days = sorted({r["valid_to"] for r in read_csv(path) if r["valid_to"]})
    return [
        ReformPlan.from_csv(
            path,
            on=date.fromisoformat(day),
            code=f"{path.stem}-{day}",
            name=f"Sắp xếp đơn vị hành chính ngày {date.fromisoformat(day):%d/%m/%Y}",
            legal_basis=legal_basis,
        )
        for day in days
    ]


def load_reforms(path: Path, *, actor: Actor, until: date | None = None, at: datetime | None = None) -> list[Reform]:
    """Apply the reforms of a table up to a day; those applied before are left as they are."""
    return [
        reforms.apply_reform(plan, actor=actor, at=at)
        for plan in reform_plans(path)
        if until is None or plan.on <= until
    ]
