"""The live order of this room: lines of timelines, sent to those who may see them.

Keys of an audience: `group:` members and leaders, `desk:` duty posts, `unit:` hamlet heads and security teams,
`user:` a leader whom a step names or somebody whom a drill invites, `duty:` others whom a step names: this and `desk:` are heard
only by whoever has given the second factor that their office asks for. A line for the duty post alone goes to `desk:`, and to those
whom a step of a silent call has named. Where somebody of the desk lives in the house that called silently, the line goes to
all others of the desk by `duty:`, since nobody of that house may learn of it (as in `policies.visible_incidents`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase

from liengia.alarms import own_house, policies
from liengia.alarms.capabilities import CONSOLE
from liengia.alarms.models import (
    DrillInvitation,
    EventKind,
    GroupRing,
    IncidentEvent,
    IncidentStep,
    Mode,
)
from liengia.alarms.services.states import label
from liengia.core import live
from liengia.core.live import Message, Positioned
from liengia.people import policies as people
from liengia.people.models import User
from liengia.units.models import Unit


def describe(rows: list[Positioned]) -> Iterable[Message]:
    """Turn lines into messages: little data, since pages read the rest themselves."""
    events = IncidentEvent.objects.filter(pk__in=[row.pk for row in rows]).select_related(
        "incident__household", "group__unit__parent__parent__parent"
    )
    by_key = {event.pk: event for event in events}
    incidents = {event.incident_id for event in by_key.values() if event.incident_id}
    rung: dict[int, list[int]] = {}
    for incident, group in GroupRing.objects.filter(incident__in=incidents).values_list("incident_id", "group_id"):
        rung.setdefault(incident, []).append(group)
    invited: dict[int, list[int]] = {}
    for incident, user in DrillInvitation.objects.filter(drill__incident__in=incidents).values_list(
        "drill__incident_id", "user_id"
    ):
        invited.setdefault(incident, []).append(user)
    told, kept_from = _told_silently(incidents), own_house.people_of(incidents)
    for row in rows:
        event = by_key.get(row.pk)
        if event is not None:
            yield _message(event, rung, invited, told, kept_from.get(event.incident_id or 0, set()))


def _told_silently(incidents: set[int]) -> dict[int, set[int]]:
    """Return whom steps have told of silent calls, so that they hear how it goes on."""
    steps = IncidentStep.objects.filter(incident__in=incidents, incident__is_silent=True).exclude(ran_at=None)
    found: dict[int, set[int]] = {}
    for incident, reached in steps.values_list("incident_id", "reached"):
        found.setdefault(incident, set()).update(one["user"] for one in reached if "user" in one)
    return found


def _desk(places: list[Unit], kept_from: set[int]) -> set[str]:
    """Return the keys of the desks of units, without those from whom a silent call is kept."""
    at_desk: set[int] = set()
    if kept_from:
        at_desk.update(people.holders(CONSOLE, places[0]).values_list("pk", flat=True))
        at_desk.update(User.objects.filter(is_superuser=True, is_active=True).values_list("pk", flat=True))
    if at_desk & kept_from:
        return {f"duty:{key}" for key in at_desk - kept_from}
    return {f"desk:{unit.pk}" for unit in places}


def _message(
    event: IncidentEvent, rung: dict[int, list[int]], invited: dict[int, list[int]], told: dict[int, set[int]], kept_from: set[int]
) -> Message:
    incident, group = event.incident, event.group
    places = [group.unit, *group.unit.ancestors()]
    keys = _desk(places, kept_from)
    if not event.is_for_duty_only:
        keys.add(f"group:{group.pk}")
        keys |= {f"unit:{unit.pk}" for unit in places}
        if incident is not None:
            keys |= {f"group:{key}" for key in rung.get(incident.pk, ()) if incident.mode == Mode.REAL}
            keys |= {f"user:{key}" for key in invited.get(incident.pk, ())}
    users = event.data.get("users") if event.kind in (EventKind.STEP_RAN, EventKind.REMINDED) else None
    leaders = (group.leader_id, group.deputy_id)
    named = {*(users or ()), *told.get(event.incident_id or 0, ())} - kept_from
    keys |= {f"user:{key}" if key in leaders else f"duty:{key}" for key in named}
    data: dict[str, object] = {
        "position": event.position,
        "group": group.public_id,
        "incident": None,
        "at": event.at.isoformat(),
        "duty_only": event.is_for_duty_only,
    }
    if incident is not None:
        data |= {
            "incident": incident.public_id,
            "incident_kind": incident.kind,
            "mode": incident.mode,
            "state": incident.state,
            "sounding": incident.is_sounding and incident.is_open,
            "silent": incident.is_silent,
            "label": label(incident),
        }
    if users:
        data["called"] = list(users)
    return Message(event.position or 0, event.kind, frozenset(keys), data)


def marks(users: Collection[int]) -> dict[int, object]:
    """Return what open streams hang on: each user's rights, and the groups that their houses are in."""
    homes: dict[int, set[int]] = {}
    for user, group in policies.homes_of(users):
        homes.setdefault(user, set()).add(group)
    return {user: (rights, frozenset(homes.get(user, ()))) for user, rights in people.fingerprints(users).items()}


FEED = live.register(live.Feed("alarms", IncidentEvent, describe, marks))


@people.signed_in
async def stream(request: HttpRequest) -> HttpResponseBase:
    """Answer with the live order, for whatever the signed-in user may see; rights are looked at every 30 s."""
    user = await request.auser()
    return live.stream(request, feed=FEED, listener=await sync_to_async(listener)(user))


def listener(user: policies.AnyUser) -> live.Listener:
    """Return who listens, to what; the mark is read first, so that a change in between closes the stream."""
    key = user.pk or 0
    mark = marks([key]).get(key)
    return live.Listener(key, policies.audience_of(user), mark)
