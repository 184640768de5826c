"""Boards follow what other rooms do: the hand-out of certificates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from liengia.commendations.models import Certificate
from liengia.festivals.awards import giver, givers_of, lines_of
from liengia.festivals.services.base import tell_boards


def follow_hand_out(certificates: Sequence[Certificate]) -> None:
    """Let the boards follow a hand-out, in its transaction: those that give what was marked."""
    by_decision: dict[int, set[int]] = defaultdict(set)
    for one in certificates:
        by_decision[one.decision_id].add(one.unit_id)
    givers = {decision: days for decision, days in givers_of(by_decision).items() if days}
    if not givers:
        return
    lines = lines_of({unit for decision, days in givers.items() if len(days) > 1 for unit in by_decision[decision]}, givers)
    changed = {giver(lines.get(unit, (unit,)), days) for decision, days in givers.items() for unit in by_decision[decision]}
    # What goes to nobody's area changes the sums alone: any of the days' tiles brings them.
    tell_boards({day for day in changed if day is not None} or {next(iter(days)) for days in givers.values()})
