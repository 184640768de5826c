"""A silent call for help, on the page of the leader or deputy whom a step has told: never a telephone of the calling house."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from liengia.alarms import policies, services
from liengia.alarms.capabilities import CONSOLE
from liengia.alarms.console_words import target_words
from liengia.alarms.models import Incident, IncidentState, IncidentStep
from liengia.alarms.views.leader import me
from liengia.core.actor import Actor
from liengia.core.errors import NotFound, Refused
from liengia.people import policies as people
from liengia.people.policies import signed_in
from liengia.people.queries import emergency_numbers, posts_of


def _call(request: HttpRequest, public_id: str) -> Incident:
    incident = policies.silent_calls(me(request)).filter(public_id=public_id).first()
    if incident is None:
        raise NotFound("")
    return incident


def lead_on(request: HttpRequest, public_id: str) -> HttpResponse:
    """Lead whom a message told of a silent call to their page of it: the desk's, the leader's, or the leader's group once it has ended.

    Raises:
        NotFound: no silent call, or not for this reader.
    """
    user = me(request)
    call = policies.visible_incidents(user).filter(public_id=public_id, is_silent=True).first()
    if call is not None:
        return redirect("alarms:console_incident" if people.can(user, CONSOLE, call.group.unit) else "alarms:silent_call", public_id)
    ended = policies.ended_silent_call(user, public_id)
    if ended is None:
        raise NotFound("")
    if ended.joined_into is not None:
        return redirect("alarms:alarm", ended.joined_into.public_id)
    messages.info(request, _("That call has ended. Still telephone nobody there about it."))
    return redirect("alarms:leader_group", ended.group.public_id)


def _told(incident: Incident) -> list[tuple[IncidentStep, str, str]]:
    """Return the steps that ran, whom each tells, and whom it found."""
    ran = IncidentStep.objects.filter(incident=incident).exclude(ran_at=None).order_by("ran_at", "order")
    return [(step, target_words(step.target), ", ".join(str(one["name"]) for one in step.reached)) for step in ran]


@signed_in
@never_cache
def silent_call(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show where help is needed and who knows; take it on, where nobody is at a duty post."""
    incident, user = _call(request, public_id), me(request)
    may_take = incident.state == IncidentState.RINGING and policies.may(user, "acknowledge", incident)
    if request.method == "POST" and may_take:
        try:
            services.acknowledge_incident(incident, actor=Actor.of(user))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("alarms:silent_call", public_id)
    context = {
        "incident": incident, "told": _told(incident), "may_take": may_take, "may_end": policies.may(user, "resolve", incident),
        "numbers": emergency_numbers(incident.group.unit), "posts": posts_of(incident.group.unit),
        "late": incident.presses.filter(is_stale=True).order_by("received_at", "pk").first(),
    }  # fmt: skip
    return render(request, "alarms/leader/silent_call.html", context)
