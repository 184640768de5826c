"""The register "An toàn về an ninh, trật tự": registered in the first quarter, assessed by criteria, recognised or not.

Source: Circular 124/2021/TT-BCA. The wording of the criteria is data (`data/safety_criteria.json`) that the office
changes when the law does; which criteria hold is decided by the year.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liengia.audit import services as audit
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.core.text import nfc
from liengia.organisations.models import Organisation
from liengia.reports.models import PlaceKind, SafetyCriterion, SafetyRegistration, SafetyState
from liengia.reports.workflow import SAFETY
from liengia.units.models import Level, Unit

DATA: Final = Path(__file__).parent / "data" / "safety_criteria.json"
# Circular 124/2021/TT-BCA: places register in the first quarter.
LAST_MONTH: Final = 3


def ensure_criteria() -> None:
    """Write the shipped criteria where there are none of the kind; what an office entered stays."""
    for row in json.loads(DATA.read_text(encoding="utf-8")):
        if not SafetyCriterion.objects.filter(kind=row["kind"], number=row["number"]).exists():
            SafetyCriterion.objects.create(**row)


def criteria_of(kind: str, year: int) -> QuerySet[SafetyCriterion]:
    """Return the criteria that hold for a kind of place in a year."""
    open_end = Q(last_year__isnull=True) | Q(last_year__gte=year)
    return SafetyCriterion.objects.filter(open_end, kind=kind, first_year__lte=year).order_by("number")


@transaction.atomic
def keep_criterion(criterion: SafetyCriterion, *, actor: Actor) -> SafetyCriterion:
    """Enter or change a criterion; assessments that were made keep their own words.

    Raises:
        Invalid: no text, no source, or a last year before the first.
    """
    for name in ("text", "source"):
        if not getattr(criterion, name).strip():
            raise Invalid(_("This may not be empty."), code="empty", field=name)
    if criterion.last_year is not None and criterion.last_year < criterion.first_year:
        raise Invalid(_("It ends after it begins."), code="order", field="last_year")
    criterion.save()
    audit.record("reports.criterion_kept", actor=actor, about=criterion, facts={"kind": criterion.kind, "number": criterion.number})
    return criterion


@transaction.atomic
def register_place(
    unit: Unit, *, year: int, registered_on: date, households: int | None = None, households_signed: int | None = None,
    organisation: Organisation | None = None, actor: Actor,
) -> SafetyRegistration:  # fmt: skip
    """Enter a place's registration for a year.

    Raises:
        Invalid: registered outside the first quarter of that year, in the future, twice, or more households signed than there are.
    """
    kind = _kind(unit, organisation)
    if registered_on.year != year or registered_on.month > LAST_MONTH:
        raise Invalid(_("Places register in the first quarter of the year: from 01/01/%(year)s to 31/3/%(year)s.") % {"year": year}, code="quarter", field="registered_on")
    if registered_on > clock.today():
        raise Invalid(_("This day has not come yet."), code="future", field="registered_on")
    if households is not None and households_signed is not None and households_signed > households:
        raise Invalid(_("More households have signed than there are. Look at both numbers."), code="too_many", field="households_signed")
    mine = SafetyRegistration.objects.filter(organisation=organisation) if organisation else SafetyRegistration.objects.filter(unit=unit, organisation=None)
    if mine.filter(year=year).exists():
        raise Invalid(_("It is registered for %(year)s already.") % {"year": year}, code="twice", field="year")
    row = SafetyRegistration.objects.create(
        unit=unit, organisation=organisation, kind=kind, year=year, registered_on=registered_on, households=households, households_signed=households_signed
    )
    pagecache.bump()
    audit.record("reports.safety_registered", actor=actor, about=row, unit=unit, facts={"year": year, "kind": kind})
    return row


@transaction.atomic
def assess(registration: SafetyRegistration, answers: Mapping[int, tuple[bool, str]], *, on: date, actor: Actor) -> SafetyRegistration:
    """Keep a place's own assessment: for each criterion of the year whether it is met, with words where it is not.

    Raises:
        Invalid: a criterion without an answer, one that is not met without words, or a day in the future.
        Refused: the result is decided.
    """
    row = SafetyRegistration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    state = SAFETY.after(row.state, "assess")
    if on > clock.today():
        raise Invalid(_("This day has not come yet."), code="future", field="assessed_on")
    kept = []
    for one in criteria_of(row.kind, row.year):
        if one.pk not in answers:
            raise Invalid(_("Answer every criterion: number %(n)s has no answer.") % {"n": one.number}, code="unanswered", field=f"criterion_{one.pk}")
        is_met, words = answers[one.pk]
        if not is_met and not words.strip():
            raise Invalid(_("Say in a few words why it is not met."), code="no_words", field=f"words_{one.pk}")
        kept.append({"number": one.number, "text": one.text, "is_met": is_met, "words": nfc(words).strip()[:1000]})
    row.assessment, row.assessed_on, row.state = kept, on, state
    row.save(update_fields=["assessment", "assessed_on", "state"])
    pagecache.bump()
    audit.record("reports.safety_assessed", actor=actor, about=row, unit=row.unit_id, facts={"met": sum(bool(one["is_met"]) for one in kept), "of": len(kept)})
    return row


@transaction.atomic
def decide(registration: SafetyRegistration, *, is_recognised: bool, on: date, number: str = "", reason: str = "", actor: Actor) -> SafetyRegistration:
    """Keep the result.

    Raises:
        Invalid: recognised without a number, not recognised without a reason, a criterion is not met, or a day before the assessment.
        Refused: not assessed yet, or decided already.
    """
    row = SafetyRegistration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    state = SAFETY.after(row.state, "recognise" if is_recognised else "refuse")
    if on > clock.today() or (row.assessed_on is not None and on < row.assessed_on):
        raise Invalid(_("The decision is made after the assessment, and not before its day comes."), code="order", field="decided_on")
    if is_recognised and not number.strip():
        raise Invalid(_("Write the number of the decision."), code="empty", field="decision_number")
    if is_recognised and not all(one["is_met"] for one in row.assessment):
        raise Invalid(_("A criterion is not met, so it cannot be recognised. Assess it anew, or do not recognise it."), code="not_met", field="is_recognised")
    if not is_recognised and not reason.strip():
        raise Invalid(_("Say why it is not recognised."), code="empty", field="reason")
    row.state, row.decided_on, row.decision_number, row.reason = state, on, nfc(number).strip(), "" if is_recognised else nfc(reason).strip()
    row.save(update_fields=["state", "decided_on", "decision_number", "reason"])
    pagecache.bump()
    audit.record("reports.safety_decided", actor=actor, about=row, unit=row.unit_id, facts={"state": str(state), "number": row.decision_number})
    return row


def of(unit: Unit, year: int) -> QuerySet[SafetyRegistration]:
    """Return the registrations of a unit's places and all below it for a year."""
    return SafetyRegistration.objects.filter(unit__in=unit.ground(), year=year)


def counts(unit: Unit, year: int) -> dict[str, int]:
    """Return how many places of a unit registered for a year, were assessed, and were recognised."""
    rows = of(unit, year).values_list("state", flat=True)
    found = list(rows)
    return {
        "registered": len(found), "assessed": sum(state != SafetyState.REGISTERED for state in found),
        "recognised": found.count(SafetyState.RECOGNISED), "not_recognised": found.count(SafetyState.NOT_RECOGNISED),
    }  # fmt: skip


def _kind(unit: Unit, organisation: Organisation | None) -> str:
    if organisation is not None:
        return PlaceKind.INSTITUTION
    return PlaceKind.COMMUNE if unit.level == Level.COMMUNE else PlaceKind.RESIDENTIAL
