"""The office's queue and the page of one opinion, with its pictures."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from liengia.core import clock
from liengia.core.errors import NotFound
from liengia.core.geo import Point
from liengia.opinions import office_case, office_queue, office_verbs, policies
from liengia.opinions.capabilities import ASSIGN, MODERATE, OVERSEE
from liengia.opinions.models import EvidenceKind, Opinion, State
from liengia.people.models import User
from liengia.people.policies import can, requires

PAGE = 30
# Who may take numbers and lists out of the office.
COUNTERS = (MODERATE, ASSIGN, OVERSEE)
# What most often comes next, by state: its button is the full one.
NEXT = {
    State.RECEIVED: "phan-loai", State.SORTED: "giao", State.FORWARDED: "tra-loi", State.VERIFYING: "tra-loi",
    State.ANSWERED_ON_SPOT: "cong-khai-tra-loi", State.ANSWERED_IN_WRITING: "cong-khai-tra-loi",
    State.PUBLISHED: "theo-doi", State.FOLLOWING_UP: "dong",
}  # fmt: skip


def me(request: HttpRequest) -> User:
    """Return who is signed in; the guard has asked before."""
    assert isinstance(request.user, User)
    return request.user


@requires(*office_verbs.EVERYBODY)
@require_GET
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """Show one part of the queue, with every part's count."""
    user = me(request)
    wanted = office_queue.Wanted.of(request.GET, "tiep-nhan" if can(user, MODERATE) else "cua-toi")
    seen = wanted.narrow(policies.visible_to(user).filter(erased_at=None))
    page = Paginator(office_queue.rows(seen, wanted, user), PAGE).get_page(request.GET.get("trang"))
    clocks = office_queue.Clocks()
    numbers = office_queue.counts(seen, user)
    parts = [{"code": c, "label": label, "help": says, "count": numbers[c]} for c, label, says in office_queue.PARTS]
    context = {
        "page": page, "rows": [(row, clocks.of(row)) for row in page], "wanted": wanted, "parts": parts, "query": wanted.query(),
        "may_count": any(can(user, one) for one in COUNTERS), "part": next(one for one in parts if one["code"] == wanted.part), "choices": office_queue.choices(user),
    }  # fmt: skip
    return render(request, "opinions/office/queue.html", context)


def case_context(request: HttpRequest, opinion: Opinion) -> dict[str, Any]:
    """Return what the page of one opinion shows; reading its words is recorded."""
    user = me(request)
    office_case.record_read(opinion, user)
    now, later = office_verbs.offers(user, opinion)
    alike, answers = office_case.likely(opinion, user)
    may_moderate = policies.may(user, MODERATE, opinion)
    return {
        "primary": NEXT.get(State(opinion.state), ""), "opinion": opinion, "now": now, "later": later, "alike": alike, "answers_alike": answers, "may_moderate": may_moderate,
        "may_merge": may_moderate and opinion.state in ("received", "sorted", "forwarded", "verifying"),
        "history": office_case.history(opinion), "clock": office_queue.Clocks().of(opinion), "at": clock.now(),
        "photos": opinion.photos.defer("data"), "evidence": opinion.evidence.defer("data"), "answers": opinion.answers.all(),
        "questions": opinion.questions.all(), "ratings": opinion.ratings.all(), "reopening": getattr(opinion, "reopening", None),
        "given": opinion.assignments.filter(ended_at=None).select_related("person", "organisation", "unit").first(),
        "officers": opinion.officers.select_related("officer"), "joined": policies.visible_to(user).filter(merged_into=opinion).order_by("filed_on", "pk"), "point": _point(opinion),
    }  # fmt: skip


def _point(opinion: Opinion) -> Point | None:
    lat, _blank, lon = opinion.point.partition(" ")
    return Point(float(lat), float(lon)) if lon else None


@requires(*office_verbs.EVERYBODY)
@require_GET
@never_cache
def case(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one opinion: its own words, everything around it, and what can be done."""
    opinion = policies.get_for(request.user, public_id)
    return render(request, "opinions/office/case.html", case_context(request, opinion))


def stored(data: bytes | memoryview | None, content_type: str, *, name: str = "") -> HttpResponse:
    """Return a stored file that runs nothing and is kept nowhere."""
    response = HttpResponse(bytes(data or b""), content_type=content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@requires(*office_verbs.EVERYBODY)
@require_GET
def photo(request: HttpRequest, public_id: str, key: int) -> HttpResponse:
    """Serve a picture that the writer sent; seeing it counts as reading."""
    opinion = policies.get_for(request.user, public_id)
    found = opinion.photos.filter(pk=key).first()
    if found is None:
        raise NotFound("")
    office_case.record_read(opinion, me(request))
    return stored(found.data, found.content_type)


@requires(*office_verbs.EVERYBODY)
@require_GET
def evidence(request: HttpRequest, public_id: str, key: int) -> HttpResponse:
    """Serve what shows that something was done, public or not."""
    opinion = policies.get_for(request.user, public_id)
    found = opinion.evidence.filter(pk=key).first()
    if found is None:
        raise NotFound("")
    is_document = found.kind == EvidenceKind.DOCUMENT
    return stored(found.data, found.content_type, name=f"{public_id}-{key}.pdf" if is_document else "")
