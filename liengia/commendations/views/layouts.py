"""Layouts of certificates in the office: the paper, the printer, where each line stands, a sample before anything is printed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from liengia.commendations import policies, services, sheets, stock
from liengia.commendations.capabilities import KEEP
from liengia.commendations.certificate_forms import LayoutForm, NewLayoutForm
from liengia.commendations.models import PrintLayout
from liengia.commendations.views.common import kept, me, stored
from liengia.core import clock
from liengia.people.policies import requires


def _units(request: HttpRequest) -> Any:
    return policies.units_of(request.user).current().filter(level__in=("province", "commune")).order_by("level", "code")


def _layout(request: HttpRequest, public_id: str) -> PrintLayout:
    return get_object_or_404(policies.layouts_of(request.user), public_id=public_id)


@requires(KEEP)
@never_cache
@require_http_methods(["GET", "POST"])
def layouts(request: HttpRequest) -> HttpResponse:
    """List the layouts, and make a new one of a size."""
    units = _units(request)
    form = NewLayoutForm(units, request.POST or None)
    if form.is_valid() and (made := kept(form, lambda: services.keep_layout(_fresh(form.cleaned_data), actor=me(request)))):
        return redirect("commendations_office_layout", made.public_id)
    if len(units) == 1:
        services.ensure_layouts(units[0])
    return render(request, "commendations/office/layouts.html", {"rows": policies.layouts_of(request.user), "form": form})


def _fresh(data: dict[str, Any]) -> PrintLayout:
    size = stock.sizes()[data["size"]]
    spots = stock.as_data(stock.spots_for(size.width_mm, size.height_mm, is_overlay=data["is_overlay"]))
    return PrintLayout(unit=data["unit"], name=data["name"], size=size.code, width_mm=size.width_mm, height_mm=size.height_mm, is_overlay=data["is_overlay"], fields=spots)


@requires(KEEP)
@never_cache
@require_http_methods(["GET", "POST"])
def layout(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a layout, or see a sample of it before it is kept."""
    found = _layout(request, public_id)
    form = LayoutForm(request.POST or None, instance=found)
    if form.is_valid():
        changed = form.save(commit=False)
        changed.fields = form.spots()
        if request.POST.get("do") == "sample" and (made := kept(form, lambda: sheets.sample(changed, at=clock.now()))):
            return stored(made, "application/pdf", "mau.pdf", is_shown=True)
        if request.POST.get("do") != "sample" and kept(form, lambda: services.keep_layout(changed, revision=form.cleaned_data["revision"], actor=me(request))):
            messages.success(request, _("The layout is kept."))
            return redirect("commendations_office_layout", found.public_id)
    return render(request, "commendations/office/layout.html", {"form": form, "layout": found})


@requires(KEEP)
@never_cache
@require_GET
def sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the calibration sheet of a layout."""
    found = _layout(request, public_id)
    return stored(sheets.calibration(found, at=clock.now()), "application/pdf", "to-chinh-may-in.pdf", is_shown=True)
