"""What happened: the history with its filters, and one incident's record with the proof of each step."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import get_current_timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from liengia.alarms.console_words import KIND_ICONS, MODE_ICONS, MODE_TONES
from liengia.alarms.models import EmergencyCall, Incident
from liengia.alarms.reach import unreached
from liengia.alarms.views.console_cards import desk_incident, desk_incidents
from liengia.alarms.views.console_detail import detail
from liengia.alarms.views.console_forms import HistoryFilter
from liengia.alarms.views.console_proofs import proofs, replay
from liengia.core.text import fold
from liengia.people.policies import requires

PAGE: Final = 25


def filtered(incidents: QuerySet[Incident], wanted: dict[str, Any]) -> QuerySet[Incident]:
    """Return the incidents that a filter asks for; days are local ones, both included."""
    if wanted.get("since"):
        incidents = incidents.filter(opened_at__gte=_midnight(wanted["since"]))
    if wanted.get("until"):
        incidents = incidents.filter(opened_at__lt=_midnight(wanted["until"] + timedelta(days=1)))
    for name in ("mode", "kind", "state"):
        if wanted.get(name):
            incidents = incidents.filter(**{name: wanted[name]})
    if words := str(wanted.get("place") or "").strip():
        incidents = incidents.filter(
            Q(group__unit__folded_all__contains=fold(words)) | Q(group__name__icontains=words)
        )
    return incidents


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time.min, tzinfo=get_current_timezone())


def listed(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    """Return incidents with what a row shows: whether somebody called, how many sirens were heard."""
    return incidents.annotate(
        was_called=Exists(EmergencyCall.objects.filter(incident=OuterRef("pk"))),
        sirens_heard=Count("soundings", distinct=True),
    ).order_by("-opened_at")


@require_GET
@never_cache
@requires("alarms.console")
def history(request: HttpRequest) -> HttpResponse:
    """List the incidents of the desk, the newest first."""
    form = HistoryFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = listed(filtered(desk_incidents(request.user), wanted))  # type: ignore[arg-type]
    page = Paginator(rows, PAGE).get_page(request.GET.get("trang"))
    context = {"form": form, "page": page, "tones": MODE_TONES, "icons": MODE_ICONS, "kind_icons": KIND_ICONS}
    return render(request, "alarms/console/history.html", context)


@require_GET
@never_cache
@requires("alarms.console")
def record(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one incident, open or ended: what happened, every step's proof, the sirens, the replay."""
    incident = desk_incident(request.user, public_id)  # type: ignore[arg-type]
    if incident.joined_into is not None:
        return redirect("alarms:console_incident", incident.joined_into.public_id)
    shown = detail(request.user, incident)  # type: ignore[arg-type]
    moments = replay(incident, shown.summary)
    span = max(moments[-1].after_s if moments else 0, 1)
    context = {
        "detail": shown,
        "proofs": proofs(shown.summary), "moments": moments,
        "span_s": round(span),
        "unreached": unreached(shown.summary),
        "paper_url": _paper_url(incident),
        "soundings": incident.soundings.select_related("device__household").order_by("first_at"),
    }
    return render(request, "alarms/console/record.html", context)


def _paper_url(incident: Incident) -> str:
    """Return the address of the report on paper; empty while that page is not there."""
    try:
        return reverse("alarms:incident_paper", args=[incident.public_id])
    except NoReverseMatch:
        return ""
