"""Papers in the back office: the register, a paper, its files, issuing and revoking."""

from __future__ import annotations

import re
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.core import stale
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.core.text import fold
from liengia.papers import kinds, policies, remarks, services, ties
from liengia.papers.capabilities import DRAFT, ISSUE
from liengia.papers.forms import IssueForm, PaperForm, RevokeForm
from liengia.papers.models import Paper, PaperState
from liengia.people.models import User
from liengia.people.policies import requires

PAGE: Final = 50
TYPES: Final = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


def me(request: HttpRequest) -> Actor:
    """Return who acts."""
    assert isinstance(request.user, User)
    return Actor.of(request.user)


@requires(DRAFT)
@never_cache
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Show the register of papers: drafts first, then by number; found by words, kind, year and state."""
    rows = policies.register_of(request.user)
    asked = {name: request.GET.get(name, "") for name in ("q", "kind", "year", "state")}
    for name in ("kind", "state"):
        rows = rows.filter(**{name: asked[name]}) if asked[name] else rows
    rows = rows.filter(year=int(asked["year"])) if re.fullmatch(r"\d{4}", asked["year"], re.ASCII) else rows
    found: Any = rows.order_by("-year", "-issued_on", "-number", "-pk")
    if asked["q"].strip():
        words = fold(asked["q"]).split()
        found = [row for row in found if all(word in fold(f"{row.sign} {'' if row.is_closed else row.about} {row.issuer.name}") for word in words)]
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    years = policies.register_of(request.user).exclude(year=None).order_by("-year").values_list("year", flat=True).distinct()
    context = {"page": page, "kinds": list(kinds.every()), "asked": asked, "years": list(years), "states": PaperState.choices}
    return render(request, "papers/office/register.html", context)


@requires(DRAFT)
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a paper of a kind."""
    kind = kinds.get(code)
    if kind is None or kind.purpose:
        raise Http404
    form = PaperForm(kind, policies.issuers_of(request.user), request.POST or None)
    if form.is_valid() and (paper := _kept(form, lambda: services.draft_paper(form.draft(), actor=me(request)))):
        messages.success(request, _("The draft is kept. Read it as a PDF, then issue it."))
        return redirect("papers_office_paper", paper.public_id)
    return render(request, "papers/office/edit.html", {"form": form, "kind": kind, "paper": None})


@requires(DRAFT)
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a draft."""
    paper, kind = _one(request, public_id)
    form = PaperForm(kind, policies.issuers_of(request.user), request.POST or None, paper=paper)
    if form.is_valid() and _changed(request, paper, form):
        messages.success(request, _("The draft is kept. Read it as a PDF, then issue it."))
        return redirect("papers_office_paper", paper.public_id)
    return render(request, "papers/office/edit.html", {"form": form, "kind": kind, "paper": paper})


def _changed(request: HttpRequest, paper: Paper, form: PaperForm) -> bool:
    """Keep a draft; where another's is kept meanwhile, that comes beside, so that the next press is made knowing it."""
    done = _kept(form, lambda: services.change_draft(paper, form.draft(), revision=form.cleaned_data["revision"], actor=me(request)))
    if done is None:
        form.lay_beside(Paper.objects.get(pk=paper.pk))
    return done is not None


@requires(DRAFT)
@never_cache
@require_GET
def paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a paper and what can be done with it."""
    row, kind = _one(request, public_id)
    return _shown(request, row, kind)


@requires(ISSUE)
@require_POST
def issue(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a draft its number and day."""
    row, kind = _issuable(request, public_id)
    form = IssueForm(kind, row, request.POST)
    data = form.cleaned_data if form.is_valid() else {}
    signers = form.signers if form.open else ()
    done = data and _kept(form, lambda: services.issue_paper(row, on=data["issued_on"], number=data["number"], signers=signers, revision=data["revision"], actor=me(request)))
    if not done:
        stale.go_on_from(form, row.revision)
        return _shown(request, row, kind, issuing=form, status=422)
    messages.success(request, _("Issued: %(sign)s. Its files stay as they are from now on.") % {"sign": done.sign or kind.name})
    return redirect("papers_office_paper", row.public_id)


@requires(ISSUE)
@require_POST
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """Revoke an issued paper."""
    row, kind = _issuable(request, public_id)
    form = RevokeForm(request.POST)
    if not form.is_valid() or not _kept(form, lambda: services.revoke_paper(row, reason=form.cleaned_data["reason"], actor=me(request))):
        return _shown(request, row, kind, revoking=form, status=422)
    messages.success(request, _("Revoked. The paper stays readable with the reason, and its number is not given again."))
    return redirect("papers_office_paper", row.public_id)


@requires(DRAFT)
@require_POST
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """Throw a draft away."""
    row, _kind = _one(request, public_id)
    try:
        services.discard_draft(row, actor=me(request))
        messages.success(request, _("The draft is thrown away. No number was given."))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("papers_office_paper", row.public_id)
    return redirect("papers_office_register")


@requires(DRAFT)
@never_cache
@require_GET
def file(request: HttpRequest, public_id: str, ending: str) -> HttpResponse:
    """Return a paper's PDF or DOCX."""
    row, kind = _one(request, public_id)
    answer = HttpResponse(services.file_bytes(row, ending), content_type=TYPES[ending])
    words = f"{kind.name} {row.sign or row.public_id} {row.year}" if row.issued_on else f"Dự thảo {kind.name} {row.public_id}"
    name = slugify(fold(words).replace("/", " "))
    how = "inline" if ending == "pdf" else "attachment"
    answer["Content-Disposition"] = f'{how}; filename="{name}.{ending}"'
    return answer


def _one(request: HttpRequest, public_id: str) -> tuple[Paper, kinds.PaperKind]:
    row = get_object_or_404(policies.papers_of(request.user), public_id=public_id)
    kind = kinds.get(row.kind)
    if kind is None:
        raise Http404
    return row, kind


def _issuable(request: HttpRequest, public_id: str) -> tuple[Paper, kinds.PaperKind]:
    row, kind = _one(request, public_id)
    if not policies.may_issue(request.user, row):
        raise Http404
    return row, kind


def _kept(form: Any, work: Any) -> Paper | None:
    """Do the work, or put what the domain refuses beside its field: what was typed stays."""
    try:
        done: Paper = work()
    except DomainError as error:
        field = str(error.data.get("field", ""))
        known = form.name_of(field) if hasattr(form, "name_of") else field
        form.add_error(known if known in form.fields else None, str(error))
        return None
    return done


def _shown(request: HttpRequest, row: Paper, kind: kinds.PaperKind, *, issuing: Any = None, revoking: Any = None, status: int = 200) -> HttpResponse:
    may_issue = policies.may_issue(request.user, row)
    context = {
        "paper": row, "kind": kind, "signers": row.signers, "may_issue": may_issue,
        "issuing": issuing or IssueForm(kind, row), "body_key": policies.key_of(row.issuer.body), "revoking": revoking or RevokeForm(), "tie": ties.of(row), "remarks": remarks.of(row),
        "values": [(one.name, row.values.get(one.name, "")) for one in kind.fields if row.values.get(one.name)],
        "blocks": [(one.name, len(row.blocks.get(one.name, ()))) for one in kind.blocks if row.blocks.get(one.name)],
    }  # fmt: skip
    return render(request, "papers/office/paper.html", context, status=status)
