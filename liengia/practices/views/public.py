"""What everybody reads: the list, a practice, its tree and map, the comparison, the checklist, the campaign."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from liengia.core import clock, pagecache
from liengia.core.errors import NotFound, Refused
from liengia.core.limits import Limiter
from liengia.core.text import fold
from liengia.people.policies import public
from liengia.practices import drawings, portable, queries
from liengia.practices.forms import NumbersForm
from liengia.practices.models import NO_FIGURES, Campaign, Exemplar, Practice, PracticeKind, PracticeState
from liengia.units.models import Unit

PAGE: Final = 20
# Counts change without an act of this room: kept briefly.
KEPT_S: Final = 60
package_limit = Limiter(most=30, per=timedelta(minutes=10))


def _shown(public_id: str) -> Practice:
    found = queries.shown().filter(public_id=public_id).first()
    if found is None:
        raise NotFound("")
    return found


def _filters(request: HttpRequest, among: list[Unit]) -> queries.Filters:
    code, text = request.GET.get("xa", ""), request.GET.get("q", "")[:100]
    kind, state = request.GET.get("loai", ""), request.GET.get("trang-thai", "")
    commune = next((unit for unit in among if unit.code == code), None)
    return queries.Filters(commune, kind if kind in PracticeKind.values else "", state if state in PracticeState.values else "", text)


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def index(request: HttpRequest) -> HttpResponse:
    """List the families that spread farthest, and all practices by commune, field, state and words."""
    among = queries.communes()
    filters = _filters(request, among)
    context = {
        "page": Paginator(queries.public_list(filters), PAGE).get_page(request.GET.get("trang")), "filters": filters, "communes": among,
        "families": [] if filters.is_any or request.GET.get("trang") else queries.families(),
        "kinds": PracticeKind.choices, "states": PracticeState.choices,
    }  # fmt: skip
    return render(request, "practices/list.html", context)


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one practice."""
    practice = _shown(public_id)
    top = queries.tree(practice)
    acts = practice.acts.select_related("body__unit", "paper__issuer").prefetch_related("addressed")
    context = {
        "practice": practice, "revision": practice.current_revision, "revisions": practice.revisions.all(), "figures": queries.figures(practice),
        "materials": practice.materials.filter(is_evidence=False).defer("data"), "acts": acts, "reviews": practice.reviews.all(),
        "places": sum(1 for _node in top.walk()) if top else 0, "has_no_figures": practice.kind in NO_FIGURES,
        "origin": queries.origin_of(practice), "asked": practice.questions.filter(answered_on=None).first(),
    }  # fmt: skip
    return render(request, "practices/detail.html", context)


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def spread(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the tree of a family and the map of its spread, each with its list."""
    practice = _shown(public_id)
    top = queries.tree(practice)
    context = {
        "practice": practice, "top": top, "count": sum(1 for _node in top.walk()) if top else 0,
        "drawing": drawings.draw_tree(top) if top else None, "map": drawings.draw_map(top) if top else None,
    }  # fmt: skip
    return render(request, "practices/spread.html", context)


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def compare(request: HttpRequest, public_id: str) -> HttpResponse:
    """Compare a family's practices: age, size by what is counted, what was done about them."""
    practice = _shown(public_id)
    counted, rows = queries.compare(practice)
    chosen = next((one for one in counted if one.code == request.GET.get("so")), counted[0] if counted else None)
    bars = drawings.bars(rows, chosen.code) if chosen else []
    table = [(row, [(one, row.sizes[one.code]) for one in counted]) for row in rows]
    context = {"practice": practice, "counted": counted, "chosen": chosen, "table": table, "bars": bars}
    return render(request, "practices/compare.html", context)


@public
@require_GET
def compare_csv(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the comparison as CSV: UTF-8 with a mark, so that spreadsheets read it."""
    practice = _shown(public_id)
    counted, rows = queries.compare(practice)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="mo-hinh-{practice.public_id}.csv"'
    out = csv.writer(response)
    head = [_("practice"), _("place"), _("state"), _("runs since"), _("ended on"), _("age in months"), _("times upgraded"), _("replicated by"), _("praised")]
    out.writerow([*head, *(str(one.label) for one in counted)])
    for row in rows:
        one = row.practice
        facts = [_plain(one.name), _plain(one.place), one.get_state_display(), one.started_on or "", one.ended_on or ""]
        out.writerow([*facts, row.months if row.months is not None else "", row.revisions, row.replicated, row.praised, *(_or_empty(row.sizes[c.code]) for c in counted)])
    return response


def _plain(words: str) -> str:
    """Keep a spreadsheet from reading a name as a formula."""
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t") else words


def _or_empty(value: int | None) -> Any:
    return "" if value is None else value


@public
@require_GET
@never_cache
def checklist(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what a practice would take in a commune, by the numbers typed; nothing is kept, and it prints on one sheet."""
    practice = _shown(public_id)
    revision = practice.current_revision
    form = NumbersForm(queries.communes(), request.GET or None)
    typed: dict[str, Any] = dict(form.cleaned_data) if form.is_valid() else {}
    unit = typed.pop("xa", None)
    found = queries.checklist(revision, unit, typed) if revision is not None else None
    context = {"practice": practice, "revision": revision, "form": form, "found": found, "unit": unit, "typed": typed, "today": clock.today()}
    return render(request, "practices/checklist.html", context)


@public
@require_GET
def material(request: HttpRequest, public_id: str, key: int) -> HttpResponse:
    """Serve a file to copy, or the evidence of a figure that is shown."""
    practice = _shown(public_id)
    found = practice.materials.filter(pk=key).first()
    if found is None or (found.is_evidence and not (found.claims.exists() and practice.kind not in NO_FIGURES)):
        raise NotFound("")
    response = HttpResponse(bytes(found.data), content_type=found.content_type)
    response["Cache-Control"] = "public, max-age=300"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    how = "inline" if found.ending == "webp" else "attachment"
    response["Content-Disposition"] = f'{how}; filename="{slugify(fold(found.title))[:80]}-{found.pk}.{found.ending}"'
    return response


@public
@require_GET
def package(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a practice as a file, for another installation."""
    practice = _shown(public_id)
    if not package_limit.allows(request, public_id):
        raise Refused(_("Too many files were fetched from here just now. Try again in ten minutes."), code="too_many")
    response = HttpResponse(portable.export(practice), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="mo-hinh-{practice.public_id}.zip"'
    return response


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def campaigns(request: HttpRequest) -> HttpResponse:
    """List the campaigns."""
    return render(request, "practices/campaigns.html", {"campaigns": queries.campaigns()})


@public
@require_GET
@pagecache.cached_page(seconds=KEPT_S)
def campaign(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a campaign: practices that registered, and the exemplars who agreed to be named."""
    found: Campaign | None = next((one for one in queries.campaigns() if one.public_id == public_id), None)
    if found is None:
        raise NotFound("")
    context = {
        "campaign": found, "practices": queries.registered(found),
        "exemplars": Exemplar.objects.all().public().filter(registrations__campaign=found, registrations__is_recognised=True).select_related("unit").prefetch_related("acts__body"),
    }  # fmt: skip
    return render(request, "practices/campaign.html", context)
