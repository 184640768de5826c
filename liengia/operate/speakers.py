"""What a loudspeaker's player does, by docs/protocol.md: no network, no disk and no clock in here, so that vectors can test it.

`now_s` is always seconds since 1970. Of what it did, all that must outlive a power cut is in `memory()`.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any, Final

BODY_MOST: Final = 64 * 1024
ORDERS_MOST: Final = 200
DONE_KEPT: Final = 1_000
REPORTS_KEPT: Final = 1_000
DAYS_KEPT: Final = 8
RANKS: Final = {"urgent": 0, "priority": 1, "normal": 2}
MODES: Final = ("real", "drill", "test")
_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Order:
    """One thing to play."""

    id: str
    sha256: str
    size: int
    url: str
    priority: str
    mode: str
    at: int
    expires: int
    times: int
    pause_s: int
    volume: int | None = None
    alarm: bool = False
    uncounted: bool = False

    @property
    def rank(self) -> int:
        """0 is urgent."""
        return RANKS[self.priority]

    @property
    def turn(self) -> tuple[bool, int]:
        """What goes first, the least: an alarm waits for no bulletin, however urgent that is."""
        return not self.alarm, self.rank


@dataclass
class Player:
    """One player: what it is to hold, what it has done, what it still has to report."""

    rev: int = -1
    volume: int = 70
    quiet: tuple[int, int] = (21 * 60, 6 * 60)
    most_a_day: int = 6
    offset_min: int = 420
    orders: dict[str, Order] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    plays: dict[int, int] = field(default_factory=dict)
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)

    # What the server says

    def hear_say(self, payload: bytes) -> str:
        """Take what it is to hold: "take", or "ignore" (garbage, or no newer than what it knows on this connection)."""
        body = _object(payload)
        rev: Any = body.get("rev") if body is not None else None
        if body is None or not _is_whole(rev) or rev <= self.rev or not isinstance(body.get("orders"), list):
            return "ignore"
        self.rev = rev
        self.volume = _within(body.get("volume"), 0, 100, self.volume)
        self.most_a_day = _within(body.get("most_a_day"), 0, 1000, self.most_a_day)
        self.offset_min = _within(body.get("offset_min"), -840, 840, self.offset_min)
        quiet = body.get("quiet")
        if isinstance(quiet, list) and len(quiet) == 2 and None not in (ends := (_minutes(quiet[0]), _minutes(quiet[1]))):
            self.quiet = ends  # type: ignore[assignment]
        self.orders = {order.id: order for raw in body["orders"][:ORDERS_MOST] if (order := _order(raw)) is not None}
        self.begun = {key: times for key, times in self.begun.items() if key in self.orders}
        return "take"

    def reconnected(self) -> None:
        """Begin a connection: the retained message is taken whatever its number, since the server may have been restored."""
        self.rev = -1

    def obey(self, payload: bytes) -> str:
        """Do what is said to it alone: "test", "stop", "ack" or "ignore"."""
        body = _object(payload) or {}
        match body.get("do"):
            case "ack":
                return "ack" if self.reports.pop(str(body.get("report")), None) is not None else "ignore"
            case "test" | "stop" as what:
                return str(what)
        return "ignore"

    # What is to be played

    def wanted(self) -> list[Order]:
        """Return the orders whose sounds are to be there, the next first."""
        return sorted((one for one in self.orders.values() if one.id not in self.done), key=lambda one: (one.turn, one.at, one.id))

    def is_quiet(self, now_s: float) -> bool:
        """Whether it is quiet hours here; equal ends mean none."""
        minute = int(now_s // 60 + self.offset_min) % 1440
        begins, ends = self.quiet
        return begins <= minute < ends if begins <= ends else minute >= begins or minute < ends

    def _day(self, now_s: float) -> int:
        return int((now_s // 60 + self.offset_min) // 1440)

    def over(self, now_s: float) -> list[tuple[Order, str]]:
        """Return the orders that will not be played any more, and why; each once, by `leave_out`."""
        found = []
        for one in self.wanted():
            if one.expires <= now_s:
                found.append((one, "quiet" if one.rank and self.is_quiet(one.expires - 1) else "expired"))
            elif one.rank and one.at <= now_s and not self.is_quiet(now_s) and self._is_full(one, now_s):
                found.append((one, "too_many"))
        return found

    def _is_full(self, one: Order, now_s: float) -> bool:
        return not one.uncounted and one.id not in self.begun and self.plays.get(self._day(now_s), 0) >= self.most_a_day

    def choose(self, now_s: float, *, present: Collection[str], playing: str = "") -> Order | None:
        """Return what is to sound now; `present` are the hashes that are there, `playing` is what sounds.

        What sounds goes on until its end, unless it was taken back, or something of a higher priority or an alarm is due.
        """
        due = [one for one in self.wanted() if self._may_sound(one, now_s, present)]
        current = self.orders.get(playing)
        if current is not None and current.id not in self.done:
            due = [one for one in due if one.turn < current.turn]
            return due[0] if due else current
        return due[0] if due else None

    def _may_sound(self, one: Order, now_s: float, present: Collection[str]) -> bool:
        if not one.at <= now_s < one.expires or one.sha256 not in present:
            return False
        return one.rank == 0 or not (self.is_quiet(now_s) or self._is_full(one, now_s))

    # What it did

    def begin(self, order: Order, now_s: float) -> None:
        """Note that an order begins; one that is resumed began before."""
        if order.id not in self.begun:
            self.begun[order.id] = 0
            if order.rank and not order.uncounted:
                day = self._day(now_s)
                self.plays[day] = self.plays.get(day, 0) + 1
                self.plays = dict(sorted(self.plays.items())[-DAYS_KEPT:])

    def played_once(self, order: Order) -> int:
        """Note that it was played through once more; return how often in all."""
        self.begun[order.id] = self.begun.get(order.id, 0) + 1
        return self.begun[order.id]

    def may_repeat(self, order: Order, now_s: float) -> bool:
        """Whether it is played once more: times are left, it holds, and no quiet hour has begun."""
        return self.begun.get(order.id, 0) < order.times and now_s < order.expires and (order.rank == 0 or not self.is_quiet(now_s))

    def end(self, order: Order, what: str, *, report: str, began_s: float, now_s: float, why: str = "") -> None:
        """Note the end of an order ("played", "stopped", "left_out", "failed") and what is to be reported of it."""
        self.done[order.id] = what
        self.done = dict(list(self.done.items())[-DONE_KEPT:])
        times = self.begun.pop(order.id, 0)
        self.report(report, {"order": order.id, "what": what, "began": round(began_s, 1), "ended": round(now_s, 1), "times": times, "why": why})

    def report(self, number: str, body: dict[str, Any]) -> None:
        """Keep a report until it is answered; the oldest go when a thousand wait."""
        self.reports[number] = {"report": number, **body}
        while len(self.reports) > REPORTS_KEPT:
            del self.reports[next(iter(self.reports))]

    # What outlives a power cut

    def memory(self) -> dict[str, Any]:
        """Return what is to be kept on disk."""
        return {**asdict(self), "quiet": list(self.quiet), "rev": -1}

    @classmethod
    def from_memory(cls, kept: dict[str, Any]) -> Player:
        """Return the player of what was kept; what cannot be read is begun anew."""
        try:
            player = cls(
                volume=int(kept["volume"]), quiet=(int(kept["quiet"][0]), int(kept["quiet"][1])), most_a_day=int(kept["most_a_day"]),
                offset_min=int(kept["offset_min"]), begun={str(k): int(v) for k, v in kept["begun"].items()}, done={str(k): str(v) for k, v in kept["done"].items()},
                plays={int(k): int(v) for k, v in kept["plays"].items()}, reports={str(k): dict(v) for k, v in kept["reports"].items()},
            )  # fmt: skip
            player.orders = {order.id: order for raw in kept["orders"].values() if (order := _order(raw)) is not None}
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            return cls()
        return player


def number_of(payload: bytes) -> int:
    """Return the number of a chime that is asked for; 0 when it has none."""
    number: Any = (_object(payload) or {}).get("number")
    return int(number) if _is_whole(number) else 0


def _object(payload: bytes) -> dict[str, Any] | None:
    if len(payload) > BODY_MOST:
        return None
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _within(value: Any, least: int, most: int, otherwise: int) -> int:
    return int(value) if _is_whole(value) and least <= value <= most else otherwise


def _minutes(text: object) -> int | None:
    """Return the minutes of "21:00" since midnight."""
    if not isinstance(text, str):
        return None
    hour, sep, minute = text.partition(":")
    if not (sep and hour.isascii() and minute.isascii() and hour.isdigit() and minute.isdigit()):
        return None
    return int(hour) * 60 + int(minute) if int(hour) < 24 and int(minute) < 60 else None


def _order(raw: object) -> Order | None:
    """Return an order, or None for one that is not whole: it is left out and the others are played."""
    if not isinstance(raw, dict):
        return None
    key, sha256, url = raw.get("id"), raw.get("sha256"), raw.get("url")
    if not (isinstance(key, str) and 0 < len(key) <= 32 and isinstance(sha256, str) and len(sha256) == 64 and set(sha256) <= _HEX):
        return None
    if not (isinstance(url, str) and url.startswith("/") and not url.startswith("//") and len(url) <= 300):
        return None
    if raw.get("priority") not in RANKS or raw.get("mode", "real") not in MODES:
        return None
    numbers = [raw.get(name) for name in ("size", "at", "expires", "times", "pause_s")]
    if not all(_is_whole(number) and number >= 0 for number in numbers):  # type: ignore[operator]
        return None
    size, at, expires, times, pause_s = (int(number) for number in numbers)  # type: ignore[arg-type]
    volume: Any = raw.get("volume")
    return Order(
        key, sha256, size, url, raw["priority"], raw.get("mode", "real"), at, expires, max(1, min(times, 20)), min(pause_s, 600),
        int(volume) if _is_whole(volume) and 0 <= volume <= 100 else None, raw.get("alarm") is True, raw.get("uncounted") is True,
    )  # fmt: skip
