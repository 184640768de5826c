"""Writes of office hours and days off. What was promised before keeps its due time; what is filed later follows the new data."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.organisations.officehours import OfficeHours, SpecialDay
from liengia.organisations.services import validate
from liengia.units.models import Unit

_DAY_FACTS = ("on", "name", "is_working", "is_provisional", "source")
_HOURS_FACTS = ("weekday", "opens", "closes", "valid_from", "valid_to", "source")


@transaction.atomic
def set_special_day(*, unit: Unit | None, actor: Actor, **facts: Any) -> SpecialDay:
    """Say that a day differs from its weekday, in a unit and below it, or in the nation.

    Raises:
        Invalid: the day is told for this unit already, or has no source.
    """
    row = SpecialDay(unit=unit, **facts)
    if SpecialDay.objects.filter(unit=unit, on=row.on).exists():
        raise Invalid(_("This day is told already. Change that row."), code="day_again", field="on")
    return _save_day(row, actor=actor)


@transaction.atomic
def change_special_day(day: SpecialDay, *, actor: Actor, may_change_nation: bool = False, **facts: Any) -> SpecialDay:
    """Change what is said of a day; the day and its unit stay.

    Raises:
        Refused: it is the nation's. Invalid: it has no source.
    """
    row = SpecialDay.objects.select_for_update(of=("self",)).get(pk=day.pk)
    _refuse_nations(row.unit_id, may_change_nation)
    for name, value in facts.items():
        setattr(row, name, value)
    return _save_day(row, actor=actor)


def _save_day(row: SpecialDay, *, actor: Actor) -> SpecialDay:
    _need_source(row.source)
    validate(row)
    row.save()
    facts = {name: getattr(row, name) for name in _DAY_FACTS}
    audit.record("organisations.special_day_set", actor=actor, about=row, unit=row.unit_id, facts=facts)
    return row


@transaction.atomic
def set_office_hours(*, unit: Unit | None, actor: Actor, **facts: Any) -> OfficeHours:
    """Add a session of a weekday. A unit with sessions of its own uses only these, all week long.

    Raises:
        Invalid: it overlaps another session of the same weekday, closes before it opens, or has no source.
    """
    return _save_hours(OfficeHours(unit=unit, **facts), actor=actor)


@transaction.atomic
def change_office_hours(hours: OfficeHours, *, actor: Actor, may_change_nation: bool = False, **facts: Any) -> OfficeHours:
    """Change a session, or end it by its last day.

    Raises:
        Refused: it is the nation's. Invalid: as `set_office_hours`.
    """
    row = OfficeHours.objects.select_for_update(of=("self",)).get(pk=hours.pk)
    _refuse_nations(row.unit_id, may_change_nation)
    for name, value in facts.items():
        setattr(row, name, value)
    return _save_hours(row, actor=actor)


def _save_hours(row: OfficeHours, *, actor: Actor) -> OfficeHours:
    _need_source(row.source)
    if row.valid_from and row.valid_to and row.valid_to <= row.valid_from:
        raise Invalid(_("It ends after it begins."), code="ends_before", field="valid_to")
    validate(row)
    others = OfficeHours.objects.filter(unit=row.unit, weekday=row.weekday, opens__lt=row.closes, closes__gt=row.opens).exclude(pk=row.pk)
    if any(_meet(row, other) for other in others):
        raise Invalid(_("Another session of this weekday lies in these hours. End that one first."), code="overlap", field="opens")
    row.save()
    facts = {name: getattr(row, name) for name in _HOURS_FACTS}
    audit.record("organisations.office_hours_set", actor=actor, about=row, unit=row.unit_id, facts=facts)
    return row


def _meet(one: OfficeHours, other: OfficeHours) -> bool:
    """Tell whether two sessions hold on some day together."""
    starts = one.valid_from is None or other.valid_to is None or one.valid_from < other.valid_to
    return starts and (other.valid_from is None or one.valid_to is None or other.valid_from < one.valid_to)


def _need_source(source: str) -> None:
    if not source.strip():
        raise Invalid(_("Write the source: the decision, notice or regulation, with number and date."), code="no_source", field="source")


def _refuse_nations(unit_id: int | None, may_change_nation: bool) -> None:
    if unit_id is None and not may_change_nation:
        raise Refused(_("This one is the nation's. Add one for your unit: it takes its place there."), code="nation")
