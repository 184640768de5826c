"""What of this room waits for somebody, for the list of the day's work: what, since when, and where it is done.

Who decides: lists to be signed. Who keeps rounds: proposals and doubts to be looked at, lists that wait for the council or to be
submitted. Who keeps the council: lists to be voted on, sessions to be concluded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import Min
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.commendations import doubts, policies
from liengia.commendations.capabilities import COUNCIL, DECIDE, KEEP
from liengia.commendations.models import CouncilSession, NominationState, Round, RoundState, SessionState
from liengia.core import rooms
from liengia.people import policies as people
from liengia.people.menu import Chore
from liengia.people.models import User

MOST: Final = 10


def today(user: User) -> Iterator[Chore]:
    """Yield what waits for a user, the oldest first."""
    if not rooms.is_on_for("commendations", user):
        return
    if people.can(user, DECIDE):
        yield from _to_sign(user)
    if people.can(user, COUNCIL):
        yield from _sessions(user)
    if people.can(user, KEEP):
        yield from _lists(user)


def _to_sign(user: User) -> Iterator[Chore]:
    rows = policies.rounds_of(user, DECIDE).filter(state=RoundState.SUBMITTED).select_related("submission").order_by("submission__made_at", "made_at")
    for row in rows[:MOST]:
        words = _("The list “%(title)s” waits for your decision") % {"title": _short(row)}
        yield Chore(words, reverse("commendations_office_decide", args=[row.public_id]), since=row.submission.made_at if row.submission else row.made_at)


def _sessions(user: User) -> Iterator[Chore]:
    rows = CouncilSession.objects.filter(round__in=policies.rounds_of(user, COUNCIL), state=SessionState.HELD).select_related("round").order_by("held_on")
    for one in rows[:MOST]:
        words = _("The council's session on “%(title)s” waits to be concluded") % {"title": _short(one.round)}
        yield Chore(words, reverse("commendations_office_session", args=[one.public_id]))


def _lists(user: User) -> Iterator[Chore]:
    rows = list(policies.rounds_of(user).filter(state__in=(RoundState.OPEN, RoundState.REVIEWED)).order_by("made_at")[:MOST])
    may_council = people.can(user, COUNCIL)
    for row in rows:
        page = reverse("commendations_office_round", args=[row.public_id])
        if row.state == RoundState.REVIEWED:
            yield Chore(_("The council has voted on “%(title)s”: submit the list") % {"title": _short(row)}, reverse("commendations_office_submit", args=[row.public_id]), since=row.made_at)
            continue
        by_state = row.nominations.order_by().values("state").annotate(since=Min("made_at"))
        since = {one["state"]: one["since"] for one in by_state}
        yield from _to_look_at(row, page, since)
        if NominationState.LISTED in since and not row.sessions.filter(state=SessionState.HELD).exists():
            yield from _next(row, since, may_council)


def _to_look_at(row: Round, page: str, since: dict[str, object]) -> Iterator[Chore]:
    if NominationState.PROPOSED in since:
        n = row.nominations.filter(state=NominationState.PROPOSED).count()
        words = ngettext("“%(title)s”: %(n)s proposal waits for your word", "“%(title)s”: %(n)s proposals wait for your word", n)
        yield Chore(words % {"title": _short(row), "n": n}, f"{page}?state=proposed", since=since[NominationState.PROPOSED])  # type: ignore[arg-type]
    if n := doubts.unanswered(row):
        words = ngettext("“%(title)s”: %(n)s nomination looks doubtful", "“%(title)s”: %(n)s nominations look doubtful", n)
        yield Chore(words % {"title": _short(row), "n": n}, f"{page}?state=doubtful", since=since[NominationState.LISTED])  # type: ignore[arg-type]


def _next(row: Round, since: dict[str, object], may_council: bool) -> Iterator[Chore]:
    if not row.needs_council:
        words, name = _("“%(title)s” needs no council: submit the list when it is whole"), "commendations_office_submit"
    elif may_council:
        words, name = _("“%(title)s” waits for the council"), "commendations_office_session_new"
    else:
        words, name = _("“%(title)s” waits for the council"), "commendations_office_round"
    yield Chore(words % {"title": _short(row)}, reverse(name, args=[row.public_id]), since=since[NominationState.LISTED])  # type: ignore[arg-type]


def _short(row: Round) -> str:
    return Truncator(f"{row.title[:1].upper()}{row.title[1:]}").chars(90)
