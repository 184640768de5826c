"""Whose rules hold where, and until when its quiet hours last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from liengia.broadcast import schedule
from liengia.broadcast.models import VoiceRules
from liengia.core import clock
from liengia.units.models import Unit


def rules_of(unit: Unit) -> VoiceRules:
    """Return the rules that a unit's voice keeps to: of its commune, or the defaults."""
    return rules_by_unit([unit])[unit.pk]


def rules_by_unit(units: Iterable[Unit]) -> dict[int, VoiceRules]:
    """Return the rules of several units, each of its commune or the defaults, by the units' numbers."""
    communes = {unit.pk: unit.commune() or unit for unit in units}
    rules = {row.unit_id: row for row in VoiceRules.objects.filter(unit__in=communes.values())}
    return {key: rules.get(commune.pk) or VoiceRules(unit=commune) for key, commune in communes.items()}


def ends_at(rules: VoiceRules, now: datetime) -> datetime | None:
    """Return when the quiet hours end in which an instant lies; None outside of them."""
    here = clock.local(now)
    if not rules.is_quiet_at(here.time()):
        return None
    ends = schedule.at_local(here.date(), rules.quiet_to)
    return ends if ends > now else schedule.at_local(here.date() + timedelta(days=1), rules.quiet_to)
