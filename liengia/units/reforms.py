"""Applying a reform: new rows, successions, and the move of everything that hangs on a unit.

The algorithm stands in docs/algorithms/succession.md. No transaction is long, and each can be repeated, so that
a reform cut off at any moment is finished by the next call or by the worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.core.workflow import Workflow
from liengia.units import naming, succession
from liengia.units.models import (
    Level,
    Reform,
    ReformState,
    Succession,
    SuccessionKind,
    SuccessionMove,
    Unit,
)
from liengia.units.plans import PLACE, Ground, NewUnit, Passing, ReformPlan, check

WORKFLOW = Workflow(
    "units.reform",
    {
        ReformState.PLANNED: {"draw": ReformState.DRAWN},
        ReformState.DRAWN: {"apply": ReformState.APPLIED},
        ReformState.APPLIED: {},
    },
)


def apply_reform(plan: ReformPlan, *, actor: Actor, at: datetime | None = None) -> Reform:
    """Apply a plan; call it again with the same plan to go on after an interruption.

    1. Check the whole plan against what stands on its eve; refuse it before anything is written.
    2. Keep it as data.
    3. Draw the units, one group of connected units a transaction: old rows end, new ones begin, successions say how.
    4. When its day has come, move what hangs on each unit by the registered movers, a chunk a transaction; before
       its day the worker does that when it comes.

    Raises:
        Invalid: an overlap, an orphan, ground without a successor; nothing was changed.
        Refused: another reform is kept under this code.
    """
    when = at or clock.now()
    reform = plan_reform(plan, actor=actor, at=when)
    return carry_on(reform, actor=actor, at=when)


def plan_reform(plan: ReformPlan, *, actor: Actor, at: datetime) -> Reform:
    """Check a plan and keep it; the same plan again is found, not kept twice.

    Raises:
        Invalid: the plan cannot be drawn.
        Refused: another plan is kept under its code.
    """
    known = Reform.objects.filter(code=plan.code).first()
    if known is not None:
        if known.plan != plan.to_json():
            raise Refused(
                _("Another reform is kept under the code %(code)s. Nothing was changed; give this one another code.")
                % {"code": plan.code},
                code="reform_differs",
            )
        return known
    check(plan, Ground.on(plan.eve))
    with transaction.atomic():
        reform = Reform.objects.create(
            code=plan.code,
            name=plan.name,
            on=plan.on,
            legal_basis=plan.legal_basis,
            plan=plan.to_json(),
            planned_at=at,
        )
        facts = {"code": plan.code, "on": plan.on, "new": len(plan.new), "passings": len(plan.passings)}
        audit.record("units.reform_planned", actor=actor, about=reform, at=at, facts=facts)
    return reform


def carry_on(reform: Reform, *, actor: Actor, at: datetime | None = None) -> Reform:
    """Do what is left of a reform: draw, and from its day on move; safe to call at any time and by two at once."""
    when = at or clock.now()
    plan = ReformPlan.from_json(reform.plan)
    if reform.state == ReformState.PLANNED:
        for group in groups(plan):
            draw_group(reform, plan, group, actor=actor, at=when)
        _enter(reform, "draw", actor=actor, at=when)
    if reform.state == ReformState.DRAWN and clock.local(when).date() >= reform.on:
        move_all(reform, actor=actor, at=when)
        _enter(reform, "apply", actor=actor, at=when)
    return reform


def finish_reforms(*, actor: Actor, at: datetime | None = None) -> int:
    """Carry on every reform that was cut off or whose day has come; called by the worker."""
    when = at or clock.now()
    waiting = Reform.objects.exclude(state=ReformState.APPLIED).order_by("on", "pk")
    done = 0
    for reform in waiting:
        if reform.state == ReformState.PLANNED or reform.on <= clock.local(when).date():
            carry_on(reform, actor=actor, at=when)
            done += 1
    return done


def _enter(reform: Reform, verb: str, *, actor: Actor, at: datetime) -> None:
    """Change the state once, whoever comes first."""
    with transaction.atomic():
        state = WORKFLOW.after(reform.state, verb)
        changed = Reform.objects.filter(pk=reform.pk, state=reform.state).update(
            state=state, **({"applied_at": at} if state == ReformState.APPLIED else {})
        )
        if changed:
            audit.record(f"units.reform_{state}", actor=actor, about=reform, at=at, facts={"code": reform.code})
    reform.refresh_from_db()


def _lock(reform: Reform) -> None:
    """Let nobody else work at this reform until the transaction ends (on SQLite it is alone anyway)."""
    list(Reform.objects.select_for_update().filter(pk=reform.pk).values_list("pk", flat=True))


# Drawing


@dataclass(frozen=True, slots=True)
class Group:
    """Units that are connected by passing or by a code that comes back, and so change in one transaction."""

    new: tuple[NewUnit, ...]
    old: tuple[str, ...]


def groups(plan: ReformPlan) -> list[Group]:
    """Return the connected groups of a plan, those of higher levels first; units that only end come last."""
    label: dict[str, str] = {}

    def find(key: str) -> str:
        while label.setdefault(key, key) != key:
            key = label[key]
        return key

    for passing in plan.passings:
        label[find(f"old {passing.old}")] = find(f"new {passing.new}")
    for unit in plan.new:
        if unit.code in plan.all_old:
            label[find(f"old {unit.code}")] = find(f"new {unit.code}")
    new: dict[str, list[NewUnit]] = {}
    old: dict[str, list[str]] = {}
    for unit in plan.new:
        new.setdefault(find(f"new {unit.code}"), []).append(unit)
    for code in [*plan.old_codes, *plan.ends]:
        old.setdefault(find(f"old {code}"), []).append(code)
    found = [Group(tuple(new.get(key, [])), tuple(old.get(key, []))) for key in {**new, **old}]
    return sorted(found, key=lambda g: min((Level(u.level).rank for u in g.new), default=len(Level)))


def draw_group(reform: Reform, plan: ReformPlan, group: Group, *, actor: Actor, at: datetime) -> int:
    """End the old rows of a group, begin the new ones, in one transaction; returns the number of rows, 0 when done."""
    with transaction.atomic():
        _lock(reform)
        olds = {u.code: u for u in Unit.objects.at(plan.eve).filter(code__in=group.old)}
        if group.new and Unit.objects.filter(code=group.new[0].code, valid_from=plan.on).exists():
            return 0
        if not group.new and all(u.valid_to == plan.on for u in olds.values()):
            return 0
        below = _children_that_follow(plan, olds)
        ending = [u.pk for u in olds.values()] + [child.pk for level in below for child in level]
        Unit.objects.filter(pk__in=ending).update(valid_to=plan.on)
        born = _begin_new(reform, plan, group, olds)
        count = len(born) + _continue_children(reform, plan, below, born)
        for commune in {u.pk: u for u in born.values() if u.level == Level.COMMUNE}.values():
            naming.mark_namesakes(commune)
        facts = {"new": sorted(u.code for u in group.new), "old": sorted(group.old), "rows": count}
        audit.record("units.units_drawn", actor=actor, about=reform, at=at, facts=facts)
    return count


def _children_that_follow(plan: ReformPlan, olds: dict[str, Unit]) -> list[list[Unit]]:
    """Return, level by level, the units below that are not in the plan themselves and so go over as they are."""
    levels: list[list[Unit]] = []
    parents = list(olds.values())
    while parents:
        found = Unit.objects.at(plan.eve).filter(parent__in=[p.pk for p in parents]).exclude(code__in=plan.all_old)
        parents = list(found.order_by("code").select_related("parent__parent"))
        if parents:
            levels.append(parents)
    return levels


def _begin_new(reform: Reform, plan: ReformPlan, group: Group, olds: dict[str, Unit]) -> dict[str, Unit]:
    """Create the new rows of a group, the highest first, and their successions."""
    born: dict[str, Unit] = {}
    for wanted in sorted(group.new, key=lambda u: Level(u.level).rank):
        parent = born.get(wanted.parent)
        if parent is None and wanted.parent:
            parent = Unit.objects.at(plan.on).get(code=wanted.parent)
        before = [olds[p.old] for p in plan.predecessors_of(wanted.code)]
        unit = Unit(
            code=wanted.code,
            name=wanted.name,
            kind=wanted.kind,
            level=wanted.level,
            parent=parent,
            valid_from=plan.on,
            legal_basis=plan.legal_basis,
            former_names=naming.former_names(wanted.name, before),
            **{key: getattr(wanted, key) for key in PLACE},
        )
        unit.save(force_insert=True)
        born[unit.code] = unit
    for code in group.old:
        chosen = plan.successors_of(code)
        for passing in chosen:
            Succession.objects.create(
                old=olds[code],
                new=born[passing.new],
                kind=_kind(plan, olds[code], born[passing.new]),
                on=plan.on,
                is_principal=passing.is_principal,
                reform=reform,
            )
    return born


def _kind(plan: ReformPlan, old: Unit, new: Unit) -> str:
    if len(plan.successors_of(old.code)) > 1:
        return SuccessionKind.SPLIT
    if len(plan.predecessors_of(new.code)) > 1:
        return SuccessionKind.MERGE
    return SuccessionKind.RENAME if old.full_name != new.full_name else SuccessionKind.CONTINUE


def _continue_children(reform: Reform, plan: ReformPlan, below: list[list[Unit]], born: dict[str, Unit]) -> int:
    """Begin a new row under the new parent for every unit that goes over, with the same code and name."""
    follows: dict[int, Unit] = {}
    count = 0
    for level in below:
        pairs: list[tuple[Unit, Unit]] = []
        for old in level:
            assert old.parent is not None
            parent = follows.get(old.parent.pk) or _new_parent(plan, old, born)
            copy = replace_unit(old, parent, plan)
            copy.fold()
            pairs.append((old, copy))
        Unit.objects.bulk_create([new for _old, new in pairs])
        Succession.objects.bulk_create(
            Succession(old=old, new=new, kind=SuccessionKind.CONTINUE, on=plan.on, reform=reform) for old, new in pairs
        )
        follows.update({old.pk: new for old, new in pairs})
        count += len(pairs)
    return count


def _new_parent(plan: ReformPlan, child: Unit, born: dict[str, Unit]) -> Unit:
    assert child.parent is not None
    target = plan.children.get(child.code) or plan.successors_of(child.parent.code)[0].new
    return born.get(target) or Unit.objects.at(plan.on).get(code=target)


def replace_unit(old: Unit, parent: Unit, plan: ReformPlan) -> Unit:
    """Return the row by which a unit goes on under another parent."""
    origin = old.origin
    if old.level == Level.HAMLET and old.parent is not None and not origin:
        is_merger = len(plan.predecessors_of(parent.code)) > 1
        origin = old.parent.name if is_merger or old.parent.name != parent.name else ""
    return Unit(
        code=old.code,
        name=old.name,
        kind=old.kind,
        level=old.level,
        parent=parent,
        valid_from=plan.on,
        valid_to=old.valid_to,
        legal_basis=plan.legal_basis,
        origin=origin,
        former_names=old.former_names,
        **{key: getattr(old, key) for key in PLACE},
    )


# Moving


def move_all(reform: Reform, *, actor: Actor, at: datetime) -> int:
    """Run every mover over every principal succession of a reform until nothing is left; returns the rows moved."""
    moved = 0
    successions = Succession.objects.filter(reform=reform, is_principal=True).select_related("old", "new")
    done = set(
        SuccessionMove.objects.filter(succession__reform=reform, finished_at__isnull=False).values_list(
            "succession_id", "mover"
        )
    )
    for step in successions.order_by("pk"):
        left = {name: mover for name, mover in succession.movers().items() if (step.pk, name) not in done}
        while left:
            moved += _move(reform, step, left, actor=actor, at=at)
    return moved


def _move(
    reform: Reform, step: Succession, left: dict[str, succession.Mover], *, actor: Actor, at: datetime
) -> int:
    """Run the movers that are left, in one transaction, until one has moved a chunk; take out those that found nothing.

    Most units have nothing for most movers: a transaction for each of these would be the whole time of a reform.
    """
    moved = 0
    with transaction.atomic():
        _lock(reform)
        rows = {row.mover: row for row in SuccessionMove.objects.filter(succession=step)}
        untouched: list[SuccessionMove] = []
        while left:
            name, mover = next(iter(left.items()))
            row = rows.get(name) or SuccessionMove(succession=step, mover=name)
            if row.finished_at is None:  # else somebody else has been here since
                moved = mover(step.old, step.new, on=step.on, actor=actor)
            if moved:
                row.moved += moved
                row.save()
                break
            del left[name]
            if row.finished_at is not None:
                continue
            row.finished_at = at
            if row.pk is None:
                untouched.append(row)
            else:
                row.save()
                facts = {"mover": name, "moved": row.moved, "old": step.old.code, "new": step.new.code}
                audit.record("units.succession_moved", actor=actor, about=step, at=at, unit=step.new, facts=facts)
        SuccessionMove.objects.bulk_create(untouched)
    return moved


# Single changes, as plans of one unit


def rename_unit(
    unit: Unit, *, name: str, on: date, legal_basis: str, actor: Actor, kind: str = "", at: datetime | None = None
) -> Unit:
    """Rename a unit from a day on: the old row ends, a new one with the same code begins, all below goes over.

    Raises:
        Invalid: it does not stand on the eve, or its code is taken later.
    """
    plan = ReformPlan(
        code=f"rename-{unit.code}-{on:%Y-%m-%d}",
        name=f"{unit.full_name} → {kind or unit.kind} {name}",
        on=on,
        legal_basis=legal_basis,
        new=(
            NewUnit(
                code=unit.code,
                name=name,
                kind=kind or unit.kind,
                level=unit.level,
                parent=unit.parent.code if unit.parent else "",
                **{key: getattr(unit, key) for key in PLACE},
            ),
        ),
        passings=(Passing(unit.code, unit.code),),
    )
    apply_reform(plan, actor=actor, at=at)
    return Unit.objects.get(code=unit.code, valid_from=on)
