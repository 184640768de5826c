"""Families of devices on the bus: what a room whose devices are not the alarms' asks of the process that holds the broker.

The room `alarms` keeps the broker: its users file, its one connection that may retain, its ear on the bus. A room below it
(loudspeakers of `broadcast`) registers a *family* with a prefix of its own. Its devices get exactly what the family names
under that prefix; a family can widen nobody else's rights, nor reach another's topics (`checked` holds it).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

RETAINED: Final = "families.retained"
# Prefixes of families, written here as well because a gateway's broker has to know them and loads no room. Under each the centre
# alone says what is held (`<prefix>.<thing>.say`, retained) and what one device is told (`<prefix>.<thing>.to.<device>`).
PREFIXES: Final = ("lo",)
HELD: Final = "say"
TOLD: Final = "to"
# First words that belong to others: sirens and buttons, our own processes, the broker.
TAKEN: Final = frozenset({"lg", "liengia"})
_WORD: Final = r"[a-z0-9]{1,32}"
_SUBJECT: Final = re.compile(rf"{_WORD}(?:\.{_WORD}){{1,4}}")
_PREFIX: Final = re.compile(r"[a-z]{2,8}")


@dataclass(frozen=True, slots=True)
class User:
    """A device at the broker: its name, its hashed password, and the very subjects it may publish and subscribe to."""

    username: str
    password_hash: str = field(repr=False)
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Retained:
    """A message that brokers are to keep for whoever subscribes later; `rev` says what of the row's it holds, `key` is the row's."""

    key: int
    rev: int
    topic: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """What a device said."""

    subject: str
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What is said to a device in answer."""

    subject: str
    body: bytes


class Family(Protocol):
    """Devices of one room. All but `prefix` and `listens_to` work on the database, in a thread of the bridge."""

    prefix: str
    listens_to: tuple[str, ...]

    def users(self) -> Iterator[User]:
        """Yield the credentials that are good now."""

    def retained_due(self) -> Sequence[Retained]:
        """Return what the broker does not hold yet."""

    def retained_after(self, key: int) -> Sequence[Retained]:
        """Return what the broker is to hold, a page of it in the order of keys, for a gateway that joins anew."""

    def retained_done(self, messages: Sequence[Retained]) -> None:
        """Note that the broker holds these."""

    def retain_again(self) -> None:
        """Take it that the broker holds nothing; asked at each start."""

    def hear(self, messages: Sequence[Heard]) -> Sequence[Said]:
        """Take what devices said in one batch; return what is to be said back."""

    def look(self, at: datetime) -> int:
        """Open and clear faults; return how many."""


_families: dict[str, Family] = {}
_listeners: list[Callable[[], None]] = []


def register(family: Family) -> None:
    """Make a family known; called from `AppConfig.ready`.

    Raises:
        ValueError: its prefix is another's, or it listens beside it.
    """
    if not _PREFIX.fullmatch(family.prefix) or family.prefix in TAKEN or family.prefix not in PREFIXES:
        raise ValueError(f"the prefix {family.prefix!r} is not free, or not among PREFIXES")
    for subject in family.listens_to:
        if not subject.startswith(f"{family.prefix}."):
            raise ValueError(f"{subject} is not under {family.prefix}")
    _families[family.prefix] = family


def every() -> tuple[Family, ...]:
    """Return all families."""
    return tuple(_families.values())


def users() -> Iterator[User]:
    """Yield the devices of all families, each checked."""
    for family in _families.values():
        for user in family.users():
            yield checked(family, user)


def is_whole(subject: str) -> bool:
    """Whether a subject is written out, without a wildcard."""
    return _SUBJECT.fullmatch(subject) is not None


def checked(family: Family, user: User) -> User:
    """Return a user whose rights lie under its family's prefix, each subject whole, without a wildcard.

    Raises:
        ValueError: one does not.
    """
    for subject in (*user.publish, *user.subscribe):
        if not is_whole(subject) or not subject.startswith(f"{family.prefix}."):
            raise ValueError(f"a device of {family.prefix} may not have {subject!r}")
    return user


def on_change(listener: Callable[[], None]) -> None:
    """Call `listener` in the transaction in which a family's users change; the keeper of the broker registers it."""
    _listeners[:] = [listener]


def users_changed() -> None:
    """Say, in the caller's transaction, that the broker is to know other users."""
    for listener in _listeners:
        listener()
