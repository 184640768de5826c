"""Writes of institutions and agreements. Those of committees stand in `committee_services`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.organisations.models import (
    Agreement,
    AgreementDuty,
    AgreementParty,
    AgreementReview,
    Organisation,
)
from liengia.units.models import Unit

_FIELDS = ("kind", "name", "unit", "phone", "address", "note", "valid_from", "valid_to", "legal_basis", "successor")


def validate(row: models.Model, exclude: Iterable[str] = ()) -> None:
    """Refuse a row whose own rules do not hold, with their words.

    Raises:
        Invalid: the first rule that does not hold; `field` names where.
    """
    try:
        row.full_clean(exclude=set(exclude))
    except ValidationError as error:
        field, words = next(iter(error.message_dict.items()))
        raise Invalid(words[0], code="field_invalid", field=field) from error


def create_organisation(
    *, kind: str, name: str, unit: Unit, actor: Actor, at: datetime | None = None, **facts: Any
) -> Organisation:
    """Enter an institution.

    Raises:
        Invalid: a field is refused; of a place of worship anything but name, address and office phone.
    """
    row = Organisation(kind=kind, name=name, unit=unit, **facts)
    with transaction.atomic():
        validate(row, exclude=["folded_name"])
        row.save(force_insert=True)
        told = {"kind": row.kind, "name": row.name}
        audit.record("organisations.organisation_created", actor=actor, about=row, at=at, unit=unit, facts=told)
    return row


def change_organisation(
    organisation: Organisation, *, actor: Actor, at: datetime | None = None, **facts: Any
) -> Organisation:
    """Correct what is known of an institution; a new name by decision is an end and a successor instead.

    Raises:
        Invalid: as `create_organisation`.
    """
    with transaction.atomic():
        row = Organisation.objects.select_for_update().get(pk=organisation.pk)
        changed = [name for name, value in facts.items() if name in _FIELDS and getattr(row, name) != value]
        for name in changed:
            setattr(row, name, facts[name])
        if changed:
            validate(row, exclude=["folded_name"])
            row.save()
            audit.record(
                "organisations.organisation_changed", actor=actor, about=row, at=at, unit=row.unit,
                facts={"fields": changed},
            )  # fmt: skip
    return row


def end_organisation(
    organisation: Organisation,
    *,
    on: date,
    actor: Actor,
    successor: Organisation | None = None,
    legal_basis: str = "",
    at: datetime | None = None,
) -> Organisation:
    """End an institution; `on` is the first day without it, the successor answers from then on.

    Raises:
        Refused: it has ended before.
        Invalid: its successor is itself or one that it follows, or does not stand on that day.
    """
    with transaction.atomic():
        row = Organisation.objects.select_for_update().get(pk=organisation.pk)
        if row.valid_to is not None and row.successor_id is not None:
            raise Refused(_("%(name)s has ended already.") % {"name": row.name}, code="ended_already")
        if successor is not None:
            successor = Organisation.objects.get(pk=successor.pk)
            _refuse_circle(row, successor)
            if (successor.valid_from and successor.valid_from > on) or (successor.valid_to and successor.valid_to <= on):
                raise Invalid(
                    _("%(name)s does not stand on that day, so it cannot follow.") % {"name": successor.name},
                    code="successor_absent",
                )
        row.valid_to, row.successor = on, successor
        row.legal_basis = legal_basis or row.legal_basis
        validate(row, exclude=["folded_name"])
        row.save()
        facts = {"on": on, "successor": successor.public_id if successor else None, "legal_basis": legal_basis}
        audit.record("organisations.organisation_ended", actor=actor, about=row, at=at, unit=row.unit, facts=facts)
    return row


def _refuse_circle(row: Organisation, successor: Organisation) -> None:
    after: Organisation | None = successor
    while after is not None:
        if after.pk == row.pk:
            raise Invalid(_("An institution cannot follow itself."), code="circle")
        after = after.successor


# Agreements


def sign_agreement(
    *,
    name: str,
    unit: Unit,
    valid_from: date,
    review_on: date,
    parties: Sequence[tuple[Organisation, Sequence[str]]],
    actor: Actor,
    at: datetime | None = None,
    **facts: Any,
) -> Agreement:
    """Enter a coordination agreement with its parties and the duties of each.

    Raises:
        Invalid: fewer than two different parties, a party without a duty, dates in the wrong order.
    """
    if len({organisation.pk for organisation, _duties in parties}) < max(2, len(parties)):
        raise Invalid(_("An agreement needs at least two different parties."), code="parties_missing")
    for organisation, duties in parties:
        if not [duty for duty in duties if duty.strip()]:
            raise Invalid(
                _("%(party)s has no duty in this agreement. Write at least one.") % {"party": organisation.name},
                code="duty_missing",
            )
    row = Agreement(name=name, unit=unit, valid_from=valid_from, review_on=review_on, **facts)
    if review_on <= valid_from:
        raise Invalid(_("The review lies before the agreement is in force."), code="review_too_early")
    with transaction.atomic():
        validate(row)
        row.save(force_insert=True)
        for order, (organisation, duties) in enumerate(parties):
            party = AgreementParty.objects.create(agreement=row, organisation=organisation, order=order)
            AgreementDuty.objects.bulk_create(
                AgreementDuty(party=party, order=n, text=duty.strip()) for n, duty in enumerate(duties) if duty.strip()
            )
        told = {"parties": len(parties), "valid_from": valid_from, "review_on": review_on}
        audit.record("organisations.agreement_signed", actor=actor, about=row, at=at, unit=unit, facts=told)
    return row


def change_agreement(agreement: Agreement, *, actor: Actor, at: datetime | None = None, **facts: Any) -> Agreement:
    """Correct an agreement's own fields; parties and duties are changed by signing a new one that replaces it.

    Raises:
        Invalid: dates in the wrong order.
    """
    with transaction.atomic():
        row = Agreement.objects.select_for_update().get(pk=agreement.pk)
        changed = [name for name, value in facts.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, facts[name])
        validate(row)
        row.save()
        audit.record(
            "organisations.agreement_changed", actor=actor, about=row, at=at, unit=row.unit, facts={"fields": changed}
        )
    return row


def review_agreement(
    agreement: Agreement, *, held_on: date, finding: str, next_on: date, actor: Actor, at: datetime | None = None
) -> AgreementReview:
    """Record what a review found and when the next one is.

    Raises:
        Invalid: the next review is not after this one, or nothing was found.
    """
    if next_on <= held_on:
        raise Invalid(_("The next review must lie after this one."), code="review_too_early")
    if not finding.strip():
        raise Invalid(_("Write what the review found."), code="finding_missing")
    with transaction.atomic():
        review = AgreementReview.objects.create(
            agreement=agreement, held_on=held_on, finding=finding.strip(), next_on=next_on
        )
        Agreement.objects.filter(pk=agreement.pk).update(review_on=next_on)
        facts = {"held_on": held_on, "next_on": next_on}
        audit.record(
            "organisations.agreement_reviewed", actor=actor, about=agreement, at=at, unit=agreement.unit, facts=facts
        )
    agreement.refresh_from_db()
    return review
