"""Reads that join several tables: the public list, a family as a tree, figures, comparison, the checklist, totals."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Count as CountOf
from django.db.models import Max, Q, QuerySet

from liengia.core import clock, counts, rooms
from liengia.core.counts import Count
from liengia.core.text import sort_key
from liengia.practices.models import (
    NO_FIGURES,
    Act,
    ActKind,
    Basis,
    Campaign,
    Claim,
    Practice,
    PracticeQuerySet,
    PracticeState,
    Registration,
    ReviewDecision,
    Revision,
)
from liengia.units.ground import ground_of, grounds
from liengia.units.models import Unit
from liengia.units.switches import all_off

ROOM: Final = "practices"
DAYS_OF_MONTH: Final = 30.44


def communes() -> list[Unit]:
    """Return the communes that stand today and keep this room on."""
    return list(Unit.objects.current().communes().exclude(pk__in=_off()).order_by("name"))


def shown() -> PracticeQuerySet:
    """Return what everybody may read, without the units whose commune keeps this room off."""
    found, off = Practice.objects.all().public().with_places(), _off()
    if not off:
        return found
    # What ended before a merger stands in a unit that the commune of today took over.
    ground = sorted({pk for unit in Unit.objects.filter(pk__in=off) for pk in unit.lineage_ids()})
    return found.exclude(unit__in=Unit.objects.all().below_any(ground))


def _off() -> set[int]:
    """Return the communes that keep this room off: one read, however many communes there are."""
    return all_off().get(ROOM, set())


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed down to."""

    commune: Unit | None = None
    kind: str = ""
    state: str = ""
    text: str = ""

    @property
    def is_any(self) -> bool:
        """Tell whether something is asked for."""
        return bool(self.commune or self.kind or self.state or self.text)


def public_list(filters: Filters) -> PracticeQuerySet:
    """Return the public practices that fit, newest first."""
    rows = shown()
    if filters.commune is not None:
        rows = rows.filter(unit__in=Unit.objects.all().below_any(filters.commune.lineage_ids()))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.state:
        rows = rows.filter(state=filters.state)
    return rows.search(filters.text).order_by("-started_on", "folded_name", "pk")


@dataclass(frozen=True, slots=True)
class Family:
    """The first of a line, and how far it has spread: places, of which so many run today."""

    first: Practice
    places: int
    running: int


def families() -> list[Family]:
    """Return the lines of the installation, those first that spread farthest: the eight, and each commune's own."""
    rows = list(shown().filter(replicated_from=None))
    spread: dict[uuid.UUID, tuple[int, int]] = {
        row["family"]: (row["places"], row["running"])
        for row in shown().order_by().values("family").annotate(places=CountOf("pk"), running=CountOf("pk", filter=Q(state=PracticeState.RUNNING)))
    }
    found = [Family(row, *spread.get(row.family, (1, 0))) for row in rows]
    return sorted(found, key=lambda one: (-one.places, sort_key(one.first.name)))


# The tree


@dataclass(slots=True)
class Node:
    """One practice of a tree, with those that came from it."""

    practice: Practice
    is_here: bool
    depth: int = 0
    children: list[Node] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """Yield it and all below it, each before its children."""
        yield self
        for child in self.children:
            yield from child.walk()


def tree(practice: Practice) -> Node | None:
    """Return the public tree to which a practice belongs; what came from one that is hidden hangs on the next above."""
    rows = {row.pk: row for row in shown().of_family(practice.family)}
    origins = dict(Practice.objects.of_family(practice.family).values_list("pk", "replicated_from_id"))
    nodes: dict[int, Node] = {pk: Node(row, pk == practice.pk) for pk, row in rows.items()}
    tops: list[Node] = []
    for pk, node in sorted(nodes.items(), key=lambda one: (one[1].practice.started_on or date.max, one[0])):
        above = origins.get(pk)
        while above is not None and above not in nodes:
            above = origins.get(above)
        (nodes[above].children if above is not None else tops).append(node)
    if not tops:
        return None
    top = tops[0]
    top.children += tops[1:]
    _deepen(top)
    return top


