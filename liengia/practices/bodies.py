"""Which bodies praise a practice or order to replicate it, whom they address, and how each is told apart from the others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from liengia.core.text import fold
from liengia.organisations.models import OF_GOVERNMENT, Organisation, OrganisationKind, OrganisationQuerySet
from liengia.practices.models import Exemplar, Practice
from liengia.units.choices import label
from liengia.units.models import Level, Unit

ACTING: Final = OF_GOVERNMENT | {OrganisationKind.MINISTRY}
# From the commune up: a hamlet praises and orders nothing. Districts act on days before 2025-07-01 alone (Resolution 202/2025/QH15).
ACTING_LEVELS: Final = frozenset({Level.PROVINCE, Level.DISTRICT, Level.COMMUNE})


def places_of(about: Practice | Exemplar) -> list[Unit]:
    """Return the units in which it has stood: a practice from its founding to today, an exemplar's with those right before.

    What else was merged into the unit of today is no place of it: the bodies of those communes stand above others.
    """
    if isinstance(about, Exemplar):
        return [about.unit, *about.unit.predecessors()]
    line = [unit for unit in (about.founded_in or about.unit,) if unit is not None]
    while line and line[-1].pk != about.unit_id and (following := line[-1].successors().first()) is not None:
        line.append(following)
    return line if about.unit is None or about.unit in line else [*line, about.unit]


def units_above(about: Practice | Exemplar) -> dict[int, Unit]:
    """Return the units whose bodies may act, by id: its own places and all above them."""
    return {up.pk: up for unit in places_of(about) for up in (unit, *unit.ancestors()) if up.level in ACTING_LEVELS}


def bodies_for(about: Practice | Exemplar) -> OrganisationQuerySet:
    """Return the bodies that may act, also those that have ended since it began: a paper of 2023 is of a body of 2023."""
    above = Q(kind__in=OF_GOVERNMENT, unit__in=units_above(about)) | Q(kind=OrganisationKind.MINISTRY)
    found = Organisation.objects.filter(above).select_related("unit__parent__parent").order_by("folded_name", "pk")
    begun = about.started_on if isinstance(about, Practice) else None
    return found if begun is None else found.filter((Q(valid_to=None) | Q(valid_to__gt=begun)) & (Q(unit__valid_to=None) | Q(unit__valid_to__gt=begun)))


def span(body: Organisation) -> tuple[date | None, date | None]:
    """Return from which day to which last day a body acts: while it stands, and its unit with it (a ministry has none)."""
    rows: list[Organisation | Unit] = [body] if body.kind == OrganisationKind.MINISTRY else [body, body.unit]
    begins = [row.valid_from for row in rows if row.valid_from is not None]
    ends = [row.valid_to - timedelta(days=1) for row in rows if row.valid_to is not None]
    return max(begins, default=None), min(ends, default=None)


def acts_on(body: Organisation, day: date) -> bool:
    """Tell whether a body stood on a day."""
    since, until = span(body)
    return (since is None or since <= day) and (until is None or day <= until)


def dates(body: Organisation) -> str:
    """Return the days of a body in words, "from 01/07/2025", "until 30/06/2025"; nothing of one that knows neither."""
    since, until = (f"{day:%d/%m/%Y}" if day is not None else "" for day in span(body))
    if since and until:
        return _("from %(since)s to %(until)s") % {"since": since, "until": until}
    if until:
        return _("up to %(day)s") % {"day": until}
    return _("from %(day)s") % {"day": since} if since else ""


def body_label(body: Organisation) -> str:
    """Return "Công an huyện Cần Đước (until 28/02/2025)": its place where the name does not say it, and its days."""
    said = body.kind == OrganisationKind.MINISTRY or fold(body.unit.name) in fold(body.name)
    name = body.name if said else f"{body.name}, {body.unit.full_name}"
    return f"{name} ({days})" if (days := dates(body)) else name


def grouped_bodies(about: Practice | Exemplar) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return the choice of bodies in groups, the nearest first: commune, district, province, ministries."""
    groups: dict[str, list[tuple[int, str]]] = {}
    rows = sorted(bodies_for(about), key=lambda one: (one.kind == OrganisationKind.MINISTRY, -Level(one.unit.level).rank))
    for one in rows:
        title = _("Ministries and their departments") if one.kind == OrganisationKind.MINISTRY else label(one.unit)
        groups.setdefault(title, []).append((one.pk, body_label(one)))
    return list(groups.items())


def addressable(practice: Practice) -> list[tuple[str, list[Unit]]]:
    """Return the units that an order may name, in groups by what they belong to.

    A commune orders its hamlets, a district and a province their communes, a ministry provinces; hamlets of other
    communes are never named one by one. What ended before the practice began is not offered.
    """
    above = units_above(practice)
    under = Q(parent__in=[pk for pk, unit in above.items() if unit.level == Level.COMMUNE], level=Level.HAMLET)
    under |= Q(parent__in=[pk for pk, unit in above.items() if unit.level != Level.COMMUNE], level=Level.COMMUNE)
    if bodies_for(practice).of_kind(OrganisationKind.MINISTRY).exists():
        under |= Q(level=Level.PROVINCE)
    rows = Unit.objects.filter(under).with_ancestors().order_by("code", "valid_from")
    if practice.started_on is not None:
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=practice.started_on))
    groups: dict[str, list[Unit]] = {}
    for unit in sorted(rows, key=lambda one: (-Level(one.level).rank, not one.is_current)):
        groups.setdefault(label(unit.parent) if unit.parent is not None else _("Provinces"), []).append(unit)
    return list(groups.items())
