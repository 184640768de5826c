"""Proposing somebody: by anybody who lives or leads in the commune, for a household, a collective, or oneself as a neighbour."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from liengia.commendations import policies, services
from liengia.commendations.forms import ProposalForm
from liengia.commendations.models import Nomination
from liengia.commendations.views.common import kept, me
from liengia.core.limits import Limiter
from liengia.people.policies import public

proposing: Final = Limiter(most=20, per=timedelta(days=1))


@public
@never_cache
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Say to whoever is not signed in what a proposal is and why a name stands under it; to others, take it."""
    if request.user.is_authenticated:
        return _propose(request)
    return render(request, "commendations/propose.html", {"is_asked_to_sign_in": True})


def _propose(request: HttpRequest) -> HttpResponse:
    """Propose somebody for a commendation; the office looks at it."""
    rounds = policies.rounds_to_propose_for(request.user)
    form = ProposalForm(rounds, request.POST or None, instance=Nomination(), initial={"nominated_by": str(request.user), "nominator_kind": "household"})
    if form.is_valid() and not proposing.allows_thing(str(request.user.pk)):
        form.add_error(None, _("That is enough for one day. Send the others tomorrow; what you typed still stands here."))
    if form.is_valid() and kept(form, lambda: services.nominate(form.instance, is_proposal=True, actor=me(request))):
        messages.success(request, _("The commune has your proposal. Its office looks at it, and whoever is proposed sees nothing of it before."))
        return redirect("commendations:propose")
    return render(request, "commendations/propose.html", {"form": form, "rounds": rounds})
