"""How far a bulletin reached, and a month of the commune's voice: counts, in pictures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from liengia.broadcast import month_paper, pictures, policies, queries
from liengia.broadcast.capabilities import APPROVE, CONFIGURE, POST, SEND_ALONE, WRITE
from liengia.broadcast.forms import month_asked
from liengia.broadcast.views.office import _one, _unit
from liengia.people.policies import requires


@requires(WRITE, APPROVE, SEND_ALONE, POST, CONFIGURE)
@never_cache
@require_GET
def reach(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what came of a bulletin, by channel and over time."""
    row = _one(request, public_id)
    found = queries.reach(row.dispatches.all())
    queries.note_left_by_hand([row])
    context = {"bulletin": row, "reach": [(one, pictures.bars(one), pictures.curve(one)) for one in found], "dispatches": row.dispatches.all(), "nobody": queries.reached_nobody(row)}
    return render(request, "broadcast/office/reach.html", context)


@requires(WRITE, APPROVE)
@never_cache
@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """Show a month of a commune's voice."""
    unit, units, first = _month(request)
    found = queries.month(unit, first)
    context: dict[str, Any] = {
        "unit": unit, "units": units, "month": found, "days": pictures.days(found.by_day), "most": max(count for _day, count in found.by_day), "reach": [(one, pictures.bars(one)) for one in found.channels],
    }  # fmt: skip
    return render(request, "broadcast/office/month.html", context)


@requires(WRITE, APPROVE)
@never_cache
@require_GET
def month_sheet(request: HttpRequest) -> HttpResponse:
    """Return the month as one A4 page."""
    unit, _units, first = _month(request)
    answer = HttpResponse(month_paper.sheet(unit, first), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="tieng-noi-{unit.code}-{first:%Y-%m}.pdf"'
    return answer


def _month(request: HttpRequest) -> tuple[Any, Any, Any]:
    capability = WRITE if policies.speaking_units(request.user, WRITE).exists() else APPROVE
    return *_unit(request, capability), month_asked(request.GET.get("thang", ""))


def office_urls() -> list[URLPattern]:
    """Return the addresses of these pages."""
    return [
        path("ban-tin/thang/", month, name="broadcast_office_month"),
        path("ban-tin/thang/trang-in.pdf", month_sheet, name="broadcast_office_month_sheet"),
        path("ban-tin/<slug:public_id>/ket-qua/", reach, name="broadcast_office_reach"),
    ]
