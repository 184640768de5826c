"""Bulletins as everybody reads them: the list, one with its chain, the feed."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from liengia.broadcast import published, wording
from liengia.broadcast.models import BulletinState, MsgType
from liengia.core import clock, pagecache
from liengia.people.policies import public
from liengia.units.models import Unit

PAGE: Final = 20
# Warnings end by the clock alone: kept briefly.
KEPT_S: Final = 60
FEED_LENGTH: Final = 30


def _unit(request: HttpRequest) -> Unit | None:
    code = request.GET.get("xa", "")[:20]
    return Unit.objects.current().communes().filter(code=code).first() if code else None


@public
@require_safe
@pagecache.cached_page(seconds=KEPT_S)
def index(request: HttpRequest) -> HttpResponse:
    """List bulletins, the newest first; warnings in force stand at the top of the first page."""
    unit = _unit(request)
    page = Paginator(published.of(unit), PAGE).get_page(request.GET.get("trang"))
    in_force = published.in_force(unit) if page.number == 1 else []
    return render(request, "broadcast/list.html", {"page": page, "in_force": in_force, "unit": unit})


@public
@require_safe
@pagecache.cached_page(seconds=KEPT_S)
def bulletin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one bulletin with all of its chain: what it follows, and what became of it."""
    found = published.shown().filter(public_id=public_id).first()
    if found is None:
        raise Http404
    chain = published.chain(found)
    later = [one for one in chain if (one.went_at, one.pk) > (found.went_at, found.pk)]  # type: ignore[attr-defined]
    is_over = found.expires_at is not None and found.expires_at <= clock.now()
    is_withdrawn = found.state == BulletinState.WITHDRAWN
    context = {"bulletin": found, "chain": chain, "latest": later[-1] if later else None, "is_over": is_over, "is_withdrawn": is_withdrawn}
    return render(request, "broadcast/bulletin.html", context)


@public
@require_safe
@pagecache.cached_page(seconds=KEPT_S)
def rss(request: HttpRequest) -> HttpResponse:
    """Give the newest bulletins that go by the feed."""
    with override(settings.LANGUAGE_CODE):
        feed = Rss201rev2Feed(
            title=_("Bulletins of the commune"), link=f"{settings.PUBLIC_URL}{reverse('broadcast:bulletins')}", description="Liên Gia", language="vi",
            feed_url=f"{settings.PUBLIC_URL}{reverse('broadcast:rss')}",
        )  # fmt: skip
        for one in [one for one in published.shown()[:200] if "rss" in one.channels][:FEED_LENGTH]:
            _add(feed, one)
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    return response


def _add(feed: Rss201rev2Feed, one: Any) -> None:
    where = f"{settings.PUBLIC_URL}{wording.public_path(one)}"
    first = wording.front("real", MsgType(one.msg_type))
    mark = f"{wording.front('real', MsgType.CANCEL)}" if one.state == BulletinState.WITHDRAWN else first
    feed.add_item(
        title=_xml(f"{mark}{one.headline}"), link=where, description=_xml(one.text), unique_id=where, author_name=_xml(one.unit.full_name), pubdate=clock.local(one.went_at)
    )


def _xml(text: str) -> str:
    """Return text without what XML cannot hold; Django's writer raises for it."""
    return wording.clean(text).replace("\ufffe", "").replace("\uffff", "")
