"""Pledges: drafted, signed, answered for at half-year and year's end, closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound
from liengia.festivals.models import (
    FestivalDay,
    Outcome,
    Pledge,
    PledgeParty,
    PledgeProgress,
    PledgePromise,
    ReportedAt,
    Season,
)
from liengia.festivals.services.base import check
from liengia.festivals.workflow import PLEDGE
from liengia.organisations.models import Committee, Organisation
from liengia.organisations.services import validate
from liengia.units.models import Unit

MOST_PROMISES: Final = 40
SIGNED_AHEAD: Final = timedelta(days=366)
Party = Organisation | Committee


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise as it is written down."""

    what: str
    measure: str
    due_on: date


@transaction.atomic
def draft_pledge(
    season: Season, *, unit: Unit, title: str, valid_from: date, valid_to: date, promises: Sequence[Promise], parties: Iterable[Party],
    day: FestivalDay | None = None, actor: Actor,
) -> Pledge:  # fmt: skip
    """Write down a pledge.

    Raises:
        Invalid: no promise, a date outside the term, the same party twice, or a field is refused.
    """
    row = Pledge(season=season, unit=unit, title=title, valid_from=valid_from, valid_to=valid_to, day=day)
    _check(row)
    row.save(force_insert=True)
    _fill(row, promises, parties)
    audit.record("festivals.pledge_drafted", actor=actor, about=row, unit=unit, facts={"promises": len(promises)})
    return row


@transaction.atomic
def change_pledge(
    pledge: Pledge, *, title: str, valid_from: date, valid_to: date, promises: Sequence[Promise], parties: Iterable[Party],
    day: FestivalDay | None = None, revision: int | None = None, actor: Actor,
) -> Pledge:  # fmt: skip
    """Change a draft.

    Raises:
        Invalid: as `draft_pledge`. Refused: it is signed, or another changed it (code "changed").
    """
    row = _take(pledge, revision)
    row.state = PLEDGE.after(row.state, "change")
    row.title, row.valid_from, row.valid_to, row.day = title, valid_from, valid_to, day
    _check(row)
    row.revision += 1
    row.save()
    row.promises.all().delete()
    row.parties.all().delete()
    _fill(row, promises, parties)
    audit.record("festivals.pledge_changed", actor=actor, about=row, unit=row.unit, facts={"promises": len(promises)})
    return row


@transaction.atomic
def sign_pledge(pledge: Pledge, *, on: date, actor: Actor) -> Pledge:
    """Note that all parties have signed. From then on everybody reads it, and what it promises stays as it is.

    Raises:
        Invalid: a day to come or more than a year before its term, or fewer than two parties. Refused: it is signed already.
    """
    row = _take(pledge)
    row.state = PLEDGE.after(row.state, "sign")
    if on > clock.today():
        raise Invalid(_("A pledge is not signed before its day comes."), code="future", field="signed_on")
    if on < row.valid_from - SIGNED_AHEAD:
        raise Invalid(_("This pledge runs from %(day)s; it was signed a year before that at the earliest.") % {"day": f"{row.valid_from:%d/%m/%Y}"}, code="long_before", field="signed_on")
    if row.parties.count() < 2:
        raise Invalid(_("A pledge has at least two parties."), code="no_parties", field="parties")
    row.signed_on, row.revision = on, row.revision + 1
    row.save(update_fields=["state", "signed_on", "revision"])
    audit.record("festivals.pledge_signed", actor=actor, about=row, unit=row.unit, facts={"on": on})
    pagecache.bump()
    return row


