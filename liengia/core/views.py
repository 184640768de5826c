"""The machinery's own pages: the switches of language and text size, and what a phone needs to install the site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import i18n
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from liengia.core.context import TEXT_SIZE_COOKIE, TEXT_SIZES

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True, slots=True)
class Everybody:
    """The policy of a page that is for all; `people.policies`, an upper room, has the others."""

    kind: str = "public"
    capability: str = ""


def for_everybody(view: ViewT) -> ViewT:
    """Declare that everybody may open the view."""
    view.policy = Everybody()  # type: ignore[attr-defined]
    return view


@for_everybody
@csrf_exempt  # cached pages hold no token, and another site could only turn the words into English
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the reader's language in a cookie and go back; only to a page of this site."""
    return i18n.set_language(request)


@for_everybody
@csrf_exempt  # as above: another site could only make letters larger
@require_POST
def set_text_size(request: HttpRequest) -> HttpResponse:
    """Keep the text size in a cookie for a phone without scripts, and go back; only to a page of this site."""
    there = request.POST.get("next", "")
    response = HttpResponseRedirect(there if there.startswith("/") and url_has_allowed_host_and_scheme(there, {request.get_host()}) else "/")
    if request.POST.get("size") in TEXT_SIZES:
        response.set_cookie(TEXT_SIZE_COOKIE, request.POST["size"], max_age=timedelta(days=365), samesite="Lax", secure=request.is_secure(), httponly=True)
    else:
        response.delete_cookie(TEXT_SIZE_COOKIE, samesite="Lax")
    return response


@for_everybody
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the residents' page as something that a phone can install."""
    return render(request, "core/manifest.webmanifest", content_type="application/manifest+json")
