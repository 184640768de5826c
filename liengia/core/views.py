"""The machinery's own pages: the language switch, and what a phone needs to install the site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import i18n
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

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
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the residents' page as something that a phone can install."""
    return render(request, "core/manifest.webmanifest", content_type="application/manifest+json")