def _deepen(top: Node) -> None:
    for node in top.walk():
        for child in node.children:
            child.depth = node.depth + 1


def origin_of(practice: Practice) -> Practice | None:
    """Return the practice it was replicated from, when everybody may read that one."""
    return shown().filter(pk=practice.replicated_from_id).first() if practice.replicated_from_id is not None else None


def public_id_of(own: uuid.UUID) -> str:
    """Return the public id of a practice by its identity."""
    return Practice.objects.values_list("public_id", flat=True).get(uuid=own)


def owes_change(practice: Practice) -> bool:
    """Tell whether the last review asked for a change that no revision has made since."""
    last = practice.reviews.first()
    if last is None or last.decision != ReviewDecision.CHANGE or practice.state == PracticeState.ENDED:
        return False
    return not practice.revisions.filter(on__gte=last.on).exists()


# Figures


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a practice: counted by the platform, or reported with its evidence."""

    label: str
    value: int
    how: str
    url: str
    claim: Claim | None = None


def figures(practice: Practice, day: date | None = None) -> list[Figure]:
    """Return the figures of a practice: what is counted on its own ground, then what is reported, the newest of each.

    A practice that helps people who erred has none, whatever stands in the tables (NO_FIGURES).
    """
    if practice.kind in NO_FIGURES:
        return []
    when = day or practice.ended_on or clock.today()
    found = []
    ties = [counts.get(tie.code, practice.unit) for tie in practice.ties.all()]
    if practice.unit is not None and any(ties):
        ground = ground_of(practice.founded_in or practice.unit, when)
        counted = [Figure(str(one.label), one.count(ground, when), str(one.how), one.url() if one.url else "") for one in ties if one]
        # Of one that has ended, a nothing says only that the records do not reach back so far.
        found = [one for one in counted if one.value or practice.ended_on is None]
    newest = {one.label: one for one in sorted(practice.claims.select_related("evidence").defer("evidence__data"), key=lambda one: one.on)}
    return found + [Figure(one.label, one.value, "", "", one) for one in newest.values()]


# Comparison


@dataclass(frozen=True, slots=True)
class Compared:
    """One practice of a family beside the others: age in months, size by what is counted, what was done about it."""

    practice: Practice
    months: int | None
    sizes: dict[str, int | None]
    revisions: int
    praised: int
    replicated: int


def compare(practice: Practice) -> tuple[list[Count], list[Compared]]:
    """Return what can be counted of a family, and its practices in a unit of this installation side by side.

    Reads once for each thing that is counted and place; the ground of all places together.
    """
    rows = list(shown().here().of_family(practice.family).prefetch_related("ties").annotate(last=Max("revisions__number")))
    today = clock.today()
    codes = sorted({tie.code for row in rows for tie in row.ties.all()}) if practice.kind not in NO_FIGURES else []
    wanted = [found for found in (counts.get(code) for code in codes) if found is not None]
    ground = grounds({row.founded_in or row.unit for row in rows if row.unit is not None}, today) if wanted else {}
    praised = _by_practice(Act.objects.filter(practice__in=rows, kind=ActKind.PRAISE).exclude(paper__state="revoked").values_list("practice_id", flat=True))
    spread = _by_practice(shown().of_family(practice.family).values_list("replicated_from_id", flat=True))
    found = []
    for row in rows:
        tied = {tie.code for tie in row.ties.all()}
        when = row.ended_on or today
        own = ground.get(row.founded_in_id or row.unit_id or 0, frozenset())
        sizes = {one.code: one.count(own, when) if one.code in tied else None for one in wanted}
        if row.ended_on is not None:  # as in `figures`: a nothing says only that the records do not reach back so far
            sizes = {code: size or None for code, size in sizes.items()}
        found.append(Compared(row, _months(row, when), sizes, getattr(row, "last", None) or 0, praised[row.pk], spread[row.pk]))
    return wanted, sorted(found, key=lambda one: (one.practice.started_on or date.max, one.practice.pk))


def _by_practice(keys: Iterable[int | None]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for key in keys:
        if key is not None:
            found[key] += 1
    return found


def _months(practice: Practice, until: date) -> int | None:
    return None if practice.started_on is None else round((until - practice.started_on).days / DAYS_OF_MONTH)


# What would it take here?


@dataclass(frozen=True, slots=True)
class Line:
    """One need in another place: so many are needed, so many are there by the platform's count, so many are missing."""

    what: str
    basis: str
    needed: int | None
    there: int | None
    how: str

    @property
    def missing(self) -> int | None:
        """How many are still to be found; None while a number is not known."""
        return None if self.needed is None else max(0, self.needed - (self.there or 0))


