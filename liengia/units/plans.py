"""The plan of a reform as data, and whether it can be drawn on the units that stand.

A plan names the new units, which old unit passes into which new one, and which end without a successor. Codes of
old units mean what they meant on the day before; codes of new ones what they mean from the day on: the two never
get mixed up, although the same digits stand in both.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from liengia.core.errors import Invalid
from liengia.core.text import nfc
from liengia.units.models import Level, Unit, UnitQuerySet

PLACE = ("lat", "lon", "south", "west", "north", "east")


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit that begins on the day of the reform; `parent` is the code of one that stands from that day on."""

    code: str
    name: str
    kind: str
    level: str
    parent: str = ""
    lat: float | None = None
    lon: float | None = None
    south: float | None = None
    west: float | None = None
    north: float | None = None
    east: float | None = None


@dataclass(frozen=True, slots=True)
class Passing:
    """An old unit passes into a new one; of several, one is principal: offices and what hangs on the unit go there."""

    old: str
    new: str
    is_principal: bool = True


@dataclass(frozen=True, slots=True)
class ReformPlan:
    """A reform: `ends` have no successor; `children` send a unit below a split or ended one to its new parent."""

    code: str
    name: str
    on: date
    legal_basis: str
    new: tuple[NewUnit, ...] = ()
    passings: tuple[Passing, ...] = ()
    ends: tuple[str, ...] = ()
    children: Mapping[str, str] = field(default_factory=dict)

    @property
    def eve(self) -> date:
        """The last day of the old units."""
        return self.on - timedelta(days=1)

    @property
    def old_codes(self) -> list[str]:
        """Codes of old units with a successor, each once, in the plan's order."""
        return list(dict.fromkeys(p.old for p in self.passings))

    @property
    def all_old(self) -> set[str]:
        """Codes of all old units that end by the plan's own words."""
        return {*self.old_codes, *self.ends}

    def successors_of(self, old: str) -> list[Passing]:
        """Passings of one old unit, the principal first."""
        return sorted((p for p in self.passings if p.old == old), key=lambda p: not p.is_principal)

    def predecessors_of(self, new: str) -> list[Passing]:
        """Passings into one new unit."""
        return [p for p in self.passings if p.new == new]

    def to_json(self) -> dict[str, Any]:
        """Return what is stored with the reform."""
        return {
            "code": self.code,
            "name": self.name,
            "on": self.on.isoformat(),
            "legal_basis": self.legal_basis,
            "new": [asdict(u) for u in self.new],
            "passings": [asdict(p) for p in self.passings],
            "ends": list(self.ends),
            "children": dict(self.children),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read a plan.

        Raises:
            Invalid: a field is missing, unknown or of the wrong type; the sentence names it.
        """
        try:
            return cls(
                code=str(data["code"]),
                name=nfc(data["name"]),
                on=date.fromisoformat(data["on"]),
                legal_basis=nfc(data["legal_basis"]),
                new=tuple(NewUnit(**{**u, "name": nfc(u["name"])}) for u in data.get("new", ())),
                passings=tuple(Passing(**p) for p in data.get("passings", ())),
                ends=tuple(data.get("ends", ())),
                children=dict(data.get("children", {})),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid(
                _("This plan cannot be read: %(what)s. Nothing was changed.") % {"what": error}, code="plan_unreadable"
            ) from error

    @classmethod
    def from_csv(cls, path: Path, *, on: date, code: str, name: str, legal_basis: str) -> Self:
        """Read what happens on one day from a table of units (as data/can-duoc-units.csv)."""
        rows = read_csv(path)
        ending = [r for r in rows if r["valid_to"] == on.isoformat()]
        return cls(
            code=code,
            name=name,
            on=on,
            legal_basis=legal_basis,
            new=tuple(new_unit(r) for r in rows if r["valid_from"] == on.isoformat()),
            passings=tuple(Passing(r["code"], r["successor_code"]) for r in ending if r["successor_code"]),
            ends=tuple(r["code"] for r in ending if not r["successor_code"]),
        )


def read_csv(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table of units.

    Raises:
        Invalid: the file is missing or lacks a column.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [{k: nfc((v or "").strip()) for k, v in row.items() if k} for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(_("%(path)s cannot be read: %(why)s") % {"path": path, "why": error}, code="file_unreadable") from error
    needed = {"code", "name", "type", "level", "parent_code", "valid_from", "valid_to", "successor_code"}
    missing = needed - set(rows[0] if rows else ())
    if missing:
        raise Invalid(
            _("%(path)s lacks the columns %(columns)s.") % {"path": path, "columns": ", ".join(sorted(missing))},
            code="columns_missing",
        )
    return rows


def new_unit(row: Mapping[str, str]) -> NewUnit:
    """Return the unit of one row; the kind is not said twice in the name ("Xã Mỹ Lệ" is Mỹ Lệ)."""
    name, kind = row["name"], row["type"]
    if row["level"] != Level.HAMLET:
        name = name.removeprefix(f"{kind} ")
    place = {key: float(row[key]) for key in PLACE if row.get(key)}
    return NewUnit(row["code"], name, kind, row["level"], row["parent_code"], **place)


@dataclass(slots=True)
class Ground:
    """What stands on the eve of a reform, read once."""

    by_code: dict[str, Unit]
    children: dict[int, list[Unit]]

    @classmethod
    def on(cls, day: date) -> Self:
        """Read all units that stand on a day."""
        units: UnitQuerySet = Unit.objects.at(day)
        by_code: dict[str, Unit] = {}
        children: dict[int, list[Unit]] = {}
        for unit in units.order_by("code"):
            by_code[unit.code] = unit
            if unit.parent_id is not None:
                children.setdefault(unit.parent_id, []).append(unit)
        return cls(by_code, children)

    def following(self, unit: Unit) -> list[Unit]:
        """Children of a unit that stands."""
        return self.children.get(unit.pk, [])


def refuse(message: Any, why: str, /, **data: object) -> Invalid:
    """Return the refusal of a plan; nothing has been written when it is raised."""
    return Invalid(message % data, code=why, **{f"unit_{k}" if k == "code" else k: v for k, v in data.items()})


def check(plan: ReformPlan, ground: Ground) -> None:
    """Refuse a plan that would leave an overlap, an orphan or ground without a successor.

    Raises:
        Invalid: with a sentence that names the unit and what is wrong with it.
    """
    new = {u.code: u for u in plan.new}
    _refuse_twice((u.code for u in plan.new), _("The code %(code)s is given to two new units."), "code_twice")
    _refuse_twice(plan.ends, _("The unit %(code)s ends twice."), "end_twice")
    _refuse_twice((f"{p.old}→{p.new}" for p in plan.passings), _("%(code)s stands twice."), "passing_twice")
    for code in sorted(plan.all_old):
        if code not in ground.by_code:
            raise refuse(_("No unit with the code %(code)s stands on %(day)s."), "old_missing", code=code, day=plan.eve)
        if code in plan.ends and plan.successors_of(code):
            raise refuse(_("%(unit)s both ends and passes on."), "ends_and_passes", unit=ground.by_code[code].full_name)
    for code in plan.old_codes:
        if sum(p.is_principal for p in plan.successors_of(code)) != 1:
            raise refuse(
                _("%(unit)s needs exactly one principal successor."), "principal", unit=ground.by_code[code].full_name
            )
    _check_passings(plan, ground, new)
    gone = _gone(plan, ground)
    for later in Unit.objects.filter(code__in=gone - plan.all_old, valid_from__gte=plan.on):
        raise refuse(
            _("%(unit)s cannot go over: its code %(code)s belongs to another unit from %(day)s."), "overlap",
            unit=ground.by_code[later.code].full_name, code=later.code, day=later.valid_from,
        )  # fmt: skip
    for unit in plan.new:
        _check_new(plan, ground, unit, new, gone)
    _check_children(plan, ground, new, gone)


def _check_passings(plan: ReformPlan, ground: Ground, new: Mapping[str, NewUnit]) -> None:
    """Refuse a passing into nothing, or into a unit of another level."""
    for passing in plan.passings:
        target, old = new.get(passing.new), ground.by_code[passing.old]
        if target is None:
            raise refuse(
                _("%(unit)s passes into %(code)s, which the plan does not create."), "new_missing",
                unit=old.full_name, code=passing.new,
            )  # fmt: skip
        if target.level != old.level:
            raise refuse(
                _("%(unit)s and its successor %(new)s are not of the same level."), "level_differs",
                unit=old.full_name, new=target.name,
            )  # fmt: skip


def _check_children(plan: ReformPlan, ground: Ground, new: Mapping[str, NewUnit], gone: set[str]) -> None:
    """Refuse a plan that leaves a child of an ending unit without a parent."""
    for code in sorted(plan.all_old):
        for child in ground.following(ground.by_code[code]):
            if child.code not in plan.all_old:
                _check_child(plan, ground, ground.by_code[code], child, new, gone)


def _refuse_twice(values: Iterable[str], message: Any, code: str) -> None:
    for value, times in Counter(values).items():
        if times > 1:
            raise refuse(message, code, code=value)


def _gone(plan: ReformPlan, ground: Ground) -> set[str]:
    """Codes of all units that end on the day, with those that go over to a new parent."""
    gone: set[str] = set()
    waiting = [ground.by_code[code] for code in plan.all_old]
    while waiting:
        unit = waiting.pop()
        if unit.code not in gone:
            gone.add(unit.code)
            waiting.extend(ground.following(unit))
    return gone


def _check_new(plan: ReformPlan, ground: Ground, unit: NewUnit, new: Mapping[str, NewUnit], gone: set[str]) -> None:
    """Refuse a new unit of no level or without ground, with a taken code, or without a standing parent above it."""
    if unit.level not in Level.values:
        raise refuse(_("%(unit)s has an unknown level."), "level_unknown", unit=unit.name)
    if not plan.predecessors_of(unit.code):
        raise refuse(_("%(unit)s takes over from no unit."), "no_ground", unit=unit.name)
    _check_code(plan, ground, unit, gone)
    _check_parent(plan, ground, unit, new, gone)


def _check_code(plan: ReformPlan, ground: Ground, unit: NewUnit, gone: set[str]) -> None:
    """Refuse a code that belongs to a unit that stays, or that begins later."""
    holder = ground.by_code.get(unit.code)
    if holder is not None and unit.code not in gone:
        raise refuse(
            _("The code %(code)s of %(unit)s belongs to %(holder)s, which does not end."), "overlap",
            code=unit.code, unit=unit.name, holder=holder.full_name,
        )  # fmt: skip
    if holder is not None and unit.code not in plan.all_old:
        raise refuse(
            _("The code %(code)s of %(unit)s is kept by %(holder)s, which goes over with its parent."), "overlap",
            code=unit.code, unit=unit.name, holder=holder.full_name,
        )  # fmt: skip
    later = Unit.objects.filter(code=unit.code, valid_from__gte=plan.on).first()
    if later is not None:
        raise refuse(
            _("The code %(code)s of %(unit)s belongs to %(holder)s from %(day)s."), "overlap",
            code=unit.code, unit=unit.name, holder=later.full_name, day=later.valid_from,
        )  # fmt: skip


def _check_parent(plan: ReformPlan, ground: Ground, unit: NewUnit, new: Mapping[str, NewUnit], gone: set[str]) -> None:
    """Refuse a unit whose parent does not stand on the day, or is not of a level above."""
    rank = Level(unit.level).rank
    if not unit.parent:
        if rank:
            raise refuse(_("%(unit)s has no unit above it."), "orphan", unit=unit.name)
        return
    above = new.get(unit.parent)
    standing = ground.by_code.get(unit.parent) if unit.parent not in gone else None
    level = above.level if above else standing.level if standing else None
    if level is None:
        raise refuse(
            _("%(unit)s belongs to %(code)s, which does not stand on %(day)s."), "orphan",
            unit=unit.name, code=unit.parent, day=plan.on,
        )  # fmt: skip
    if Level(level).rank >= rank:
        raise refuse(_("%(unit)s cannot belong to a unit of its own level or below."), "level_order", unit=unit.name)


def _check_child(
    plan: ReformPlan, ground: Ground, old: Unit, child: Unit, new: Mapping[str, NewUnit], gone: set[str]
) -> None:
    """Refuse a child that would be left without a parent."""
    targets = {p.new for p in plan.successors_of(old.code)}
    chosen = plan.children.get(child.code)
    if chosen is None:
        if len(targets) == 1:
            return
        raise refuse(
            _("%(child)s would be left without a unit above it when %(unit)s ends. Say where it goes."), "orphan",
            child=child.full_name, unit=old.full_name,
        )  # fmt: skip
    stands = chosen in new or (chosen in ground.by_code and chosen not in gone)
    if not stands or (targets and chosen not in targets):
        raise refuse(
            _("%(child)s cannot go to %(code)s: it does not take over from %(unit)s."), "orphan",
            child=child.full_name, code=chosen, unit=old.full_name,
        )  # fmt: skip
