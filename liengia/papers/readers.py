"""Papers about another room's records: their room says who does not read them, whoever else drafts papers here.

A paper says what its record says, so it may be read by no more people than the record's own page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q

# Which papers of its own a room keeps from a user.
Rule = Callable[[Any], Q]
_rules: list[Rule] = []


def register(closed_to: Rule) -> None:
    """Add a room's rule; called from `AppConfig.ready`."""
    _rules.append(closed_to)


def closed_to(user: Any) -> Q:
    """Return which papers a user does not read, although they work with others of the same issuer."""
    found = Q(pk__in=())
    for rule in _rules:
        found |= rule(user)
    return found
