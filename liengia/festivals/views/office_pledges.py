"""Pledges in the back office: drafted, signed, answered for, closed; their paper by one press."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.core.errors import Invalid, NotFound
from liengia.festivals import drafts, policies, queries
from liengia.festivals.capabilities import PLAN
from liengia.festivals.models import Pledge, ReportedAt
from liengia.festivals.office_forms import PledgeForm, ReportForm, SignForm
from liengia.festivals.services import pledges
from liengia.festivals.views.office import done, drafted, kept, me, say_back
from liengia.papers.models import Paper
from liengia.people.policies import requires


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Draft a pledge of a season."""
    season = policies.get_season(request.user, public_id)
    form = PledgeForm(request.POST or None, user=request.user, season=season)
    made: list[Pledge] = []
    if form.is_valid():
        unit = form.cleaned_data["unit"]
        if kept(form, lambda: made.append(pledges.draft_pledge(season, unit=unit, actor=me(request), **form.facts))):
            messages.success(request, _("The pledge is kept. Note when all have signed."))
            say_back(request, form)
            return redirect("festivals_office_pledge", made[0].public_id)
    return render(request, "festivals/office/pledge_form.html", {"form": form, "season": season, "pledge": None}, status=422 if form.is_bound else 200)


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a draft."""
    found = policies.get_pledge(request.user, public_id)
    form = PledgeForm(request.POST or None, user=request.user, season=found.season, pledge=found)
    if form.is_valid():
        revision = form.cleaned_data["revision"]
        if kept(form, lambda: pledges.change_pledge(found, revision=revision, actor=me(request), **form.facts)):
            messages.success(request, _("The pledge is kept. Note when all have signed."))
            say_back(request, form)
            return redirect("festivals_office_pledge", public_id)
    context = {"form": form, "season": found.season, "pledge": found}
    return render(request, "festivals/office/pledge_form.html", context, status=422 if form.is_bound else 200)


@requires(PLAN)
@never_cache
@require_GET
def pledge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a pledge and what can be done with it."""
    found = policies.get_pledge(request.user, public_id)
    context = {
        "pledge": found, "rows": queries.promises(found), "parties": found.parties.select_related("organisation", "committee"), "sign": SignForm(),
        "papers": Paper.objects.all().about_subject(found.subject).select_related("issuer"), "times": ReportedAt.choices,
    }  # fmt: skip
    return render(request, "festivals/office/pledge.html", context)


@requires(PLAN)
@never_cache
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, public_id: str, at: str) -> HttpResponse:
    """Say of each promise what became of it."""
    found = policies.get_pledge(request.user, public_id)
    if at not in ReportedAt.values:
        raise NotFound("")
    form = ReportForm(request.POST or None, pledge=found, at=at)
    if form.is_valid() and kept(form, lambda: pledges.report(found, at=at, outcomes=form.outcomes, actor=me(request))):
        messages.success(request, _("It is kept, and everybody reads it."))
        return redirect("festivals_office_pledge", public_id)
    context = {"form": form, "pledge": found, "at": ReportedAt(at).label}
    return render(request, "festivals/office/pledge_report.html", context, status=422 if form.is_bound else 200)


@requires(PLAN)
@require_POST
def act(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Note that it is signed, close it, or draft its paper."""
    found = policies.get_pledge(request.user, public_id)
    works: dict[str, Callable[[], object]] = {
        "ky": lambda: _sign(request, found), "khep": lambda: pledges.close_pledge(found, actor=me(request)),
    }  # fmt: skip
    if what == "van-ban":
        return drafted(request, lambda: drafts.open_or_draft_pledge(found, actor=me(request)), "festivals_office_pledge", public_id)
    if what not in works:
        raise NotFound("")
    done(request, _("Done."), works[what])
    return redirect("festivals_office_pledge", public_id)


def _sign(request: HttpRequest, found: Pledge) -> None:
    form = SignForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Write the day on which all signed."), code="no_day")
    pledges.sign_pledge(found, on=form.cleaned_data["signed_on"], actor=me(request))
