"""What leaves the pages: the calendar, the poster, the sheet to be printed."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from liengia.core import pagecache
from liengia.festivals import calendar_file, policies, printed, queries
from liengia.people.policies import public

KEPT_S: Final = 300


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(data, content_type=kind, headers={"Content-Disposition": f'inline; filename="{name}"'})


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def calendar(request: HttpRequest) -> HttpResponse:
    """Serve the days of a commune (`?xa=`) or of all, to be followed by a phone's calendar."""
    commune = queries.commune(request.GET.get("xa", ""))
    name = f"{_('Festival')}, {commune.full_name}" if commune else str(_("Festival"))
    days = queries.among(policies.shown_days(), commune).order_by("-starts_at")[: calendar_file.MOST]
    return _file(calendar_file.calendar(days, name=name), "text/calendar; charset=utf-8", "ngay-hoi.ics")


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def event(request: HttpRequest, public_id: str) -> HttpResponse:
    """Serve one day for a phone's calendar."""
    day = policies.get_shown(public_id)
    return _file(calendar_file.calendar([day], name=day.title), "text/calendar; charset=utf-8", f"ngay-hoi-{day.day:%Y-%m-%d}.ics")


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def poster(request: HttpRequest, public_id: str) -> HttpResponse:
    """Serve the poster of a day, with the QR code of its page."""
    day = policies.get_shown(public_id)
    return _file(printed.poster(day), "application/pdf", f"ap-phich-{day.day:%Y-%m-%d}.pdf")


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Serve the day on a sheet for a hamlet's board: programme, parade, roads closed, rain and safety."""
    day = policies.get_shown(public_id)
    return _file(printed.sheet(day), "application/pdf", f"chuong-trinh-{day.day:%Y-%m-%d}.pdf")
