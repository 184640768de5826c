"""The moderators' queue in the back office."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from liengia.comments import policies, queries, services
from liengia.comments.capabilities import MODERATE
from liengia.comments.forms import DecisionForm
from liengia.comments.models import Comment, Reason, Thread
from liengia.core.errors import DomainError, Invalid
from liengia.people.models import User
from liengia.people.policies import requires

PARTS: Final = (
    ("waiting", gettext_lazy("To read")),
    ("reported", gettext_lazy("Reported by readers")),
    ("second", gettext_lazy("Second looks")),
    ("shown", gettext_lazy("Shown")),
    ("refused", gettext_lazy("Not published")),
)


@requires(MODERATE)
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """Show one part of the queue."""
    part = request.GET.get("phan", "waiting")
    mine = policies.moderated_by(request.user)
    found = Paginator(queries.queue(mine, part), 30).get_page(request.GET.get("trang"))
    parts = [
        {"code": code, "label": label, "count": queries.queue(mine, code).count() if code in ("waiting", "reported", "second") else None}
        for code, label in PARTS
    ]
    context = {"page": found, "part": part, "parts": parts, "reasons": Reason.choices, "me": request.user}
    return render(request, "comments/office/queue.html", context)


@requires(MODERATE)
@require_POST
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Do one thing with a comment."""
    comment = get_object_or_404(policies.moderated_by(request.user), public_id=public_id)
    form = DecisionForm(request.POST)
    try:
        if not form.is_valid():
            raise Invalid(_("Choose a reason."), code="reason")
        _do(comment, user=_me(request), **form.cleaned_data)
        messages.success(request, _("Done."))
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, str(error))
    return redirect(request.headers.get("referer") or "comments_office_queue")


@requires(MODERATE)
@require_POST
def switch(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open or close a thread for new comments."""
    thread = get_object_or_404(Thread.objects.filter(comments__in=policies.moderated_by(request.user)).distinct(), public_id=public_id)
    services.set_open(thread, is_open="open" in request.POST, user=_me(request))
    messages.success(request, _("Done."))
    return redirect("comments_office_queue")


def _do(comment: Comment, *, verb: str, reason: str, words: str, user: User) -> None:
    if verb == "publish":
        services.publish_comment(comment, user=user)
    elif verb == "refuse":
        services.refuse_comment(comment, reason=reason, words=words, user=user)
    elif verb == "remove":
        services.remove_comment(comment, reason=reason, words=words, user=user)
    elif verb == "uphold":
        services.uphold_decision(comment, user=user)
    else:
        services.settle_flags(comment, user=user)


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
