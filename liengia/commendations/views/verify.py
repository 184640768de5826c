"""Verifying a certificate by its code, and hiding one's name by it. Nothing is kept of who looked."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from liengia.commendations import policies, queries, services
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import NotFound, Refused
from liengia.core.limits import Limiter
from liengia.people.policies import public

# Guessing a code is dear anyway (2^49 of them); behind one address of a village café sit many people.
looking: Final = Limiter(most=300, per=timedelta(hours=1))
hiding: Final = Limiter(most=10, per=timedelta(hours=1))


@public
@require_GET
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the code that stands under the square code."""
    raw = request.GET.get("ma", "").strip()
    if raw and not looking.allows(request):
        return _page(request, None, raw, status=429)
    if raw and (verdict := queries.by_code(raw)) is not None:
        return redirect("commendations:code", verdict.certificate.code)
    return _page(request, None, raw, status=404 if raw else 200)


@public
@require_GET
@never_cache
def code(request: HttpRequest, code: str) -> HttpResponse:
    """Say what the paper with this code says, and whether it holds."""
    if not looking.allows(request):
        return _page(request, None, code, status=429)
    verdict = queries.by_code(code)
    return _page(request, verdict, code, status=200 if verdict is not None else 404)


@public
@csrf_exempt  # the code on the paper is what allows it, and hiding is all that it does
@require_POST
def hide(request: HttpRequest, code: str) -> HttpResponse:
    """Hide the name at once, on the word of whoever holds the paper."""
    verdict = queries.by_code(code)
    if verdict is None:
        raise NotFound("")
    if not hiding.allows(request):
        raise Refused(_("Too many codes were looked up from this network within the hour. This says nothing about your paper."), code="too_often")
    services.hide_name(verdict.certificate, is_hidden=True, actor=Actor.visitor())
    return redirect("commendations:code", verdict.certificate.code)


def _page(request: HttpRequest, verdict: queries.Verdict | None, raw: str, *, status: int) -> HttpResponse:
    may_mark = verdict is not None and request.user.is_authenticated and policies.may_mark(request.user, verdict.certificate)
    context = {"verdict": verdict, "raw": raw[:40], "at": clock.local(clock.now()), "may_mark": may_mark, "is_too_often": status == 429}
    context["is_off"] = status == 404 and queries.is_switched_off(raw)
    answer = render(request, "commendations/verify.html", context, status=status)
    answer["X-Robots-Tag"] = "noindex"
    return answer
