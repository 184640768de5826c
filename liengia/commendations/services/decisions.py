"""The decision: right and money by its day, number and paper from `papers`, a certificate and a line in the honour register for each.

All of it happens in one short transaction, or none of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.commendations import index, money, wording
from liengia.commendations import papers as own_papers
from liengia.commendations.models import (
    Certificate,
    CertificateState,
    Decision,
    HonourBook,
    Nomination,
    NominationState,
    Round,
    RoundState,
    SessionState,
    new_code,
)
from liengia.commendations.services.rounds import check_list, locked, names_of
from liengia.commendations.workflow import ROUND
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.db import bulk
from liengia.core.errors import Invalid, Refused
from liengia.papers import services as papers
from liengia.papers.models import Issuer, Paper, PaperState


@dataclass(frozen=True, slots=True)
class Signing:
    """What whoever decides adds to a round: the day, the signer, and the words around the list."""

    on: date
    signer_office: str
    signer_name: str
    bases: str = ""
    proposed_by: str = ""
    carried_out_by: str = "Văn phòng, bộ phận tài chính"
    recipients: str = ""
    number: int | None = None
    # Submission and minutes stand in the file on paper, where they were never issued here.
    is_on_paper: bool = False


def rewards_of(row: Round, on: date) -> dict[str, money.Reward]:
    """Return what each kind of recipient on the list would get on a day.

    Raises:
        Invalid: nobody of that level may decide on that day, or a dated table has nothing for it.
    """
    level = str(row.authority.unit.level)
    money.check_right(row.award, level, on)
    kinds = row.nominations.listed().values_list("kind", flat=True)
    return dict(money.rewards(row.award, level, on, kinds))


def unnumbered(row: Round) -> list[tuple[str, Paper | None]]:
    """Return what a decision goes by and what is not issued, with its words: minutes of the council, the submission.

    A draft has no number yet; the last minutes and the submission may also be revoked, or be gone (None).
    """
    sessions = list(row.sessions.filter(state=SessionState.CONCLUDED).select_related("minutes").order_by("held_on", "pk"))
    found: list[tuple[str, Paper | None]] = [(_("minutes of the council of %(day)s") % {"day": f"{one.held_on:%d/%m/%Y}"}, one.minutes) for one in sessions[-1:]]
    found.append((str(_("submission")), row.submission))
    lacking = [(words if paper is None else paper.about, paper) for words, paper in found if paper is None or paper.state != PaperState.ISSUED]
    drafts = [(one.minutes.about, one.minutes) for one in sessions[:-1] if one.minutes is not None and one.minutes.state == PaperState.DRAFT]
    return drafts + lacking


def decide(row: Round, signing: Signing, *, with_files: bool = True, actor: Actor) -> Decision:
    """Sign the decision of a submitted round. Without `with_files` the worker makes the paper's files, as it does after a crash.

    Raises:
        Invalid: no right on that day, the authority does not stand on it, a date that no table has, nobody signs.
        Refused: the round is not submitted, or somebody else has decided it; minutes or submission have no number and are not said to be on
            paper (code "unnumbered"); the number cannot be given (see `papers.numbers`).
    """
    with transaction.atomic():
        found = locked(row)
        state = ROUND.after(found.state, "decide")
        _check_day(found, signing)
        rewards = rewards_of(found, signing.on)
        check_list(found)
        if not signing.is_on_paper and (lacking := unnumbered(found)):
            raise Refused(
                _("Not issued yet, and so without a number: %(names)s. Issue them first, or say that the file has them on paper.")
                % {"names": "; ".join(words for words, _paper in lacking)}, code="unnumbered", field="is_on_paper",
            )  # fmt: skip
        nominations = list(found.nominations.listed().in_calling_order().select_related("unit__parent__parent"))
        decision = _numbered(found, nominations, rewards, signing, actor)
        certificates = _certificates(decision, found, nominations, rewards)
        bulk.insert(certificates)
        Nomination.objects.filter(round=found, state=NominationState.LISTED).update(state=NominationState.COMMENDED)
        found.state = RoundState(state)
        found.save(update_fields=["state"])
        facts = {"sign": decision.paper.sign, "on": signing.on, "certificates": len(certificates), "total_vnd": sum(one.amount_vnd for one in certificates)}
        audit.record("commendations.decided", actor=actor, about=decision, unit=found.unit_id, facts=facts)
        index.renew(decision)
        pagecache.bump()
    if with_files:
        papers.keep_files(decision.paper)
    return decision


def _check_day(row: Round, signing: Signing) -> None:
    if signing.on > clock.today():
        raise Invalid(_("A paper is not issued before its day comes."), code="future", field="on")
    if not row.authority.may_issue_on(signing.on):
        raise Invalid(
            _("%(name)s does not stand on %(day)s, so it cannot issue a paper then. Choose who stands on that day.")
            % {"name": row.authority.name, "day": f"{signing.on:%d/%m/%Y}"},
            code="no_authority", field="on",
        )  # fmt: skip
    if signing.on < row.period_from:
        raise Invalid(_("This day is before the round's period begins."), code="before_period", field="on")
    voted_on = row.sessions.filter(state=SessionState.CONCLUDED).aggregate(last=Max("held_on"))["last"]
    if voted_on is not None and signing.on < voted_on:
        raise Invalid(_("The council voted on %(day)s: the decision cannot be of an earlier day.") % {"day": f"{voted_on:%d/%m/%Y}"}, code="before_council", field="on")
    if row.submission is not None and row.submission.issued_on is not None and signing.on < row.submission.issued_on:
        raise Invalid(_("The submission is of %(day)s: the decision cannot be of an earlier day.") % {"day": f"{row.submission.issued_on:%d/%m/%Y}"}, code="before_submission", field="on")
    done_on = row.nominations.listed().aggregate(last=Max("deed_on"))["last"]
    if done_on is not None and signing.on < done_on:
        raise Invalid(_("A deed on the list is of %(day)s: the decision cannot be of an earlier day.") % {"day": f"{done_on:%d/%m/%Y}"}, code="before_deed", field="on")
    if not signing.signer_name.strip():
        raise Invalid(_("Write who signs: the office and the name."), code="no_signer", field="signer_name")


def _numbered(row: Round, nominations: list[Nomination], rewards: dict[str, money.Reward], signing: Signing, actor: Actor) -> Decision:
    draft = own_papers.decision_draft(
        row, nominations, rewards, bases=signing.bases, proposed_by=signing.proposed_by, carried_out_by=signing.carried_out_by,
        signer=(signing.signer_office, signing.signer_name), recipients=signing.recipients,
    )  # fmt: skip
    paper = papers.number_paper(papers.draft_paper(draft, actor=actor), on=signing.on, number=signing.number, actor=actor)
    return Decision.objects.create(
        round=row, paper=paper, decided_on=signing.on, signer_office=signing.signer_office.strip(), signer_name=signing.signer_name.strip(),
        base_salary_vnd=next(iter(rewards.values())).base_salary_vnd, is_public=not row.is_pursuit,
    )  # fmt: skip


def _certificates(decision: Decision, row: Round, nominations: list[Nomination], rewards: dict[str, money.Reward]) -> list[Certificate]:
    first = _take_lines(row.authority, decision.decided_on.year, len(nominations))
    return [
        Certificate(
            decision=decision, nomination=one, code=new_code(), issuer=row.authority, unit_id=one.unit_id, kind=one.kind, award=row.award, name=one.called, words=one.on_paper[:200],
            merit=one.merit, year=decision.decided_on.year, register_number=first + place, call_order=place + 1,
            coefficient=rewards[one.kind].coefficient, amount_vnd=rewards[one.kind].amount_vnd,
        ).fold()
        for place, one in enumerate(nominations)
    ]  # fmt: skip


def _take_lines(issuer: Issuer, year: int, count: int) -> int:
    """Take lines of the honour register, without gap or double; return the first."""
    HonourBook.objects.get_or_create(issuer=issuer, year=year)
    book = HonourBook.objects.select_for_update(of=("self",)).get(issuer=issuer, year=year)
    first = book.last + 1
    book.last += count
    book.save(update_fields=["last"])
    return first


@transaction.atomic
def open_decision(decision: Decision, *, is_public: bool, reason: str, actor: Actor) -> Decision:
    """Put a decision on the public roll, or take it off. One of the pursuit needs a reason; names still need their consent.

    Raises:
        Invalid: a decision of the pursuit is opened without a reason.
    """
    found = Decision.objects.select_for_update(of=("self",)).select_related("round").get(pk=decision.pk)
    if is_public and found.round.is_pursuit and not reason.strip():
        raise Invalid(_("Commendations of the pursuit are not public. Say who decided otherwise, and why."), code="no_reason", field="reason")
    found.is_public, found.opened_reason = is_public, reason.strip() if is_public else ""
    found.save(update_fields=["is_public", "opened_reason"])
    audit.record("commendations.decision_opened", actor=actor, about=found, unit=found.round.unit_id, facts={"public": is_public})
    index.renew(found)
    pagecache.bump()
    return found


@transaction.atomic
def title_in_public(decision: Decision, *, title: str, actor: Actor) -> Decision:
    """Say what a decision is for on public pages, in search and in articles; its paper stays. Empty: as the list is titled.

    Raises:
        Invalid: it names a person.
    """
    row = locked(decision.round)
    row.told_as = wording.check_title(" ".join(title.split()), names=names_of(row))
    row.save(update_fields=["told_as"])
    decision.round = row
    audit.record("commendations.titled", actor=actor, about=decision, unit=row.unit_id)
    index.renew(decision)
    pagecache.bump()
    return decision


@transaction.atomic
def revoke_decision(decision: Decision, *, reason: str, actor: Actor) -> Decision:
    """Revoke a decision with all of its certificates; paper, numbers and register stay readable with the reason.

    Raises:
        Invalid: no reason. Refused: it is revoked already.
    """
    row = locked(decision.round)
    state = ROUND.after(row.state, "revoke")
    if not reason.strip():
        raise Invalid(_("Say why it is revoked: whoever holds the paper will ask."), code="no_reason", field="reason")
    found = Decision.objects.select_for_update(of=("self",)).select_related("paper").get(pk=decision.pk)
    today = clock.today()
    if found.paper.state != PaperState.REVOKED:
        papers.revoke_paper(found.paper, reason=reason, by_its_room=True, actor=actor)
    found.revoked_on, found.revoked_reason = today, reason.strip()
    found.save(update_fields=["revoked_on", "revoked_reason"])
    valid = found.certificates.filter(state=CertificateState.VALID)
    count = valid.update(state=CertificateState.REVOKED, ended_on=today, ended_reason=reason.strip())
    row.state = RoundState(state)
    row.save(update_fields=["state"])
    audit.record("commendations.decision_revoked", actor=actor, about=found, unit=row.unit_id, facts={"certificates": count})
    index.renew(found)
    pagecache.bump()
    return found
