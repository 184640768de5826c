"""Reports in the back office: begin, write between the numbers, count anew, publish, correct."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.core.reporting import Period
from liengia.papers.capabilities import DRAFT
from liengia.people import policies as people
from liengia.people.models import User
from liengia.people.policies import requires
from liengia.reports import official, papers, policies, screens, services
from liengia.reports.capabilities import PUBLISH, WRITE
from liengia.reports.forms import BeginForm, ErratumForm, TextForm
from liengia.reports.models import Report
from liengia.reports.views import public

_ISO: Final = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|30|31)", re.ASCII)
_LEVELS: Final = ("province", "district", "commune", "hamlet")
TYPES = {"bao-cao": papers.as_pdf, "doc-truoc-dan": papers.as_sheet}


def me(request: HttpRequest) -> Actor:
    """Return who acts."""
    assert isinstance(request.user, User)
    return Actor.of(request.user)


def kept(form: Any, work: Any) -> Any:
    """Do the work, or put what the domain refuses beside its field: what was typed stays."""
    try:
        return work()
    except DomainError as error:
        field = str(error.data.get("field", ""))
        known = form.name_of(field) if hasattr(form, "name_of") else field
        form.add_error(known if known in form.fields else None, str(error))
        return None


@requires(WRITE)
@never_cache
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """List the reports of the user's units, drafts first."""
    rows = sorted(policies.reports_of(request.user)[:300], key=lambda one: (one.state != "draft", -one.last_on.toordinal()))
    return render(request, "reports/office/reports.html", {"rows": rows})


@requires(WRITE)
@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a report; the period that is due stands ready once the unit is known."""
    units, day = policies.units_of(request.user), _day_of(request)
    standing = units.at(day)
    form = BeginForm(units, request.POST or None, initial=_due(request, standing, day))
    if form.is_valid():
        data = form.cleaned_data
        report = kept(form, lambda: services.begin_report(data["unit"], Period(data["first_on"], data["last_on"]), title=data["title"], actor=me(request)))
        if report is not None:
            return redirect("reports_office_report", report.public_id)
    # The service says in words when a unit does not stand on the last day; offered are only those that do.
    form.fields["unit"].queryset = standing  # type: ignore[attr-defined]
    return render(request, "reports/office/begin.html", {"form": form, "day": day, "is_past": day < clock.today()})


def _day_of(request: HttpRequest) -> date:
    """Return the day on which the report's unit is to stand: the period's last, today when none was asked for."""
    asked = _parsed(request.POST.get("last_on", "") or request.GET.get("den", ""))
    return min(asked, clock.today()) if asked is not None else clock.today()


@requires(WRITE)
@never_cache
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a draft with the editor's words, or a published report with its errata."""
    row = _one(request, public_id)
    form = TextForm(row, request.POST or None)
    if row.state == "draft" and form.is_valid() and _words_kept(request, row, form):
        messages.success(request, _("Kept. Nobody else sees the draft; read it as a PDF before you publish it."))
        return redirect("reports_office_report", row.public_id)
    return _shown(request, row, form=form, status=422 if request.method == "POST" else 200)


def _words_kept(request: HttpRequest, row: Report, form: TextForm) -> bool:
    """Keep the words; where another's are kept meanwhile, those come beside, so that the next press is made knowing them."""
    done = kept(form, lambda: services.change_report(row, form.text(), revision=form.cleaned_data["revision"], actor=me(request)))
    if done is None:
        form.lay_beside(Report.objects.get(pk=row.pk))
    return done is not None


