"""Papers as PDF: the group's sheet, its invitation cards, the report of an incident."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from liengia.alarms import papers, policies
from liengia.alarms.models import GroupHousehold, Incident
from liengia.alarms.views.leader import group_of, me
from liengia.core.actor import Actor
from liengia.core.errors import NotFound
from liengia.people import services as people_services
from liengia.people.policies import signed_in


def pdf_response(body: bytes, name: str) -> HttpResponse:
    """Return a PDF that opens in the browser, under a plain name, and is kept by no cache."""
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@signed_in
@never_cache
@require_GET
def sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Print the group's sheet."""
    group = group_of(request, public_id)
    return pdf_response(papers.group_sheets([group]), papers.file_name(f"phieu {group.name}"))


@signed_in
@require_POST
def cards(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make and print one invitation card for every house of the group."""
    group = group_of(request, public_id)
    actor = Actor.of(me(request))
    places = GroupHousehold.objects.active().filter(group=group).select_related("household__hamlet").order_by("seat")
    issued = [people_services.invite_household(place.household, actor=actor) for place in places if place.household.is_active]
    return pdf_response(papers.invitation_cards(group, issued), papers.file_name(f"the moi {group.name}"))


@signed_in
@never_cache
@require_GET
def incident(request: HttpRequest, public_id: str) -> HttpResponse:
    """Print the report of an incident: for the duty post always, for the group's leaders once it has ended."""
    found = policies.visible_incidents(me(request)).filter(public_id=public_id).first() or _led(request, public_id)
    if found is None or not policies.may(me(request), "note", found):
        raise NotFound("")
    return pdf_response(papers.incident_report(found), papers.file_name(f"bao cao {found.public_id}"))


def _led(request: HttpRequest, public_id: str) -> Incident | None:
    groups = policies.led_groups(me(request))
    led = Incident.objects.filter(public_id=public_id, group__in=groups, is_silent=False)
    return led.select_related("group__unit__parent__parent__parent", "household", "acknowledged_by", "ended_by").first()
