"""The council's sessions in the office: who was there, the votes, what it concludes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.commendations import services
from liengia.commendations.capabilities import COUNCIL
from liengia.commendations.forms import BallotForm, ConcludeForm, HandsForm, SessionForm
from liengia.commendations.models import CouncilSession
from liengia.commendations.views.common import a_round, a_session, kept, me
from liengia.organisations.models import Committee
from liengia.people.policies import requires


@requires(COUNCIL)
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open a session of the council on a round's list."""
    row = a_round(request, public_id, COUNCIL)
    councils = list(Committee.objects.filter(kind=Committee.Kind.COUNCIL, unit=row.unit_id))
    chosen = next((one for one in councils if one.public_id == request.GET.get("hoi-dong")), councils[0] if councils else None)
    form = SessionForm(chosen, request.POST or None) if chosen is not None else None
    if form is not None and chosen is not None and form.is_valid():
        session = kept(form, lambda: services.open_session(row, committee=chosen, actor=me(request), **form.cleaned_data))
        if session:
            return redirect("commendations_office_session", session.public_id)
    return render(request, "commendations/office/session_new.html", {"form": form, "row": row, "councils": councils, "chosen": chosen})


@requires(COUNCIL)
@never_cache
@require_GET
def session(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a session: its votes, and what is still missing."""
    return _shown(request, a_session(request, public_id, COUNCIL))


def _shown(request: HttpRequest, found: CouncilSession, *, status: int = 200, **forms: Any) -> HttpResponse:
    there = found.seats.count()
    votes = list(found.votes.select_related("nomination").order_by("nomination__place", "pk"))
    context: dict[str, Any] = {
        "session": found, "row": found.round, "there": there, "seats": list(found.seats.select_related("member__organisation")), "votes": votes,
        "is_counted": all(vote.in_favour + vote.against + vote.other == there for vote in votes), "is_held": found.state == "held", "concluding": ConcludeForm(found),
    }  # fmt: skip
    if found.state == "held":
        context |= {"hands": HandsForm(found)} if found.is_by_hand else {"ballot": BallotForm(found)}
    return render(request, "commendations/office/session.html", {**context, **forms}, status=status)


@requires(COUNCIL)
@require_POST
def vote(request: HttpRequest, public_id: str) -> HttpResponse:
    """Enter the hands that were counted, or one seat's ballot."""
    found = a_session(request, public_id, COUNCIL)
    form: Any = HandsForm(found, request.POST) if found.is_by_hand else BallotForm(found, request.POST)
    if not form.is_valid() or not kept(form, lambda: _voted(found, form, request)):
        return _shown(request, found, status=422, **{"hands" if found.is_by_hand else "ballot": form})
    messages.success(request, _("The votes are entered."))
    return redirect("commendations_office_session", found.public_id)


def _voted(found: CouncilSession, form: Any, request: HttpRequest) -> bool:
    if found.is_by_hand:
        services.count_hands(found, form.counts(), actor=me(request))
    else:
        services.cast_ballot(found, form.cleaned_data["seat"], form.choices(), actor=me(request))
    return True


@requires(COUNCIL)
@require_POST
def conclude(request: HttpRequest, public_id: str) -> HttpResponse:
    """End a session; the minutes are drafted."""
    found = a_session(request, public_id, COUNCIL)
    form = ConcludeForm(found, request.POST)
    if not form.is_valid() or not kept(form, lambda: services.conclude_session(found, actor=me(request), **form.cleaned_data)):
        return _shown(request, found, status=422, concluding=form)
    messages.success(request, _("The session is concluded. Its minutes stand as a draft among the official papers; issue them there."))
    return redirect("commendations_office_round", found.round.public_id)