@requires(WRITE)
@never_cache
@require_GET
def figure(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Show the records behind a number of a report of the user's units, a draft too."""
    return public.traced(request, _one(request, public_id), code)


@requires(WRITE)
@require_POST
def recount(request: HttpRequest, public_id: str) -> HttpResponse:
    """Count a draft anew."""
    row = _one(request, public_id)
    try:
        services.recount(row, actor=me(request))
        messages.success(request, _("Counted anew from the records; your words are as they were."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("reports_office_report", row.public_id)


@requires(WRITE)
@require_POST
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """Throw a draft away."""
    row = _one(request, public_id)
    try:
        services.discard_report(row, actor=me(request))
        messages.success(request, _("The draft is thrown away."))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("reports_office_report", row.public_id)
    return redirect("reports_office")


def _whole(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _instant(said: str) -> datetime | None:
    try:
        found = parse_datetime(said)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


@requires(PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask once more, then freeze a report and show it to everybody; whoever opens the address of the question goes back to the report."""
    row = _publishable(request, public_id)
    if request.method != "POST":
        return redirect("reports_office_report", row.public_id)
    if row.state == "draft" and "sure" not in request.POST:
        return _asked_again(request, row)
    try:
        services.publish_report(row, revision=_whole(request.POST.get("revision", "")), drawn_at=_instant(request.POST.get("drawn_at", "")), actor=me(request))
        messages.success(request, _("Published. What it says stays as it is from now on; a mistake is mended by a visible correction."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("reports_office_report", row.public_id)


def _asked_again(request: HttpRequest, row: Report) -> HttpResponse:
    """Show what publishing does and what would stand on top, with the words and numbers that were read."""
    main = screens.main_figures(screens.sections(papers.said_of(row)))
    return render(request, "reports/office/publish.html", {"report": row, "main": main, "read": {name: request.POST.get(name, "") for name in ("revision", "drawn_at")}})


@requires(DRAFT)
@require_POST
def paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """Draft the official paper of a published report."""
    row = _one(request, public_id)
    try:
        made = official.draft_results(row, actor=me(request))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("reports_office_report", row.public_id)
    messages.success(request, _("Drafted from the frozen figures. Read it, write who signs, then issue it."))
    return redirect("papers_office_paper", made.public_id)


@requires(PUBLISH)
@require_POST
def correct(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a visible correction under a published report."""
    row = _publishable(request, public_id)
    form = ErratumForm(row, request.POST)
    if not form.is_valid() or not kept(form, lambda: services.correct_report(row, section=form.cleaned_data["section"], words=form.cleaned_data["words"], actor=me(request))):
        return _shown(request, row, erratum=form, status=422)
    messages.success(request, _("The correction stands under the report for everybody."))
    return redirect("reports_office_report", row.public_id)


@requires(WRITE)
@never_cache
@require_GET
def file(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """Return a draft or a published report as PDF or as the sheet to be read aloud."""
    row = _one(request, public_id)
    if name not in TYPES:
        raise Http404
    answer = HttpResponse(TYPES[name](row), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}-{row.public_id}.pdf"'
    return answer


def _one(request: HttpRequest, public_id: str) -> Report:
    return get_object_or_404(policies.reports_of(request.user), public_id=public_id)


def _publishable(request: HttpRequest, public_id: str) -> Report:
    row = _one(request, public_id)
    if not policies.may_publish(request.user, row):
        raise Http404
    return row


def _parsed(text: str) -> date | None:
    try:
        return parse_date(text) if _ISO.fullmatch(text) else None
    except ValueError:
        return None


def _highest(units: Any) -> Any:
    """Return the one unit that stands above all others of a writer, if there is one."""
    found = next((found for level in _LEVELS if (found := list(units.filter(level=level)[:2]))), [])
    return found[0] if len(found) == 1 else None


def _due(request: HttpRequest, units: Any, day: date) -> dict[str, Any]:
    """Return the period that is due for the unit that was asked for, or the one that stands above the others; of one that has ended its last day."""
    key = request.GET.get("don-vi", "")
    chosen = units.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    chosen = chosen or _highest(units)
    ends = {"last_on": day} if day < clock.today() else {}
    if chosen is None:
        return ends
    period = services.usual_period(chosen)
    return {"unit": chosen, "first_on": period.first, "last_on": period.last, **ends}


def _shown(request: HttpRequest, row: Report, *, form: Any = None, erratum: Any = None, status: int = 200) -> HttpResponse:
    said = papers.said_of(row)
    context = {
        "report": row, "said": said, "sections": screens.sections(said), "left_out": screens.left_out(said), "form": form or TextForm(row), "erratum": erratum or ErratumForm(row),
        "may_publish": policies.may_publish(request.user, row), "errata": list(row.errata.all()), "papers": official.papers_of(row), "may_draft": people.can(request.user, DRAFT, row.unit),
    }  # fmt: skip
    return render(request, "reports/office/report.html", context, status=status)
