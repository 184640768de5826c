"""The council: a session on a round, votes as counts, and what it concludes.

Votes are either raised hands, counted together, or ballots, one a seat; how a seat voted is kept nowhere. A nomination goes
on when more than half of the seats present are in favour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.commendations import papers as own_papers
from liengia.commendations.models import (
    CouncilSeat,
    CouncilSession,
    Nomination,
    NominationState,
    Round,
    RoundState,
    SessionState,
    VoteCount,
)
from liengia.commendations.services.rounds import check_list, locked
from liengia.commendations.workflow import ROUND, SESSION
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.db import bulk
from liengia.core.errors import Invalid, Refused
from liengia.core.text import date_words, nfc
from liengia.organisations.models import Committee, CommitteeMember
from liengia.papers import services as papers
from liengia.papers.models import Issuer, Paper
from liengia.papers.services import Draft
from liengia.units.models import valid_on

CHOICES: Final = ("in_favour", "against", "other")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many seats were in favour, against, without an opinion."""

    in_favour: int
    against: int = 0
    other: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.in_favour + self.against + self.other


def members_of(committee: Committee, on: date) -> list[CommitteeMember]:
    """Return the seats of a council on a day."""
    return list(committee.members.filter(valid_on(on)).select_related("organisation"))


@transaction.atomic
def open_session(
    row: Round, *, committee: Committee, held_on: date, place: str, chair: CommitteeMember, clerk: CommitteeMember, present: Sequence[CommitteeMember],
    is_by_hand: bool = True, actor: Actor,
) -> CouncilSession:  # fmt: skip
    """Open a session of the council on a round's list.

    Raises:
        Invalid: a day in the future, a seat that is none of the council on that day (code "outsider"), chair or clerk absent, or
            at most half of the council present (code "no_quorum").
        Refused: the list is not ready, or another session is open.
    """
    found = locked(row)
    ROUND.after(found.state, "review")
    check_list(found)
    if held_on > clock.today():
        raise Invalid(_("This day has not come yet."), code="future", field="held_on")
    if not Committee.objects.filter(valid_on(held_on), pk=committee.pk).exists():
        raise Invalid(_("This council did not stand on %(day)s.") % {"day": f"{held_on:%d/%m/%Y}"}, code="no_council_then", field="held_on")
    seats = {one.pk for one in members_of(committee, held_on)}
    if outside := [one for one in (*present, chair, clerk) if one.pk not in seats]:
        raise _outsider(outside[0], held_on)
    there = {one.pk for one in present}
    if chair.pk not in there or clerk.pk not in there:
        raise Invalid(_("Who presides and who takes the minutes were present."), code="absent_chair", field="chair")
    if len(there) * 2 <= len(seats):
        raise Invalid(_("Only %(n)s of %(all)s seats were present: more than half are needed.") % {"n": len(there), "all": len(seats)}, code="no_quorum", field="present")
    if found.sessions.filter(state=SessionState.HELD).exists():
        raise Refused(_("A session on this list is open already."), code="session_open")
    session = CouncilSession.objects.create(
        round=found, committee=committee, held_on=held_on, place=nfc(place).strip()[:160], chair=chair, clerk=clerk, is_by_hand=is_by_hand
    )
    bulk.insert([CouncilSeat(session=session, member_id=key) for key in sorted(there)])
    bulk.insert([VoteCount(session=session, nomination_id=key) for key in found.nominations.listed().values_list("pk", flat=True)])
    audit.record("commendations.session_opened", actor=actor, about=session, unit=found.unit_id, facts={"present": len(there), "seats": len(seats)})
    return session


def _outsider(member: CommitteeMember, on: date) -> Invalid:
    words = _("%(who)s has no seat in this council on %(day)s, and so no vote; nothing was counted.")
    return Invalid(words % {"who": member.office_title, "day": f"{on:%d/%m/%Y}"}, code="outsider", field="present")


@transaction.atomic
def count_hands(session: CouncilSession, counts: Mapping[int, Counts], *, actor: Actor) -> None:
    """Enter what was counted when hands were raised; by the nomination's key. Entering again writes anew.

    Raises:
        Invalid: more or fewer hands than seats present, or a nomination that is not on the list of this session.
        Refused: the session has ended, or votes by ballots.
    """
    found = _held(session)
    if not found.is_by_hand:
        raise Refused(_("This session votes by ballots: each seat hands in its own."), code="by_ballot")
    there = found.seats.count()
    rows = {vote.nomination_id: vote for vote in found.votes.all()}
    if unknown := set(counts) - set(rows):
        raise Invalid(_("%(n)s of these nominations are not on the list of this session.") % {"n": len(unknown)}, code="unknown_nomination", field="votes")
    for key, one in counts.items():
        if min(one.in_favour, one.against, one.other) < 0 or one.total != there:
            raise Invalid(
                _("%(count)s votes were counted where %(n)s seats were present: all of them are counted, and nobody from outside.") % {"count": one.total, "n": there},
                code="wrong_count", field=f"votes_{key}",
            )  # fmt: skip
    bulk.update(VoteCount, ["in_favour", "against", "other"], [(rows[key].pk, one.in_favour, one.against, one.other) for key, one in counts.items()])
    audit.record("commendations.votes_counted", actor=actor, about=found, unit=found.round.unit_id, facts={"nominations": len(counts), "present": there})


