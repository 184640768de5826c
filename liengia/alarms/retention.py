"""The periods of this room: names leave an incident 30 days after its end, places after a day; counts stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from liengia.alarms.models import (
    Answer,
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
    return done


def _erase_outside_incidents(*, before: datetime) -> int:
    """Erase who set a device apart or pressed in vain: such lines and presses belong to no incident."""
    done = Press.objects.filter(incident=None, received_at__lt=before).exclude(user=None).update(user=None)
    lines = IncidentEvent.objects.filter(incident=None, at__lt=before).exclude(actor_label="").exclude(actor_kind="device")
    done += lines.update(actor_label="", actor_id="", household=None)
    return done


@transaction.atomic
def _erase_names(key: int, *, at: datetime) -> int:
    incident = Incident.objects.select_for_update(no_key=True).get(pk=key)
    incident.counts = incident.counts or answer_counts(incident)
    incident.names_erased_at, incident.end_note = at, ""
    incident.acknowledged_by = incident.ended_by = None
    incident.save(update_fields=["counts", "names_erased_at", "end_note", "acknowledged_by", "ended_by"])
    Answer.objects.filter(incident=incident).delete()
    Press.objects.filter(incident=incident).update(user=None)
    incident.emergency_calls.update(called_by=None, household=None)
    for event in IncidentEvent.objects.filter(incident=incident):
        kept = {k: v for k, v in event.data.items() if k not in ("note", "names", "users")}
        event.data, event.actor_label = kept, ""
        event.actor_id = event.actor_id if event.actor_kind == "device" else ""
        event.household = None
        event.save(update_fields=["data", "actor_label", "actor_id", "household"])
    for step in IncidentStep.objects.filter(incident=incident):
        step.reached = [{"count": len(step.reached)}] if step.reached else []
        step.save(update_fields=["reached"])
    audit.record("alarms.names_erased", actor=Actor.system("worker"), about=incident, at=at)
    return 1
