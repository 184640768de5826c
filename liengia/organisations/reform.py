"""What happens to institutions and committees when units are reformed; called by `units.reforms` in chunks.

A school, a firm, a place of worship stays the institution that it is and only gets the new unit. A body of the
commune's government ends with the commune: the new commune's body of the same kind follows it and takes over the
commune's open tasks.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db.models import Q

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.text import fold
from liengia.organisations.models import OF_GOVERNMENT, Committee, CommitteeMember, Organisation, Task
from liengia.units.models import Level, Unit

CHUNK: Final = 50


def _standing(on: date) -> Q:
    """The condition that a row has not ended by the day of the reform."""
    return Q(valid_to__isnull=True) | Q(valid_to__gt=on)


def renamed(name: str, old: Unit, new: Unit) -> str:
    """Return a body's name with the new unit's name in place of the old one's: "Công an xã Long Sơn" → "… Mỹ Lệ"."""
    for kind in (old.kind, old.kind.lower()):
        fitting = new.kind if kind == old.kind else new.kind.lower()
        name = name.replace(f"{kind} {old.name}", f"{fitting} {new.name}")
    return name.replace(old.name, new.name) if new.name not in name else name


def move_organisations(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Give institutions the new unit; let bodies of the commune's government be followed by those of the new one."""
    rows = list(Organisation.objects.filter(_standing(on), unit=old).order_by("pk")[:CHUNK])
    for row in rows:
        if row.kind in OF_GOVERNMENT and old.level == Level.COMMUNE:
            _follow(row, _successor_of(row, old, new, on), on)
        else:
            Organisation.objects.filter(pk=row.pk).update(unit=new)
    if rows:
        facts = {"moved": len(rows), "old": old.code, "new": new.code}
        audit.record("organisations.organisations_moved", actor=actor, about=new, unit=new, facts=facts)
    return len(rows)


def _successor_of(row: Organisation, old: Unit, new: Unit, on: date) -> Organisation:
    name = renamed(row.name, old, new)
    same = Organisation.objects.filter(_standing(on), kind=row.kind, unit=new, folded_name=fold(name)).first()
    return same or Organisation.objects.create(
        kind=row.kind, name=name, unit=new, phone=row.phone, address=row.address, valid_from=on,
        legal_basis=new.legal_basis,
    )  # fmt: skip


def _follow(row: Organisation, successor: Organisation, on: date) -> None:
    row.valid_to, row.successor = on, successor
    row.save(update_fields=["valid_to", "successor"])
    elsewhere = CommitteeMember.objects.filter(_standing(on), organisation=row).exclude(committee__unit=row.unit_id)
    elsewhere.update(organisation=successor)


def move_committees(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """End a commune's committees; the new commune's of the same kind follow, with the open tasks and agreements."""
    moved = old.agreements.filter(_standing(on)).update(unit=new)
    rows = list(Committee.objects.filter(_standing(on), unit=old).order_by("pk")[:CHUNK])
    for row in rows:
        successor = _committee_after(row, old, new, on)
        Committee.objects.filter(pk=row.pk).update(valid_to=on, successor=successor)
        for task in Task.objects.open().filter(committee=row).select_related("owner__organisation"):
            task.owner = _seat_after(task.owner, successor, on)
            task.committee = successor
            task.save(update_fields=["owner", "committee"])
        row.members.filter(_standing(on)).filter(~Q(valid_from=on) | Q(valid_from__isnull=True)).update(
            valid_to=on, holder=None
        )
        facts = {"old": row.public_id, "new": successor.public_id, "on": on}
        audit.record("organisations.committee_followed", actor=actor, about=successor, unit=new, facts=facts)
    return moved + len(rows)


def _committee_after(row: Committee, old: Unit, new: Unit, on: date) -> Committee:
    name = renamed(row.name, old, new)
    same = Committee.objects.filter(_standing(on), kind=row.kind, unit=new, name=name).first()
    return same or Committee.objects.create(kind=row.kind, name=name, unit=new, valid_from=on)


def _seat_after(seat: CommitteeMember, committee: Committee, on: date) -> CommitteeMember:
    """Return the seat of the same office in the following committee; a member's seat where there is none yet."""
    organisation = seat.organisation.current()
    same = committee.members.filter(_standing(on), organisation=organisation, office_title=seat.office_title).first()
    return same or CommitteeMember.objects.create(
        committee=committee, organisation=organisation, office_title=seat.office_title, valid_from=on
    )


