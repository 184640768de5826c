"""What is open when a shift ends: a registry, since incidents live in an upper room."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liengia.core.actor import Actor
    from liengia.people.models import DutyPost


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One thing that the next shift must go on with; `url` is a path of this site."""

    kind: str
    label: str
    since: datetime
    url: str = ""
    state: str = ""

    @property
    def key(self) -> str:
        """What tells it from other open things."""
        return f"{self.kind} {self.url or self.label}"

    def as_json(self) -> dict[str, str]:
        """Return it as it is frozen into the handover."""
        return {**asdict(self), "since": self.since.isoformat()}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a shift's log."""

    at: datetime
    text: str


_signed: list[Callable[[DutyPost, Actor, datetime], None]] = []
_open: list[Callable[[DutyPost, datetime], Iterable[OpenItem]]] = []
_log: list[Callable[[DutyPost, datetime, datetime], Iterable[LogLine]]] = []


def register(source: Callable[[DutyPost, datetime], Iterable[OpenItem]]) -> None:
    """Add a source of open things; called from `AppConfig.ready`."""
    if source not in _open:
        _open.append(source)


def register_log(source: Callable[[DutyPost, datetime, datetime], Iterable[LogLine]]) -> None:
    """Add a source of the shift's log: what happened in a span."""
    if source not in _log:
        _log.append(source)


def register_signed(told: Callable[[DutyPost, Actor, datetime], None]) -> None:
    """Add who is told, in the same transaction, that a post's shift was signed over."""
    if told not in _signed:
        _signed.append(told)


def tell_signed(post: DutyPost, actor: Actor, at: datetime) -> None:
    """Tell the upper rooms that somebody has signed for all that is open."""
    for told in _signed:
        told(post, actor, at)


def open_items(post: DutyPost, at: datetime) -> list[OpenItem]:
    """Return all that is open, the oldest first."""
    return sorted((item for source in _open for item in source(post, at)), key=lambda item: item.since)


def log_lines(post: DutyPost, start: datetime, end: datetime) -> list[LogLine]:
    """Return what happened in a span, in order."""
    return sorted((line for source in _log for line in source(post, start, end)), key=lambda line: line.at)
