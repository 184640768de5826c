"""What everybody sees: the list, a day, the live board of a date, pledges."""

from __future__ import annotations

from datetime import date
from typing import Final

from asgiref.sync import sync_to_async
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from liengia.core import clock, live, pagecache
from liengia.core.errors import NotFound
from liengia.festivals import awards, board, drawing, feed, policies, queries
from liengia.festivals.models import DayPicture, Season
from liengia.festivals.services import base
from liengia.people.policies import public

KEPT_S: Final = 60
PART_KEPT_S: Final = 10
PAGE: Final = 20
PICTURE_TYPE: Final = "image/webp"


def _asked(request: HttpRequest, on: str) -> tuple[date, Season | None]:
    """Return the date and the season of a board.

    Raises:
        NotFound: no such date, or a season that nobody sees.
    """
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise NotFound("") from None
    if not 1975 <= day.year <= 2200:  # the days around it must be days too
        raise NotFound("")
    key = request.GET.get("mua", "")
    return day, policies.get_shown_season(key) if key else None


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def index(request: HttpRequest) -> HttpResponse:
    """List the days of a commune (`?xa=`) or of all: those to come by area, then those held, by pages; and the seasons."""
    commune = queries.commune(request.GET.get("xa", ""))
    coming = list(queries.among(policies.shown_days().coming(), commune))
    page = Paginator(queries.among(policies.shown_days().held(), commune), PAGE).get_page(request.GET.get("trang"))
    context = {
        "commune": commune, "coming": coming, "areas": board.by_area(coming), "page": page, "seasons": queries.shown_seasons(commune),
        "today": clock.today(), "board_on": queries.date_of_board(commune), "boards": queries.board_dates(commune),
    }  # fmt: skip
    return render(request, "festivals/index.html", context)


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def day(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a day: where and when, by both calendars; the programme; the parade; results; pictures; what else to know."""
    found = policies.get_shown(public_id)
    context = queries.day_page(found)
    context |= {"tile": board.tile_of(found), "route": drawing.route(context["points"]), "pictures": board.pictures_of([found])}
    context["given"] = awards.of_days([found]).by_day.get(found.pk)
    return render(request, "festivals/day.html", context)


@public
@require_GET
def latest(request: HttpRequest) -> HttpResponse:
    """Lead to the board of today, else of the next date, else of the last one."""
    on = queries.date_of_board()
    if on is None:
        return redirect("festivals:index")
    return redirect("festivals:board", on.isoformat())


def _board(request: HttpRequest, on: str) -> dict[str, object]:
    day, season = _asked(request, on)
    position = base.position()
    found = board.board(day, season)
    if not found.tiles:
        raise NotFound("")
    days = [tile.day for tile in (*found.tiles, *found.parts)]
    return {"board": found, "position": position, "pictures": board.pictures_of(days), "is_today": day == clock.today()}


@public
@require_GET
@pagecache.cached_page(seconds=PART_KEPT_S)
def live_board(request: HttpRequest, on: str) -> HttpResponse:
    """Show the live board of a date (`?mua=` of one season)."""
    return render(request, "festivals/board.html", _board(request, on))


@public
@require_GET
@pagecache.cached_page(seconds=PART_KEPT_S)
def part(request: HttpRequest, on: str) -> HttpResponse:
    """Return the moving part of the board: a page asks for it each minute, and when its stream is away."""
    return render(request, "festivals/parts/board.html", _board(request, on))


@public
@never_cache
@require_GET
def screen(request: HttpRequest, on: str) -> HttpResponse:
    """Show the board for a projector."""
    return render(request, "festivals/screen.html", _board(request, on))


@public
async def stream(request: HttpRequest, on: str) -> HttpResponseBase:
    """Answer with the events of one board; with very many watchers the next are asked to look for themselves."""
    day, season = await sync_to_async(_asked)(request, on)
    if feed.FEED.stream_count >= feed.MOST:
        return HttpResponse(status=503, headers={"Retry-After": "15", "Cache-Control": "no-store"})
    return live.stream(request, feed=feed.FEED, listener=feed.listener(day, season, get_language() or "vi"))


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def pledges(request: HttpRequest) -> HttpResponse:
    """List the signed pledges of a commune (`?xa=`) or of all, the newest first."""
    commune = queries.commune(request.GET.get("xa", ""))
    page = Paginator(queries.pledge_list(commune), PAGE).get_page(request.GET.get("trang"))
    return render(request, "festivals/pledges.html", {"page": page, "commune": commune})


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def pledge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a pledge: who signed, what was promised, what became of it."""
    found = policies.get_shown_pledge(public_id)
    return render(request, "festivals/pledge.html", {"pledge": found, "rows": queries.promises(found), "parties": found.parties.all()})


@public
@require_GET
def picture(request: HttpRequest, public_id: str, picture_id: str, size: str) -> HttpResponse:
    """Serve a picture, whole or small; it never changes, and whoever has it asks each time whether it was taken down."""
    found = DayPicture.objects.filter(day=policies.get_shown(public_id), public_id=picture_id, withdrawn_at=None).first()
    if found is None or size not in ("lon", "nho"):
        raise NotFound("")
    data, tag = bytes(found.data if size == "lon" else found.thumbnail), f'"{found.public_id}-{size}"'
    response = HttpResponse(data, content_type=PICTURE_TYPE, headers={"Cache-Control": "no-cache", "ETag": tag, "Content-Security-Policy": "default-src 'none'"})
    return get_conditional_response(request, etag=tag, response=response) or response
