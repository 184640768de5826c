"""The bridge's part for other rooms' devices goes on, whatever one of them says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from liengia.alarms.bridge.families import FamilyReader
from liengia.alarms.bridge.threads import DatabaseThread
from liengia.core import clock
from liengia.core.families import Heard, Said


class Fragile:
    """A family that breaks off at a word, and whose look always does."""

    prefix = "zz"
    looked = 0

    def hear(self, messages: Sequence[Heard]) -> Sequence[Said]:
        return [Said("zz.to", one.body.decode().encode("ascii")) for one in messages]

    def look(self, at: datetime) -> int:
        self.looked += 1
        raise ValueError("surrogates not allowed")


async def test_whatever_a_device_says_the_others_are_heard_afterwards() -> None:
    said: list[tuple[str, bytes]] = []

    async def publish(subject: str, body: bytes) -> None:
        said.append((subject, body))

    thread, family = DatabaseThread("families"), Fragile()
    client: Any = SimpleNamespace(publish=publish)
    reader, whole = FamilyReader(client, thread), {"zz": list[Heard]()}
    reader._waiting = whole
    for body in ("ớ".encode(), b"good"):
        reader._waiting["zz"] = [Heard("zz.x", body, clock.now())]
        await reader._serve(family, looks=True)  # type: ignore[arg-type]
    thread.close()
    assert said == [("zz.to", b"good")] and family.looked == 2
