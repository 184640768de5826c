"""The registry of kinds of entries; a kind that does not say how it is erased is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise


class UnknownKind(LookupError):
    """An entry of a kind that no room has registered."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry.

    `erase` says in a sentence how the personal data of such an entry is erased; `keep` is how long the erasable
    text stands before the worker erases it; `is_read` marks the reading of sensitive data.
    """

    code: str
    label: str | Promise
    erase: str
    keep: timedelta = timedelta(days=5 * 365)
    is_read: bool = False


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind; the same kind may be registered again, a different one under its code may not.

    Raises:
        ValueError: no room in the code, no erasure text, or a code that is taken.
    """
    room, dot, what = kind.code.partition(".")
    if not (room and dot and what):
        raise ValueError(f"{kind.code!r}: a kind is named room.past_participle, for example alarms.incident_raised.")
    if not kind.erase.strip():
        raise ValueError(f"{kind.code}: a kind says how its personal data is erased (or why it has none).")
    known = _kinds.get(kind.code)
    if known is not None and (known.erase, known.keep, known.is_read) != (kind.erase, kind.keep, kind.is_read):
        raise ValueError(f"{kind.code}: this kind is registered already, with another meaning.")
    _kinds[kind.code] = kind
    return kind


def get(code: str) -> Kind:
    """Return a kind.

    Raises:
        UnknownKind: no room has registered it.
    """
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownKind(f"{code}: no room has registered this kind of audit entry.") from None


def label(code: str) -> str:
    """Return the words for a kind; the code itself for one whose room is gone."""
    kind = _kinds.get(code)
    return str(kind.label) if kind else code


def every() -> Iterator[Kind]:
    """Yield all kinds by code."""
    yield from (_kinds[code] for code in sorted(_kinds))
