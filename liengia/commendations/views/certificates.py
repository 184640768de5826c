"""Decisions and certificates in the office: printing, handing out, replacing, revoking, the public roll."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from liengia.commendations import policies, queries, services, sheets
from liengia.commendations.capabilities import DECIDE, HAND_OUT, KEEP
from liengia.commendations.certificate_forms import HandOverForm, OpenForm, PrintForm, ReplaceForm, RevokeForm
from liengia.commendations.forms import NothingForm, ReasonForm, TitleForm
from liengia.commendations.models import Certificate, Decision
from liengia.commendations.views.common import a_certificate, a_decision, kept, me, stored
from liengia.core import clock
from liengia.people import policies as people
from liengia.people.policies import requires

PDF: Final = "application/pdf"
# Several forms of a page ask for a reason: each names its fields by its verb, so that each label leads to its own.
OWN_ID: Final = "%s_%%s"


@requires(KEEP, HAND_OUT, DECIDE)
@never_cache
@require_GET
def decision(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a decision: its paper, its certificates in the order of calling, what can be done with them."""
    return shown(request, _any(request, public_id))


def _any(request: HttpRequest, public_id: str) -> Decision:
    held = next((one for one in (KEEP, HAND_OUT, DECIDE) if policies.decisions_of(request.user, one).filter(public_id=public_id).exists()), KEEP)
    return a_decision(request, public_id, held)


