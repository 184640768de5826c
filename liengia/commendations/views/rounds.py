"""Rounds in the office: the list, a round with its nominations, what is done with them until the decision is signed."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.commendations import doubts, money, policies, queries, services
from liengia.commendations.capabilities import COUNCIL, DECIDE, KEEP, TABLES
from liengia.commendations.forms import DecideForm, NothingForm, ReasonForm, RoundForm, SubmitForm
from liengia.commendations.models import Certificate, NominationState, Round, RoundState
from liengia.commendations.views.common import a_round, kept, me
from liengia.core.errors import DomainError
from liengia.core.text import fold
from liengia.papers import policies as papers
from liengia.papers import signing
from liengia.papers.models import Paper
from liengia.people import policies as people
from liengia.people.policies import requires

PAGE: Final = 50


@requires(KEEP, COUNCIL, DECIDE)
@never_cache
@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """List the rounds: what is not decided first."""
    rows = policies.rounds_of(request.user) | policies.rounds_of(request.user, DECIDE)
    page = Paginator(rows.distinct().order_by("-made_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    open_ones = [one for one in page if one.is_undecided]
    decisions = policies.decisions_of(request.user).filter(round__in=[one.pk for one in page])
    counted = queries.by_decision(decisions)
    by_round = {one.round_id: (one, counted[one.pk]) for one in decisions}
    done = [(one, *by_round.get(one.pk, (None, None))) for one in page if not one.is_undecided]
    return render(request, "commendations/office/rounds.html", {"page": page, "open": open_ones, "done": done})


@requires(KEEP)
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a round."""
    form = RoundForm(policies.authorities_of(request.user), request.POST or None)
    if form.is_valid() and (row := kept(form, lambda: services.open_round(_seasoned(form), actor=me(request)))):
        messages.success(request, _("The round is open. Enter nominations, or import them from a spreadsheet."))
        return redirect("commendations_office_round", row.public_id)
    return render(request, "commendations/office/round_edit.html", {"form": form, "row": None})


@requires(KEEP)
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change an open round."""
    row = a_round(request, public_id)
    form = RoundForm(policies.authorities_of(request.user), request.POST or None, instance=row)
    if form.is_valid():
        facts = {**form.cleaned_data, "season": _seasoned(form).season}
        facts.pop("season_name")
        if kept(form, lambda: services.change_round(row, actor=me(request), **facts)):
            messages.success(request, _("The round is kept."))
            return redirect("commendations_office_round", row.public_id)
    return render(request, "commendations/office/round_edit.html", {"form": form, "row": row})


def _seasoned(form: RoundForm) -> Round:
    """Return the round of a form with its season."""
    row: Round = form.instance
    name = form.cleaned_data["season_name"]
    row.unit = form.cleaned_data["authority"].unit
    row.season = services.season_of(row.unit, name=name, year=form.cleaned_data["period_to"].year) if name.strip() else None
    return row


@requires(KEEP, COUNCIL, DECIDE)
@never_cache
@require_GET
def round_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a round: where it stands, what comes next, and its nominations."""
    row = policies.rounds_of(request.user, DECIDE).filter(public_id=public_id).first() or a_round(request, public_id)
    return shown(request, row)


def shown(request: HttpRequest, row: Round, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Draw a round's page, with the form that was refused."""
    rows = row.nominations.prefetch_related("consents").select_related("unit__parent").order_by("place", "pk")
    asked, state = request.GET.get("q", ""), request.GET.get("state", "")
    rows = rows.filter(state=state) if state in NominationState.values else rows
    for word in fold(asked).split():
        on_paper = Certificate.objects.all().valid().filter(decision__round=row, folded_name__contains=word)
        rows = rows.filter(Q(folded_name__contains=word) | Q(pk__in=on_paper.values("nomination")))
    found = doubts.of_round(row) if row.is_undecided else {}
    if state == "doubtful":
        rows = rows.filter(pk__in=[key for key, several in found.items() if not all(one.is_answered for one in several)])
    unaddressed = queries.unaddressed(row) if row.is_undecided else []
    if state == "unaddressed":
        rows = rows.filter(pk__in=[one.pk for one in unaddressed])
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "unaddressed": len(unaddressed), "row": row, "page": page, "steps": _steps(row), "lines": [(one, found.get(one.pk, [])) for one in page], "asked": asked, "state": state, "states": NominationState.choices,
        "counts": services.counts_of(row), "doubtful": sum(not all(one.is_answered for one in several) for several in found.values()),
        "proposed": row.nominations.filter(state=NominationState.PROPOSED).count(), "sessions": list(row.sessions.select_related("committee", "minutes")),
        "decision": getattr(row, "decision", None), "may_decide": policies.may_decide(request.user, row), "may_council": people.can(request.user, COUNCIL, row.unit),
        "is_open": row.state == RoundState.OPEN, **forms,
    }  # fmt: skip
    return render(request, "commendations/office/round.html", context, status=status)


