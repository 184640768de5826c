"""The live order of boards: everybody may listen to a date, of one season or of all. An event brings the changed tile itself.

One row is read once a process, whatever the number of watchers; its tile, the sums and what happened are drawn once in
each language, and sent to all. A watcher who comes back gets each day that changed since, once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from liengia.core import live, rooms
from liengia.core.live import Message, Positioned
from liengia.festivals.board import Board, board
from liengia.festivals.models import BoardEdition, FestivalDay, Season
from liengia.festivals.services.base import FEED_NAME

# So many watchers a web process follow at most; the others look for themselves every few seconds.
MOST: Final = 5000


def key_of(on: date, season: Season | None, language: str) -> str:
    """Return the key that a watcher of a board listens to."""
    return f"{on.isoformat()}:{season.public_id if season else ''}:{language}"


def describe(rows: list[Positioned]) -> Iterable[Message]:
    """Draw the tiles that changed, with the sums of their boards."""
    editions = {row.pk: row for row in rows if isinstance(row, BoardEdition)}
    days = FestivalDay.objects.filter(board_edition__in=editions).select_related("season", "board_edition")
    by_board: dict[tuple[date, Season | None], list[FestivalDay]] = defaultdict(list)
    for day in days:
        by_board[day.day, day.season].append(day)
        by_board[day.day, None].append(day)
    found = []
    for (on, season), changed in by_board.items():
        whole = board(on, season)
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                found += list(_messages(whole, changed, key_of(on, season, language)))
    return sorted(found, key=lambda one: one.position)


def _messages(whole: Board, changed: Iterable[FestivalDay], key: str) -> Iterable[Message]:
    head = {name: render_to_string(f"festivals/parts/{name}.html", {"board": whole}) for name in ("sums", "news")}
    for day in changed:
        found = next((tile for tile in (*whole.tiles, *whole.parts) if tile.day.pk == day.pk), None)
        tile = render_to_string("festivals/parts/tile.html", {"tile": found, "board": whole}) if found else ""
        position = day.board_edition.position
        if position is not None:
            yield Message(position, "tile", frozenset({key}), {"day": day.public_id, "tile": tile, **head})


def marks(keys: Collection[str]) -> dict[str, object]:
    """Return the boards that may still be watched: all, while the room is on."""
    return dict.fromkeys(keys, True) if rooms.is_on("festivals") else {}


FEED: Final = live.register(live.Feed(FEED_NAME, BoardEdition, describe, marks))


def listener(on: date, season: Season | None, language: str) -> live.Listener:
    """Return who listens: nobody in particular, to one board."""
    key = key_of(on, season, language)
    return live.Listener(key, frozenset({key}), True)
