"""Who signs for which office, from when until when: entered and changed in the back office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from liengia.core.errors import DomainError
from liengia.papers import policies, services
from liengia.papers.capabilities import DRAFT
from liengia.papers.forms import SignatoryForm
from liengia.papers.models import Signatory
from liengia.papers.views.office import me
from liengia.people.policies import requires


@requires(DRAFT)
@never_cache
@require_GET
def signatories(request: HttpRequest) -> HttpResponse:
    """List who signs, office by office."""
    rows = policies.signatories_of(request.user).order_by("issuer__name", "-valid_from", "pk")
    return render(request, "papers/office/signatories.html", {"rows": rows})


@requires(DRAFT)
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter who signs for an office; `ve` leads back to the paper that waits for it."""
    bodies = policies.bodies_of(request.user)
    form = SignatoryForm(bodies, request.POST or None, initial={"body": request.GET.get("co-quan", "")})
    if form.is_valid() and _keep(form, request, lambda: services.issuer_of(bodies[form.cleaned_data["body"]], actor=me(request))):
        return redirect(_back(request))
    return render(request, "papers/office/signatory.html", {"form": form, "row": None, "back": _back(request)})


@requires(DRAFT)
@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change who signs, or say from when they sign no more."""
    row = get_object_or_404(policies.signatories_of(request.user), public_id=public_id)
    form = SignatoryForm({}, request.POST or None, instance=row)
    if form.is_valid() and _keep(form, request, lambda: row.issuer):
        return redirect("papers_office_signatories")
    return render(request, "papers/office/signatory.html", {"form": form, "row": row, "back": _back(request)})


def _keep(form: Any, request: HttpRequest, issuer: Any) -> Signatory | None:
    row: Signatory = form.instance
    try:
        row.issuer = issuer()
        services.keep_signatory(row, actor=me(request))
    except DomainError as error:
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(error))
        return None
    messages.success(request, _("Kept: %(who)s may sign.") % {"who": row})
    return row


def _back(request: HttpRequest) -> str:
    """Return where the reader came from, when that is a page of the back office."""
    asked = request.GET.get("ve", "")
    is_ours = asked.startswith("/quan-tri/") and url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
    return asked if is_ours else "/quan-tri/van-ban/nguoi-ky/"
