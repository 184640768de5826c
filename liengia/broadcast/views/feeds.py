"""Feeds of outside warnings in the back office: which are looked at, what the last look came to, what became of each warning."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from liengia.broadcast import policies
from liengia.broadcast.capabilities import CONFIGURE
from liengia.broadcast.feed_forms import FeedForm
from liengia.broadcast.models import CapFeed, CapItem
from liengia.broadcast.services import feeds
from liengia.broadcast.views.office import _kept, _unit, me
from liengia.people.policies import requires


@requires(CONFIGURE)
@never_cache
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show a unit's feeds with their warnings, and set another up."""
    unit, units = _unit(request, CONFIGURE)
    form = FeedForm(request.POST or None)
    if form.is_valid() and _kept(form, lambda: feeds.keep_feed(unit, **form.cleaned_data, actor=me(request))):
        messages.success(request, _("The feed is kept."))
        return redirect(f"{reverse('broadcast_office_feeds')}?unit={unit.pk}")
    rows = CapFeed.objects.filter(unit=unit)
    items = CapItem.objects.filter(feed__unit=unit).select_related("feed", "bulletin")[:50]
    return render(request, "broadcast/office/feeds.html", {"unit": unit, "units": units, "form": form, "feeds": rows, "items": items})


@requires(CONFIGURE)
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch a feed on or off, or take it away."""
    row = CapFeed.objects.filter(pk=pk, unit__in=policies.speaking_units(request.user, CONFIGURE)).select_related("unit").first()
    if row is None:
        raise Http404
    if "remove" in request.POST:
        feeds.remove_feed(row, actor=me(request))
    else:
        feeds.keep_feed(row.unit, name=row.name, url=row.url, is_on="on" in request.POST, actor=me(request), feed=row)
    messages.success(request, _("Done."))
    return redirect(f"{reverse('broadcast_office_feeds')}?unit={row.unit_id}")


def office_urls() -> list[URLPattern]:
    """Return the addresses of these pages."""
    return [
        path("ban-tin/nguon-canh-bao/", index, name="broadcast_office_feeds"),
        path("ban-tin/nguon-canh-bao/<int:pk>/", change, name="broadcast_office_feed"),
    ]
