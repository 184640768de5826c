"""Rounds: opened, submitted, opened again, cancelled."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.commendations import doubts, wording
from liengia.commendations import papers as own_papers
from liengia.commendations.models import (
    ImportState,
    MovementList,
    Nomination,
    NominationState,
    Procedure,
    RecipientKind,
    Round,
    RoundState,
    Season,
    SessionState,
)
from liengia.commendations.workflow import ROUND
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.core.text import nfc
from liengia.organisations.models import OrganisationKind
from liengia.papers import services as papers
from liengia.papers.models import Issuer, Paper
from liengia.papers.services import Draft
from liengia.units.models import Unit


def season_of(unit: Unit, *, name: str, year: int, subject: str = "") -> Season:
    """Return a season by its name, made the first time; `subject` ties it to a thing of another room, as "festival:2023"."""
    if not name.strip():
        raise Invalid(_("This may not be empty."), code="empty", field="season")
    return Season.objects.get_or_create(unit=unit, name=nfc(name).strip(), defaults={"year": year, "subject": subject})[0]


@transaction.atomic
def open_round(row: Round, *, actor: Actor) -> Round:
    """Open a round.

    Raises:
        Invalid: no title, an end before its beginning, an authority that is no People's Committee, or the list of extraordinary
            deeds of pursuit with another procedure than its own.
    """
    _check(row)
    row.save()
    facts = {"list": row.movement_list, "procedure": row.procedure}
    audit.record("commendations.round_opened", actor=actor, about=row, unit=row.unit_id, facts=facts)
    return row


@transaction.atomic
def change_round(row: Round, *, revision: int | None = None, actor: Actor, **changes: Any) -> Round:
    """Change a round that nobody has reviewed yet.

    Raises:
        Invalid: as `open_round`, or it becomes a list of the pursuit and a merit on it names somebody.
        Refused: it is past that, or another changed it since the writer read it (code "changed").
    """
    found = locked(row)
    check_revision(found, revision)
    ROUND.after(found.state, "change")
    check_open(found)
    for name, value in changes.items():
        setattr(found, name, value)
    _check(found)
    # What was written for another list must be able to stand on this one.
    for one in found.nominations.standing() if found.is_pursuit else ():
        wording.check(one.merit, is_pursuit=True, own_name=one.name, field="movement_list")
    found.revision += 1
    found.save()
    audit.record("commendations.round_changed", actor=actor, about=found, unit=found.unit_id)
    return found


@transaction.atomic
def submit_round(row: Round, *, proposer: Issuer, signer: tuple[str, str], bases: str, words: str, actor: Actor) -> Paper:
    """Submit a round: who proposes writes to who decides (tờ trình) with the list; the office issues the paper.

    Head, number, symbol and signature are the proposer's: the commune's police, the council. It goes to who decides.

    Raises:
        Invalid: who decides would write to itself (code "own_submission"), or the proposer does not stand today.
        Refused: nobody is on the list, a doubt is unanswered, or a council is needed and has not concluded.
    Source: Decree 30/2020/NĐ-CP, appendix III, form 1.4 and its notes; Decree 98/2023/NĐ-CP, chapter IV.
    """
    found = locked(row)
    state = ROUND.after(found.state, "submit")
    _check_no_session(found)
    if found.needs_council and found.state != RoundState.REVIEWED:
        raise Refused(_("By law the council votes first. Only the simple procedure does without."), code="no_council")
    check_list(found)
    if proposer.pk == found.authority_id:
        raise Invalid(_("Who decides does not write to itself. Choose who proposes: the commune's police, the council."), code="own_submission", field="proposer")
    draft = Draft(
        kind="submission", issuer=proposer, about=f"Về việc khen thưởng {own_papers.commended_for(found, _kinds_of(found))}"[:300], subject=found.subject, recipients="Như trên;\nLưu: VT.",
        values={"kính gửi": own_papers.head_of(found), "căn cứ": bases, "nội dung": words}, blocks={"danh sách": rows_of(found)}, signers=[signer],
    )  # fmt: skip
    paper = papers.draft_paper(draft, actor=actor)
    found.state, found.submission = RoundState(state), paper
    found.save(update_fields=["state", "submission"])
    facts = {"listed": len(draft.blocks["danh sách"]), "proposer": proposer.symbol}
    audit.record("commendations.round_submitted", actor=actor, about=found, unit=found.unit_id, facts=facts)
    return paper


@transaction.atomic
def reopen_round(row: Round, *, reason: str, actor: Actor) -> Round:
    """Take a round that is not decided back to its list: the council votes anew; a drafted submission is thrown away, an issued one revoked.

    Raises:
        Invalid: no reason. Refused: it is open, or decided.
    """
    found = locked(row)
    state = ROUND.after(found.state, "reopen")
    if not reason.strip():
        raise Invalid(_("Say why: whoever reviewed it will ask."), code="no_reason", field="reason")
    take_submission_back(found, reason=reason, actor=actor)
    found.state = RoundState(state)
    found.save(update_fields=["state", "submission"])
    audit.record("commendations.round_reopened", actor=actor, about=found, unit=found.unit_id, personal={"reason": reason.strip()})
    return found


def take_submission_back(found: Round, *, reason: str, actor: Actor) -> None:
    """Let a round have no submission any more: a drafted one is thrown away, an issued one revoked. The caller saves the round."""
    if found.submission is not None and found.submission.state == "draft":
        papers.discard_draft(found.submission, by_its_room=True, actor=actor)
    elif found.submission is not None and found.submission.state == "issued":
        papers.revoke_paper(found.submission, reason=reason, by_its_room=True, actor=actor)
    found.submission = None


@transaction.atomic
def cancel_round(row: Round, *, actor: Actor) -> Round:
    """End a round without a decision; its nominations are forgotten after their period."""
    found = locked(row)
    found.state = RoundState(ROUND.after(found.state, "cancel"))
    found.save(update_fields=["state"])
    audit.record("commendations.round_cancelled", actor=actor, about=found, unit=found.unit_id)
    return found


def check_list(row: Round) -> None:
    """Refuse to go on with an empty list, with proposals that nobody has looked at, or with doubts that nobody has answered.

    Nor while the worker still writes a spreadsheet into it: the rest of it is not on the list yet.

    Raises:
        Refused: with codes "importing", "empty_list", "proposals", "doubts".
    """
    if row.imports.filter(state__in=(ImportState.WAITING, ImportState.RUNNING)).exists():
        raise Refused(_("A spreadsheet is being written into this list. Wait until it is finished, then try again."), code="importing")
    if not row.nominations.listed().exists():
        raise Refused(_("Nobody is on the list yet."), code="empty_list")
    if waiting := row.nominations.filter(state=NominationState.PROPOSED).count():
        raise Refused(_("%(n)s proposals wait: put each on the list, or leave it out and say why.") % {"n": waiting}, code="proposals")
    if doubtful := doubts.unanswered(row):
        raise Refused(_("%(n)s nominations look doubtful. Answer the doubt, or leave the nomination out.") % {"n": doubtful}, code="doubts")


def check_open(row: Round) -> None:
    """Refuse to change a list that is closed, or on which the council is voting: what it votes on is what is submitted.

    Raises:
        Refused: with codes "list_closed", "session_open".
    """
    if row.state != RoundState.OPEN:
        raise Refused(_("The list is closed: it was reviewed, submitted or decided. Open the round again first."), code="list_closed")
    _check_no_session(row)


def _check_no_session(row: Round) -> None:
    if row.sessions.filter(state=SessionState.HELD).exists():
        raise Refused(_("The council is voting on this list. Conclude its session first; after that the round can be opened again."), code="session_open")


def rows_of(row: Round) -> list[list[str]]:
    """Return the list as papers show it: name, office or address, merit."""
    return [[one.called, one.on_paper, one.merit] for one in row.nominations.listed().in_calling_order().select_related("unit__parent__parent")]


def _kinds_of(row: Round) -> list[str]:
    return list(row.nominations.listed().values_list("kind", flat=True))


def counts_of(row: Round) -> dict[str, int]:
    """Return how many of each kind are on the list."""
    listed = list(row.nominations.filter(state__in=("listed", "commended")).values_list("kind", flat=True))
    return {kind: listed.count(kind) for kind in RecipientKind.values}


def check_revision(row: Round | Nomination, revision: int | None) -> None:
    """Refuse what was written from an older state of a row.

    Raises:
        Refused: another changed it meanwhile (code "changed").
    """
    if revision is not None and row.revision != revision:
        raise Refused(_("Somebody changed this just now. Yours was not saved and stands below: open the page anew beside it, read theirs, then write yours there."), code="changed")


def locked(row: Round) -> Round:
    """Return a round, locked until the transaction ends."""
    return Round.objects.select_for_update(of=("self",)).select_related("unit", "authority__unit", "authority__organisation", "submission").get(pk=row.pk)


def _check(row: Round) -> None:
    if not row.title.strip():
        raise Invalid(_("This may not be empty."), code="empty", field="title")
    wording.check(row.title, is_pursuit=row.is_pursuit, field="title")
    wording.check_title(row.title, names=names_of(row))
    if row.period_to < row.period_from:
        raise Invalid(_("The period ends before it begins."), code="period", field="period_to")
    if row.movement_list == MovementList.PURSUIT_EXTRAORDINARY and row.procedure != Procedure.EXTRAORDINARY:
        raise Invalid(_("Extraordinary deeds are commended by the extraordinary procedure."), code="procedure", field="procedure")
    body = row.authority.organisation
    if body is None or body.kind != OrganisationKind.PEOPLES_COMMITTEE:
        raise Invalid(_("Only the head of a People's Committee commends. Choose one."), code="no_authority", field="authority")
    # A round that a reform moved has its unit already, also while nobody decides there yet; it does not fall back to the one that ended.
    decides_in = row.authority.unit
    if row.unit_id is None or decides_in.stands_on(clock.today()) or decides_in.pk not in row.unit.lineage_ids():
        row.unit = row.authority.unit


def names_of(row: Round) -> list[str]:
    """Return the names of the persons and households of a round's list, for a title that may not have them."""
    return list(row.nominations.exclude(kind=RecipientKind.COLLECTIVE).values_list("name", flat=True)) if row.pk else []