def _steps(row: Round) -> list[tuple[str, Any]]:
    """Return the states on a round's way, without those that its procedure passes over; none of a round that went another way."""
    way = [RoundState.OPEN, *([RoundState.REVIEWED] if row.needs_council else []), RoundState.SUBMITTED, RoundState.DECIDED]
    return [(code.value, code.label) for code in way] if row.state in way else []


@requires(KEEP)
@never_cache
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Submit a round: the submission of who proposes is drafted as a paper."""
    row = a_round(request, public_id)
    form = SubmitForm(row, policies.signers_for(row), request.POST or None)
    if form.is_valid() and (paper := kept(form, lambda: _submitted(form, row, request))):
        messages.success(request, _("Submitted. The submission stands as a draft among the official papers; issue it there."))
        return redirect("papers_office_paper", paper.public_id)
    unsigned = [(key, body) for key, body in policies.proposers_of(row).items() if body not in {one.issuer.body for one in form.among}]
    return render(request, "commendations/office/submit.html", {"form": form, "row": row, "unsigned": unsigned})


def _submitted(form: SubmitForm, row: Round, request: HttpRequest) -> Paper:
    who, data = form.signed_by, form.cleaned_data
    return services.submit_round(row, proposer=who.issuer, signer=(who.office, who.name), bases=data["bases"], words=data["words"], actor=me(request))


ACTS: Final[dict[str, Any]] = {
    "mo-lai": (ReasonForm, lambda row, data, actor: services.reopen_round(row, reason=data["reason"], actor=actor)),
    "huy": (NothingForm, lambda row, data, actor: services.cancel_round(row, actor=actor)),
}


@requires(KEEP)
@require_POST
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Open a round again, or cancel it."""
    row = a_round(request, public_id)
    form_of, work = ACTS[verb]
    form: Any = form_of(request.POST)
    if not form.is_valid() or kept(form, lambda: work(row, form.cleaned_data, me(request))) is None:
        return shown(request, row, status=422, refused=form)
    return redirect("commendations_office_round", row.public_id)


@requires(DECIDE)
@never_cache
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Sign a round's decision; the money of the chosen day is shown before."""
    row = a_round(request, public_id, DECIDE)
    form = DecideForm(row, signing.candidates([row.authority]), request.POST or None)
    is_signing = form.is_valid() and "look" not in request.POST
    if is_signing and "sure" not in request.POST and (asked := _sure(request, row, form)):
        return asked
    if is_signing and (decision := kept(form, lambda: services.decide(row, form.signing(), actor=me(request)))):
        messages.success(request, _("Signed: %(sign)s. Certificates can be printed.") % {"sign": decision.paper.sign})
        return redirect("commendations_office_decision", decision.public_id)
    on = form.cleaned_data.get("on") if form.is_bound and hasattr(form, "cleaned_data") else form.fields["on"].initial()
    return render(request, "commendations/office/decide.html", {"form": form, "row": row, "body_key": papers.key_of(row.authority.body), "unaddressed": queries.unaddressed(row), "keeps_tables": people.can(request.user, TABLES), **_reckoned(row, on)})


def _sure(request: HttpRequest, row: Round, form: DecideForm) -> HttpResponse | None:
    """Say what signing does and ask whether it is meant, what was written is sent again; or None where it would be refused anyway."""
    said = _reckoned(row, form.cleaned_data["on"])
    if "why_not" in said or (form.unnumbered and not form.cleaned_data["is_on_paper"]):
        return None
    for field in form.fields.values():
        field.widget = field.hidden_widget()
    counts = services.counts_of(row)
    return render(request, "commendations/office/decide_sure.html", {"form": form, "row": row, "who": form.signed_by, "count": sum(counts.values()), **said})


# Which dated table has nothing for a day, by the code of the refusal.
TABLE_OF: Final = {"no_base_salary": "commendations_salaries:index", "no_rate": "commendations_rates:index", "no_right": "commendations_rights:index"}


def _reckoned(row: Round, on: Any) -> dict[str, Any]:
    """Return the money of a day with its formulas and its sum, or why there is none."""
    try:
        rewards = services.rewards_of(row, on) if on else {}
    except DomainError as error:
        return {"why_not": str(error), "table": TABLE_OF.get(error.detail_code, "")}
    counts = services.counts_of(row)
    total = sum(one.amount_vnd * counts[kind] for kind, one in rewards.items())
    lines = [(counts[kind], one.recipient, one) for kind, one in rewards.items()]
    return {"rewards": lines, "total": money.money_words(total), "on": on, "is_unsure": any(one.is_unsure for one in rewards.values())}
