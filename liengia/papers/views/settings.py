"""Wordings, number books and the month's brief in the back office."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from liengia.core import clock, official_papers
from liengia.core.errors import DomainError
from liengia.papers import brief, kinds, policies, sample, services
from liengia.papers import wording as language
from liengia.papers.capabilities import BRIEF, WORDING
from liengia.papers.forms import BookForm, WordingForm
from liengia.papers.models import NumberBook
from liengia.papers.views.office import me
from liengia.people.policies import requires
from liengia.units import scope
from liengia.units.models import Unit


@requires(WORDING)
@never_cache
@require_GET
def wordings(request: HttpRequest) -> HttpResponse:
    """List the kinds and whose wording is in force in a unit."""
    unit, units = _unit(request)
    rows = [(kind, *services.wording_of(kind, unit)) for kind in kinds.every()]
    return render(request, "papers/office/wordings.html", {"rows": rows, "unit": unit, "units": units})


@requires(WORDING)
@never_cache
@require_http_methods(["GET", "POST"])
def wording(request: HttpRequest, unit_id: int, code: str) -> HttpResponse:
    """Change a unit's wording of a kind, see it as a PDF before, or go back to what is shipped."""
    unit, kind = get_object_or_404(policies.wording_units(request.user), pk=unit_id), kinds.get(code)
    if kind is None:
        raise Http404
    text, row = services.wording_of(kind, unit)
    own = row if row is not None and row.unit_id == unit.pk else None
    form = WordingForm(request.POST or None, initial={"text": text, "revision": own.revision if own else 0})
    if form.is_valid():
        answer = _do(request, form, unit, kind)
        if answer is not None:
            return answer
    context = {"form": form, "kind": kind, "unit": unit, "own": own, "whose": row, "common": language.COMMON}
    return render(request, "papers/office/wording.html", context)


def _do(request: HttpRequest, form: WordingForm, unit: Unit, kind: kinds.PaperKind) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        if request.POST.get("do") == "preview":
            said = sample.paper(kind, data["text"], unit)
            return HttpResponse(official_papers.as_pdf(said, at=clock.now()), content_type="application/pdf")
        if request.POST.get("do") == "restore":
            services.restore_wording(kind.code, unit, actor=me(request))
            messages.success(request, _("The wording that is shipped, or that of the unit above, is in force again."))
        else:
            services.change_wording(kind.code, unit, text=data["text"], revision=data["revision"], actor=me(request))
            messages.success(request, _("The wording is kept. Papers that were issued stay as they are; drafts follow it."))
    except DomainError as error:
        form.add_error("text", str(error))
        return None
    return redirect("papers_office_wordings")


@requires(WORDING)
@never_cache
@require_http_methods(["GET", "POST"])
def books(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the number books of an issuer, and say how this year's are counted."""
    issuer = get_object_or_404(policies.issuers_of(request.user, WORDING), public_id=public_id)
    form = BookForm(request.POST or None)
    names = {kind.abbreviation: kind.name for kind in kinds.every() if kind.abbreviation}
    form.fields["abbreviation"].choices = [(short, f"{name} ({short})") for short, name in names.items()]  # type: ignore[attr-defined]
    if form.is_valid():
        try:
            services.open_book(issuer, year=clock.today().year, actor=me(request), **form.cleaned_data)
            messages.success(request, _("The number book is set."))
            return redirect("papers_office_books", public_id)
        except DomainError as error:
            form.add_error(str(error.data.get("field", "")) or None, str(error))
    rows = NumberBook.objects.filter(issuer=issuer)
    return render(request, "papers/office/books.html", {"issuer": issuer, "form": form, "rows": rows, "year": clock.today().year})


@requires(WORDING)
@never_cache
@require_GET
def issuers(request: HttpRequest) -> HttpResponse:
    """List the issuers with their number books."""
    rows = policies.issuers_of(request.user, WORDING).prefetch_related("books")
    return render(request, "papers/office/issuers.html", {"rows": rows})


@requires(BRIEF)
@never_cache
@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """Show the month's brief of a commune; `.pdf` is the page to print."""
    unit, asked, units = _month(request)
    parts = [(brief.SECTIONS[name], lines) for name, lines in brief.gather(unit, asked).items()]
    return render(request, "papers/office/brief.html", {"unit": unit, "units": units, "month": asked, "parts": parts})


@requires(BRIEF)
@never_cache
@require_GET
def month_sheet(request: HttpRequest) -> HttpResponse:
    """Return the brief as one A4 page."""
    unit, asked, _units = _month(request)
    answer = HttpResponse(brief.sheet(unit, asked), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="tom-tat-{asked.year}-{asked.month:02d}.pdf"'
    return answer


def _month(request: HttpRequest) -> tuple[Unit, brief.Month, list[Unit]]:
    units = list(scope.units_for(request.user, BRIEF).current().communes().order_by("code"))
    unit = next((one for one in units if str(one.pk) == request.GET.get("unit")), units[0] if units else None)
    if unit is None:
        raise Http404
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", request.GET.get("month", ""), re.ASCII)
    today = clock.today()
    asked = brief.Month(int(found[1]), int(found[2])) if found else brief.Month(today.year, today.month)
    return unit, asked if asked.first <= today else brief.Month(today.year, today.month), units


def _unit(request: HttpRequest) -> tuple[Unit, list[Unit]]:
    units: list[Any] = list(policies.wording_units(request.user))
    unit = next((one for one in units if str(one.pk) == request.GET.get("unit")), units[0] if units else None)
    if unit is None:
        raise Http404
    return unit, units


