"""Drills and bell tests: the same path as a real alarm, and unmistakably not one.

A drill is an incident of mode `drill`, raised by the server's own press on the group's topic, so that sirens,
pages and people take the way that they would take. It can never leave the group (and those invited), and never
become real.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.alarms.models import (
    BellTest,
    Device,
    Drill,
    DrillInvitation,
    GroupHousehold,
    HearingProof,
    Incident,
    Kind,
    Mode,
    NeighbourGroup,
    Press,
)
from liengia.alarms.models.incidents import OPEN_STATES
from liengia.alarms.services.devices import tell_device
from liengia.alarms.services.incidents import resolve_incident
from liengia.alarms.services.presses import raise_from_phone
from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.people.models import Household, User

FORGOTTEN_AFTER: Final = timedelta(hours=3)
PLAN_AHEAD_MOST: Final = timedelta(days=366)


@transaction.atomic
def plan_drill(
    group: NeighbourGroup,
    *,
    kind: str = Kind.FIRE,
    planned_at: datetime,
    household: Household | None = None,
    scenario: str = "",
    invited: Iterable[User] = (),
    actor: Actor,
) -> Drill:
    """Plan a drill; the worker starts nothing by itself, the leader does.

    Raises:
        Invalid: in the past by more than an hour, more than a year ahead, or a house that is not in the group.
    """
    now = clock.now()
    if planned_at < now - timedelta(hours=1) or planned_at > now + PLAN_AHEAD_MOST:
        raise Invalid(_("Choose a time from now to one year ahead."), code="planned_at")
    if household is not None and not GroupHousehold.objects.active().filter(group=group, household=household).exists():
        raise Invalid(_("This household is not in the group."), code="household")
    drill = Drill.objects.create(
        group=group,
        kind=kind,
        household=household,
        scenario=scenario[:300],
        planned_at=planned_at,
        planned_by_id=actor.user_id,
    )
    DrillInvitation.objects.bulk_create([DrillInvitation(drill=drill, user=user) for user in set(invited)])
    audit.record("alarms.drill_planned", actor=actor, about=drill, unit=group.unit, facts={"kind": kind})
    return drill


@transaction.atomic
def start_drill(drill: Drill, *, actor: Actor) -> Incident:
    """Start a planned drill: a press of mode `drill` at the supposed house.

    Raises:
        Refused: it was started or cancelled, the group has a real alarm open, or nobody's house is in the group.
    """
    drill = Drill.objects.select_for_update(of=("self",)).select_related("group__unit", "household").get(pk=drill.pk)
    if drill.started_at is not None or drill.cancelled_at is not None:
        raise Refused(_("This drill was started or cancelled already."), code="not_planned")
    incident = _exercise(drill.group, kind=drill.kind, mode=Mode.DRILL, household=drill.household, actor=actor)
    drill.incident, drill.started_at = incident, clock.now()
    drill.save(update_fields=["incident", "started_at"])
    audit.record("alarms.drill_started", actor=actor, about=drill, unit=drill.group.unit)
    return incident


@transaction.atomic
def end_drill(drill: Drill, *, note: str = "", actor: Actor) -> Drill:
    """End a drill and keep its score and what was learnt.

    Raises:
        Refused: it was never started.
    """
    drill = Drill.objects.select_for_update(of=("self",)).select_related("group__unit", "incident").get(pk=drill.pk)
    if drill.incident is None:
        raise Refused(_("This drill was not started."), code="not_started")
    if drill.incident.is_open:
        resolve_incident(drill.incident, actor=actor)
        drill.refresh_from_db()
    drill.note = note[:1000]
    drill.save(update_fields=["note"])
    audit.record("alarms.drill_ended", actor=actor, about=drill, unit=drill.group.unit, facts={"score": bool(drill.score)})
    return drill


def end_forgotten_drills(*, at: datetime | None = None) -> int:
    """End drills that nobody has ended three hours after they began; one that stays open stands in the way of the next."""
    moment = at or clock.now()
    forgotten = Drill.objects.filter(ended_at=None, incident__state__in=OPEN_STATES, started_at__lte=moment - FORGOTTEN_AFTER)
    found = list(forgotten[:20])
    for drill in found:
        end_drill(drill, actor=Actor.system("worker"))
    return len(found)


@transaction.atomic
def cancel_drill(drill: Drill, *, actor: Actor) -> None:
    """Cancel a drill that was not started.

    Raises:
        Refused: it was started or cancelled already.
    """
    if not Drill.objects.filter(pk=drill.pk, started_at=None, cancelled_at=None).update(cancelled_at=clock.now()):
        raise Refused(_("This drill was started or cancelled already."), code="not_planned")
    audit.record("alarms.drill_cancelled", actor=actor, about=drill, unit=drill.group.unit)


@transaction.atomic
def test_bell(
    group: NeighbourGroup, *, device: Device | None = None, actor: Actor
) -> BellTest:
    """Test one device's bell, or all bells of the group (a short incident of mode `test`).

    Raises:
        Refused: the group has an alarm, a drill or another test open.
    """
    now = clock.now()
    if device is not None:
        test = BellTest.objects.create(group=group, device=device, asked_by_id=actor.user_id, asked_at=now)
        tell_device(device, {"do": "test"})
    else:
        incident = _exercise(group, kind=Kind.FIRE, mode=Mode.TEST, household=None, actor=actor)
        test = BellTest.objects.create(group=group, asked_by_id=actor.user_id, asked_at=now, incident=incident)
    audit.record(
        "alarms.bell_tested",
        actor=actor,
        about=group,
        unit=group.unit,
        facts={"device": device.public_id if device else None},
    )
    return test


@transaction.atomic
def record_hearing(
    user: User, *, household: Household, heard: bool, browser: str = "", actor: Actor
) -> HearingProof:
    """Keep somebody's answer to "có nghe không?" for their phone."""
    return HearingProof.objects.create(
        user=user, household=household, at=clock.now(), heard=heard, browser=browser[:40]
    )


def _exercise(
    group: NeighbourGroup, *, kind: str, mode: Mode, household: Household | None, actor: Actor
) -> Incident:
    """Raise a drill or test in a group by the server's own press."""
    # A silent call for help must not show, so it refuses nothing either.
    if Incident.objects.open().filter(group=group, is_silent=False).exists():
        raise Refused(_("An alarm of this group is open. End it first; nothing was started."), code="incident_open")
    places = GroupHousehold.objects.active().filter(group=group).select_related("household").order_by("seat")
    place = places.filter(household=household).first() if household is not None else places.first()
    if place is None:
        raise Refused(_("The group has no household yet. Add the households first."), code="no_household")
    if actor.user_id is None:
        raise Refused(_("Only a person starts a drill or a test."), code="not_a_person")
    user = User.objects.get(pk=actor.user_id)
    press: Press = raise_from_phone(
        place.household, user=user, kind=kind, mode=mode, press_id=str(uuid.uuid4()), actor=actor
    )
    if press.incident is None:
        raise Refused(_("The sender was set apart; nothing was started."), code="apart")
    return press.incident
