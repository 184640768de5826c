"""Changes of single units and of what a commune keeps on; mergers, splits and renames are in `reforms`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.core.text import fold
from liengia.units import naming, switches
from liengia.units.models import Level, RoomSwitch, Unit

__all__ = ["create_unit", "end_unit", "next_code", "switch_room"]


def create_unit(
    *,
    code: str,
    name: str,
    kind: str,
    level: str,
    parent: Unit | None,
    actor: Actor,
    valid_from: date | None = None,
    valid_to: date | None = None,
    legal_basis: str = "",
    place: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Unit:
    """Begin a unit that takes over from no other: the first load, a new hamlet, a new self-managed group.

    Raises:
        Invalid: no unit above it (orphan), dates outside its parent's, a code that is taken at the time (overlap),
            or a name that a sister has at the time.
    """
    unit = Unit(
        code=code.strip(),
        name=name.strip(),
        kind=kind.strip(),
        level=level,
        parent=parent,
        valid_from=valid_from,
        valid_to=valid_to,
        legal_basis=legal_basis,
        **(place or {}),
    )
    with transaction.atomic():
        refuse_orphan(unit)
        refuse_overlap(unit)
        _refuse_namesake(unit)
        unit.save(force_insert=True)
        if unit.level == Level.HAMLET and unit.parent is not None:
            naming.mark_namesakes(unit.parent)
            unit.refresh_from_db(fields=["shares_name", "origin", "folded_all"])
        facts = {"code": unit.code, "name": unit.name, "level": unit.level, "valid_from": unit.valid_from}
        audit.record("units.unit_created", actor=actor, about=unit, at=at, unit=unit, facts=facts)
    return unit


def end_unit(unit: Unit, *, on: date, legal_basis: str, actor: Actor, at: datetime | None = None) -> None:
    """End a unit without a successor; `on` is the first day without it.

    Raises:
        Invalid: units below it would be left without one above, or it does not stand on the eve.
    """
    with transaction.atomic():
        row = Unit.objects.select_for_update().get(pk=unit.pk)
        if (row.valid_from is not None and row.valid_from >= on) or (row.valid_to is not None and row.valid_to < on):
            raise Invalid(
                _("%(unit)s does not stand on that day. Nothing was changed.") % {"unit": row.full_name},
                code="not_standing",
            )
        left = Unit.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), parent=row).first()
        if left is not None:
            raise Invalid(
                _("%(child)s would be left without a unit above it when %(unit)s ends. End or move it first.")
                % {"child": left.full_name, "unit": row.full_name},
                code="orphan",
            )
        Unit.objects.filter(pk=row.pk).update(valid_to=on)
        facts = {"code": row.code, "on": on, "legal_basis": legal_basis}
        audit.record("units.unit_ended", actor=actor, about=row, at=at, unit=row, facts=facts)
    unit.refresh_from_db()


def refuse_orphan(unit: Unit) -> None:
    """Refuse a unit that nothing stands above during its whole time."""
    parent = unit.parent
    if parent is None:
        if unit.level != Level.PROVINCE:
            raise Invalid(_("%(unit)s has no unit above it.") % {"unit": unit.name}, code="orphan")
        return
    if Level(parent.level).rank >= Level(unit.level).rank:
        raise Invalid(
            _("%(unit)s cannot belong to a unit of its own level or below.") % {"unit": unit.name}, code="level_order"
        )
    begins_before = parent.valid_from is not None and (unit.valid_from is None or unit.valid_from < parent.valid_from)
    ends_after = parent.valid_to is not None and (unit.valid_to is None or unit.valid_to > parent.valid_to)
    if begins_before or ends_after:
        raise Invalid(
            _("%(unit)s would stand on days on which %(parent)s does not. Check both pairs of dates.")
            % {"unit": unit.name, "parent": parent.full_name},
            code="orphan",
        )


def overlapping(code: str, valid_from: date | None, valid_to: date | None) -> Q:
    """Return the condition that a row has this code on a day of this time."""
    condition = Q(code=code)
    if valid_from is not None:
        condition &= Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from)
    if valid_to is not None:
        condition &= Q(valid_from__isnull=True) | Q(valid_from__lt=valid_to)
    return condition


def refuse_overlap(unit: Unit) -> None:
    """Refuse dates in the wrong order, and a code that another unit has at the time."""
    if unit.valid_from is not None and unit.valid_to is not None and unit.valid_from >= unit.valid_to:
        raise Invalid(_("%(unit)s would end before it begins.") % {"unit": unit.name}, code="dates_order")
    taken = Unit.objects.filter(overlapping(unit.code, unit.valid_from, unit.valid_to)).exclude(pk=unit.pk).first()
    if taken is not None:
        raise Invalid(
            _("The code %(code)s belongs to %(holder)s at that time. Nothing was changed; check code and dates.")
            % {"code": unit.code, "holder": taken.full_name},
            code="overlap",
        )


def _refuse_namesake(unit: Unit) -> None:
    """Refuse a hamlet or group whose sister bears the same name: nobody could tell them apart."""
    if unit.level not in (Level.HAMLET, Level.SELF_MANAGED_GROUP):
        return
    sisters = Unit.objects.filter(parent=unit.parent, level=unit.level, origin="")
    if any(
        fold(s.full_name) == fold(unit.full_name)
        and (s.valid_to is None or unit.valid_from is None or unit.valid_from < s.valid_to)
        for s in sisters
    ):
        raise Invalid(
            _("There is already %(unit)s here. Give the new one another name.") % {"unit": unit.full_name},
            code="namesake",
        )


def next_code(parent: Unit, *, prefix: str = "") -> str:
    """Return the next free code below a unit; one that was ever given is never given again."""
    stem = prefix or parent.code
    taken = set(Unit.objects.filter(code__startswith=f"{stem}-").values_list("code", flat=True))
    number = 1
    while f"{stem}-{number:02d}" in taken:
        number += 1
    return f"{stem}-{number:02d}"


def switch_room(*, unit: Unit, room: str, is_on: bool, actor: Actor, at: datetime | None = None) -> RoomSwitch:
    """Switch a room on or off in one commune.

    Raises:
        Invalid: the unit is no commune that stands, the room cannot be switched, or something goes on in it that
            nobody would see any more.
    """
    if unit.level != Level.COMMUNE or not unit.is_current:
        raise Invalid(_("Rooms are switched by communes that stand today."), code="no_commune")
    if room not in switchable_rooms():
        raise Invalid(_("The room %(room)s cannot be switched off.") % {"room": room}, code="room_unknown")
    with transaction.atomic():
        if not is_on and (why := switches.why_kept(unit, room)):
            raise Invalid(why, code="room_in_use", field="is_on")
        row, _created = RoomSwitch.objects.update_or_create(unit=unit, room=room, defaults={"is_on": is_on})
        facts = {"room": room, "is_on": is_on}
        audit.record("units.room_switched", actor=actor, about=row, at=at, unit=unit, facts=facts)
    return row


def switchable_rooms() -> list[str]:
    """Return the rooms that may be off: all but those that everything stands on."""
    needed = {"core", "audit", "units", "organisations", "people", "operate", "portal"}
    return [room for room in settings.ROOMS if room not in needed and apps.is_installed(f"liengia.{room}")]


def room_choices() -> list[tuple[str, str]]:
    """Return the rooms that may be off, with their names for people."""
    return [(room, str(apps.get_app_config(room).verbose_name)) for room in switchable_rooms()]
