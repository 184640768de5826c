"""The live order of forums' walls: everybody may listen; an event says which wall changed, and the wall reads itself anew.

An event is one row read once a process, whatever the number of walls; the picture then comes out of the page cache,
drawn once for all who ask under the event's own number, so that none is older than the event.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from liengia.core import live, rooms
from liengia.core.live import Message, Positioned
from liengia.opinions.models import ListeningForum, WallEdition
from liengia.opinions.services.forum_wall import FEED_NAME

# So many walls and phones a web process follow at most; the others look for themselves every few seconds.
MOST: Final = 1000


def describe(rows: list[Positioned]) -> Iterable[Message]:
    """Say which wall changed, and nothing else."""
    for row in rows:
        assert isinstance(row, WallEdition)
        yield Message(row.position or 0, "wall", frozenset({str(row.forum_id)}), {})


def marks(forums: Collection[int]) -> dict[int, object]:
    """Return the sessions that everybody may still see; whoever follows another one is sent away."""
    found = ListeningForum.objects.all().shown().filter(pk__in=forums).select_related("unit__parent")
    return {one.pk: True for one in found if rooms.is_on("opinions", one.unit)}


FEED: Final = live.register(live.Feed(FEED_NAME, WallEdition, describe, marks))


def listener(forum: ListeningForum) -> live.Listener:
    """Return who listens: nobody in particular, to one session."""
    return live.Listener(forum.pk, frozenset({str(forum.pk)}), True)
