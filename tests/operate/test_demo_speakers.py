"""The demonstration's loudspeakers: the real player, several in one process, and the command that starts them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from liengia.core import keys
from liengia.operate import demo_speakers, prepare
from liengia.operate.sinks import Nowhere, WavFile
from liengia.operate.speaker import Box
from tests.harness.ports import free_port

ROWS = [{"cluster": f"cluster00{number}", "device": f"device0000{number}"[:10], "password": "x" * 28} for number in (1, 2)]


def told(folder: Path, row: dict[str, str]) -> Any:
    return demo_speakers.settings_of(row, server="http://127.0.0.1:8000", mqtt=f"127.0.0.1:{free_port()}", folder=folder)


async def test_each_is_a_real_player_with_a_memory_of_its_own_and_all_end_together(tmp_path: Path) -> None:
    boxes = [Box(one := told(tmp_path, row), demo_speakers.sink_of(number, one)) for number, row in enumerate(ROWS)]
    assert isinstance(boxes[0].sink, WavFile) and isinstance(boxes[1].sink, Nowhere)
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.1, stop.set)
    await asyncio.wait_for(demo_speakers.run(boxes, stop), 5)
    assert all((tmp_path / row["cluster"] / "speaker" / "memory.json").is_file() for row in ROWS)


def test_what_was_played_begins_anew_at_each_start(tmp_path: Path) -> None:
    one = told(tmp_path, ROWS[0])
    sink = demo_speakers.sink_of(0, one)
    sink.note(what="begins")
    assert (one.data / "da-phat.wav.jsonl").is_file()
    demo_speakers.sink_of(0, one)
    assert not (one.data / "da-phat.wav.jsonl").exists()


def test_they_are_started_only_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(keys, "KEYS_DIR", tmp_path)
    assert prepare.speakers_command() == []
    (tmp_path / prepare.SIMULATOR_SPEAKERS).write_text(json.dumps(ROWS))
    command = prepare.speakers_command()
    assert command[:2] == ["-m", "liengia.operate.demo_speakers"] and str(tmp_path / prepare.SIMULATOR_SPEAKERS) in command
    settings.TLS_CERT = "/cert.pem"
    assert prepare.speakers_command() == [], "their way on this machine has no certificate"
