"""Targets, sizes of units and the safety register in the back office."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from liengia.core import clock
from liengia.core.errors import DomainError
from liengia.people.policies import requires
from liengia.reports import policies, safety, services
from liengia.reports.capabilities import SAFETY, WRITE
from liengia.reports.forms import AssessForm, DecideForm, RegisterForm, SizeForm, TargetForm
from liengia.reports.models import Report, SafetyRegistration, UnitSize
from liengia.reports.views.office import kept, me


@requires(WRITE)
@never_cache
@require_http_methods(["GET", "POST"])
def targets(request: HttpRequest) -> HttpResponse:
    """List the targets of the user's units, and set one."""
    units = policies.units_of(request.user).current()
    form = TargetForm(units, _figures(request.user), request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        values = {"figure": data["figure"], "label": form.labels[data["figure"]], "aim": data["aim"], "is_at_least": data["is_at_least"] == "yes"}
        if kept(form, lambda: services.set_target(data["unit"], **values, due_on=data["due_on"], source=data["source"], reason=data["reason"], actor=me(request))):
            messages.success(request, _("The target is set. The report whose period holds its day says whether it was reached."))
            return redirect("reports_office_targets")
    return render(request, "reports/office/targets.html", {"form": form, "rows": policies.targets_of(request.user)[:200], "today": clock.today()})


@requires(WRITE)
@require_POST
def drop_target(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a target before its day."""
    target = get_object_or_404(policies.targets_of(request.user), pk=pk)
    try:
        services.drop_target(target, reason=request.POST.get("reason", ""), actor=me(request))
        messages.success(request, _("The target is dropped, with the reason in the audit log."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("reports_office_targets")


@requires(WRITE)
@never_cache
@require_http_methods(["GET", "POST"])
def sizes(request: HttpRequest) -> HttpResponse:
    """List how many households the user's units have, and enter a number."""
    units = policies.units_of(request.user)
    year = _year(request.POST.get("year", "") or request.GET.get("nam", ""))
    form = SizeForm(units, request.POST or None, initial={"year": year})
    if form.is_valid():
        data = form.cleaned_data
        if kept(form, lambda: services.keep_size(data["unit"], year=data["year"], households=data["households"], source=data["source"], actor=me(request))):
            messages.success(request, _("Kept. Reports compare the unit from now on."))
            return redirect("reports_office_sizes")
    form.fields["unit"].queryset = units.at(min(date(year, 12, 31), clock.today()))  # type: ignore[attr-defined]
    rows = UnitSize.objects.filter(unit__in=units).select_related("unit__parent").order_by("-year", "unit__code")[:300]
    return render(request, "reports/office/sizes.html", {"form": form, "rows": rows, "year": year})


def _year(text: str) -> int:
    """Return the year whose units are offered: those of this year when none was asked for."""
    return int(text) if re.fullmatch(r"(19|20)\d\d", text, re.ASCII) else clock.today().year


@requires(SAFETY)
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """List the registrations of the user's units, and enter one."""
    form = RegisterForm(policies.safety_units(request.user), request.POST or None)
    if form.is_valid():
        data = dict(form.cleaned_data)
        if kept(form, lambda: safety.register_place(data.pop("unit"), **data, actor=me(request))):
            messages.success(request, _("Registered. The place assesses itself at the end of the year."))
            return redirect("reports_office_safety")
    return render(request, "reports/office/safety.html", {"form": form, "rows": policies.safety_of(request.user)[:400]})


@requires(SAFETY)
@never_cache
@require_http_methods(["GET", "POST"])
def registration(request: HttpRequest, public_id: str) -> HttpResponse:
    """Assess a place, or keep the result."""
    row = get_object_or_404(policies.safety_of(request.user), public_id=public_id)
    is_deciding = request.POST.get("do") == "decide"
    assessing = AssessForm(safety.criteria_of(row.kind, row.year), request.POST if request.method == "POST" and not is_deciding else None)
    deciding = DecideForm(request.POST if is_deciding else None)
    form: Any = deciding if is_deciding else assessing
    if form.is_valid() and kept(form, lambda: _do(row, form, request)):
        messages.success(request, _("The entry is kept."))
        return redirect("reports_office_registration", row.public_id)
    return render(request, "reports/office/registration.html", {"row": row, "assessing": assessing, "deciding": deciding})


def _do(row: SafetyRegistration, form: Any, request: HttpRequest) -> SafetyRegistration:
    data = form.cleaned_data
    if isinstance(form, AssessForm):
        return safety.assess(row, form.answers(), on=data["assessed_on"], actor=me(request))
    return safety.decide(
        row, is_recognised=data["is_recognised"] == "yes", on=data["decided_on"], number=data["decision_number"], reason=data["reason"], actor=me(request)
    )


def _figures(user: Any) -> list[tuple[str, str]]:
    """Return the figures that the user's reports have, by code."""
    found: dict[str, str] = {}
    for report in Report.objects.filter(pk__in=policies.reports_of(user).values("pk")).order_by("-last_on")[:20]:
        for section in report.drawn:
            for one in section["figures"]:
                found.setdefault(one["code"], f"{section['title']}: {one['label']}")
    return sorted(found.items(), key=lambda one: one[1])
