"""What other rooms have to say on a paper's page: that what it was filled from has changed since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from liengia.papers.models import Paper


@dataclass(frozen=True, slots=True)
class Remark:
    """Words with where to go; with `is_act` the button posts there, with the paper's public id as `paper`."""

    words: str | Promise
    url: str
    button: str | Promise
    is_act: bool = False


_rooms: list[Callable[[Paper], Remark | None]] = []


def register(remark_of: Callable[[Paper], Remark | None]) -> None:
    """Add a room's answer; called from `AppConfig.ready`."""
    if remark_of not in _rooms:
        _rooms.append(remark_of)


def of(paper: Paper) -> list[Remark]:
    """Return what the rooms have to say on a paper."""
    return [found for room in _rooms if (found := room(paper)) is not None]
