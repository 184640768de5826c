"""Households from a spreadsheet: checked against what stands, then written in small transactions, all or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.text import fold
from liengia.people.models import Household
from liengia.people.services.households import make_household
from liengia.people.spreadsheet import (
    GROUP_COLUMNS,
    GROUPS,
    HOUSE_COLUMNS,
    HOUSES,
    HouseholdRow,
    RowError,
    Sheet,
)
from liengia.units.models import Unit

CHUNK: Final = 10


def match_hamlets(sheet: Sheet, commune: Unit) -> tuple[dict[int, Unit], list[RowError]]:
    """Return the hamlet of each group number of the sheet, by its name in the commune, and errors for the others."""
    by_name: dict[str, list[Unit]] = {}
    for unit in Unit.objects.current().hamlets().below(commune):
        for name in {unit.name, unit.full_name, unit.display_name}:
            by_name.setdefault(fold(name), []).append(unit)
    found: dict[int, Unit] = {}
    errors: list[RowError] = []
    for row in sheet.groups:
        units = by_name.get(fold(row.hamlet), [])
        if len(units) == 1:
            found[row.number] = units[0]
            continue
        what = _("“%(name)s” is no hamlet of %(commune)s.") % {"name": row.hamlet, "commune": commune.name}
        do = _("Write one of: %(names)s.") % {
            "names": ", ".join(sorted({u.display_name for us in by_name.values() for u in us}))
        }
        if units:
            what = _("There are %(count)s hamlets “%(name)s”.") % {"count": len(units), "name": row.hamlet}
            do = _("Write which: %(names)s.") % {"names": ", ".join(unit.display_name for unit in units)}
        errors.append(RowError(GROUPS, row.row, GROUP_COLUMNS["hamlet"], what, do))
    return found, errors


def standing_twice(sheet: Sheet, hamlets: Mapping[int, Unit]) -> list[RowError]:
    """Return an error for each household whose address stands in the register already."""
    known = {
        (hamlet, fold(address)): label
        for hamlet, address, label in Household.objects.active()
        .filter(hamlet__in=set(hamlets.values()))
        .values_list("hamlet_id", "address_label", "house_label")
    }
    errors: list[RowError] = []
    for row in sheet.households:
        unit = hamlets.get(row.group)
        label = known.get((unit.pk, fold(row.address_label))) if unit else None
        if label:
            what = _("This address is in the register already, as “%(label)s”.") % {"label": label}
            errors.append(
                RowError(HOUSES, row.row, HOUSE_COLUMNS["address_label"], what, _("Delete the row."))
            )
    return errors


def import_households(
    rows: Sequence[HouseholdRow],
    hamlets: Mapping[int, Unit],
    *,
    actor: Actor,
    progress: Callable[[int, int], None] = lambda done, total: None,
    wrote: Callable[[Sequence[Household], int], None] = lambda made, total: None,
) -> dict[int, Household]:
    """Write households, ten a transaction, and return them by their row; when one fails, none stays.

    `progress` is told how many of how many are written, after each transaction; `wrote` is given the new ones and
    how many there will be, inside it, so that whoever keeps a list of them never lacks one.

    Raises:
        Invalid: a row that the reader should have refused; what was written before is taken away again.
    """
    made: dict[int, Household] = {}
    try:
        for start in range(0, len(rows), CHUNK):
            with transaction.atomic():
                for row in rows[start : start + CHUNK]:
                    made[row.row] = make_household(
                        actor=actor,
                        hamlet=hamlets[row.group],
                        address_label=row.address_label,
                        house_label=row.house_label,
                        head_name=row.head_name,
                        phones=row.phones,
                        kit=row.kit,
                        rooms=row.rooms,
                        landmark=row.landmark,
                        kind=row.kind,
                    )
                wrote([made[row.row] for row in rows[start : start + CHUNK]], len(rows))
            progress(len(made), len(rows))
    except BaseException:
        undo_import(list(made.values()))
        raise
    if made:
        first = next(iter(made.values()))
        audit.record(
            "people.households_imported",
            actor=actor,
            about=first.hamlet,
            unit=first.hamlet,
            facts={"households": len(made)},
        )
    return made


def undo_import(households: Sequence[Household]) -> None:
    """Take just-written households away again, in small transactions."""
    keys = [household.pk for household in households]
    for start in range(0, len(keys), CHUNK):
        Household.objects.filter(pk__in=keys[start : start + CHUNK]).delete()
