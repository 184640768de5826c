"""What a siren and a button do, by docs/protocol.md: no network and no clock in here, so that vectors can test it.

`now_s` is always the device's own counter of seconds since it started; it has no calendar.
"""

from __future__ import annotations

import json
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

STALE_AFTER_S: Final = 300.0
RINGS_FOR_S: Final = 600.0
TEST_RINGS_FOR_S: Final = 5.0
RINGS_AT_MOST: Final = 3
RINGS_WITHIN_S: Final = 600.0
HEARD_IDS_KEPT: Final = 256
RANG_EVERY_S: Final = 5.0
BEAT_EVERY_S: Final = 30.0
PUBLISH_AGAIN_S: Final = 3.0
RECONNECT_S: Final = 10.0
GIVE_UP_S: Final = 600.0
KINDS: Final = ("fire", "intruder", "medical", "help")
MODES: Final = ("real", "drill", "test")


def read(payload: bytes) -> dict[str, Any] | None:
    """Return a payload's fields, a bare word of a kind as such a press; None for garbage."""
    if len(payload) > 4096:
        return None
    try:
        text = payload.decode("utf-8").strip()
        body = {"kind": text} if text in KINDS else json.loads(text)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


@dataclass
class Siren:
    """One siren. `sounds_for` says why it sounds: the fields that it repeats in `rang`."""

    device: str
    rev: int = -1
    state_rings: bool = False
    apart: frozenset[str] = frozenset()
    until_s: float = 0.0
    sounds_for: dict[str, str] = field(default_factory=dict)
    mode: str = "real"
    kind: str = ""
    _heard: deque[str] = field(default_factory=lambda: deque(maxlen=HEARD_IDS_KEPT))
    _rung: dict[str, deque[float]] = field(default_factory=dict)

    def is_sounding(self, now_s: float) -> bool:
        """Whether it sounds now; it stops by itself."""
        return now_s < self.until_s

    def hear_press(self, sender: str, payload: bytes, *, retained: bool, now_s: float) -> str:
        """Judge a press of its group: "ring" or "ignore"."""
        body = read(payload)
        if retained or body is None or body.get("kind") not in KINDS or body.get("mode", "real") not in MODES:
            return "ignore"
        age_s = body.get("age_s", 0)
        if isinstance(age_s, int | float) and not isinstance(age_s, bool) and age_s > STALE_AFTER_S:
            return "ignore"
        named = body.get("id")
        press = named if isinstance(named, str) else f"{sender}:{body['kind']}:{int(now_s // 60)}"
        if press in self._heard:
            return "ignore"
        self._heard.append(press)
        if sender in self.apart or not self._may_ring(sender, now_s):
            return "ignore"
        self._ring({"press": press} if isinstance(named, str) else {"from": sender}, RINGS_FOR_S, now_s)
        self.kind, self.mode = body["kind"], body.get("mode", "real")
        return "ring"

    def hear_state(self, payload: bytes, *, now_s: float) -> str:
        """Follow the group's state: "ring", "quiet", or "ignore" (garbage, or no newer than what it knows)."""
        body = read(payload)
        if body is None or not isinstance(body.get("rev"), int) or body["rev"] <= self.rev:
            return "ignore"
        self.rev = body["rev"]
        apart = body.get("apart")
        self.apart = frozenset(str(one) for one in apart) if isinstance(apart, list) else frozenset()
        self.state_rings = body.get("state") == "ringing"
        if not self.state_rings:
            self.until_s = 0.0
            return "quiet"
        for_s = body.get("for_s")
        lasts_s = float(for_s) if isinstance(for_s, int | float) and for_s > 0 else RINGS_FOR_S
        reason = self.sounds_for if self.is_sounding(now_s) else {"incident": str(body.get("incident", ""))}
        self._ring(reason, lasts_s, now_s)
        self.kind, self.mode = str(body.get("kind", "")), str(body.get("mode", "real"))
        return "ring"

    def obey(self, payload: bytes, *, now_s: float) -> str:
        """Do what the server tells this device alone: "ring" (a bell test), "quiet", "move" or "ignore"."""
        body = read(payload) or {}
        match body.get("do"):
            case "test":
                self._ring({"from": self.device}, TEST_RINGS_FOR_S, now_s)
                self.mode = "test"
                return "ring"
            case "quiet":
                self.until_s = 0.0
                return "quiet"
            case "move":
                return "move"
        return "ignore"

    def _ring(self, reason: dict[str, str], lasts_s: float, now_s: float) -> None:
        self.sounds_for, self.until_s = reason, now_s + lasts_s

    def _may_ring(self, sender: str, now_s: float) -> bool:
        """Whether this sender has not yet rung three times in 10 minutes; the state's word overrules it."""
        times = self._rung.setdefault(sender, deque(maxlen=RINGS_AT_MOST))
        if len(times) == RINGS_AT_MOST and now_s - times[0] < RINGS_WITHIN_S and not self.state_rings:
            return False
        times.append(now_s)
        return True


@dataclass
class Button:
    """One button: presses until the broker has confirmed, with the same id and a growing age."""

    device: str
    press_id: str = ""
    kind: str = ""
    mode: str = "real"
    pressed_at_s: float = 0.0
    sent_at_s: float = -1.0
    reconnected_at_s: float = 0.0

    @property
    def is_waiting(self) -> bool:
        """Whether a press still has no PUBACK."""
        return bool(self.press_id)

    def press(self, kind: str, *, mode: str = "real", now_s: float, press_id: str = "") -> None:
        """Somebody presses."""
        self.press_id = press_id or str(uuid.uuid4())
        self.kind, self.mode = kind, mode
        self.pressed_at_s = self.reconnected_at_s = now_s
        self.sent_at_s = -1.0

    def due(self, now_s: float) -> str:
        """Say what is to be done now: "publish", "reconnect", "give_up" or "wait"."""
        if not self.press_id:
            return "wait"
        if now_s - self.pressed_at_s >= GIVE_UP_S:
            self.press_id = ""
            return "give_up"
        if self.sent_at_s >= 0 and now_s - self.reconnected_at_s >= RECONNECT_S:
            self.reconnected_at_s, self.sent_at_s = now_s, -1.0
            return "reconnect"
        if self.sent_at_s < 0 or now_s - self.sent_at_s >= PUBLISH_AGAIN_S:
            self.sent_at_s = now_s
            return "publish"
        return "wait"

    def payload(self, now_s: float) -> bytes:
        """Return the press as it is published now."""
        age_s = round(now_s - self.pressed_at_s, 1)
        return json.dumps({"id": self.press_id, "kind": self.kind, "mode": self.mode, "age_s": age_s}).encode()

    def confirmed(self) -> None:
        """The broker's PUBACK came."""
        self.press_id = ""
