"""The end of a real alarm in a commune with nobody at a duty post: by the leader, the deputy or the hamlet's head."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from liengia.alarms import policies, services
from liengia.alarms.forms import EndForm
from liengia.alarms.models import Incident
from liengia.alarms.views.leader import me
from liengia.core.actor import Actor
from liengia.core.errors import NotFound, Refused
from liengia.people.policies import signed_in


def _incident(request: HttpRequest, public_id: str) -> Incident:
    incident = policies.get_incident(me(request), public_id)
    if not incident.is_open or not policies.may(me(request), "resolve", incident):
        raise NotFound("")
    return incident


@signed_in
@never_cache
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask how it ended, then end it; a refusal is said in its own words and changes nothing."""
    incident = _incident(request, public_id)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.end_without_desk(incident, **form.cleaned_data, actor=Actor.of(me(request)))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            if not incident.is_silent:
                messages.success(request, _("The alarm has ended, and the houses are told."))
        return redirect("alarms:leader_home") if incident.is_silent else redirect("alarms:alarm", public_id)
    return render(request, "alarms/resident/end_alarm.html", {"form": form, "incident": incident})
