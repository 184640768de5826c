"""What an opinion can be about in an upper room: a link names it by a key, and its room says the words with which the form begins.

Only keys go into a link, never words: nobody can put words into another's mouth by an address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from django.db.models import Count

from liengia.opinions.models import Opinion, State

PARAMETER = "ve"
LONGEST = 80
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


def known(asked: str) -> str:
    """Return a key as it is kept with an opinion; empty for one that names nothing."""
    return asked if len(asked) <= LONGEST and words_of(asked) else ""


@dataclass(slots=True)
class Told:
    """How many opinions came about a thing, how many are answered, and those with a public copy, the newest first."""

    filed: int = 0
    answered: int = 0
    shown: list[Opinion] = field(default_factory=list)

    @property
    def unshown(self) -> int:
        """How many have no public copy."""
        return self.filed - len(self.shown)


def told(keys: Collection[str]) -> dict[str, Told]:
    """Return what is told to everybody of opinions about things, by key. Whole keys: a beginning of one would have to read every opinion.

    What concerns an officer is in no number, what belongs elsewhere by law or was joined with another is not counted (as on the scoreboard).
    """
    rows = Opinion.all_.filter(about__in=keys, about_officials=False).exclude(state__in=(State.MERGED, State.MOVED_OUT))
    found: dict[str, Told] = defaultdict(Told)
    for key, number in rows.values_list("about").annotate(n=Count("pk")):
        found[key].filed = number
    for key, number in rows.answered().values_list("about").annotate(n=Count("pk")):
        found[key].answered = number
    shown = Opinion.public_.filter(about__in=keys).order_by("-filed_on", "public_id").prefetch_related("public_texts")
    for one in shown:
        found[one.about].shown.append(one)
    return found
