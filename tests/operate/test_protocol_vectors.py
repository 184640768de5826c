"""The vectors of docs/protocol.md, passed by the simulator's siren and button."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import liengia.alarms
from liengia.operate.devices import Button, Siren

VECTORS = json.loads((Path(liengia.alarms.__file__).parent / "protocol_vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS["siren"], ids=lambda vector: vector["name"])
def test_the_siren_passes(vector: dict[str, Any]) -> None:
    siren = Siren("siren00001")
    for step in vector["steps"]:
        now_s, did = float(step["at_s"]), None
        if "press_of" in step:
            did = siren.hear_press(
                step["press_of"], step["payload"].encode(), retained=step.get("retained", False), now_s=now_s
            )
        elif "state" in step:
            did = siren.hear_state(step["state"].encode(), now_s=now_s)
        elif "to" in step:
            did = siren.obey(step["to"].encode(), now_s=now_s)
        assert did == step.get("expect"), step
        if "sounding" in step:
            assert siren.is_sounding(now_s) is step["sounding"], step
        if "rang" in step:
            assert siren.sounds_for == step["rang"], step


@pytest.mark.parametrize("vector", VECTORS["button"], ids=lambda vector: vector["name"])
def test_the_button_passes(vector: dict[str, Any]) -> None:
    button, ids = Button("button0001"), set()
    for step in vector["steps"]:
        now_s = float(step["at_s"])
        if "press" in step:
            button.press(step["press"], now_s=now_s)
        if step.get("puback"):
            button.confirmed()
        assert button.due(now_s) == step["due"], step
        if "age_s" in step:
            payload = json.loads(button.payload(now_s))
            assert payload["age_s"] == step["age_s"], step
            ids.add(payload["id"])
    assert len(ids) == 1
