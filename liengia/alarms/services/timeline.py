"""One line of the timeline, and the poke that shows it; the services of this room write through here."""

from __future__ import annotations

from datetime import datetime

from liengia.alarms.models import Device, EventKind, Incident, IncidentEvent, NeighbourGroup
from liengia.core import live
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.people.models import Household

LIVE = "live.alarms"
STATES = "alarms.states"
STATES_SOON = "alarms.states_soon"
STEPS = "alarms.steps"
EVENTS = "alarms.events"


def build_event(
    kind: EventKind,
    *,
    group: NeighbourGroup,
    at: datetime,
    actor: Actor,
    incident: Incident | None = None,
    household: Household | None = None,
    device: Device | None = None,
    data: dict[str, object] | None = None,
) -> IncidentEvent:
    """Return an unsaved line; a silent incident's lines are for the duty post alone."""
    return IncidentEvent(
        incident=incident,
        group=group,
        kind=kind,
        at=at,
        actor_kind=str(actor.kind),
        actor_id=actor.id[:20],
        actor_label=actor.label[:120],
        household=household,
        device=device,
        is_for_duty_only=incident is not None and incident.is_silent,
        data=data or {},
    )


def add_event(
    incident: Incident,
    kind: EventKind,
    *,
    at: datetime,
    actor: Actor,
    household: Household | None = None,
    device: Device | None = None,
    data: dict[str, object] | None = None,
) -> IncidentEvent:
    """Write a line in the caller's transaction and poke after its commit."""
    event = build_event(
        kind, group=incident.group, at=at, actor=actor, incident=incident, household=household, device=device, data=data
    )
    event.save(force_insert=True)
    get_bus().poke(EVENTS)
    return event


def number_lines() -> None:
    """Give positions to the lines of the caller's transaction, as its last write, and poke the live pages after it.

    The lock of the order is held until the commit, so that positions are seen in their order.
    """
    live.sequence(IncidentEvent)
    get_bus().poke(LIVE)


def number_events() -> None:
    """Give positions to the lines that were just committed, and poke the live pages."""
    if live.sequence(IncidentEvent):
        get_bus().poke_now(LIVE)
