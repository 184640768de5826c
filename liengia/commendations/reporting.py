"""What this room says in the report to the people: how many were commended, as counts; never a name."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.commendations import queries
from liengia.commendations.models import Certificate, Decision, MovementList
from liengia.core.reporting import Figure, Part, Period, Provider, Record, Records, Table, register
from liengia.units.models import Unit

_HOW = _("Certificates that are valid, of decisions in force whose day is in the period; a replaced one counts once.")


_NOT_OPEN = _("Decisions that are not on the public roll, among them those of the pursuit: they are in the number, and nothing else of them is public.")
_FEW_NOT_OPEN = _(
    "A small part of them is by decisions that are not on the public roll. What is left over would tell of those few, so nothing is listed here; whoever is named in public stands under Commendations."
)
_ADDS = {
    "people": lambda one: one.individuals + one.households, "collectives": lambda one: one.collectives, "civilians": lambda one: one.civilians,
    "money": lambda one: one.amount_vnd,
}  # fmt: skip


def register_own() -> None:
    """Register the section; called from `AppConfig.ready`."""
    register(Provider("commendations", "commendations", _("Commendations of the period"), commended, trace, order=70))


def commended(unit: Unit, period: Period) -> Part | None:
    """Count who was commended by decisions of the period; lists with fewer than five people stand in the sum only."""
    by_list = queries.counts(_certificates(unit, period))
    total = queries.total_of(by_list.values())
    if not total.total:
        return None
    figures = (
        Figure("commendations.people", _("people and households commended"), total.individuals + total.households, _HOW, is_about_people=True, fair=True, is_main=True),
        Figure("commendations.collectives", _("collectives commended"), total.collectives, _HOW, fair=True),
        Figure("commendations.civilians", _("of the people, members of the public"), total.civilians, _HOW, is_about_people=True),
        Figure("commendations.money", _("reward money"), total.amount_vnd, _("The sum of what the certificates say, by the tables in force on each decision's day."), unit="đồng"),
    )  # fmt: skip
    lines = tuple(
        (str(MovementList(code).label), str(one.collectives), str(one.individuals + one.households))
        for code, one in by_list.items() if one.individuals + one.households >= queries.LEAST_TOLD
    )  # fmt: skip
    tables = (Table(_("By list"), (_("List"), _("collectives"), _("people and households")), lines),) if lines else ()
    return Part(figures, tables=tables)


def trace(unit: Unit, period: Period, code: str, user: Any) -> Records | None:
    """Bring the decisions behind a figure, each with what it adds; those that are not on the public roll by their number alone."""
    adds = _ADDS.get(code.removeprefix("commendations."))
    if adds is None:
        return None
    rows = _certificates(unit, period)
    decisions = Decision.objects.filter(pk__in=rows.order_by().values("decision")).select_related("paper__issuer", "round__unit").order_by("decided_on", "pk")
    of_each = queries.counts_by_decision(rows)
    open_ones = {one.pk for one in queries.public_decisions(unit=unit)}
    amounts = {one.pk: adds(of_each[one.pk]) for one in decisions}
    unlisted = sum(count.individuals + count.households for key, count in of_each.items() if key not in open_ones)
    if 0 < unlisted < queries.LEAST_TOLD:
        # The number less what is listed would tell how many were commended in the dark; so would the money, by its table.
        total = sum(amounts.values())
        return Records(total, (), total, _FEW_NOT_OPEN)
    listed = tuple(
        Record(f"{one.paper.sign}: {one.round.title}", one.decided_on, amount=amounts[one.pk], url=reverse("commendations:decision", args=[one.public_id]))
        for one in decisions if one.pk in open_ones and amounts[one.pk]
    )  # fmt: skip
    hidden = sum(number for key, number in amounts.items() if key not in open_ones)
    return Records(sum(amounts.values()), listed, hidden, _NOT_OPEN if hidden else "")


def _certificates(unit: Unit, period: Period) -> QuerySet[Certificate]:
    return Certificate.objects.filter(
        decision__round__unit__in=Unit.objects.all().below_any(unit.lineage_ids()), decision__revoked_on=None,
        decision__decided_on__gte=period.first, decision__decided_on__lte=period.last,
    )  # fmt: skip
