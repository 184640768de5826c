"""What this folder's tests begin with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import time_machine

from liengia.broadcast.speech.engines import SpeechError, espeak_ng
from tests.broadcast.speakers.given import NOW, Place, place


@pytest.fixture(autouse=True)
def today(settings: Any, tmp_path: Path) -> Iterator[datetime]:
    """It is 10 August 2026, ten in the morning; sounds are kept in a folder of the test's own."""
    settings.DATA = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield NOW


@cache
def _spoken(text: str) -> bytes:
    return _speak(espeak_ng.Engine(), text)


_speak = espeak_ng.Engine.speak


@pytest.fixture(autouse=True)
def spoken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak each text with the real voice once a run; it is the same each time."""

    def speak(self: espeak_ng.Engine, text: str) -> bytes:
        if self.why_not():
            raise SpeechError(self.why_not())
        return _spoken(text)

    monkeypatch.setattr(espeak_ng.Engine, "speak", speak)


@pytest.fixture
def here(db: None) -> Place:
    """The commune with its clusters."""
    return place()
