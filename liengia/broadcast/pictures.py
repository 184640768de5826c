"""Counts as pictures: what is drawn is told in words beside it, so that nothing depends on the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from liengia.broadcast.channels.base import RECEIPTS
from liengia.broadcast.queries import ChannelReach

WORDS: Final[dict[str, Any]] = {
    "accepted": _("accepted"), "delivered": _("delivered"), "shown": _("shown"), "heard": _("heard"), "answered": _("answered"), "waiting": _("waits"),
    "failed": _("could not be sent"), "expired": _("too late"), "withdrawn": _("withdrawn"), "rehearsed": _("training: not sent"), "double": _("perhaps twice"),
}  # fmt: skip
WIDTH: Final = 320
HEIGHT: Final = 96
ROWS: Final = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: what, how many, and its length in per cent of what was meant; None where a channel cannot tell."""

    what: str
    label: Any
    count: int | None
    percent: float


def bars(reach: ChannelReach) -> list[Bar]:
    """Return a channel's lines: what it can tell, then what did not go."""
    found = [
        Bar(what, WORDS[what], reach.counts[what] if what in reach.can_tell else None, min(100.0, reach.share(what)))
        for what in RECEIPTS
    ]
    rest = ("waiting", "failed", "expired", "withdrawn", "rehearsed", "double")
    return found + [Bar(what, WORDS[what], reach.counts[what], min(100.0, reach.share(what))) for what in rest if reach.counts[what]]


@dataclass(frozen=True, slots=True)
class Curve:
    """How many had come by when: lines of points in a box of WIDTH × HEIGHT, with the box's ends in words; the same as a table."""

    lines: list[tuple[str, Any, str]]
    begins: datetime
    ends: datetime
    most: int
    heads: list[Any]
    rows: list[tuple[datetime, list[int]]]


def curve(reach: ChannelReach) -> Curve | None:
    """Return a channel's course over time; None before anything came."""
    points = [point for line in reach.curve.values() for point in line]
    if not points:
        return None
    begins, ends = min(at for at, _n in points), max(at for at, _n in points)
    span, most = max(60.0, (ends - begins).total_seconds()), max(1, reach.meant, *(n for _at, n in points))

    def place(at: datetime, n: int) -> str:
        return f"{(at - begins).total_seconds() / span * WIDTH:.1f},{HEIGHT - n / most * HEIGHT:.1f}"

    lines = []
    for what in RECEIPTS:
        if course := reach.curve.get(what):
            steps = [f"0,{HEIGHT}"]
            before = 0
            for at, n in course:
                steps += [place(at, before), place(at, n)]
                before = n
            lines.append((what, WORDS[what], " ".join([*steps, f"{WIDTH},{HEIGHT - before / most * HEIGHT:.1f}"])))
    return Curve(lines, begins, ends, most, [label for _what, label, _points in lines], _rows(reach))


def _rows(reach: ChannelReach) -> list[tuple[datetime, list[int]]]:
    """Return how many of each had come by each instant; of a long course every so-manieth, and the last."""
    kinds = [what for what in RECEIPTS if reach.curve.get(what)]
    instants = sorted({at for what in kinds for at, _n in reach.curve[what]})
    step = -(-len(instants) // ROWS) or 1
    chosen = [*instants[:-1][::step], *instants[-1:]]
    return [(at, [max((n for when, n in reach.curve[what] if when <= at), default=0) for what in kinds]) for at in chosen]


def days(by_day: Sequence[tuple[date, int]]) -> list[tuple[date, int, float]]:
    """Return each day's number with its height in per cent."""
    most = max((count for _day, count in by_day), default=0)
    return [(day, count, 100 * count / most if most else 0.0) for day, count in by_day]
