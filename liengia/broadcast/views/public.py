"""Bulletins as everybody reads them: the list, one with its chain, the feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from liengia.broadcast import channels, published, voice, wording
from liengia.broadcast.models import BulletinState, Kind, MsgType
from liengia.core import clock, pagecache
from liengia.core.reporting import Period
from liengia.people.policies import public
from liengia.units.models import Unit

PAGE: Final = 20
# Warnings end by the clock alone: kept briefly.
KEPT_S: Final = 60
FEED_LENGTH: Final = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the bulletins is asked for; with a period the unit may be any of any time, and only its own are shown."""

    unit: Unit | None
    period: Period | None = None
    kind: str = ""
    channel: str = ""
    is_mended: bool = False

    @property
    def is_narrow(self) -> bool:
        """Tell whether something is left out."""
        return bool(self.period or self.kind or self.channel or self.is_mended)

    @property
    def words(self) -> list[Any]:
        """Return what is asked for, in words."""
        channel = channels.get(self.channel)
        found = [Kind(self.kind).label if self.kind else "", channel.label if channel else "", _("corrections and withdrawals") if self.is_mended else ""]
        return [one for one in found if one]


def _asked(request: HttpRequest) -> Asked:
    period, code = _period(request), request.GET.get("xa", "")[:20]
    unit = _unit(code, period.last if period else clock.today()) if code else None
    kind, channel = request.GET.get("loai", ""), request.GET.get("kenh", "")
    return Asked(unit, period, kind if kind in Kind.values else "", channel if channel in channels.every() else "", request.GET.get("sua") == "1")


def _unit(code: str, day: date) -> Unit:
    """Return the unit of a code in force on a day, since codes come back with new meanings; else the last that had it. Never more than was asked for.

    Raises:
        Http404: no unit ever had this code.
    """
    had = Unit.objects.filter(code=code)
    found = had.at(day).first() or had.order_by(F("valid_from").desc(nulls_last=True)).first()
    if found is None:
        raise Http404
    return found


def _period(request: HttpRequest) -> Period | None:
    """Return the days that are asked for, both counted; None for nonsense."""
    try:
        first, last = (date.fromisoformat(request.GET.get(name, "")) for name in ("tu", "den"))
    except ValueError:
        return None
    return Period(first, last) if date(2000, 1, 1) <= first <= last <= date(2100, 1, 1) else None


def _found(asked: Asked) -> Any:
    rows = published.of(asked.unit) if asked.period is None else voice.told(asked.unit, asked.period)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.is_mended:
        rows = rows.filter(voice.MENDED)
    if asked.channel:
        rows = rows.filter(pk__in=[pk for pk, names in rows.values_list("pk", "channels") if asked.channel in names])
    return rows


@public
@require_safe
@pagecache.cached_page(seconds=KEPT_S)
def index(request: HttpRequest) -> HttpResponse:
    """List bulletins, the newest first; warnings in force stand at the top of the first page of all."""
    asked = _asked(request)
    page = Paginator(_found(asked), PAGE).get_page(request.GET.get("trang"))
    in_force = published.in_force(asked.unit) if page.number == 1 and not asked.is_narrow else []
    return render(request, "broadcast/list.html", {"page": page, "in_force": in_force, "unit": asked.unit, "asked": asked})


@public
@require_safe
@pagecache.cached_page(seconds=KEPT_S)
def said(request: HttpRequest) -> HttpResponse:
    """Show what a period's report counts of loudspeakers and Zalo groups, place by place; this month when no days are asked for."""
    asked, today = _asked(request), clock.today()
    period = asked.period or Period(today.replace(day=1), today)
    unit = asked.unit
    plays, groups, told = voice.played(unit, period), voice.grouped(unit, period), voice.told(unit, period)
    ways = [(channels.get(name), count, voice.list_url(unit, period, kenh=name)) for name, count in voice.by_channel(told).most_common() if channels.get(name)]
    context = {
        "unit": unit, "period": period, "total": told.count(), "ways": ways, "list_url": voice.list_url(unit, period), "plays": plays, "groups": groups,
        "minutes": voice.minutes_of(plays or ()), "before": f"?{voice.query(unit, _month_before(period))}",
        "sums": {"groups": sum(one.groups for one in groups), "members": voice.members_of(groups), "posts": sum(one.posts for one in groups)},
    }  # fmt: skip
    return render(request, "broadcast/voice.html", context)


def _month_before(period: Period) -> Period:
    last = period.first.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


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
