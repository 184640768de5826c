"""Pages of the tree. Addresses of other rooms win; what is left over is looked up here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from wagtail.views import serve

from liengia.core import pagecache
from liengia.people.policies import public


@public
@pagecache.cached_page()
def page(request: HttpRequest, path: str = "") -> HttpResponse:
    """Show the page that stands at an address; a draft, or none, is 404."""
    return serve(request, path)
