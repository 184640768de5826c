"""Things of other rooms that a text may point to: a practice, a festival day, a list of commendations.

A lower room registers its kind in `AppConfig.ready`; an article then holds only the kind and a key. A room that is
off, or a thing that is gone or not public, shows nothing: no empty block stays behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from liengia.core import rooms


@dataclass(frozen=True, slots=True)
class Card:
    """What a reader sees of a linked thing: a name, a sentence, and where it leads."""

    title: str
    url: str
    words: str = ""
    icon: str = "link"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing: its code, its room, its word, and how a key becomes what the public may see of it."""

    code: str
    room: str
    label: str | Promise
    card: Callable[[str], Card | None]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; called from `AppConfig.ready`."""
    _kinds[kind.code] = kind


def choices() -> list[tuple[str, Any]]:
    """Return the kinds whose room is on, for the editor's choice."""
    return [(kind.code, kind.label) for kind in _kinds.values() if rooms.is_on(kind.room)]


def card(code: str, key: str) -> Card | None:
    """Return what the public may see of a thing; None when its room is absent or off, or the thing is."""
    kind = _kinds.get(code)
    return kind.card(key) if kind is not None and rooms.is_on(kind.room) else None
