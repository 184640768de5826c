"""Drills and bell tests: planned, started after a second confirmation, followed, ended, compared."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from liengia.alarms import queries, services
from liengia.alarms.forms import DrillForm, NoteForm, StartForm
from liengia.alarms.leader_words import score_rows
from liengia.alarms.models import Device, Drill, NeighbourGroup
from liengia.alarms.views.leader import group_of, me, shown
from liengia.alarms.views.resident_screens import live_position
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.people.models import Household
from liengia.people.policies import signed_in


def _drill(group: NeighbourGroup, pk: int) -> Drill:
    return get_object_or_404(Drill.objects.select_related("household", "incident__group__unit", "group"), group=group, pk=pk)


@signed_in
@never_cache
def drills(request: HttpRequest, public_id: str) -> HttpResponse:
    """List the drills with their figures, and plan one."""
    group = group_of(request, public_id)
    form = DrillForm(request.POST or None, group=group, initial={"planned_at": clock.local(clock.now()).replace(second=0, microsecond=0)})
    if request.method == "POST" and form.is_valid():
        try:
            planned = services.plan_drill(group, actor=Actor.of(me(request)), **form.cleaned_data)
        except DomainError as error:
            form.add_error("planned_at" if getattr(error, "detail_code", "") == "planned_at" else None, str(error))
        else:
            messages.success(request, _("The drill is planned. Nothing rings before you start it yourself."))
            return redirect("alarms:leader_drill", public_id, planned.pk)
    return shown(request, group, "drills", "drills", form=form)


@signed_in
@never_cache
def drill(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Show one drill: before it, while it runs, or what it showed."""
    group = group_of(request, public_id)
    found = _drill(group, pk)
    return shown(request, group, "drills", "drill", drill=found, **_results(found))


def _results(drill: Drill) -> dict[str, Any]:
    """Return what a drill shows: live counts while it runs, the score by house and bell afterwards."""
    if drill.incident is None:
        return {"start_form": StartForm()}
    summary = queries.incident_summary(drill.incident)
    before = Drill.objects.filter(group=drill.group, ended_at__lt=drill.started_at).order_by("-ended_at").first()
    unconfirmed = set((drill.score or {}).get("unconfirmed", []))
    return {
        "summary": summary,
        "position": live_position(),
        "scores": score_rows(drill, before),
        "before": before,
        "answered": set((drill.score or {}).get("answered_households", [])),
        "silent": list(Device.objects.filter(public_id__in=unconfirmed).select_related("household")),
        "unanswered": _unanswered(drill, summary),
        "note_form": NoteForm(initial={"note": drill.note}),
    }


def _unanswered(drill: Drill, summary: queries.Summary) -> list[Household]:
    """Return the houses not heard from; after the end the kept score says which, since answers go after 30 days."""
    if drill.ended_at is None:
        return [house.household for house in summary.unanswered]
    answered = set((drill.score or {}).get("answered_households", []))
    return [house.household for house in summary.houses if house.household.pk not in answered]


@signed_in
@require_POST
def start(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Start a planned drill, once the reader has ticked that they know what it does."""
    group = group_of(request, public_id)
    found = _drill(group, pk)
    form = StartForm(request.POST)
    if not form.is_valid():
        return shown(request, group, "drills", "drill", drill=found, start_form=form)
    services.start_drill(found, actor=Actor.of(me(request)))
    messages.success(request, _("The drill has begun. Every screen and every bell says that it is a drill."))
    return redirect("alarms:leader_drill", public_id, pk)


@signed_in
@require_POST
def end(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """End a drill, or write afterwards what was learnt."""
    group = group_of(request, public_id)
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    services.end_drill(_drill(group, pk), note=note, actor=Actor.of(me(request)))
    messages.success(request, _("Kept. The result stands below."))
    return redirect("alarms:leader_drill", public_id, pk)


@signed_in
@require_POST
def cancel(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Cancel a drill that was not started."""
    group = group_of(request, public_id)
    services.cancel_drill(_drill(group, pk), actor=Actor.of(me(request)))
    messages.success(request, _("The drill was cancelled."))
    return redirect("alarms:leader_drills", public_id)


@signed_in
@never_cache
def bell_test(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask, then test all bells of the group."""
    group = group_of(request, public_id)
    if request.method == "POST":
        services.test_bell(group, actor=Actor.of(me(request)))
        messages.success(request, _("The bells were told to sound. The list shows which said that they rang."))
        return redirect("alarms:leader_devices", public_id)
    return shown(request, group, "devices", "bell_test")
