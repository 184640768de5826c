"""Back office: what waits for approval, and the step that is taken on it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from liengia.core.errors import DomainError
from liengia.people.models import User
from liengia.people.policies import requires
from liengia.portal import approvals, permissions, slips, workflow
from liengia.portal.capabilities import APPROVE, EDIT


@requires(EDIT, APPROVE)
@never_cache
def waiting(request: HttpRequest) -> HttpResponse:
    """List what waits for the reader, what waits for others, and what came back."""
    return render(request, "portal/office/waiting.html", approvals.board(_me(request)))


@requires(EDIT, APPROVE)
@never_cache
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one text that waits; approve it, send it back, take it back."""
    me = _me(request)
    state = get_object_or_404(workflow.visible_to(me), pk=pk)
    words = request.POST.get("words", "")
    if request.method == "POST":
        try:
            approvals.take(state, verb=request.POST.get("verb", ""), words=words, user=me)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Done."))
            return redirect("portal_office_waiting")
    return render(request, "portal/office/decide.html", approvals.one(state, me) | {"words": words})


@requires(EDIT, APPROVE)
@never_cache
def written(request: HttpRequest, page_id: int) -> HttpResponse:
    """List the slips of a page's newest text; mend those that have one right form."""
    page = get_object_or_404(permissions.editable_by(_me(request)), pk=page_id).specific
    if request.method == "POST":
        try:
            messages.success(request, _("%(count)d slips are mended.") % {"count": slips.mend(page, user=_me(request))})
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("wagtailadmin_pages:edit", page.pk)
    draft = page.get_latest_revision_as_object()
    found = slips.of_page(draft)
    return render(request, "portal/office/slips.html", {"text": draft, "slips": found, "can_mend": any(one.is_mendable for one in found)})


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
