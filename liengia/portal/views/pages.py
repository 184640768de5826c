"""Pages of the tree. Addresses of other rooms win; what is left over is looked up here."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from wagtail.views import serve

from liengia.core import pagecache
from liengia.people.policies import public
from liengia.portal import queries


@public
@pagecache.cached_page()
def page(request: HttpRequest, path: str = "") -> HttpResponse:
    """Show the page that stands at an address; one that moved is found by its earlier ones; a draft, or none, is 404.

    No browser may keep the way: a page that moves back would send its readers round and round.
    """
    try:
        return serve(request, path)
    except Http404:
        if not (address := queries.moved_to(request)):
            raise
        return HttpResponsePermanentRedirect(address, headers={"Cache-Control": "no-cache"})