@transaction.atomic
def cast_ballot(session: CouncilSession, member: CommitteeMember, choices: Mapping[int, str], *, actor: Actor) -> None:
    """Add the ballot of one seat to the counts; that it has voted is noted, how it did is not.

    Raises:
        Invalid: somebody without a seat in this session (code "outsider"), an unknown choice, or a nomination that is left out.
        Refused: the seat has voted, the session has ended, or counts hands.
    """
    found = _held(session)
    if found.is_by_hand:
        raise Refused(_("In this session hands are counted together."), code="by_hand")
    seat = CouncilSeat.objects.select_for_update(of=("self",)).filter(session=found, member=member).first()
    if seat is None:
        raise _outsider(member, found.held_on)
    if seat.has_voted:
        raise Refused(_("This seat has voted already."), code="voted")
    rows = dict(found.votes.values_list("nomination_id", "pk"))
    if set(choices) != set(rows) or not set(choices.values()) <= set(CHOICES):
        raise Invalid(_("A ballot says of each nomination: in favour, against, or no opinion."), code="incomplete", field="votes")
    for choice in CHOICES:
        keys = [rows[key] for key, chosen in choices.items() if chosen == choice]
        VoteCount.objects.filter(pk__in=keys).update(**{choice: F(choice) + 1})
    seat.has_voted = True
    seat.save(update_fields=["has_voted"])
    audit.record("commendations.ballot_cast", actor=actor, about=found, unit=found.round.unit_id)


@transaction.atomic
def conclude_session(
    session: CouncilSession, *, discussion: str, begun: str, ended: str, chair_name: str = "", clerk_name: str = "", actor: Actor
) -> Paper:
    """Conclude: who has no majority is left out with the counts as the reason, and the minutes are drafted for the office to issue.

    Raises:
        Refused: a seat has not voted, or not every nomination is counted.
    """
    found = _held(session)
    there = found.seats.count()
    if not found.is_by_hand and found.seats.filter(has_voted=False).exists():
        raise Refused(_("A seat that was present has not voted yet."), code="not_voted")
    votes = list(found.votes.select_related("nomination").order_by("nomination__place"))
    if any(vote.in_favour + vote.against + vote.other != there for vote in votes):
        raise Refused(_("The votes on some nominations are not entered yet."), code="not_counted")
    row = locked(found.round)
    state = ROUND.after(row.state, "review")
    lost = [vote for vote in votes if vote.in_favour * 2 <= there]
    for yes in sorted({vote.in_favour for vote in lost}):
        reason = _("The council: %(yes)s in favour of %(all)s.") % {"yes": yes, "all": there}
        keys = [vote.nomination_id for vote in lost if vote.in_favour == yes]
        Nomination.objects.filter(pk__in=keys, state=NominationState.LISTED).update(
            state=NominationState.LEFT_OUT, reason=str(reason), ended_at=clock.now()
        )
    found.discussion, found.state = nfc(discussion).strip(), SessionState(SESSION.after(found.state, "conclude"))
    issuer = papers.issuer_of(found.committee, actor=actor)
    found.minutes = papers.draft_paper(_minutes(found, row, issuer, votes, (begun, ended), (chair_name, clerk_name)), actor=actor)
    found.save(update_fields=["discussion", "state", "minutes"])
    row.state = RoundState(state)
    row.save(update_fields=["state"])
    audit.record("commendations.session_concluded", actor=actor, about=found, unit=row.unit_id, facts={"voted_on": len(votes), "left_out": len(lost)})
    return found.minutes


def _minutes(session: CouncilSession, row: Round, issuer: Issuer, votes: Sequence[VoteCount], hours: tuple[str, str], names: tuple[str, str]) -> Draft:
    present = session.seats.count()
    passed = sum(vote.in_favour * 2 > present for vote in votes)
    there = [str(seat.member.office_title) for seat in session.seats.select_related("member")]
    return Draft(
        kind="minutes", issuer=issuer, about=f"Họp {session.committee.name} xét khen thưởng {own_papers.commended_for(row, [vote.nomination.kind for vote in votes])}"[:300], subject=row.subject,
        values={
            "bắt đầu": f"{hours[0]}, {date_words(session.held_on)}", "địa điểm": session.place, "thành phần": "; ".join(there), "chủ trì": _who(names[0], session.chair),
            "thư ký": _who(names[1], session.clerk), "diễn biến": session.discussion or "Hội đồng xem xét thành tích từng trường hợp và biểu quyết.",
            "kết luận": f"Đề nghị khen thưởng {passed} trong {len(votes)} trường hợp được xét.", "kết thúc": hours[1],
        },
        blocks={"biểu quyết": [[vote.nomination.called, str(vote.in_favour), str(vote.against), str(vote.other)] for vote in votes]},
        signers=[("Thư ký", names[1]), ("Chủ trì", names[0])],
    )  # fmt: skip


def _who(name: str, seat: CommitteeMember) -> str:
    """Return who presided or wrote, as the signature below says it, with their office in the council."""
    return f"{name.strip()}, {seat.office_title}" if name.strip() else seat.office_title


def _held(session: CouncilSession) -> CouncilSession:
    found = CouncilSession.objects.select_for_update(of=("self",)).select_related("round", "committee", "chair", "clerk").get(pk=session.pk)
    SESSION.after(found.state, "vote")
    return found


def seats_without(session: CouncilSession) -> list[CouncilSeat]:
    """Return the seats that have not voted yet."""
    return list(session.seats.filter(Q(has_voted=False)).select_related("member"))
