"""The leader's pages: the group at a glance, its houses, its rules, the telephone tree of an open alarm.

A group that the reader neither leads nor manages does not exist for them: every view begins at `policies.get_group`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from liengia.alarms import policies, queries, services
from liengia.alarms.capabilities import MANAGE_DEVICES
from liengia.alarms.forms import GroupForm, NewHouseForm, ToldForm
from liengia.alarms.models import GroupHousehold, Incident, NeighbourGroup
from liengia.alarms.views.leader_screens import group_screen
from liengia.alarms.views.resident_screens import live_position
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, NotFound
from liengia.core.sending import SentFile
from liengia.people import policies as people
from liengia.people import services as people_services
from liengia.people.models import Household, User
from liengia.people.policies import signed_in
from liengia.people.services.households import PhoneLine


def me(request: HttpRequest) -> User:
    """Return the reader."""
    if not isinstance(request.user, User):
        raise NotFound("")
    return request.user


def group_of(request: HttpRequest, public_id: str) -> NeighbourGroup:
    """Return a group of the reader's, or say that it does not exist."""
    return policies.get_group(me(request), public_id)


def shown(request: HttpRequest, group: NeighbourGroup, tab: str, template: str, **more: Any) -> HttpResponse:
    """Render a page of a group with its head and tabs."""
    may_mint = people.can(me(request), MANAGE_DEVICES, group.unit)
    screen = more.pop("screen", None) or group_screen(group)
    calls = policies.silent_calls(me(request)).filter(group=group)
    context = {"screen": screen, "group": group, "tab": tab, "may_mint": may_mint, "silent_calls": calls, **more}
    context.setdefault("position", live_position())
    return render(request, f"alarms/leader/{template}.html", context)


@signed_in
@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Go to the one group that the reader leads, or list the several that they look after."""
    led = list(policies.led_groups(me(request)))
    if len(led) == 1:
        return redirect("alarms:leader_group", led[0].public_id)
    groups = led or list(policies.managed_groups(me(request)).order_by("unit", "number"))
    if not groups:
        raise NotFound("")
    return render(request, "alarms/leader/groups.html", {"groups": groups})


@signed_in
@never_cache
@require_GET
def group(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the group at a glance: what needs doing, its houses, its devices, the last drill, its papers."""
    return shown(request, group_of(request, public_id), "group", "group")


@signed_in
@never_cache
@require_GET
def houses(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the houses; those not known to hear stand on top."""
    return shown(request, group_of(request, public_id), "houses", "houses")


@signed_in
@never_cache
def add_house(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a house into the group: one of the hamlet, or a new one."""
    found = group_of(request, public_id)
    form = NewHouseForm(request.POST or None, group=found)
    if request.method == "POST" and form.is_valid():
        try:
            place = _take_in(found, form.cleaned_data, Actor.of(me(request)))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(house)s is in the group now. Print its card to invite it.") % {"house": place.household.house_label})
            return redirect("alarms:leader_houses", public_id)
    return shown(request, found, "houses", "add_house", form=form)


def _take_in(group: NeighbourGroup, data: dict[str, Any], actor: Actor) -> GroupHousehold:
    household = data["known"] or people_services.make_household(
        actor=actor,
        hamlet=group.unit,
        address_label=data["address_label"],
        house_label=data["house_label"],
        head_name=data["head_name"],
        phones=[PhoneLine(data["phone"])] if data["phone"] else [],
    )
    return services.add_household(group, household=household, seat=data["seat"], actor=actor)


@signed_in
@never_cache
def remove_house(request: HttpRequest, public_id: str, household: str) -> HttpResponse:
    """Ask, then take a house out of the group."""
    found = group_of(request, public_id)
    place = get_object_or_404(
        GroupHousehold.objects.active().select_related("household"), group=found, household__public_id=household
    )
    if request.method == "POST":
        services.remove_household(found, household=place.household, actor=Actor.of(me(request)))
        messages.success(request, _("%(house)s is no longer in the group.") % {"house": place.household.house_label})
        return redirect("alarms:leader_houses", public_id)
    return shown(request, found, "houses", "remove_house", place=place)


@signed_in
@never_cache
def rules(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show and change what is written of the group: leader, assembly point, decision, rules."""
    found = group_of(request, public_id)
    form = GroupForm(request.POST or None, request.FILES or None, instance=found)
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        fresh = policies.get_group(me(request), public_id)
        services.change_group(fresh, changes=changes, actor=Actor.of(me(request)))
        messages.success(request, _("Saved. Print the group's sheet anew, so that the paper says the same."))
        return redirect("alarms:leader_rules", public_id)
    return shown(request, found, "rules", "rules", form=form)


@signed_in
@never_cache
@require_GET
def decision(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Hand out the founding decision's file."""
    found = group_of(request, public_id)
    if not found.decision_file:
        raise NotFound("")
    kind = str(found.decision_file.name).rsplit(".", 1)[-1].lower()
    name = f"quyet-dinh-{found.public_id}.{kind}"
    return SentFile(found.decision_file.open("rb"), as_attachment=True, filename=name)


def _open_incident(request: HttpRequest, group: NeighbourGroup) -> Incident:
    visible = policies.visible_incidents(me(request)).filter(group=group, is_silent=False)
    incident = visible.filter(state__in=("ringing", "acknowledged")).order_by("-mode", "-opened_at").first()
    if incident is None or not policies.may(me(request), "answer_for_others", incident):
        raise NotFound(_("No alarm of this group is open."))
    return incident


@signed_in
@never_cache
def calls(request: HttpRequest, public_id: str) -> HttpResponse:
    """Go through the telephone tree of an open alarm and tick what each house says."""
    found = group_of(request, public_id)
    incident = _open_incident(request, found)
    form = ToldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        household = _house_of(found, form.cleaned_data["household"])
        services.answer_incident(
            incident, household=household, kind=form.cleaned_data["kind"], note=form.cleaned_data["note"], actor=Actor.of(me(request))
        )
        messages.success(request, _("Written down: %(house)s.") % {"house": household.house_label})
        return redirect("alarms:leader_calls", public_id)
    return shown(request, found, "group", "calls", incident=incident, summary=queries.incident_summary(incident), position=live_position())


def _house_of(group: NeighbourGroup, public_id: str) -> Household:
    place = get_object_or_404(
        GroupHousehold.objects.active().select_related("household"), group=group, household__public_id=public_id
    )
    return place.household


