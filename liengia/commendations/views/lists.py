"""Lists in and out: nominations from a spreadsheet with a preview, the list as XLSX, DOCX and PDF, the honour register."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.audit import services as audit
from liengia.commendations import imports, policies, queries, spreadsheet
from liengia.commendations import papers as own_papers
from liengia.commendations.capabilities import KEEP
from liengia.commendations.forms import NothingForm, UploadForm
from liengia.commendations.models import ImportJob, Round
from liengia.commendations.views.common import a_round, kept, me, stored
from liengia.core import clock, official_papers
from liengia.people.models import User
from liengia.people.policies import requires

PAGE: Final = 100
PREVIEW: Final = 200
TYPES: Final = {"xlsx": spreadsheet.TYPE, "pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


@requires(KEEP)
@never_cache
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a spreadsheet and lead to its preview; nothing is saved of its rows."""
    row = a_round(request, public_id)
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid() and (looked := kept(form, lambda: _looked(form, row, request))):
        return redirect("commendations_office_import", looked.public_id)
    return render(request, "commendations/office/upload.html", {"form": form, "row": row, "columns": spreadsheet.COLUMNS.values(), "explained": spreadsheet.EXPLAINED})


def _looked(form: UploadForm, row: Round, request: HttpRequest) -> ImportJob:
    assert isinstance(request.user, User)
    return imports.look(row, form.cleaned_data["file"].read(), user=request.user)[0]


def _job(request: HttpRequest, public_id: str) -> ImportJob:
    return get_object_or_404(ImportJob.objects.select_related("round__unit"), public_id=public_id, user=request.user)


@requires(KEEP)
@never_cache
@require_GET
def watch(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what a file holds before it is saved; then how far the work is, and what came of it."""
    return _shown(request, _job(request, public_id))


def _shown(request: HttpRequest, job: ImportJob, *, status: int = 200, refused: Any = None) -> HttpResponse:
    rows = imports.again(job).rows if job.state == "preview" and job.file else []
    asked = imports.doubts_about(job.round, rows)
    unaddressed = sum(one.named.is_unaddressed for one in rows)
    lines = sorted(((one, asked.get(number, [])) for number, one in enumerate(rows)), key=lambda line: (not line[1], not line[0].named.is_unaddressed))[:PREVIEW]
    context = {"job": job, "row": job.round, "lines": lines, "doubtful": len(asked), "unaddressed": unaddressed, "more": max(0, job.total - len(lines)), "refused": refused}
    return render(request, "commendations/office/import.html", context, status=status)


@requires(KEEP)
@require_POST
def confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save the rows that were looked at; the worker writes them."""
    job, form = _job(request, public_id), NothingForm(request.POST)
    if not form.is_valid() or not kept(form, lambda: imports.ask(job)):
        return _shown(request, job, status=422, refused=form)
    return redirect("commendations_office_import", job.public_id)


@requires(KEEP)
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """Hand out the empty workbook."""
    return stored(spreadsheet.template(), spreadsheet.TYPE, "mau-de-nghi-khen-thuong.xlsx")


@requires(KEEP)
@never_cache
@require_GET
def export(request: HttpRequest, public_id: str, ending: str) -> HttpResponse:
    """Return a round's list; that it left is recorded."""
    row = a_round(request, public_id)
    if ending not in TYPES:
        raise Http404
    audit.record_read("commendations.exported", actor=me(request), about=row, unit=row.unit_id, facts={"as": ending})
    nominations = row.nominations.all().standing().in_calling_order().select_related("unit__parent").prefetch_related("consents")
    if ending == "xlsx":
        return stored(spreadsheet.list_of(nominations), TYPES[ending], f"danh-sach-{row.public_id}.xlsx")
    write = official_papers.as_docx if ending == "docx" else official_papers.as_pdf
    return stored(write(own_papers.list_paper(row, nominations), at=clock.now()), TYPES[ending], f"danh-sach-{row.public_id}.{ending}", is_shown=ending == "pdf")


@requires(KEEP)
@never_cache
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """Show the honour register: by year, found by name."""
    rows = policies.certificates_of(request.user)
    years = sorted(set(rows.order_by().values_list("year", flat=True)), reverse=True)
    asked, year = request.GET.get("q", ""), request.GET.get("nam", "")
    chosen = int(year) if year.isascii() and year.isdigit() and int(year) in years else None
    found = queries.register(rows, year=chosen, words=asked)
    if request.GET.get("tep") == "xlsx":
        audit.record_read("commendations.exported", actor=me(request), about=("commendations.HonourBook", str(chosen or "")), facts={"as": "xlsx"})
        return stored(spreadsheet.register_of(found[:20_000]), spreadsheet.TYPE, f"so-vang-{chosen or 'tat-ca'}.xlsx")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "commendations/office/register.html", {"page": page, "years": years, "year": chosen, "asked": asked})


@requires(KEEP)
@require_POST
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """Throw away a file that was looked at."""
    job = _job(request, public_id)
    imports.discard(job)
    messages.success(request, _("The file is thrown away. Nothing was saved."))
    return redirect("commendations_office_round", job.round.public_id)
