"""Back office: requests of people shown or named in articles, and what is done about each."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.people.models import User
from liengia.people.policies import requires
from liengia.portal import requests
from liengia.portal.capabilities import APPROVE, EDIT
from liengia.portal.models import ArticleRequest
from liengia.portal.request_forms import DecisionForm

PARTS: Final = (("waiting", gettext_lazy("To decide")), ("decided", gettext_lazy("Decided")))


@requires(EDIT, APPROVE)
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """List what waits, a child's first, then what is due first; or what is decided."""
    mine = requests.visible_to(request.user).select_related("article", "unit")
    part = "decided" if request.GET.get("phan") == "decided" else "waiting"
    rows = mine.decided() if part == "decided" else mine.waiting()
    context = {
        "part": part, "parts": PARTS, "page": Paginator(rows, 30).get_page(request.GET.get("trang")),
        "waiting": mine.waiting().count(), "overdue": mine.overdue().count(),
    }  # fmt: skip
    return render(request, "portal/office/requests.html", context)


@requires(EDIT, APPROVE)
@never_cache
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one request; take it up, take down, correct, refuse. Reading one is in the audit log."""
    row = get_object_or_404(requests.visible_to(request.user).select_related("article", "unit", "proposed_by", "decided_by"), pk=pk)
    form = _form(request, row)
    if request.method == "POST" and form.is_valid():
        try:
            _do(row, form, _me(request))
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Done."))
            return redirect("portal_office_request", row.pk)
    return _page(request, row, form)


def _form(request: HttpRequest, row: ArticleRequest) -> DecisionForm:
    media = requests.media_of(row.article) if row.article is not None else requests.Media([], [])
    named = requests.named_comments(row, _me(request)) if row.is_open else []
    if request.method == "POST":
        return DecisionForm(request.POST, media=media, comments=named)
    asked = [f"p{one.pk}" for one in row.pictures.all()] + [f"v{one.pk}" for one in row.videos.all()]
    hidden = [one.comment.public_id for one in named if one.is_match and row.about_comments]
    return DecisionForm(media=media, comments=named, initial={"hidden": hidden, "pick": asked, "erratum": row.proposed_words, "instead": "removed"})


def _page(request: HttpRequest, row: ArticleRequest, form: DecisionForm) -> HttpResponse:
    audit.record_read("portal.request_read", actor=Actor.of(_me(request)), about=row, unit=row.unit)
    context = {"row": row, "form": form, "may_correct": requests.may_correct(request.user, row), "is_own_proposal": row.proposed_by_id == request.user.pk}
    return render(request, "portal/office/request.html", context)


def _do(row: ArticleRequest, form: DecisionForm, user: User) -> None:
    data = form.cleaned_data
    if data["verb"] == "take_up":
        requests.take_up(row, user=user)
    elif data["verb"] == "propose":
        requests.propose_correction(row, words=data["erratum"], user=user)
    elif data["verb"] == "correct":
        requests.correct(row, answer=data["answer"], user=user)
    elif data["verb"] == "refuse":
        requests.refuse(row, reason=data["reason"], answer=data["answer"], user=user)
    else:
        pictures, videos = form.chosen()
        hidden = form.chosen_comments()
        requests.remove(row, pictures=pictures, videos=videos, hidden=hidden, words=data["words"], instead=data["instead"], answer=data["answer"], user=user)


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
