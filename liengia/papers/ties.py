"""Papers by which a record of another room stands: its room says so, and where they are revoked or taken back instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from liengia.papers.models import Paper


@dataclass(frozen=True, slots=True)
class Tie:
    """Why a paper is not revoked, or a draft not thrown away, by itself; and the page where its room does it.

    `blocks` are the draft's lists and tables that are its room's records: they are changed there, as `of_blocks` says, and here only read.
    """

    words: str | Promise
    url: str
    blocks: tuple[str, ...] = ()
    of_blocks: str | Promise = ""


_rooms: list[Callable[[Paper], Tie | None]] = []


def register(tie_of: Callable[[Paper], Tie | None]) -> None:
    """Add a room's answer; called from `AppConfig.ready`."""
    _rooms.append(tie_of)


def of(paper: Paper) -> Tie | None:
    """Return what ties a paper, if anything: of a draft, against throwing it away; of an issued one, against revoking it."""
    return next((tie for room in _rooms if (tie := room(paper)) is not None), None)
