"""What an opinion can be about in an upper room: a link names it by a key, and its room says the words with which the form begins.

Only keys go into a link, never words: nobody can put words into another's mouth by an address.
"""

from __future__ import annotations

from collections.abc import Callable

PARAMETER = "ve"
_rooms: dict[str, Callable[[str], str]] = {}


def register(kind: str, words: Callable[[str], str]) -> None:
    """Let a room name its things, by keys such as "report:<key>"; called from `AppConfig.ready`."""
    _rooms[kind] = words


def words_of(asked: str) -> str:
    """Return the words for a key; empty for one that is none."""
    if "\0" in asked:  # PostgreSQL takes none
        return ""
    kind, _colon, key = asked.partition(":")
    return _rooms[kind](key) if kind in _rooms else ""
