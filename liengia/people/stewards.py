"""Who leads a household: a registry, since neighbour groups live in an upper room.

A steward may edit a household, invite to it and confirm those who joined it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liengia.people.models import Household, User

# Pairs of a user's and a household's key, for many users at once.
LedBy = Callable[[Collection[int]], Iterable[tuple[int, int]]]

_led: list[LedBy] = []
_leaders: list[Callable[[Household], Iterable[User]]] = []


def register(*, led_by: LedBy, leaders_of: Callable[[Household], Iterable[User]]) -> None:
    """Add a source: the households that users lead, and the users who lead a household."""
    if led_by not in _led:
        _led.append(led_by)
        _leaders.append(leaders_of)


def led_by(user: User) -> set[int]:
    """Return the keys of the households that a user leads today."""
    return led_by_each([user.pk])[user.pk] if user.is_active else set()


def led_by_each(users: Collection[int]) -> dict[int, set[int]]:
    """Return the keys of the households that each of these users leads today."""
    found: dict[int, set[int]] = {user: set() for user in users}
    for source in _led:
        for user, household in source(users):
            found[user].add(household)
    return found


def leaders_of(household: Household) -> list[User]:
    """Return those who lead a household, each once."""
    found: dict[int, User] = {}
    for source in _leaders:
        for user in source(household):
            found[user.pk] = user
    return list(found.values())