def shown(request: HttpRequest, found: Decision, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Draw a decision's page, with the form that was refused."""
    rows = found.certificates.select_related("unit__parent").order_by("call_order", "edition")
    asked = request.GET.get("trao", "")
    rows = rows.filter(hand_over=asked, state="valid") if asked in ("waiting", "handed", "absent") else rows
    context: dict[str, Any] = {
        "decision": found, "row": found.round, "rows": rows, "asked": asked, "counts": queries.total_of(queries.counts(found.certificates.all()).values()),
        "runs": found.print_runs.select_related("made_by")[:20], "printing": PrintForm(services.ensure_layouts(found.round.unit.current())),
        "handing": HandOverForm(), "opening": OpenForm(auto_id=OWN_ID % "cong-khai"), "titling": TitleForm(auto_id=OWN_ID % "tieu-de", initial={"title": found.round.told_as}), "revoking": ReasonForm(auto_id=OWN_ID % "thu-hoi"), "may_decide": policies.may_decide(request.user, found.round),
        "may_keep": people.can(request.user, KEEP, found.round.unit), "never_printed": found.certificates.filter(state="valid", times_printed=0).count(),
    }  # fmt: skip
    return render(request, "commendations/office/decision.html", {**context, **forms}, status=status)


def _chosen(request: HttpRequest, found: Decision) -> list[Certificate]:
    """Return the ticked certificates in the order of calling."""
    rows = Certificate.objects.filter(decision=found, public_id__in=request.POST.getlist("one"))
    return list(rows.select_related("decision__paper__issuer", "decision__round", "issuer").in_calling_order())


@requires(KEEP)
@require_POST
def printing(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the certificates as one PDF in the order of calling."""
    found = a_decision(request, public_id)
    form = PrintForm(services.ensure_layouts(found.round.unit.current()), request.POST)
    if form.is_valid():
        data = form.cleaned_data
        rows = services.to_print(found, which=data["which"], chosen=_chosen(request, found))
        made = kept(form, lambda: services.print_certificates(found, rows, data["layout"], reason=data["reason"], actor=me(request)))
        if made:
            return stored(made, PDF, f"giay-khen-{found.paper.number}-{found.decided_on.year}.pdf", is_shown=True)
    return shown(request, found, status=422, printing=form)


@requires(KEEP, HAND_OUT)
@never_cache
@require_GET
def paper(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Return the labels, or the run sheet for the hand-out."""
    found = _any(request, public_id)
    rows = services.of_decision(found)
    if what == "nhan":
        return stored(sheets.labels(rows, at=clock.now()), PDF, f"nhan-{found.public_id}.pdf", is_shown=True)
    if what == "trao":
        return stored(sheets.run_sheet(found, rows, at=clock.now()), PDF, f"kich-ban-trao-{found.public_id}.pdf", is_shown=True)
    raise Http404


@requires(HAND_OUT)
@require_POST
def hand_over(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mark the ticked certificates as handed out, or their people as absent."""
    found, form = a_decision(request, public_id, HAND_OUT), HandOverForm(request.POST)
    if form.is_valid() and (rows := _chosen(request, found)):
        data = form.cleaned_data
        count = kept(form, lambda: _marked(rows, data, request))
        if count is not None:
            messages.success(request, ngettext("%(n)s certificate is marked.", "%(n)s certificates are marked.", count) % {"n": count})
            return redirect("commendations_office_decision", found.public_id)
    elif form.is_valid():
        form.add_error(None, _("No certificate was chosen."))
    return shown(request, found, status=422, handing=form)


def _marked(rows: list[Certificate], data: dict[str, Any], request: HttpRequest) -> int:
    if data["mark"] == "absent":
        return services.mark_absent(rows, on=data["on"], actor=me(request))
    return services.hand_over(rows, on=data["on"], taken_by=data["taken_by"], actor=me(request))


DECISION_ACTS: Final[dict[str, Any]] = {
    "cong-khai": (OpenForm, lambda row, data, actor: services.open_decision(row, is_public=True, reason=data["reason"], actor=actor), "opening"),
    "thoi-cong-khai": (OpenForm, lambda row, data, actor: services.open_decision(row, is_public=False, reason="", actor=actor), "opening"),
    "tieu-de": (TitleForm, lambda row, data, actor: services.title_in_public(row, title=data["title"], actor=actor), "titling"),
    "thu-hoi": (ReasonForm, lambda row, data, actor: services.revoke_decision(row, reason=data["reason"], actor=actor), "revoking"),
}


@requires(DECIDE)
@require_POST
def decision_act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Open a decision to the public, close it, or revoke it."""
    found = a_decision(request, public_id, DECIDE)
    form_of, work, name = DECISION_ACTS[verb]
    form: Any = form_of(request.POST, auto_id=OWN_ID % verb)
    if form.is_valid() and _is_to_be_asked(request, verb):
        return _sure(request, form, found, count=found.certificates.filter(state="valid").count())
    if not form.is_valid() or kept(form, lambda: work(found, form.cleaned_data, me(request))) is None:
        return shown(request, found, status=422, **{name: form})
    messages.success(request, _("Kept."))
    return redirect("commendations_office_decision", found.public_id)


def _is_to_be_asked(request: HttpRequest, verb: str) -> bool:
    """Tell whether somebody revokes who was not asked yet whether they are sure."""
    return verb == "thu-hoi" and "sure" not in request.POST


def _sure(request: HttpRequest, form: Any, decision: Decision, *, certificate: Certificate | None = None, count: int = 1) -> HttpResponse:
    """Say what a revocation does, and ask whether it is meant; what was written is sent again with the answer."""
    for field in form.fields.values():
        field.widget = field.hidden_widget()
    return render(request, "commendations/office/revoke.html", {"form": form, "decision": decision, "certificate": certificate, "count": count})


@requires(KEEP, DECIDE)
@never_cache
@require_GET
def certificate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a certificate: what it says, what became of it."""
    return _one(request, a_certificate(request, public_id))


def _one(request: HttpRequest, found: Certificate, *, status: int = 200, **forms: Any) -> HttpResponse:
    context: dict[str, Any] = {
        "certificate": found, "decision": found.decision, "row": found.decision.round, "consent": found.nomination.consents.filter(withdrawn_on=None).first(),
        "before": Certificate.objects.filter(replaced_by=found).first(), "runs": [run for run in found.decision.print_runs.all() if found.serial in run.serials],
        "replacing": ReplaceForm(initial={"name": found.name, "words": found.words, "merit": found.merit}), "revoking": RevokeForm(auto_id=OWN_ID % "thu-hoi"),
        "may_decide": policies.may_decide(request.user, found.decision.round), "address": sheets.verify_address(found.code),
    }  # fmt: skip
    return render(request, "commendations/office/certificate.html", {**context, **forms}, status=status)


ACTS: Final[dict[str, Any]] = {
    "cap-doi": (KEEP, ReplaceForm, lambda row, data, actor: services.replace_certificate(row, actor=actor, **data), "replacing"),
    "thu-hoi": (DECIDE, RevokeForm, lambda row, data, actor: services.revoke_certificate(row, actor=actor, **data), "revoking"),
    "an-ten": (KEEP, NothingForm, lambda row, data, actor: services.hide_name(row, is_hidden=True, actor=actor), "nothing"),
    "hien-ten": (KEEP, NothingForm, lambda row, data, actor: services.hide_name(row, is_hidden=False, actor=actor), "nothing"),
    "chua-trao": (KEEP, NothingForm, lambda row, data, actor: services.undo_hand_over(row, actor=actor), "nothing"),
}


@requires(KEEP, DECIDE)
@require_POST
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Do one thing with a certificate."""
    capability, form_of, work, name = ACTS[verb]
    found = a_certificate(request, public_id, capability)
    form: Any = form_of(request.POST, auto_id=OWN_ID % verb)
    if form.is_valid() and _is_to_be_asked(request, verb):
        return _sure(request, form, found.decision, certificate=found)
    done: Any = form.is_valid() and kept(form, lambda: work(found, form.cleaned_data, me(request)))
    if not done:
        return _one(request, found, status=422, **{name: form})
    said = _("Revoked. Whoever looks up its code is told so from now on.") if verb == "thu-hoi" else _("Kept.")
    messages.success(request, said)
    return redirect("commendations_office_certificate", done.public_id)
