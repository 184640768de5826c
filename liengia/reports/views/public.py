"""What everybody reads: published reports as page, PDF, sheet and data; the safety register."""

from __future__ import annotations

import re

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from liengia.comments.models import CommentState, Thread
from liengia.core import clock, pagecache, rooms
from liengia.core.errors import NotFound
from liengia.opinions import subjects
from liengia.people.policies import public
from liengia.reports import papers, safety, screens, tracing
from liengia.reports.models import PlaceKind, Report, SafetyRegistration, SafetyState
from liengia.reports.services import THREAD
from liengia.units.models import Unit

PAGE = 50
_YEAR = re.compile(r"^20\d\d$", re.ASCII)


@public
@require_GET
@pagecache.cached_page()
def index(request: HttpRequest) -> HttpResponse:
    """List the published reports, by unit."""
    rows = [one for one in Report.objects.all().published().select_related("unit__parent__parent__parent") if rooms.is_on("reports", one.unit)]
    wanted = request.GET.get("noi", "")
    units = sorted({one.unit.pk: one.unit for one in rows}.values(), key=lambda unit: (unit.level, unit.code))
    chosen = next((unit for unit in units if unit.code == wanted), None)
    shown = [one for one in rows if chosen is None or one.unit_id == chosen.pk]
    return render(request, "reports/list.html", {"rows": shown[:200], "units": units, "chosen": chosen})


@public
@require_GET
@pagecache.cached_page()
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a report: promises first, every number with how it was counted and where its records stand."""
    row = _one(public_id)
    shown = screens.sections(row.said)
    counted = Count("comments", filter=Q(comments__state=CommentState.SHOWN))
    found = Thread.objects.filter(kind=THREAD, key__startswith=f"{row.public_id}:").annotate(shown=counted)
    threads = {one.key: one for one in found} if rooms.is_on("comments", row.unit) else {}
    written = subjects.told([f"{THREAD}:{row.public_id}:{one['code']}" for one in shown]) if _opinion_url(row, "") else {}
    for one in shown:
        one["thread"] = threads.get(f"{row.public_id}:{one['code']}")
        one["opinion_url"] = _opinion_url(row, one["code"])
        one["opinions"] = written.get(f"{THREAD}:{row.public_id}:{one['code']}")
    errata = list(row.errata.all())
    context = {"report": row, "said": row.said, "sections": shown, "main": screens.main_figures(shown), "left_out": screens.left_out(row.said), "errata": errata, "is_translated": screens.is_translated()}
    return render(request, "reports/report.html", context)


@public
@never_cache
@require_GET
def figure(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Show the records behind a number of a published report, as far as the reader may see them."""
    return traced(request, _one(public_id), code)


def traced(request: HttpRequest, row: Report, code: str) -> HttpResponse:
    """Show the records behind a number of a report that the reader may read."""
    found = tracing.trace(row, code, request.user, before=request.GET.get("ky") == "truoc")
    page = Paginator(found.rows, PAGE).get_page(request.GET.get("trang"))
    errata = row.errata.filter(section__in=("", found.section["code"]))
    return render(request, "reports/figure.html", {"report": row, "traced": found, "page": page, "errata": errata, "has_amounts": any(one.amount != 1 for one in page)})


@public
@require_GET
def pdf_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return a report as PDF."""
    return _file(papers.as_pdf(_one(public_id)), "application/pdf", f"bao-cao-{public_id}.pdf")


@public
@require_GET
def sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the page that is read aloud."""
    return _file(papers.as_sheet(_one(public_id)), "application/pdf", f"doc-truoc-dan-{public_id}.pdf")


@public
@require_GET
def data(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return a report's figures as CSV."""
    return _file(papers.as_csv([_one(public_id)]).encode("utf-8-sig"), "text/csv; charset=utf-8", f"so-lieu-{public_id}.csv")


@public
@require_GET
def dictionary(request: HttpRequest) -> HttpResponse:
    """Return what the columns of the data mean."""
    return _file(papers.dictionary_csv().encode("utf-8-sig"), "text/csv; charset=utf-8", "tu-dien.csv")


@public
@require_GET
@pagecache.cached_page()
def safety_register(request: HttpRequest) -> HttpResponse:
    """Show which places registered for the safety standard in a year, and what became of it."""
    asked = request.GET.get("nam", "")
    years = list(SafetyRegistration.objects.order_by("-year").values_list("year", flat=True).distinct())
    year = int(asked) if _YEAR.match(asked) else (years[0] if years else clock.today().year)
    rows = SafetyRegistration.objects.filter(year=year).select_related("unit__parent__parent", "organisation").order_by("unit__code", "kind", "pk")
    shown = [one for one in rows if rooms.is_on("reports", one.unit)]
    counted = {state: sum(one.state == state for one in shown) for state in SafetyState.values}
    context = {"rows": shown, "years": years, "year": year, "counted": counted, "criteria": [(label, safety.criteria_of(kind, year)) for kind, label in PlaceKind.choices if any(one.kind == kind for one in shown)]}
    return render(request, "reports/safety.html", context)


def _one(public_id: str) -> Report:
    row = Report.objects.all().published().filter(public_id=public_id).select_related("unit__parent__parent__parent").first()
    if row is None or not _is_on(row.unit):
        raise NotFound("")
    return row


def _opinion_url(row: Report, section: str) -> str:
    """Return the form of the commune's opinions, begun with a section, where they are on."""
    commune = row.unit.current().commune()
    if commune is None or not rooms.is_on("opinions", commune):
        return ""
    return f"{reverse('opinions:new')}?xa={commune.code}&{subjects.PARAMETER}={THREAD}:{row.public_id}:{section}"


def _is_on(unit: Unit) -> bool:
    return rooms.is_on("reports", unit)


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    # Papers and tables of a report are the official text, whoever opens them.
    answer["Content-Language"] = "vi"
    answer["Content-Disposition"] = f'{"inline" if "pdf" in content_type else "attachment"}; filename="{name}"'
    return answer
