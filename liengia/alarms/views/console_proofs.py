"""What proves an incident afterwards: each step as it was due and as it ran, and the timeline to play again."""

from __future__ import annotations

from dataclasses import dataclass

from liengia.alarms import queries
from liengia.alarms.console_words import (
    Line,
    Teller,
    target_words,
)
from liengia.alarms.models import (
    EventKind,
    Incident,
    IncidentStep,
)
from liengia.alarms.queries import Summary


@dataclass(frozen=True, slots=True)
class Proof:
    """A step of the plan, as it was due and as it ran."""

    step: IncidentStep
    target: str
    names: str
    late_s: float | None

    @property
    def is_late(self) -> bool:
        """Whether it ran more than 2 s after its deadline, or never."""
        if self.step.cancelled_at is not None:
            return False
        return self.late_s is None or self.late_s > 2


def proofs(summary: Summary) -> list[Proof]:
    """Return every step of the plan with when it was due and when it ran."""
    return [
        Proof(
            step,
            target_words(step.target),
            ", ".join(str(one.get("name", "")) for one in step.reached),
            (step.ran_at - step.due_at).total_seconds() if step.ran_at else None,
        )
        for step in summary.steps
    ]


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the replay: seconds since the opening."""

    after_s: float
    line: Line
    households: list[int]
    answer: str


def replay(incident: Incident, summary: Summary) -> list[Moment]:
    """Return the timeline in its order, each with its second, for playing it again."""
    names = {house.household.pk: house.household.house_label for house in summary.houses}
    teller = Teller(names, incident.mode)
    moments = []
    for event in queries.timeline(incident):
        sounded = event.data.get("households", []) if event.kind == EventKind.SOUNDED else []
        answered = [event.household_id] if event.kind == EventKind.ANSWERED and event.household_id else []
        after = max(0.0, (event.at - incident.opened_at).total_seconds())
        moments.append(
            Moment(after, teller.line(event), [*sounded, *answered], str(event.data.get("answer", "")))
        )
    return moments
