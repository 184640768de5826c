"""Pokes: as many as wait to leave are one."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from liengia.core.bus import Bus


class Broker:
    """Stands where the connection is; keeps what is published."""

    is_connected = True

    def __init__(self) -> None:
        self.published: list[str] = []
        self.heard = threading.Event()

    async def publish(self, subject: str, payload: bytes = b"") -> None:
        self.published.append(subject)
        if subject.endswith("last"):
            self.heard.set()


@pytest.fixture
def bus() -> Iterator[Bus]:
    one = Bus()
    yield one
    one.loop.call_soon_threadsafe(one.loop.stop)
    one._thread.join(5)
    one.loop.close()


def test_pokes_that_wait_to_leave_are_sent_once_and_later_ones_again(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    broker, gate = Broker(), threading.Event()
    monkeypatch.setattr(bus, "client", broker)
    bus.loop.call_soon_threadsafe(gate.wait)
    for topic in ("states", "states", "steps", "states", "last"):
        bus.poke_now(topic)
    gate.set()
    assert broker.heard.wait(5)
    assert broker.published == ["liengia.poke.states", "liengia.poke.steps", "liengia.poke.last"]
    broker.heard.clear()
    bus.poke_now("states")
    bus.poke_now("last")
    assert broker.heard.wait(5)
    assert broker.published[3:] == ["liengia.poke.states", "liengia.poke.last"]


def test_a_poke_is_not_lost_for_the_next_when_the_broker_was_away(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Broker()
    monkeypatch.setattr(bus, "client", broker)
    broker.is_connected = False
    bus.poke_now("last")
    broker.is_connected = True
    bus.poke_now("last")
    assert broker.heard.wait(5)
