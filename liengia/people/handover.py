"""What is open when a shift ends: a registry, since incidents live in an upper room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liengia.core.actor import Actor
    from liengia.people.models import DutyPost, Handover


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
    """One line of a shift's log; `url` is the path of the thing that it tells of, as an open item's."""

    at: datetime
    text: str
    url: str = ""


_signed: list[Callable[[DutyPost, Actor, datetime], None]] = []
_open: list[Callable[[DutyPost, datetime], Iterable[OpenItem]]] = []
_log: list[Callable[[DutyPost, datetime, datetime], Iterable[LogLine]]] = []
_hidden: list[Callable[[int], Collection[str]]] = []


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


def register_hidden(hides: Callable[[int], Collection[str]]) -> None:
    """Add what says, by the key of a reader, of which things (their paths) that reader may not learn."""
    if hides not in _hidden:
        _hidden.append(hides)


def hidden_from(reader: int | None) -> set[str]:
    """Return the paths of what a reader may not learn of."""
    return set() if reader is None else {url for hides in _hidden for url in hides(reader)}


def tell_signed(post: DutyPost, actor: Actor, at: datetime) -> None:
    """Tell the upper rooms that somebody has signed for all that is open."""
    for told in _signed:
        told(post, actor, at)


def open_items(post: DutyPost, at: datetime, *, reader: int | None = None) -> list[OpenItem]:
    """Return all that is open, the oldest first; with a reader what that reader may learn of."""
    hidden = hidden_from(reader)
    found = (item for source in _open for item in source(post, at) if not item.url or item.url not in hidden)
    return sorted(found, key=lambda item: item.since)


def log_lines(post: DutyPost, start: datetime, end: datetime, *, reader: int) -> list[LogLine]:
    """Return what happened in a span, in order, as far as the reader may learn of it."""
    hidden = hidden_from(reader)
    found = (line for source in _log for line in source(post, start, end) if not line.url or line.url not in hidden)
    return sorted(found, key=lambda line: line.at)


def shown_to(reader: int, handovers: Iterable[Handover]) -> list[Handover]:
    """Return handovers with what was frozen into them, as far as the reader may learn of it; not to be saved."""
    hidden, found = hidden_from(reader), list(handovers)
    for one in found:
        one.open_items = [item for item in one.open_items if item.get("url") not in hidden]
    return found
