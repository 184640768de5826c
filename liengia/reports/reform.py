"""Targets that are still to be reached go over to a unit's successor; reports and registrations stay where they were made."""

from __future__ import annotations

from datetime import date

from liengia.core.actor import Actor
from liengia.reports.models import Target
from liengia.units.models import Unit


def move_targets(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move the targets that fall due from the day of the reform on, where the new unit has none of the figure and day.

    What stays is found all the same: a unit's report judges the targets of its whole lineage.
    """
    moved = 0
    for target in Target.objects.filter(unit=old, due_on__gte=on)[:50]:
        if not Target.objects.filter(unit=new, figure=target.figure, due_on=target.due_on).exists():
            target.unit = new
            target.save(update_fields=["unit"])
            moved += 1
    return moved
