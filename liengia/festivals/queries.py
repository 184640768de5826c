"""What pages of the festival read from several tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.alarms.models import Drill
from liengia.commendations import policies as commendation_policies
from liengia.commendations.models import Decision
from liengia.core import clock, linked, rooms
from liengia.festivals import awards, policies, times
from liengia.festivals.models import (
    DayQuerySet,
    DayState,
    Direction,
    FestivalDay,
    Part,
    Pledge,
    PledgeProgress,
    PledgePromise,
    ProgrammeItem,
    ReportedAt,
    Season,
)
from liengia.organisations.models import Task
from liengia.units.models import Unit

SEASONS: Final = 12
BOARDS: Final = 6
# Fewer houses than this are not told of.
LEAST_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise with what was said of it each time."""

    promise: PledgePromise
    half_year: PledgeProgress | None
    year_end: PledgeProgress | None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item with what everybody may see of its decisions and drills."""

    item: ProgrammeItem
    cards: list[linked.Card]
    drills: list[str]


def commune(code: str) -> Unit | None:
    """Return the commune of a code that stands today and keeps the room on."""
    found = Unit.objects.current().communes().with_ancestors().filter(code=code).first() if code else None
    return found if found is not None and rooms.is_on("festivals", found) else None


def among(days: DayQuerySet, unit: Unit | None) -> DayQuerySet:
    """Return the days of a unit, or all."""
    return days if unit is None else days.in_unit(unit)


def shown_seasons(unit: Unit | None) -> list[Season]:
    """Return the seasons that everybody sees; of a commune those that hold days of it."""
    found = policies.shown_seasons()
    if unit is not None:
        below = Unit.objects.below_any(unit.lineage_ids()).values("pk")
        found = found.filter(Q(unit__in=below) | Q(days__unit__in=below)).distinct()
    return list(found[:SEASONS])


def board_dates(unit: Unit | None) -> list[date]:
    """Return the latest dates before today that have a board, the newest first."""
    begins, _ends = times.bounds(clock.today())
    stamps = among(policies.shown_days(), unit).filter(starts_at__lt=begins).order_by("-starts_at").values_list("starts_at", flat=True)
    found: list[date] = []
    for at in stamps.iterator(chunk_size=200):
        on = clock.local(at).date()
        if on not in found:
            found.append(on)
        if len(found) >= BOARDS:
            break
    return found


def date_of_board(unit: Unit | None = None) -> date | None:
    """Return the date whose board is looked for: today's, else the next, else the last."""
    days = among(policies.shown_days(), unit)
    coming = days.coming().values_list("starts_at", flat=True).first()
    at = coming or days.order_by("-starts_at").values_list("starts_at", flat=True).first()
    return clock.local(at).date() if at else None


def day_page(day: FestivalDay) -> dict[str, Any]:
    """Return what the page of a day shows."""
    items = list(day.items.select_related("forum").prefetch_related("results", "decisions", "drills__group"))
    parade = getattr(day, "parade", None)
    return {
        "day": day,
        "parts": [
            (Part.CEREMONY.label, lines(day, (one for one in items if one.part == Part.CEREMONY))),
            (Part.FESTIVITIES.label, lines(day, in_order(one for one in items if one.part == Part.FESTIVITIES))),
        ],
        "parade": parade, "groups": parade.groups.all() if parade else (), "points": list(parade.points.all()) if parade else [],
        "results": [one for one in items if one.results.all()],
        "parties": day.parties.select_related("unit", "organisation"), "pledges": day.pledges.all().shown(),
        "inside": day.parts.filter(pk__in=policies.shown_days().values("pk")).select_related("unit__parent", "organisation", "season"),
        "siblings": beside(day),
    }  # fmt: skip


def beside(day: FestivalDay) -> int:
    """Return how many other places the board of the date shows: whatever their season, without those that are counted in another or were called off."""
    held = policies.shown_days().on(day.day).exclude(state=DayState.CANCELLED)
    return held.exclude(counted_in__in=held.values("pk")).exclude(pk=day.pk).count()


def lines(day: FestivalDay, items: Iterable[ProgrammeItem]) -> list[ItemLine]:
    """Return items with their public decisions, and with their drills where the day's commune keeps the alarms on."""
    is_on = rooms.is_on("alarms", day.unit)
    found = []
    for one in items:
        cards = [card for row in one.decisions.all() if (card := linked.card("commendations.decision", row.public_id)) is not None]
        found.append(ItemLine(one, cards, [drill_words(drill) for drill in one.drills.all()] if is_on else []))
    return found