@transaction.atomic
def report(pledge: Pledge, *, at: str, outcomes: Mapping[int, tuple[str, str]], revision: int | None = None, actor: Actor) -> Pledge:
    """Say of every promise what became of it, at half-year or year's end: `outcomes` by the promise's key, as (outcome, words).

    Raises:
        Invalid: a promise is left out, or one that is not kept does not say why. Refused: it is not signed, or is closed;
            or another changed it (code "changed").
    """
    row = _take(pledge, revision)
    row.state = PLEDGE.after(row.state, "report")
    if at not in ReportedAt.values:
        raise NotFound("")
    promises = list(row.promises.all())
    if set(outcomes) != {one.pk for one in promises}:
        raise Invalid(_("Say of each promise what became of it; none is left out."), code="left_out")
    for one in promises:
        outcome, words = outcomes[one.pk][0], outcomes[one.pk][1].strip()
        if outcome not in Outcome.values:
            raise Invalid(_("Say of each promise what became of it; none is left out."), code="left_out", field=f"outcome_{one.pk}")
        if outcome == Outcome.NOT_KEPT and not words:
            raise Invalid(_("Say why it was not kept: people will ask."), code="no_reason", field=f"words_{one.pk}")
        if len(words) > 2000:
            raise Invalid(_("This is longer than %(n)s characters.") % {"n": 2000}, code="too_long", field=f"words_{one.pk}")
        said = {"outcome": outcome, "words": words, "reported_on": clock.today()}
        PledgeProgress.objects.update_or_create(promise=one, at=at, defaults=said)
    row.revision += 1
    row.save(update_fields=["state", "revision"])
    kept = sum(outcome == Outcome.KEPT for outcome, _words in outcomes.values())
    audit.record("festivals.pledge_reported", actor=actor, about=row, unit=row.unit, facts={"at": at, "kept": kept, "of": len(promises)})
    pagecache.bump()
    return row


@transaction.atomic
def close_pledge(pledge: Pledge, *, actor: Actor) -> Pledge:
    """Close a pledge that was answered for at year's end.

    Raises:
        Invalid: it was not. Refused: it is not signed, or closed already.
    """
    row = _take(pledge)
    row.state = PLEDGE.after(row.state, "close")
    left = row.promises.exclude(progress__at=ReportedAt.YEAR_END).count()
    if left:
        raise Invalid(_("Answer for all promises at year's end first."), code="not_answered")
    row.revision += 1
    row.save(update_fields=["state", "revision"])
    audit.record("festivals.pledge_closed", actor=actor, about=row, unit=row.unit)
    pagecache.bump()
    return row


def _take(pledge: Pledge, revision: int | None = None) -> Pledge:
    row = Pledge.objects.select_for_update(of=("self",)).select_related("unit").get(pk=pledge.pk)
    check(row, revision)
    return row


def _check(row: Pledge) -> None:
    if row.valid_to <= row.valid_from:
        raise Invalid(_("A pledge ends after it begins."), code="ends_before", field="valid_to")
    validate(row, exclude=["season", "day", "unit"])


def _fill(row: Pledge, promises: Sequence[Promise], parties: Iterable[Party]) -> None:
    if not promises or len(promises) > MOST_PROMISES:
        raise Invalid(_("Write what is promised: one line each, at most %(n)s.") % {"n": MOST_PROMISES}, code="no_promises", field="promises")
    made = [PledgePromise(pledge=row, order=n, what=one.what, measure=one.measure, due_on=one.due_on) for n, one in enumerate(promises, start=1)]
    for number, one in enumerate(made, start=1):
        if not row.valid_from <= one.due_on <= row.valid_to:
            raise Invalid(_("Line %(n)s: the date lies outside the pledge's term.") % {"n": number}, code="outside", field="promises")
        validate(one, exclude=["pledge"])
    PledgePromise.objects.bulk_create(made)
    seen: set[tuple[str, int]] = set()
    for party in parties:
        key = (type(party).__name__, party.pk)
        if key in seen:
            raise Invalid(_("%(name)s stands there twice.") % {"name": party.name}, code="double", field="parties")
        seen.add(key)
        body = {"organisation": party} if isinstance(party, Organisation) else {"committee": party}
        PledgeParty.objects.create(pledge=row, **body)
