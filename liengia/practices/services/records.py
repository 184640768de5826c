"""What is recorded of a practice: acts of bodies, counted and reported figures, questions, yearly reviews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.core import clock, counts
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.organisations.models import Organisation, OrganisationKind
from liengia.papers.models import Paper, PaperState
from liengia.practices.bodies import ACTING, ACTING_LEVELS, acts_on, dates, units_above
from liengia.practices.models import (
    NO_FIGURES,
    Act,
    ActKind,
    Claim,
    Exemplar,
    Material,
    Practice,
    Question,
    Review,
    ReviewDecision,
    Tie,
)
from liengia.practices.services.common import locked, noted, past_day, words
from liengia.practices.services.writing import end
from liengia.practices.workflow import PRACTICE
from liengia.units.choices import label
from liengia.units.models import Unit

AT_ONCE: Final = 50
LARGEST_FIGURE: Final = 1_000_000_000


# Acts of bodies


@transaction.atomic
def act(
    about: Practice | Exemplar, *, kind: str, body: Organisation, on: date | None = None, paper: Paper | None = None, number: str = "",
    text: str = "", addressed: Sequence[Unit] = (), actor: Actor,
) -> Act:  # fmt: skip
    """Enter a praise or an order to replicate, with its paper: one issued here, or number and date of one from elsewhere.

    Raises:
        Invalid: the body is none that acts so, did not stand on that day (districts ended on 2025-07-01), or stands above
            nothing of it; praise that names units to replicate it; the paper is not issued, or is another body's; neither paper nor number.
        Refused: the same act stands here already (code "same_act").
    """
    row = locked(about) if isinstance(about, Practice) else about
    if kind not in ActKind.values or (kind == ActKind.REPLICATE and isinstance(row, Exemplar)):
        raise Invalid(_("Choose from the list what is done."), code="bad_kind", field="kind")
    if addressed and kind != ActKind.REPLICATE:
        raise Invalid(_("Praise tells no unit to replicate it. Choose the order to replicate, or name no unit."), code="praise_addresses_nobody", field="addressed")
    day = _day_of(paper, on, body)
    past_day(day, "on", since=row.started_on if isinstance(row, Practice) else None)
    _may_act(body, day, row)
    _stand_below(addressed, body, day)
    sign = "" if paper is not None else words(number, "number", longest=60)
    facts = {"exemplar": row} if isinstance(row, Exemplar) else {"practice": row}
    if Act.objects.filter(**facts, kind=kind, body=body, on=day, number=sign, paper=paper).exists():
        raise Refused(_("This act stands here already."), code="same_act", field="number")
    made = Act.objects.create(**facts, kind=kind, body=body, on=day, paper=paper, number=sign, words=words(text, "text", longest=2_000, required=False))
    made.addressed.set(addressed)
    return _acted(made, actor)


def _acted(made: Act, actor: Actor) -> Act:
    from liengia.audit import services as audit

    told: dict[str, object] = {"act": made.kind, "sign": made.sign, "on": made.on, "body": made.body_id}
    if made.practice is not None:
        noted(made.practice, "acted", actor=actor, facts=told, sign_on=made.on)
    elif made.exemplar is not None:
        audit.record("practices.acted", actor=actor, about=made.exemplar, unit=made.exemplar.unit_id, facts=told)
    return made


def _day_of(paper: Paper | None, on: date | None, body: Organisation) -> date:
    if paper is None:
        if on is None:
            raise Invalid(_("Give the date of the paper."), code="no_date", field="on")
        return on
    if paper.state != PaperState.ISSUED or paper.issued_on is None:
        raise Invalid(_("This paper is not issued, or was revoked."), code="paper_not_issued", field="paper")
    if paper.issuer.organisation_id != body.pk:
        raise Invalid(_("This paper was issued by another body."), code="another_bodys_paper", field="paper")
    return paper.issued_on


def _may_act(body: Organisation, day: date, about: Practice | Exemplar) -> None:
    if body.kind not in ACTING or (body.unit.level not in ACTING_LEVELS and body.kind != OrganisationKind.MINISTRY):
        raise Invalid(_("Only a body of a commune, district, province or ministry praises or orders to replicate."), code="bad_body", field="body")
    if not acts_on(body, day):
        raise Invalid(_("This body did not stand on %(day)s: %(dates)s.") % {"day": f"{day:%d/%m/%Y}", "dates": dates(body)}, code="body_not_standing", field="body")
    if body.kind != OrganisationKind.MINISTRY and body.unit_id not in units_above(about):
        raise Invalid(_("This body stands above no unit in which the practice runs."), code="body_elsewhere", field="body")


def _stand_below(addressed: Sequence[Unit], body: Organisation, day: date) -> None:
    for unit in addressed:
        inside = body.kind == OrganisationKind.MINISTRY or body.unit_id in {unit.pk, *(one.pk for one in unit.ancestors())}
        if not inside or not unit.stands_on(day):
            raise Invalid(_("%(unit)s is no unit of this body on that day.") % {"unit": label(unit)}, code="unit_elsewhere", field="addressed")


# Figures


@transaction.atomic
def add_tie(practice: Practice, *, code: str, actor: Actor) -> Tie:
    """Let a figure of a practice be counted from the platform's records.

    Raises:
        Invalid: nothing is counted so, or this field has no figures (code "no_figures"). Refused: it is counted already.
    """
    row = locked(practice)
    _may_have_figures(row, "code")
    if counts.get(code) is None:
        raise Invalid(_("Nothing on the platform is counted as “%(code)s”.") % {"code": code}, code="no_count", field="code")
    tie, made = Tie.objects.get_or_create(practice=row, code=code)
    if not made:
        raise Refused(_("This is counted already."), code="already", field="code")
    noted(row, "tied", actor=actor, facts={"code": code})
    return tie


@transaction.atomic
def remove_tie(tie: Tie, *, actor: Actor) -> None:
    """Count a figure no longer."""
    row, code = locked(tie.practice), tie.code
    tie.delete()
    noted(row, "untied", actor=actor, facts={"code": code})


@transaction.atomic
def claim(practice: Practice, *, label: str, value: int, on: date, evidence: Material, actor: Actor) -> Claim:
    """Enter a figure that is reported, with the file that shows it.

    Raises:
        Invalid: no evidence of this practice, a figure or day that cannot be, or this field has no figures.
        Refused: one of the same words and day stands here.
    """
    row = locked(practice)
    _may_have_figures(row, "label")
    if evidence.practice_id != row.pk:
        raise Invalid(_("The evidence is a file of this practice."), code="no_evidence", field="evidence")
    if not 0 <= value <= LARGEST_FIGURE:
        raise Invalid(_("This figure cannot be."), code="bad_figure", field="value")
    said = words(label, "label", longest=120)
    past_day(on, "on", since=row.started_on)
    made, is_new = Claim.objects.get_or_create(practice=row, label=said, on=on, defaults={"value": value, "evidence": evidence})
    if not is_new:
        raise Refused(_("A figure with these words was reported for this day already."), code="already", field="on")
    noted(row, "claimed", actor=actor, facts={"value": value, "on": on, "sha256": evidence.sha256}, sign_on=on)
    return made


def _may_have_figures(practice: Practice, field: str) -> None:
    if practice.kind in NO_FIGURES:
        raise Invalid(_("A practice that helps people who erred has no figures here: they would be figures of persons."), code="no_figures", field=field)


# Does it still run?


def quiet_days() -> int:
    """Return after how many days without a sign of life a practice is asked about."""
    return int(settings.PRACTICE_QUIET_DAYS)


def ask_quiet() -> int:
    """Ask about the practices that showed no sign of life for the period, a few at a time; return how many."""
    today = clock.today()
    due = Practice.objects.all().quiet_since(today - timedelta(days=quiet_days())).order_by("last_sign_on", "pk")[:AT_ONCE]
    return sum(_asked(row, today) for row in list(due))


@transaction.atomic
def _asked(practice: Practice, today: date) -> int:
    from liengia.audit import services as audit

    _row, made = Question.objects.get_or_create(
        practice=practice, answered_on=None, defaults={"asked_on": today, "quiet_since": practice.last_sign_on}
    )
    if made:
        facts = {"quiet_since": practice.last_sign_on}
        audit.record("practices.asked", actor=Actor.system("practices.quiet"), about=practice, unit=practice.unit_id, facts=facts)
    return int(made)


@transaction.atomic
def answer_question(practice: Practice, *, answer: str, actor: Actor) -> Question:
    """Answer in words what became of a practice.

    Raises:
        Refused: nothing is asked (code "not_asked"). Invalid: no words.
    """
    row = locked(practice)
    asked = row.questions.filter(answered_on=None).first()
    if asked is None:
        raise Refused(_("Nothing is asked about this practice."), code="not_asked")
    asked.answer, asked.answered_on = words(answer, "answer", longest=2_000), clock.today()
    asked.save(update_fields=["answer", "answered_on"])
    noted(row, "answered", actor=actor, facts={"asked_on": asked.asked_on})
    return asked


@transaction.atomic
def review(practice: Practice, *, year: int, on: date, decision: str, reasons: str, actor: Actor) -> Review:
    """Enter a year's review; one that decides to end it ends it.

    Raises:
        Refused: it has ended, or this year is reviewed (code "reviewed"). Invalid: no reasons, or a year that cannot be.
    """
    row = locked(practice)
    PRACTICE.after(row.state, "change")
    past_day(on, "on", since=row.started_on)
    if decision not in ReviewDecision.values:
        raise Invalid(_("Choose from the list what is decided."), code="bad_decision", field="decision")
    if not on.year - 1 <= year <= on.year:
        raise Invalid(_("A review is of the year in which it is held, or of the year before."), code="bad_year", field="year")
    said = words(reasons, "reasons", longest=2_000)
    made, is_new = Review.objects.get_or_create(practice=row, year=year, defaults={"on": on, "decision": decision, "reasons": said})
    if not is_new:
        raise Refused(_("This year is reviewed already."), code="reviewed", field="year")
    noted(row, "reviewed", actor=actor, facts={"year": year, "decision": decision}, sign_on=on)
    if decision == ReviewDecision.END:
        end(row, on=on, reason=said, actor=actor)
    return made
