"""What the commune sets: duty posts, emergency numbers, how long personal data is kept."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.organisations.models import Organisation
from liengia.people.models import DutyPost, EmergencyNumber, RetentionPeriod
from liengia.units.models import Unit

# Ten years: longer than any period of ours, and than a limitation period that a commune would wait for.
LONGEST_DAYS: Final = 3650


@transaction.atomic
def open_post(
    *,
    actor: Actor,
    unit: Unit,
    name: str,
    phone: str = "",
    organisation: Organisation | None = None,
    is_active: bool = True,
) -> DutyPost:
    """Set a duty post up; without a police station it is a phone number and a siren."""
    post = DutyPost.objects.create(
        unit=unit, name=name, phone=phone, organisation=organisation, is_active=is_active
    )
    audit.record("people.post_opened", actor=actor, about=post, unit=unit, facts={"name": name})
    return post


@transaction.atomic
def change_post(
    post: DutyPost,
    *,
    actor: Actor,
    unit: Unit,
    name: str,
    phone: str = "",
    organisation: Organisation | None = None,
    is_active: bool = True,
) -> DutyPost:
    """Correct a post, close it or open it again; it is never deleted, since incidents name it."""
    post.unit, post.name, post.phone = unit, name, phone
    post.organisation, post.is_active = organisation, is_active
    post.save()
    audit.record(
        "people.post_changed", actor=actor, about=post, unit=unit, facts={"name": name, "open": is_active}
    )
    return post


@transaction.atomic
def add_number(
    *,
    actor: Actor,
    unit: Unit | None,
    label: str,
    number: str,
    order: int,
    valid_from: date,
    valid_to: date | None = None,
    source: str = "",
) -> EmergencyNumber:
    """Write a number to call; of no unit it is the whole country's.

    Raises:
        Invalid: it would end before it begins.
    """
    _check_days(valid_from, valid_to)
    made = EmergencyNumber.objects.create(
        unit=unit,
        label=label,
        number=number,
        order=order,
        valid_from=valid_from,
        valid_to=valid_to,
        source=source,
    )
    audit.record("people.number_added", actor=actor, about=made, unit=unit, facts=_number_facts(made))
    return made


@transaction.atomic
def change_number(
    row: EmergencyNumber,
    *,
    actor: Actor,
    unit: Unit | None,
    label: str,
    number: str,
    order: int,
    valid_from: date,
    valid_to: date | None = None,
    source: str = "",
) -> EmergencyNumber:
    """Correct a number, or end it by its last day; it is never deleted, since old reports name it.

    Raises:
        Invalid: it would end before it begins.
    """
    _check_days(valid_from, valid_to)
    row.unit, row.label, row.number, row.order = unit, label, number, order
    row.valid_from, row.valid_to, row.source = valid_from, valid_to, source
    row.save()
    audit.record("people.number_changed", actor=actor, about=row, unit=unit, facts=_number_facts(row))
    return row


def _check_days(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise Invalid(
            _("The number would end before it begins. Correct one of the two days."),
            code="number_span",
            field="valid_to",
        )


def _number_facts(row: EmergencyNumber) -> dict[str, str]:
    return {"dialled": row.number, "reaches": row.label, "until": row.valid_to.isoformat() if row.valid_to else ""}


@transaction.atomic
def set_period(period: RetentionPeriod, *, actor: Actor, days: int, source: str = "") -> RetentionPeriod:
    """Say how many days a kind of personal data is kept, and why so long.

    Raises:
        Invalid: nothing or more than ten years, or longer than before without a reason.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(
            _("Between 1 day and 10 years (3,650 days). Nothing was changed."), code="period_range", field="days"
        )
    if days > period.days and not source.strip():
        raise Invalid(
            _("Data is kept longer only for a reason. Write it below."), code="period_reason", field="source"
        )
    before = period.days
    period.days, period.source = days, source
    period.save(update_fields=["days", "source"])
    facts = {"kind": period.code, "before": before, "days": days, "reason": source}
    audit.record("people.period_changed", actor=actor, about=period, facts=facts)
    return period
