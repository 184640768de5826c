"""The demonstration's loudspeakers: the real player (`speaker.Box`), one a cluster, together in one process; no Django, no database.

Nothing about them is pretended but the amplifier: they come in at the broker, fetch their sounds, keep the quiet hours and report. The first plays
into `<folder>/<cluster>/da-phat.wav`, which can be listened to and begins anew at each start; the others take as long and are heard by nobody.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from liengia.operate.sinks import Nowhere, Sink, WavFile
from liengia.operate.speaker import Box, Settings

PLAYED: Final = "da-phat.wav"


def settings_of(row: dict[str, str], *, server: str, mqtt: str, folder: Path) -> Settings:
    """Return what a box is told."""
    host, _sep, port = mqtt.rpartition(":")
    return Settings(
        data=folder / row["cluster"], server=server, broker_host=host, broker_port=int(port), has_tls=False,
        cluster=row["cluster"], device=row["device"], password=row["password"],
    )  # fmt: skip


def sink_of(number: int, settings: Settings) -> Sink:
    """Return where a box plays: the first into a file, so that somebody can listen to it."""
    if number:
        return Nowhere()
    for old in (settings.data / PLAYED, settings.data / f"{PLAYED}.jsonl"):
        old.unlink(missing_ok=True)
    return WavFile(settings.data / PLAYED)


async def run(boxes: Sequence[Box], stop: asyncio.Event) -> None:
    """Run all until told to stop; when one breaks, all end and the supervisor starts them again."""
    async with asyncio.TaskGroup() as group:
        for box in boxes:
            group.create_task(box.run(stop))


def main(arguments: Sequence[str]) -> int:
    """Run them; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m liengia.operate.demo_speakers")
    for name in ("--boxes", "--server", "--mqtt", "--folder"):
        parser.add_argument(name, required=True)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=os.environ.get("LIENGIA_LOG", "WARNING"), format="%(asctime)s %(message)s")
    rows = json.loads(Path(options.boxes).read_text(encoding="utf-8"))
    told = [settings_of(row, server=options.server, mqtt=options.mqtt, folder=Path(options.folder)) for row in rows]
    boxes = [Box(one, sink_of(number, one)) for number, one in enumerate(told)]

    async def live() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await run(boxes, stop)

    asyncio.run(live())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
