"""The vectors of docs/protocol.md for loudspeakers, passed by our player."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import liengia.broadcast
from liengia.operate.speakers import REPORTS_KEPT, Player

WHOLE = json.loads((Path(liengia.broadcast.__file__).parent / "speaker_vectors.json").read_text(encoding="utf-8"))
BASE = WHOLE["base"]


def hashed(letter: str) -> str:
    return letter * 64


def said(say: dict[str, Any]) -> bytes:
    whole = {"volume": 70, "quiet": ["00:00", "00:00"], "most_a_day": 99, "offset_min": 0, **say}
    whole["orders"] = [
        {"size": 10, "url": "/x.wav", "times": 1, "pause_s": 0, "mode": "real", **order, "sha256": hashed(order["sha"]),
         "at": order["at"] + BASE if isinstance(order["at"], int) else order["at"], "expires": order["expires"] + BASE}
        for order in say["orders"]
    ]  # fmt: skip
    return json.dumps(whole).encode()


class Bench:
    """A player with a vector's sounds and clock."""

    def __init__(self, vector: dict[str, Any]) -> None:
        self.player, self.playing, self.ended = Player(offset_min=0, quiet=(0, 0)), "", 0
        self.present = {hashed(letter) for letter in vector.get("present", "abcdef")}

    def hear(self, step: dict[str, Any]) -> str | None:
        if step.get("reconnected"):
            self.player.reconnected()
        if step.get("power_cut"):
            self.player, self.playing = Player.from_memory(json.loads(json.dumps(self.player.memory()))), ""
        if "fetched" in step:
            self.present.add(hashed(step["fetched"]))
        if "say" in step:
            return self.player.hear_say(said(step["say"]))
        if "raw" in step:
            return self.player.hear_say(step["raw"].encode())
        return self.player.obey(step["to"].encode()) if "to" in step else None

    def played_once(self, now: float) -> None:
        order = self.player.orders[self.playing]
        self.player.played_once(order)
        if not self.player.may_repeat(order, now):
            self.end(order, "played", now)
            self.playing = ""

    def end(self, order: Any, what: str, now: float) -> None:
        self.ended += 1
        self.player.end(order, what, report=f"report-{self.ended}", began_s=now, now_s=now)

    def go_on(self, now: float) -> list[list[str]]:
        over = self.player.over(now)
        for order, _why in over:
            self.end(order, "left_out", now)
        chosen = self.player.choose(now, present=self.present, playing=self.playing)
        self.playing = chosen.id if chosen is not None else ""
        if chosen is not None:
            self.player.begin(chosen, now)
        return [[order.id, why] for order, why in over]


@pytest.mark.parametrize("vector", WHOLE["player"], ids=lambda vector: vector["name"])
def test_the_player_passes(vector: dict[str, Any]) -> None:
    bench = Bench(vector)
    for step in vector["steps"]:
        now = float(step["at_s"] + BASE)
        assert bench.hear(step) == step.get("expect", "take" if "say" in step else None), step
        if "once" in step:
            assert bench.playing == step["once"], step
            bench.played_once(now)
        assert bench.go_on(now) == step.get("left_out", []), step
        assert bench.playing == step.get("sounds", bench.playing), step
        if "reported" in step:
            assert bench.player.reports["report-1"]["times"] == step["reported"]


def test_reports_wait_until_they_are_answered_and_a_thousand_at_most() -> None:
    player = Player()
    for number in range(REPORTS_KEPT + 5):
        player.report(f"report-{number}", {"what": "played"})
    assert len(player.reports) == REPORTS_KEPT
    assert "report-4" not in player.reports
    assert player.obey(b'{"do":"ack","report":"report-9"}') == "ack"
    assert "report-9" not in player.reports


@pytest.mark.parametrize("kept", [{}, {"volume": "x"}, {"orders": []}, {**Player().memory(), "begun": 7}, {**Player().memory(), "quiet": []}])
def test_a_memory_that_cannot_be_read_is_begun_anew(kept: dict[str, Any]) -> None:
    assert Player.from_memory(kept) == Player()
