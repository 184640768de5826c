"""State as one table: `{state: {verb: next state}}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from liengia.core.errors import Refused


@dataclass(frozen=True, slots=True)
class Workflow:
    """A transition table with a name; docs/areas holds the same table for people (a test compares them)."""

    name: str
    table: Mapping[str, Mapping[str, str]]

    def allows(self, state: str, verb: str) -> bool:
        """Tell whether the verb can be done in this state."""
        return verb in self.table.get(state, {})

    def after(self, state: str, verb: str) -> str:
        """Return the state after the verb.

        Raises:
            Refused: the verb cannot be done in this state.
        """
        try:
            return self.table[state][verb]
        except KeyError:
            raise Refused(
                _("This can no longer be done: somebody else was first, or it has ended."),
                code="transition_refused",
                workflow=self.name,
                state=state,
                verb=verb,
            ) from None

    @property
    def states(self) -> set[str]:
        """All states named in the table."""
        return set(self.table) | {state for verbs in self.table.values() for state in verbs.values()}
