"""Who leads a household: a registry, since neighbour groups live in an upper room.

A steward may edit a household, invite to it and confirm those who joined it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liengia.people.models import Household, User

_led: list[Callable[[User], Iterable[int]]] = []
_leaders: list[Callable[[Household], Iterable[User]]] = []


def register(
    *, led_by: Callable[[User], Iterable[int]], leaders_of: Callable[[Household], Iterable[User]]
) -> None:
    """Add a source: the keys of the households that a user leads, and the users who lead a household."""
    if led_by not in _led:
        _led.append(led_by)
        _leaders.append(leaders_of)


def led_by(user: User) -> set[int]:
    """Return the keys of the households that a user leads today."""
    return {key for source in _led for key in source(user)}


def leaders_of(household: Household) -> list[User]:
    """Return those who lead a household, each once."""
    found: dict[int, User] = {}
    for source in _leaders:
        for user in source(household):
            found[user.pk] = user
    return list(found.values())
