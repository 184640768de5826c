"""What this room says in the report to the people: how many were commended, as counts; never a name."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.commendations import queries
from liengia.commendations.models import Certificate, Decision, MovementList, RecipientKind
from liengia.core.reporting import Figure, Part, Period, Provider, Record, Records, Table, register
from liengia.units.models import Level, Unit

_HOW = _(
    "Certificates that are valid, of decisions in force whose day is in the period; a replaced one counts once. Fewer than five people by decisions that are not on the public roll are left out."
)


_NOT_OPEN = _("Decisions that are not on the public roll, among them those of the pursuit: they are in the number, and nothing else of them is public.")
_OTHERS_FEW = _("So few of them are police or households that, decision by decision, what is left over would tell of them: nothing is listed here.")
_ADDS = {
    "people": lambda one: one.people, "collectives": lambda one: one.collectives, "civilians": lambda one: one.civilians,
    "money": lambda one: one.amount_vnd,
}  # fmt: skip


def register_own() -> None:
    """Register the section; called from `AppConfig.ready`."""
    register(Provider("commendations", "commendations", _("Commendations of the period"), commended, trace, order=70))


def commended(unit: Unit, period: Period) -> Part | None:
    """Count who was commended by decisions of the period. No number about fewer than five people is told, nor one that tells it by what is left over."""
    by_list = {code: one for code, one in queries.counts(_certificates(unit, period)).items() if one.total}
    total = queries.total_of(by_list.values())
    if not total.total:
        return None
    figures = [
        Figure("commendations.people", _("people and households commended"), total.people, _HOW, is_about_people=True, fair=True, is_main=True),
        Figure("commendations.collectives", _("collectives commended"), total.collectives, _HOW, fair=True),
    ]
    if not _is_few(total.people - total.civilians):
        figures.append(Figure("commendations.civilians", _("of the people, members of the public"), total.civilians, _HOW, is_about_people=True))
    if not _is_few(total.people):  # by its dated table the money would tell how many
        figures.append(Figure("commendations.money", _("reward money"), total.amount_vnd, _("The sum of what the certificates say, by the tables in force on each decision's day."), unit=_("dong")))
    told = {code: one for code, one in by_list.items() if not _is_few(one.people)}
    lines = tuple((MovementList(code).label, one.collectives, one.people) for code, one in told.items())
    has_table = lines and not _is_few(total.people - sum(one.people for one in told.values()))
    return Part(tuple(figures), tables=(Table(_("By list"), (_("List"), _("collectives"), _("people and households")), lines, figures=("commendations.collectives", "commendations.people")),) if has_table else ())


def trace(unit: Unit, period: Period, code: str, user: Any) -> Records | None:
    """Bring the decisions behind a figure, each with what it adds; those that are not on the public roll by their number alone."""
    adds = _ADDS.get(code.removeprefix("commendations."))
    if adds is None:
        return None
    rows = _certificates(unit, period)
    decisions = Decision.objects.filter(pk__in=rows.order_by().values("decision")).select_related("paper__issuer", "round__unit").order_by("decided_on", "pk")
    of_each = queries.counts_by_decision(rows)
    open_ones = {one.pk for one in queries.public_decisions(unit=_whose_rounds(unit))}
    amounts = {one.pk: adds(of_each[one.pk]) for one in decisions}
    if code == "commendations.civilians" and any(_is_few(one.people - one.civilians) for one in of_each.values()):
        total = sum(amounts.values())
        return Records(total, (), total, _OTHERS_FEW)
    listed = tuple(
        Record(f"{one.paper.sign}: {one.round.public_title}", one.decided_on, amount=amounts[one.pk], url=reverse("commendations:decision", args=[one.public_id]))
        for one in decisions if one.pk in open_ones and amounts[one.pk]
    )  # fmt: skip
    hidden = sum(number for key, number in amounts.items() if key not in open_ones)
    return Records(sum(amounts.values()), listed, hidden, _NOT_OPEN if hidden else "")


def _is_few(people: int) -> bool:
    return 0 < people < queries.LEAST_TOLD


def _whose_rounds(unit: Unit) -> Unit | None:
    """Return the unit whose rounds count: itself; for a hamlet, whose people others commend, any."""
    return None if unit.level == Level.HAMLET else unit


def _certificates(unit: Unit, period: Period) -> QuerySet[Certificate]:
    """Return what is counted: of decisions that are not on the public roll only where they commend no few, as the roll has all others.

    A hamlet decides nothing: its own are those that are tied to it, on the public roll and of no pursuit, for of so few places the rest would tell of somebody.
    """
    inside, rounds = unit.ground(), _whose_rounds(unit)
    rows = Certificate.objects.filter(decision__revoked_on=None, decision__decided_on__gte=period.first, decision__decided_on__lte=period.last)
    open_ones = [one.pk for one in queries.public_decisions(unit=rounds)]
    if rounds is None:
        return rows.filter(unit__in=inside, decision__in=open_ones, nomination__is_pursuit_deed=False)
    rows = rows.filter(decision__round__unit__in=inside)
    closed = rows.exclude(decision__in=open_ones)
    # By the unit that decided, as its own report leaves them out: a district's sum would tell of them by what its communes do not add up to.
    people = Counter(closed.valid().exclude(kind=RecipientKind.COLLECTIVE).values_list("decision__round__unit", flat=True))
    few = [key for key, number in people.items() if _is_few(number)]
    return rows.exclude(pk__in=closed.filter(decision__round__unit__in=few).values("pk")) if few else rows
