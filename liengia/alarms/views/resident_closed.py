"""What a resident sees for a short while after an alarm has ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import QuerySet

from liengia.alarms import policies
from liengia.alarms.models import AnswerKind, Incident, IncidentState
from liengia.alarms.resident_words import headline
from liengia.alarms.services import DISMISS_REASONS
from liengia.alarms.views.resident_screens import here, live_position
from liengia.core import clock
from liengia.people.models import User

CLOSING_SHOWN_FOR: Final = timedelta(minutes=30)


def just_closed(user: User, public_id: str) -> Incident | None:
    """Return an incident of the neighbourhood that ended a short while ago; afterwards nothing shows it here."""
    since = clock.now() - CLOSING_SHOWN_FOR
    found: QuerySet[Incident] = Incident.objects.filter(here(user), public_id=public_id, is_silent=False, ended_at__gte=since)
    return found.select_related("group", "household", "joined_into").first()


@dataclass(frozen=True, slots=True)
class ClosedScreen:
    """What it was, in two sentences, for a short while after its end; the page goes to the next alarm by itself."""

    incident: Incident
    groups: str
    position: int

    @classmethod
    def of(cls, user: User, incident: Incident) -> ClosedScreen:
        """Read it for one reader; the position first, so that no alarm falls between it and the page."""
        position = live_position()
        return cls(incident, " ".join({place.group.public_id for place in policies.places_of(user)}), position)

    @property
    def headline(self) -> str:
        """What it was."""
        return headline(self.incident)

    @property
    def reason(self) -> str:
        """Why it was a mistaken alarm."""
        return str(DISMISS_REASONS.get(self.incident.end_reason, ""))

    @property
    def is_mistaken(self) -> bool:
        """Whether it ended as a mistaken alarm."""
        return self.incident.state == IncidentState.DISMISSED

    @property
    def coming(self) -> int:
        """How many houses came."""
        return int(str(self.incident.counts.get(AnswerKind.COMING.value, 0)))
