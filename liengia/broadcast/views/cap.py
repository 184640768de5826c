"""Warnings as other programs read them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from liengia.broadcast.channels.cap import channel, document
from liengia.broadcast.channels.cap import feed as feeds
from liengia.broadcast.models import CapAlert
from liengia.core import clock, pagecache
from liengia.people.policies import public


@public
@require_safe
@pagecache.cached_page(seconds=60)
def feed(request: HttpRequest) -> HttpResponse:
    """Show the warnings in force, the newest first."""
    found = CapAlert.objects.in_force(clock.now()).select_related("bulletin__unit")[: feeds.LENGTH]
    return HttpResponse(feeds.build(list(found)), content_type="application/atom+xml; charset=utf-8")


@public
@require_safe
@pagecache.cached_page(seconds=60)
def trial(request: HttpRequest) -> HttpResponse:
    """Show a warning that is a test, for whoever builds a reader."""
    return HttpResponse(channel.trial(), content_type=f"{document.CONTENT_TYPE}; charset=utf-8")


@public
@require_safe
@pagecache.cached_page()
def alert(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one warning, as it went out; an exercise is found by its address alone, never in the feed."""
    found = CapAlert.objects.shown().filter(bulletin__public_id=public_id).first()
    if found is None:
        raise Http404
    return HttpResponse(found.document.encode(), content_type=f"{document.CONTENT_TYPE}; charset=utf-8")
