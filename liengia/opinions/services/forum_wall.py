"""Say that what the wall of a hall shows has changed: noted with the change itself, numbered and told after its commit.

Nothing is said of a question that merely came in: its place among the moderator's acts would tell when it was asked.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction

from liengia.core import live
from liengia.core.bus import get_bus
from liengia.opinions.models.forum_records import WallEdition
from liengia.opinions.models.forums import ForumQuestion
from liengia.opinions.models.opinions import Opinion

FEED_NAME: Final = "forums"
LIVE: Final = f"live.{FEED_NAME}"


def changed(forum_id: int) -> None:
    """Note in the caller's transaction that a session's wall has changed; walls are told after the commit.

    The number is given after it (`number`), so that nobody waits for the order's lock longer than for that. A process
    that dies in between leaves the row without a number, and the worker's chore gives it.
    """
    WallEdition.objects.update_or_create(forum_id=forum_id, defaults={"position": None})
    transaction.on_commit(number, robust=True)


def changed_for(opinion: Opinion) -> None:
    """Note that a question's public copy came, changed or went, where the opinion is a question of a session.

    Call it before `pagecache.bump`: whoever changes a wall takes the two rows in this order.
    """
    forum_id = ForumQuestion.objects.filter(opinion=opinion).values_list("forum_id", flat=True).first()
    if forum_id is not None:
        changed(forum_id)


def number() -> int:
    """Give changed walls their place in the live order, and poke the feed; return how many there were."""
    given = live.sequence(WallEdition) if live.has_unnumbered(WallEdition) else 0
    if given:
        get_bus().poke_now(LIVE)
    return given


def position() -> int:
    """Return the end of the live order, to be read before a wall is drawn: what changes later has a higher place."""
    rows = WallEdition.objects.exclude(position=None).order_by("-position")
    return rows.values_list("position", flat=True).first() or 0
