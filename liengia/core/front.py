"""What other rooms show on the front page: alerts in force, coming days, acts and figures.

A room registers a provider in `AppConfig.ready`; the portal asks all of them for one commune, or for the whole area
(None). A provider of a room that is off is not asked, and no provider gives anything of one person: these pages are
cached for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.utils.functional import Promise

from liengia.core import rooms


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning in force: what is so, until when, who says it, and where more stands."""

    headline: str
    words: str
    sender: str
    sent_at: datetime
    url: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A coming day that everybody may come to; a lunar date is shown beside the solar one."""

    title: str
    starts_at: datetime
    place: str
    url: str
    words: str = ""
    is_drill: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """Something that people can do here: a name, a sentence, an address, an icon of the sprite."""

    title: str | Promise
    words: str | Promise
    url: str
    icon: str
    order: int = 100


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it counts, and where its source stands. There is no figure without a source."""

    value: str
    words: str
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What the commune answered lately, or owes: never a word of who asked."""

    title: str
    url: str
    place: str
    state: str
    words: str
    is_late: bool = False


ItemT = TypeVar("ItemT")
Provider = Callable[[Any], Iterable[ItemT]]


class Slot(Generic[ItemT]):
    """One place of the front page, filled by rooms."""

    def __init__(self) -> None:
        self._providers: list[tuple[str, Provider[ItemT]]] = []

    def register(self, room: str, provider: Provider[ItemT]) -> None:
        """Add a room's provider; called from `AppConfig.ready`."""
        if (room, provider) not in self._providers:
            self._providers.append((room, provider))

    def of(self, unit: Any) -> list[ItemT]:
        """Return what the rooms that are on give for a commune, or for the whole area (None)."""
        return [item for room, give in self._providers if rooms.is_on(room, unit) for item in give(unit)]


alerts: Slot[Alert] = Slot()
events: Slot[Event] = Slot()
acts: Slot[Act] = Slot()
answers: Slot[Answered] = Slot()
figures: Slot[Figure] = Slot()
