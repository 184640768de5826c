"""The first hour: groups and households from a spreadsheet, then every sheet and card as one PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from liengia.alarms import bulk, leader_import, papers, policies
from liengia.alarms.forms import ImportForm
from liengia.alarms.models import BulkJob
from liengia.alarms.views.leader import me
from liengia.alarms.views.leader_papers import pdf_response
from liengia.core.errors import DomainError, NotFound
from liengia.people import policies as people
from liengia.people import spreadsheet
from liengia.people.models import User
from liengia.people.policies import requires
from liengia.people.spreadsheet import RowError
from liengia.units.models import Unit

IMPORT = "people.import"
ERRORS_SHOWN = 100


def _communes(user: User) -> list[int]:
    roots = [unit.pk for unit in people.units_where(user, IMPORT)]
    return list(Unit.objects.current().communes().filter(pk__in=Unit.objects.below_any(roots)).values_list("pk", flat=True))


@requires(IMPORT)
@never_cache
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file; show every error in words and save nothing, or have all saved and lead to the page that watches."""
    form = ImportForm(request.POST or None, request.FILES or None, communes=_communes(me(request)))
    errors: list[RowError] = []
    if request.method == "POST" and form.is_valid():
        try:
            errors = leader_import.check(spreadsheet.read(form.cleaned_data["file"]), form.cleaned_data["commune"])
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            if not errors:
                return _watch(bulk.ask_import(_bytes(form), form.cleaned_data["commune"], user=me(request)))
    return render(request, "alarms/leader/import.html", {"form": form, "errors": errors[:ERRORS_SHOWN], "count": len(errors)})


def _bytes(form: ImportForm) -> bytes:
    file = form.cleaned_data["file"]
    file.seek(0)
    return bytes(file.read())


def _watch(job: BulkJob) -> HttpResponse:
    return redirect("alarms:leader_bulk", job.public_id)


def _job(request: HttpRequest, public_id: str) -> BulkJob:
    return get_object_or_404(BulkJob, public_id=public_id, user=me(request))


@requires(IMPORT)
@never_cache
@require_GET
def watch(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show how far the work is, drawn anew by itself; at its end what came of it."""
    job = _job(request, public_id)
    groups = policies.managed_groups(me(request), IMPORT).filter(public_id__in=job.groups).order_by("unit", "number")
    form = ImportForm(communes=_communes(me(request)))
    context = {"job": job, "groups": list(groups), "form": form, "errors": job.errors[:ERRORS_SHOWN], "count": len(job.errors)}
    return render(request, "alarms/leader/bulk.html", context)


@requires(IMPORT)
@never_cache
@require_GET
def paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand out the PDF that was asked for, while it is kept."""
    job = _job(request, public_id)
    if job.paper is None:
        raise NotFound("")
    return pdf_response(bytes(job.paper), papers.file_name("phieu to va the moi"))


@requires(IMPORT)
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """Hand out the empty workbook."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(spreadsheet.template(), content_type=kind)
    response["Content-Disposition"] = 'attachment; filename="mau-to-lien-gia.xlsx"'
    return response


@requires(IMPORT)
@require_POST
def papers_of_all(request: HttpRequest) -> HttpResponse:
    """Have the sheets of the named groups printed with fresh cards, and lead to the page that watches."""
    wanted = request.POST.getlist("group")[:200]
    groups = list(policies.managed_groups(me(request), IMPORT).filter(public_id__in=wanted).order_by("unit", "number"))
    if not groups:
        raise NotFound("")
    return _watch(bulk.ask_papers(groups, user=me(request)))