def drill_words(drill: Drill) -> str:
    """Return what a group's drill showed, once it is over; how many houses answered only from five on."""
    words = drill.group.name
    if drill.ended_at is None or not drill.score:
        return words
    answered, sirens = int(drill.score.get("answered") or 0), int(drill.score.get("sirens") or 0)
    said = []
    if answered >= LEAST_TOLD:
        said.append(ngettext("%(n)s house answered", "%(n)s houses answered", answered) % {"n": answered})
        if (first := drill.score.get("first_answer_s")) is not None:
            said.append(_("the first after %(n)s seconds") % {"n": round(float(first))})
    if sirens:
        said.append(_("%(sounded)s of %(all)s sirens sounded") % {"sounded": int(drill.score.get("sounded") or 0), "all": sirens})
    return f"{words}: {', '.join(said)}" if said else words


def decisions_for(day: FestivalDay, user: Any) -> QuerySet[Decision]:
    """Return the decisions that can be read out at a day: of its commune and those above, of the last year; the pursuit's only where the user keeps them, or they were opened."""
    commune = day.unit.commune() or day.unit
    area = {*commune.lineage_ids(), *(key for one in commune.ancestors() for key in one.lineage_ids())}
    since = day.day - timedelta(days=365)
    found = Decision.objects.filter(revoked_on=None, decided_on__gt=since, decided_on__lte=day.day).select_related("paper__issuer", "round")
    kept = commendation_policies.decisions_of(user).values("pk")
    return found.filter(Q(round__unit__in=Unit.objects.below_any(sorted(commune.lineage_ids())).values("pk")) | Q(round__unit__in=area)).filter(awards.told() | Q(pk__in=kept))


def may_be_counted_in(day: FestivalDay) -> FestivalDay | None:
    """Return the commune's own day of a date, where a place in it counts for itself: its people may stand in that yard and be counted twice."""
    commune = day.unit.commune()
    if commune is None or day.counted_in_id is not None or day.parts.exists():
        return None
    found = FestivalDay.objects.all().on(day.day).filter(unit=commune, organisation=None, counted_in=None).exclude(pk=day.pk).exclude(state=DayState.CANCELLED)
    return found.select_related("unit").first()


def drills_for(day: FestivalDay) -> QuerySet[Drill]:
    """Return the drills of that date of the groups in a day's commune; none where the alarms are off."""
    commune = day.unit.commune() or day.unit
    if not rooms.is_on("alarms", commune):
        return Drill.objects.none()
    begins, ends = times.bounds(day.day)
    inside = Unit.objects.below_any(commune.lineage_ids()).values("pk")
    found = Drill.objects.filter(group__unit__in=inside, cancelled_at=None, planned_at__gte=begins, planned_at__lt=ends)
    return found.select_related("group").order_by("planned_at", "pk")


def in_order(items: Iterable[ProgrammeItem]) -> list[ProgrammeItem]:
    """Return items by their hour; those without one come last."""
    return sorted(items, key=lambda one: (one.starts_at is None, str(one.starts_at or ""), one.order))


def pledge_list(unit: Unit | None) -> QuerySet[Pledge]:
    """Return the signed pledges, the newest first, to be paged."""
    found = policies.shown_pledges().order_by("-signed_on", "-pk")
    return found if unit is None else found.filter(unit__in=Unit.objects.below_any(unit.lineage_ids()).values("pk"))


def promises(pledge: Pledge) -> list[PromiseRow]:
    """Return the promises of a pledge with what became of them."""
    rows = []
    for one in pledge.promises.prefetch_related("progress"):
        said = {progress.at: progress for progress in one.progress.all()}
        rows.append(PromiseRow(one, said.get(ReportedAt.HALF_YEAR), said.get(ReportedAt.YEAR_END)))
    return rows


def tasks(day: FestivalDay) -> list[Task]:
    """Return the tasks of a day's committee, the open ones first."""
    if day.committee is None:
        return []
    found = Task.objects.of_committee(day.committee).select_related("owner__organisation")
    return sorted(found, key=lambda one: (one.state != "open", one.due_on, one.pk))


def counted(day: FestivalDay) -> dict[str, int]:
    """Return how the answers of a day's guests stand."""
    rows = list(day.guests.values_list("answer", "people"))
    anew = day.guests.filter(answer="none", earlier_for__isnull=False).count()
    return {
        "invited": len(rows), "come": sum(answer == "comes" for answer, _n in rows), "people": sum(n for answer, n in rows if answer == "comes"),
        "cannot": sum(answer == "cannot" for answer, _n in rows), "waiting": sum(answer == "none" for answer, _n in rows), "anew": anew,
    }  # fmt: skip


def money(day: FestivalDay) -> dict[str, int]:
    """Return a day's sums in đồng: planned and in fact, what comes in and what goes out."""
    lines = list(day.budget.all())
    given = [one for one in lines if one.direction == Direction.INCOME]
    spent = [one for one in lines if one.direction == Direction.EXPENSE]
    return {
        "income": sum(one.planned for one in given), "expense": sum(one.planned for one in spent),
        "income_actual": sum(one.actual or 0 for one in given), "expense_actual": sum(one.actual or 0 for one in spent),
    }  # fmt: skip
