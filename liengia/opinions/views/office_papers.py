"""What leaves the office: the case sheet, the month in numbers, the redacted list. Each leaving is recorded."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import NotFound
from liengia.opinions import office_case, office_papers, office_queue, office_verbs, policies
from liengia.opinions.models import OpinionQuerySet
from liengia.opinions.views.office import COUNTERS, me, stored
from liengia.people.policies import requires
from liengia.units.models import Unit

_MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])", re.ASCII)
SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(*office_verbs.EVERYBODY)
@require_GET
@never_cache
def sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the case sheet, with the original words: printing it counts as reading."""
    opinion = policies.get_for(request.user, public_id)
    office_case.record_read(opinion, me(request))
    made = office_papers.case_sheet(opinion, me(request), at=clock.now())
    return stored(made, "application/pdf", name=f"phieu-{public_id}.pdf")


@requires(*COUNTERS)
@require_GET
@never_cache
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Return the redacted list of a part of the queue as CSV or XLSX."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    user = me(request)
    wanted = office_queue.Wanted.of(request.GET, "tat-ca")
    seen = wanted.narrow(policies.visible_to(user).filter(erased_at=None))
    found = seen.filter(office_queue.condition(wanted.part, user, clock.now()))
    audit.record_read("opinions.exported", actor=Actor.of(user), about=("opinions.Opinion", "list"), facts={"part": wanted.part, "as": kind})
    if kind == "csv":
        return stored(office_papers.as_csv(office_papers.table(found)), "text/csv; charset=utf-8", name="gop-y.csv")
    return stored(office_papers.as_xlsx(office_papers.table(found)), SHEET, name="gop-y.xlsx")


def _asked(request: HttpRequest) -> tuple[OpinionQuerySet, date, Unit | None, list[Unit]]:
    """Return the opinions of the commune that was asked for, the month, and the communes to choose from."""
    seen = policies.visible_to(request.user)
    among = list(Unit.objects.filter(pk__in=seen.values("commune")).order_by("code"))
    code = request.GET.get("xa", "")
    commune = next((unit for unit in among if unit.code == code), among[0] if len(among) == 1 else None)
    said = request.GET.get("thang", "")
    first = date.fromisoformat(f"{said}-01") if _MONTH.fullmatch(said) else clock.today().replace(day=1)
    return (seen.filter(commune=commune) if commune else seen), first, commune, among


@requires(*COUNTERS)
@require_GET
@never_cache
def month(request: HttpRequest) -> HttpResponse:
    """Show the month in numbers."""
    found, first, commune, among = _asked(request)
    context = {
        "month": office_papers.month(found, first), "value": f"{first:%Y-%m}", "commune": commune, "communes": among,
        "heads": office_papers.heads(),
    }  # fmt: skip
    return render(request, "opinions/office/month.html", context)


@requires(*COUNTERS)
@require_GET
@never_cache
def month_sheet(request: HttpRequest) -> HttpResponse:
    """Return the month in numbers as a PDF."""
    found, first, commune, among = _asked(request)
    if not among:
        raise NotFound("")
    name = commune.full_name if commune else ", ".join(unit.display_name for unit in among)
    made = office_papers.month_sheet(office_papers.month(found, first), name, at=clock.now())
    return stored(made, "application/pdf", name=f"gop-y-thang-{first:%Y-%m}.pdf")
