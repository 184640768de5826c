"""What devices send, read strictly where it matters and kindly where it does not (docs/protocol.md).

A press counts by its topic, kind and mode; nonsense in any further field is ignored, so that a valid press
always rings. `age_s` is the device's own count of seconds between the finger and this publication; `at` is kept
as text and never used.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeGuard

from liengia.alarms.models import Kind, Mode

PAYLOAD_MOST: Final = 4096
STALE_AFTER_S: Final = 300.0
_SUBJECT: Final = re.compile(r"(?:\$MQTT\.msgs\.)?lg\.([a-z0-9]{10})\.(press|still|rang|beat)\.([a-z0-9]{10})")
_ID: Final = re.compile(r"[A-Za-z0-9:_.-]{1,64}")
_KINDS: Final = frozenset(Kind.values)
_MODES: Final = frozenset(Mode.values)
_DEVICE: Final = re.compile(r"[a-z0-9]{10}")


class Rejection(Exception):
    """A message that cannot be used; `reason` is what `/metrics` counts it by."""

    def __init__(self, reason: str) -> None:
        """Keep the reason: one short word."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Topic:
    """Where a message came from."""

    group: str
    word: str
    device: str


@dataclass(frozen=True, slots=True)
class PressMessage:
    """A press as received: the server's instants, and the seconds that it had waited before and in the stream."""

    press_id: str
    group: str
    device: str
    kind: str
    mode: str
    is_silent: bool
    age_s: float
    waited_s: float
    claimed_at: str
    received_at: datetime
    # It came without an id, and was given that of its device, kind and minute.
    is_bare: bool = False

    @property
    def is_stale(self) -> bool:
        """Whether it is too old to ring (more than 5 minutes since the finger)."""
        return self.age_s + self.waited_s > STALE_AFTER_S

    @property
    def stored_at(self) -> datetime:
        """When the broker stored it: the same however often it is delivered."""
        return self.received_at - timedelta(seconds=self.waited_s)

    def of_its_own(self) -> PressMessage:
        """Return a press without an id as another one of its minute: its instant tells them apart."""
        return replace(self, press_id=f"{self.press_id}:{self.stored_at:%S%f}", is_bare=False)


@dataclass(frozen=True, slots=True)
class RangMessage:
    """A siren's word that it sounds now, for a press or for a device."""

    group: str
    device: str
    press_id: str
    from_device: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class BeatMessage:
    """A sign of life; fields that were absent or nonsense are None."""

    group: str
    device: str
    is_gone: bool
    battery_mv: int | None
    mains: bool | None
    rssi_dbm: int | None
    firmware: str | None


def is_press_id(value: object) -> TypeGuard[str]:
    """Tell whether this may be the id of a press; anything else could not even be asked for in the database."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def read_topic(subject: str) -> Topic:
    """Return the parts of a subject.

    Raises:
        Rejection: it is not one of a device's topics.
    """
    match = _SUBJECT.fullmatch(subject)
    if match is None:
        raise Rejection("topic")
    return Topic(*match.groups())


def read_press(subject: str, payload: bytes, *, received_at: datetime, stored_at: datetime | None) -> PressMessage:
    """Return a press. `stored_at` is when the broker stored it; None when that cannot be trusted (it is fresh).

    Raises:
        Rejection: topic, oversized, not_utf8, malformed, unknown_kind, unknown_mode, bad_id.
    """
    topic = read_topic(subject)
    if topic.word not in ("press", "still"):
        raise Rejection("topic")
    body = _body(payload)
    if isinstance(body, str):
        body = {"kind": body, "mode": Mode.REAL.value}
    kind, mode = body.get("kind"), body.get("mode", Mode.REAL.value)
    if not isinstance(kind, str) or kind not in _KINDS:
        raise Rejection("unknown_kind")
    if not isinstance(mode, str) or mode not in _MODES:
        raise Rejection("unknown_mode")
    is_silent = topic.word == "still"
    if is_silent and kind != Kind.HELP:
        raise Rejection("unknown_kind")
    at = stored_at or received_at
    press_id = body.get("id")
    is_bare = press_id is None
    if press_id is None:
        press_id = f"{topic.device}:{kind}:{at:%Y%m%dT%H%M}{_suffix(mode, is_silent)}"
    elif not is_press_id(press_id):
        raise Rejection("bad_id")
    claimed = body.get("at")
    waited = max(0.0, (received_at - stored_at).total_seconds()) if stored_at else 0.0
    return PressMessage(
        press_id=press_id,
        group=topic.group,
        device=topic.device,
        kind=kind,
        mode=mode,
        is_silent=is_silent,
        age_s=_seconds(body.get("age_s")),
        waited_s=waited,
        claimed_at=_plain(str(claimed))[:40] if claimed is not None else "",
        received_at=received_at,
        is_bare=is_bare,
    )


def read_rang(subject: str, payload: bytes, *, received_at: datetime) -> RangMessage:
    """Return a siren's confirmation.

    Raises:
        Rejection: as for a press.
    """
    topic = read_topic(subject)
    if topic.word != "rang":
        raise Rejection("topic")
    body = _body(payload)
    fields = body if isinstance(body, dict) else {}
    press_id, from_device = fields.get("press"), fields.get("from")
    return RangMessage(
        topic.group,
        topic.device,
        press_id if is_press_id(press_id) else "",
        from_device if isinstance(from_device, str) and _DEVICE.fullmatch(from_device) else "",
        received_at,
    )


def read_beat(subject: str, payload: bytes) -> BeatMessage:
    """Return a sign of life; an empty or unreadable body is still a sign of life.

    Raises:
        Rejection: topic or oversized.
    """
    topic = read_topic(subject)
    if topic.word != "beat":
        raise Rejection("topic")
    try:
        body = _body(payload) if payload else {}
    except Rejection as rejection:
        if rejection.reason == "oversized":
            raise
        body = {}
    fields = body if isinstance(body, dict) else {}
    mains, firmware = fields.get("mains"), fields.get("firmware")
    return BeatMessage(
        group=topic.group,
        device=topic.device,
        is_gone=fields.get("gone") is True,
        battery_mv=_whole(fields.get("battery_mv"), 0, 60_000),
        mains=mains if isinstance(mains, bool) else None,
        rssi_dbm=_whole(fields.get("rssi_dbm"), -200, 50),
        firmware=_plain(firmware)[:40] if isinstance(firmware, str) else None,
    )


def _body(payload: bytes) -> dict[str, Any] | str:
    """Return the JSON object, or the bare word of a kind."""
    if len(payload) > PAYLOAD_MOST:
        raise Rejection("oversized")
    try:
        text = payload.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise Rejection("not_utf8") from None
    if text in _KINDS:
        return text
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise Rejection("malformed") from None
    if not isinstance(body, dict):
        raise Rejection("malformed")
    return body


def _suffix(mode: str, is_silent: bool) -> str:
    """Keep presses without an id apart: a drill must not swallow the real press of the same minute."""
    return (":silent" if is_silent else "") + ("" if mode == Mode.REAL else f":{mode}")


def _seconds(value: object) -> float:
    """Return a count of seconds, 0 when it is nonsense."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    try:
        seconds = float(value)
    except OverflowError:
        return 0.0
    return min(seconds, 1e9) if math.isfinite(seconds) and seconds > 0 else 0.0


def _whole(value: object, least: int, most: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if least <= value <= most else None


def _plain(value: str) -> str:
    """Return the text without control characters (PostgreSQL refuses NUL)."""
    return "".join(char for char in value if char.isprintable())
