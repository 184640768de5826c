"""The periods of this room: names leave an incident 30 days after its end, places after a day; counts stay.

A phone is a person: its row in a press or in a line of the timeline gives way to the group's nameless phone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from liengia.alarms.models import (
    Answer,
    Device,
    DeviceApart,
    DeviceKind,
    EventKind,
    HearingProof,
    Incident,
    IncidentEvent,
    IncidentStep,
    Press,
    RejectedMessage,
)
from liengia.alarms.queries import answer_counts
from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.fields import public_id

NAMES_FOR: Final = timedelta(days=30)
PLACES_FOR: Final = timedelta(days=1)
PROOFS_FOR: Final = timedelta(days=400)
REJECTED_FOR: Final = timedelta(days=30)


def erase_due(*, at: datetime | None = None) -> int:
    """Erase what is due, in chunks; return how many rows."""
    moment = at or clock.now()
    done = Press.objects.filter(received_at__lt=moment - PLACES_FOR).filter(~Q(lat=None)).update(lat=None, lon=None)
    done += HearingProof.objects.filter(at__lt=moment - PROOFS_FOR).delete()[0]
    done += RejectedMessage.objects.filter(at__lt=moment - REJECTED_FOR).delete()[0]
    done += _erase_outside_incidents(before=moment - NAMES_FOR)
    due = Incident.objects.filter(ended_at__lt=moment - NAMES_FOR, names_erased_at=None)
    for key in list(due.values_list("pk", flat=True)[:20]):
        done += _erase_names(key, at=moment)
    # Of incidents whose names went before phones did.
    old = Press.objects.filter(incident__names_erased_at__isnull=False, device__kind=DeviceKind.PHONE, device__user__isnull=False)
    for key in list(old.values_list("incident", flat=True).distinct()[:20]):
        with transaction.atomic():
            _forget_phones(Press.objects.filter(incident=key), IncidentEvent.objects.filter(incident=key))
    return done


def _erase_outside_incidents(*, before: datetime) -> int:
    """Erase who set a device apart or pressed in vain: such lines and presses belong to no incident."""
    presses = Press.objects.filter(incident=None, received_at__lt=before)
    done = presses.exclude(user=None).update(user=None)
    lines = IncidentEvent.objects.filter(incident=None, at__lt=before)
    _forget_phones(presses, lines)
    done += _erase_reasons(before=before)
    done += lines.exclude(actor_label="").exclude(actor_kind="device").update(actor_label="", actor_id="", household=None)
    return done


def _erase_reasons(*, before: datetime) -> int:
    """Erase who set a device apart and why, in their words, when it has long returned."""
    lines = IncidentEvent.objects.filter(incident=None, at__lt=before, kind=EventKind.APART, data__has_key="reason")
    for line in lines:
        line.data = _without_words(line)
        line.save(update_fields=["data"])
    aparts = DeviceApart.objects.filter(until__lt=before).exclude(reason="", set_by=None)
    return aparts.update(reason="", set_by=None)


def _without_words(line: IncidentEvent) -> dict[str, object]:
    """Return a line's data without names and free words; the reason of an end is one of a list and stays."""
    personal = {"note", "names", "users", *({"reason"} if line.kind == EventKind.APART else ())}
    return {key: value for key, value in line.data.items() if key not in personal}


def _forget_phones(presses: QuerySet[Press], lines: QuerySet[IncidentEvent]) -> None:
    """Let presses and lines of people's phones be those of a phone that is nobody's, one in each group."""
    is_somebodys = Q(device__kind=DeviceKind.PHONE, device__user__isnull=False)
    presses, lines = presses.filter(is_somebodys), lines.filter(is_somebodys)
    for group in {*presses.values_list("group", flat=True), *lines.values_list("group", flat=True)}:
        nobodys = Device.objects.filter(group=group, kind=DeviceKind.PHONE, user=None).order_by("pk").first()
        if nobodys is None:
            now = clock.now()
            nobodys = Device.objects.create(
                public_id=f"p{public_id()[1:]}", group_id=group, kind=DeviceKind.PHONE, provisioned_at=now, revoked_at=now
            )
        # Two people's phones may have said the same id; a row that is nobody's needs none of its own.
        presses.filter(group=group).update(device=nobodys, press_id=Concat(Value("gone:"), Cast("pk", CharField())))
        lines.filter(group=group).update(device=nobodys)


@transaction.atomic
def _erase_names(key: int, *, at: datetime) -> int:
    incident = Incident.objects.select_for_update(no_key=True).get(pk=key)
    incident.counts = incident.counts or answer_counts(incident)
    incident.names_erased_at, incident.end_note = at, ""
    incident.acknowledged_by = incident.ended_by = None
    incident.save(update_fields=["counts", "names_erased_at", "end_note", "acknowledged_by", "ended_by"])
    Answer.objects.filter(incident=incident).delete()
    _forget_phones(Press.objects.filter(incident=incident), IncidentEvent.objects.filter(incident=incident))
    Press.objects.filter(incident=incident).update(user=None)
    incident.emergency_calls.update(called_by=None, household=None)
    for event in IncidentEvent.objects.filter(incident=incident):
        event.data, event.actor_label = _without_words(event), ""
        event.actor_id = event.actor_id if event.actor_kind == "device" else ""
        event.household = None
        event.save(update_fields=["data", "actor_label", "actor_id", "household"])
    for step in IncidentStep.objects.filter(incident=incident):
        step.reached = [{"count": len(step.reached)}] if step.reached else []
        step.save(update_fields=["reached"])
    audit.record("alarms.names_erased", actor=Actor.system("worker"), about=incident, at=at)
    return 1
