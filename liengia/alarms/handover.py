"""What this room gives to the handover of a shift: open incidents, and the log of what happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from liengia.alarms import own_house
from liengia.alarms.models import EventKind, Incident, IncidentEvent
from liengia.alarms.services.states import label
from liengia.alarms.services.timeline import add_event
from liengia.core import rooms
from liengia.core.actor import Actor
from liengia.people import handover
from liengia.people.handover import LogLine, OpenItem
from liengia.people.models import DutyPost
from liengia.units.models import Unit

_LOGGED = (
    EventKind.OPENED, EventKind.RANG_AGAIN, EventKind.ACKNOWLEDGED, EventKind.QUIETED, EventKind.CALLED,
    EventKind.RESOLVED, EventKind.DISMISSED, EventKind.DRILL_ENDED, EventKind.JOINED,
)  # fmt: skip


def open_incidents(post: DutyPost, at: datetime) -> Iterable[OpenItem]:
    """Give the open incidents of the post's units, while their commune keeps this room on."""
    if not rooms.is_on("alarms", post.unit):
        return
    below = Unit.objects.below(post.unit.current())
    incidents = Incident.objects.open().filter(group__unit__in=below, opened_at__lte=at)
    for incident in incidents.select_related("group", "household").order_by("opened_at"):
        yield OpenItem(
            kind="incident",
            label=f"{label(incident)} · {incident.group.name}",
            since=incident.opened_at,
            url=_url(incident.public_id),
            state=str(incident.get_state_display()),
        )


def sign_over(post: DutyPost, actor: Actor, at: datetime) -> None:
    """Write into each open incident of the post that somebody has signed for it."""
    if not rooms.is_on("alarms", post.unit):
        return
    below = Unit.objects.below(post.unit.current())
    found = Incident.objects.open().filter(group__unit__in=below, opened_at__lte=at)
    if actor.user_id is not None:
        found = found.exclude(pk__in=own_house.calls_of(actor.user_id))  # not on the page that was signed
    for incident in found.select_related("group__unit").order_by("pk"):
        add_event(incident, EventKind.HANDED_OVER, at=at, actor=actor)


def log_lines(post: DutyPost, start: datetime, end: datetime) -> Iterable[LogLine]:
    """Give what happened in the post's units in a span, while their commune keeps this room on."""
    if not rooms.is_on("alarms", post.unit):
        return
    below = Unit.objects.below(post.unit.current())
    events = IncidentEvent.objects.filter(
        incident__group__unit__in=below, kind__in=_LOGGED, at__gte=start, at__lt=end
    ).select_related("incident__household", "group")
    for event in events.order_by("at"):
        if event.incident is not None:
            who = f" ({event.actor_label})" if event.actor_label else ""
            said = f"{event.get_kind_display()}: {label(event.incident)} · {event.group.name}{who}"
            yield LogLine(event.at, said, _url(event.incident.public_id))


def hidden_from(user: int) -> set[str]:
    """Give the paths of silent calls of the user's own house."""
    return {_url(key) for key in own_house.calls_of(user).values_list("public_id", flat=True)}


def _url(public_id: str) -> str:
    return reverse("alarms:console_incident", args=[public_id])


def register_all() -> None:
    """Register all four; called from `AppConfig.ready`."""
    handover.register(open_incidents)
    handover.register_signed(sign_over)
    handover.register_log(log_lines)
    handover.register_hidden(hidden_from)
