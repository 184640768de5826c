"""What the room's services share: taking a row alone, the writer's revision, telling boards, lists and search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.core import live, pagecache
from liengia.core.bus import get_bus
from liengia.core.errors import NotFound, Refused
from liengia.festivals import index
from liengia.festivals.models import BoardEdition, FestivalDay, Pledge, Season

FEED_NAME: Final = "festivals"
LIVE: Final = f"live.{FEED_NAME}"
CHANGED: Final = _("Somebody else changed this just now. Yours was not saved: open it again, then write it once more.")


def take_day(day: FestivalDay, revision: int | None = None) -> FestivalDay:
    """Return a day with its row locked, in the caller's transaction.

    Raises:
        NotFound: it is gone. Refused: another changed it since the writer read it (code "changed").
    """
    row = FestivalDay.objects.select_for_update(of=("self",)).select_related("season", "unit__parent", "organisation").filter(pk=day.pk).first()
    if row is None:
        raise NotFound("")
    check(row, revision)
    return row


def check(row: FestivalDay | Season | Pledge, revision: int | None) -> None:
    """Refuse what was written from an older state of a row.

    Raises:
        Refused: another changed it meanwhile (code "changed").
    """
    if revision is not None and row.revision != revision:
        raise Refused(CHANGED, code="changed")


def tell(day: FestivalDay) -> None:
    """Let boards, pages and search follow what was written in the caller's transaction; call it last, and after every lock."""
    BoardEdition.objects.update_or_create(day=day, defaults={"position": None})
    index.renew(day)
    pagecache.bump()
    transaction.on_commit(number, robust=True)


def tell_boards(days: Iterable[int]) -> None:
    """Let boards follow what changed elsewhere at days (ids), in the caller's transaction: their tiles are drawn anew."""
    if BoardEdition.objects.filter(day__in=list(days)).update(position=None):
        pagecache.bump()
        transaction.on_commit(number, robust=True)


def number() -> int:
    """Give changed days their place in the live order, and poke the feed; return how many there were."""
    given = live.sequence(BoardEdition) if live.has_unnumbered(BoardEdition) else 0
    if given:
        get_bus().poke_now(LIVE)
    return given


def position() -> int:
    """Return the end of the live order, to be read before a board is drawn: what changes later has a higher place."""
    return BoardEdition.objects.exclude(position=None).order_by("-position").values_list("position", flat=True).first() or 0
