"""The writer's own page, behind a private link: what became of the comment, and the second look."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from liengia.comments import services
from liengia.core.errors import Refused
from liengia.core.limits import Limiter
from liengia.people.policies import public

# Codes have 160 bits; the limit only keeps programmes from asking all day.
asks = Limiter(most=60, per=timedelta(minutes=10))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, code: str) -> HttpResponse:
    """Show what became of a comment; POST asks for a second look. A wrong link is an absent page."""
    if not asks.allows(request):
        raise Refused(_("Many asked from where you are. Try again in ten minutes."), code="rate")
    comment = services.written_with(code)
    if request.method == "POST":
        services.ask_second_look(code)
        return redirect("comments:mine", code)
    link = request.build_absolute_uri(request.path)
    context = {"comment": comment, "link": link, "is_new": "moi" in request.GET, "may_ask": services.may_ask(comment)}
    response = render(request, "comments/mine.html", context)
    # The link leaves to nobody; with "no-referrer" browsers would send the form without an origin, which is refused.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