@dataclass(frozen=True, slots=True)
class Checklist:
    """What a practice would take in a unit, for the numbers that were typed; the cost in đồng."""

    lines: list[Line]
    cost: int | None


def checklist(revision: Revision, unit: Unit | None, typed: dict[str, int | None]) -> Checklist:
    """Return what a revision would take in a unit; `typed` are how many households, groups, points and months."""
    times = {Basis.ONCE.value: 1, **typed}
    ground = ground_of(unit, clock.today()) if unit is not None else frozenset()
    lines = []
    for need in revision.needs.all():
        by = times.get(need.basis)
        count = counts.get(need.count, unit) if need.count and unit is not None else None
        there = count.count(ground, clock.today()) if count is not None else None
        lines.append(Line(need.what, need.get_basis_display(), None if by is None else need.quantity * by, there, str(count.label) if count else ""))
    by = times.get(revision.cost_basis)
    return Checklist(lines, None if revision.cost is None or by is None else revision.cost * by)


# Campaigns


def campaigns() -> list[Campaign]:
    """Return the campaigns of units whose commune keeps the room on, newest first."""
    rows = Campaign.objects.select_related("unit__parent", "led_by").annotate(many=CountOf("registrations"))
    return [one for one in rows if rooms.is_on(ROOM, one.unit)]


def registered(campaign: Campaign) -> list[Registration]:
    """Return the practices that registered and that everybody may read; of exemplars nothing."""
    rows = campaign.registrations.filter(practice__in=shown()).select_related("practice__unit__parent__parent__parent", "practice__institution")
    return list(rows.order_by("-is_recognised", "pk"))


# For reports


@dataclass(frozen=True, slots=True)
class Totals:
    """What happened to practices in a unit over some days; `running` is on the last of them."""

    running: int
    begun: int
    ended: int
    replicated: int
    revised: int
    praised: int
    ordered: int


def counted(unit: Unit, since: date, until: date) -> dict[str, QuerySet[Any]]:
    """Return the rows behind each of the totals of a unit's ground over a period, both days within.

    A practice counts where it was founded, so that nothing counts twice when units merge. Revoked papers do not count.
    """
    rows = Practice.objects.filter(founded_in__in=unit.ground(), is_public=True)
    acts = Act.objects.filter(practice__in=rows, on__range=(since, until)).exclude(paper__state="revoked").select_related("practice", "body").order_by("on", "pk")
    begun = rows.filter(started_on__range=(since, until)).order_by("started_on", "pk")
    return {
        "running": rows.running_on(until).order_by("name", "pk"), "begun": begun, "ended": rows.filter(ended_on__range=(since, until)).order_by("ended_on", "pk"),
        "replicated": begun.filter(replicated_from__isnull=False),
        "revised": Revision.objects.filter(practice__in=rows, on__range=(since, until), number__gt=1).select_related("practice").order_by("on", "pk"),
        "praised": acts.filter(kind=ActKind.PRAISE), "ordered": acts.filter(kind=ActKind.REPLICATE),
    }  # fmt: skip


def totals(unit: Unit, since: date, until: date) -> Totals:
    """Count practices of a unit's ground over a period: the door for the report to the people."""
    return Totals(**{name: rows.count() for name, rows in counted(unit, since, until).items()})


def on_pages(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return those of the rows whose practice has a page that everybody opens."""
    pages = shown().values("pk")
    return rows.filter(pk__in=pages).with_places() if isinstance(rows, PracticeQuerySet) else rows.filter(practice__in=pages)
