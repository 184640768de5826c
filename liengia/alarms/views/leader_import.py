"""The first hour: groups and households from a spreadsheet, then every sheet and card as one PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from liengia.alarms import leader_import, papers, policies
from liengia.alarms.forms import ImportForm
from liengia.alarms.leader_import import Outcome
from liengia.alarms.views.leader import me
from liengia.alarms.views.leader_papers import pdf_response
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, NotFound
from liengia.people import policies as people
from liengia.people import spreadsheet
from liengia.people.models import User
from liengia.people.policies import requires
from liengia.units.models import Unit

IMPORT = "people.import"
ERRORS_SHOWN = 100


def _communes(user: User) -> list[int]:
    roots = [unit.pk for unit in people.units_where(user, IMPORT)]
    return list(Unit.objects.current().communes().filter(pk__in=Unit.objects.below_any(roots)).values_list("pk", flat=True))


@requires(IMPORT)
@never_cache
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file; show every error in words and save nothing, or save all and offer the papers."""
    form = ImportForm(request.POST or None, request.FILES or None, communes=_communes(me(request)))
    outcome: Outcome | None = None
    if request.method == "POST" and form.is_valid():
        try:
            sheet = spreadsheet.read(form.cleaned_data["file"])
            outcome = leader_import.import_groups(sheet, form.cleaned_data["commune"], actor=Actor.of(me(request)))
        except DomainError as error:
            form.add_error("file", str(error))
    errors = outcome.errors[:ERRORS_SHOWN] if outcome else []
    context = {"form": form, "outcome": outcome, "errors": errors}
    return render(request, "alarms/leader/import.html", context)


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
    """Print the sheets of the named groups with fresh cards, as one PDF."""
    wanted = request.POST.getlist("group")[:200]
    groups = list(policies.managed_groups(me(request), IMPORT).filter(public_id__in=wanted).order_by("unit", "number"))
    if not groups:
        raise NotFound("")
    cards = leader_import.invite_all(groups, actor=Actor.of(me(request)))
    return pdf_response(papers.group_sheets(groups, cards=cards), papers.file_name("phieu to va the moi"))
