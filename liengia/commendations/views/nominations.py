"""A nomination in the office: entered, changed, its doubts, evidence and consent."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.audit import services as audit
from liengia.commendations import doubts, services
from liengia.commendations.capabilities import KEEP
from liengia.commendations.forms import (
    AnswerForm,
    ConsentForm,
    EvidenceForm,
    NominationForm,
    NothingForm,
    PursuitForm,
    ReasonForm,
)
from liengia.commendations.models import DeedEvidence, Nomination
from liengia.commendations.views.common import a_nomination, a_round, kept, me, stored
from liengia.people.policies import requires


@requires(KEEP)
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Enter a nomination."""
    row = a_round(request, public_id)
    form = NominationForm(row, request.POST or None, instance=Nomination(round=row))
    if form.is_valid() and (made := kept(form, lambda: services.nominate(form.instance, actor=me(request)))):
        if doubts.of_nomination(made):
            messages.warning(request, _("It is kept, and something looks doubtful: see below."))
            return redirect("commendations_office_nomination", made.public_id)
        messages.success(request, _("“%(name)s” is on the list.") % {"name": made.called})
        return redirect("commendations_office_nominate" if "more" in request.POST else "commendations_office_round", row.public_id)
    return render(request, "commendations/office/nomination_edit.html", {"form": form, "row": row, "nomination": None})


@requires(KEEP)
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a nomination."""
    found = a_nomination(request, public_id)
    form: Any = NominationForm(found.round, request.POST or None, instance=found)
    if form.is_valid() and kept(form, lambda: services.change_nomination(found, actor=me(request), **form.cleaned_data)):
        messages.success(request, _("The nomination is kept."))
        return redirect("commendations_office_nomination", found.public_id)
    return render(request, "commendations/office/nomination_edit.html", {"form": form, "row": found.round, "nomination": found})


@requires(KEEP)
@never_cache
@require_GET
def nomination(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a nomination and what can be done with it."""
    return shown(request, a_nomination(request, public_id))


def shown(request: HttpRequest, found: Nomination, *, status: int = 200, **forms: Any) -> HttpResponse:
    """Draw a nomination's page, with the form that was refused."""
    asked = doubts.of_nomination(found)
    context: dict[str, Any] = {
        "nomination": found, "row": found.round, "doubts": [one for one in asked if one.code != doubts.PURSUED],
        "pursuit": next((one for one in asked if one.code == doubts.PURSUED), None), "evidence": found.evidence.defer("data"),
        "consent": found.consents.filter(withdrawn_on=None).first(), "certificates": found.certificates.order_by("edition"),
        "votes": found.votes.select_related("session"), "is_open": found.round.state == "open",
        "answering": AnswerForm(), "leaving": ReasonForm(), "consenting": ConsentForm(), "adding": EvidenceForm(),
    }  # fmt: skip
    return render(request, "commendations/office/nomination.html", {**context, **forms}, status=status)


# verb → form, what it does, under which name the page shows the form again
ACTS: Final[dict[str, Any]] = {
    "tra-loi": (AnswerForm, lambda row, data, actor: services.answer_doubts(row, answer=data["answer"], actor=actor), "answering"),
    "truy-bat": (PursuitForm, lambda row, data, actor: services.confirm_pursuit(row, is_pursuit=data["is_pursuit"], actor=actor), "pursued"),
    "dua-vao": (NothingForm, lambda row, data, actor: services.accept_nomination(row, actor=actor), "nothing"),
    "de-ngoai": (ReasonForm, lambda row, data, actor: services.leave_out(row, reason=data["reason"], actor=actor), "leaving"),
    "rut": (NothingForm, lambda row, data, actor: services.withdraw_nomination(row, actor=actor), "nothing"),
    "dong-y": (ConsentForm, lambda row, data, actor: services.record_consent(row, actor=actor, **data), "consenting"),
    "thoi-dong-y": (NothingForm, lambda row, data, actor: services.withdraw_consent(row, actor=actor) or True, "nothing"),
    "minh-chung": (EvidenceForm, lambda row, data, actor: services.add_evidence(row, title=data["title"], data=data["file"].read(services.EVIDENCE_MOST + 1), actor=actor), "adding"),
}  # fmt: skip


@requires(KEEP)
@require_POST
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Do one thing with a nomination."""
    found = a_nomination(request, public_id)
    form_of, work, name = ACTS[verb]
    form: Any = form_of(request.POST, request.FILES)
    if not form.is_valid() or kept(form, lambda: work(found, form.cleaned_data, me(request))) is None:
        return shown(request, found, status=422, **{name: form})
    messages.success(request, _("Kept."))
    return redirect("commendations_office_nomination", found.public_id)


@requires(KEEP)
@never_cache
@require_GET
def evidence(request: HttpRequest, public_id: str, key: int) -> HttpResponse:
    """Open a file of evidence; that it was opened is recorded."""
    found = a_nomination(request, public_id)
    file = get_object_or_404(DeedEvidence, nomination=found, pk=key)
    audit.record_read("commendations.evidence_read", actor=me(request), about=found, unit=found.round.unit_id)
    answer = stored(bytes(file.data or b""), file.content_type, f"minh-chung-{key}{'.pdf' if 'pdf' in file.content_type else '.jpg'}", is_shown=True)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@requires(KEEP)
@require_POST
def remove_evidence(request: HttpRequest, public_id: str, key: int) -> HttpResponse:
    """Take a file of evidence away."""
    found = a_nomination(request, public_id)
    file = get_object_or_404(DeedEvidence, nomination=found, pk=key)
    form = NothingForm(request.POST)
    if form.is_valid():
        kept(form, lambda: services.remove_evidence(file, actor=me(request)))
    if form.errors:
        return shown(request, found, status=422, nothing=form)
    return redirect("commendations_office_nomination", found.public_id)
