"""What this room says in the report to the people: how many were commended, as counts; never a name."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.commendations import queries
from liengia.commendations.models import Certificate, MovementList
from liengia.core.reporting import Figure, Part, Period, Provider, Table, register
from liengia.units.models import Unit

_HOW = _("Certificates that are valid, of decisions in force whose day is in the period; a replaced one counts once.")


def register_own() -> None:
    """Register the section; called from `AppConfig.ready`."""
    register(Provider("commendations", "commendations", _("Commendations of the period"), commended, order=70))


def commended(unit: Unit, period: Period) -> Part | None:
    """Count who was commended by decisions of the period; lists with fewer than five people stand in the sum only."""
    rows = Certificate.objects.filter(
        decision__round__unit__in=Unit.objects.all().below_any(unit.lineage_ids()), decision__revoked_on=None,
        decision__decided_on__gte=period.first, decision__decided_on__lte=period.last,
    )  # fmt: skip
    by_list = queries.counts(rows)
    total = queries.total_of(by_list.values())
    if not total.total:
        return None
    url = reverse("commendations:roll")
    figures = (
        Figure("commendations.people", _("people and households commended"), total.individuals + total.households, _HOW, url=url, is_about_people=True, fair=True, is_main=True),
        Figure("commendations.collectives", _("collectives commended"), total.collectives, _HOW, url=url, fair=True),
        Figure("commendations.civilians", _("of the people, members of the public"), total.civilians, _HOW, url=url, is_about_people=True),
        Figure("commendations.money", _("reward money"), total.amount_vnd, _("The sum of what the certificates say, by the tables in force on each decision's day."), unit="đồng"),
    )  # fmt: skip
    lines = tuple(
        (str(MovementList(code).label), str(one.collectives), str(one.individuals + one.households))
        for code, one in by_list.items() if one.individuals + one.households >= queries.LEAST_TOLD
    )  # fmt: skip
    tables = (Table(_("By list"), (_("List"), _("collectives"), _("people and households")), lines),) if lines else ()
    return Part(figures, tables=tables)
