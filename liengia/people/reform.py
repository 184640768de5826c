"""What hangs on a unit goes over to its successor: households, roles, posts, a commune's own numbers."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

from django.db.models import Q
from django.utils.timezone import get_current_timezone

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.people.models import DutyPost, EmergencyNumber, Household, RoleAssignment
from liengia.people.services import accounts
from liengia.units.models import Unit

CHUNK: Final = 100


def move_households(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move a chunk of households; nothing that a phone or a device holds changes."""
    chosen = list(Household.objects.filter(hamlet=old).values_list("pk", flat=True)[:CHUNK])
    Household.objects.filter(pk__in=chosen).update(hamlet=new)
    return len(chosen)


def move_roles(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """End a chunk of assignments in the old unit on the day, and begin them in the new one."""
    moment = datetime.combine(on, time.min, tzinfo=get_current_timezone())
    standing = RoleAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=moment), unit=old)
    chosen = list(standing.select_related("role", "user")[:CHUNK])
    for row in chosen:
        begins, ends = max(row.valid_from, moment), row.valid_to
        if row.valid_from >= moment:
            row.delete()
        else:
            RoleAssignment.objects.filter(pk=row.pk).update(valid_to=moment)
        present = RoleAssignment.objects.at(begins).filter(user=row.user, role=row.role, unit=new).first()
        if present is None:
            RoleAssignment.objects.create(
                user=row.user, role=row.role, unit=new, valid_from=begins, valid_to=ends
            )
        elif present.valid_to is not None and (ends is None or ends > present.valid_to):
            # Held in two communes that became one: it goes on as long as the longer of the two.
            RoleAssignment.objects.filter(pk=present.pk).update(valid_to=ends)
        audit.record(
            "people.role_given",
            actor=actor,
            about=row.user,
            unit=new,
            facts={"role": row.role.code, "reform": True},
        )
    accounts.sync_groups([row.user for row in chosen])
    return len(chosen)


def move_posts(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move duty posts with their rota, and the numbers of the old unit."""
    posts = DutyPost.objects.filter(unit=old).update(unit=new)
    return posts + EmergencyNumber.objects.filter(unit=old).update(unit=new)
