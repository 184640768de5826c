"""The floor: a bare hub that stores nothing, fed and heard by the same load in the same run.

    python -m benchmarks.floor      (prints its port; `Hub` starts it)

Who connects names its group in a line and is answered; whatever comes from it afterwards goes to all of the group
that listen, at once.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, cast

import uvloop

from benchmarks.crowd import raise_file_limit

ROOT = Path(__file__).resolve().parent.parent
LISTEN, PRESS = "listen ", "press "


class Hub:
    """The hub's process, as seen by whoever started it."""

    def __init__(self) -> None:
        """Start it and learn its port."""
        self.process = subprocess.Popen([sys.executable, "-m", "benchmarks.floor"], cwd=ROOT, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()


class _Member(asyncio.Protocol):
    """One connection: of a listener, or of a button."""

    groups: ClassVar[dict[bytes, list[asyncio.Transport]]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's own is no subclass
        self.hearers: list[asyncio.Transport] | None = None

    def data_received(self, data: bytes) -> None:
        if self.hearers is not None:
            for one in self.hearers:
                one.write(data)
            return
        role, group = data.split()
        self.hearers = self.groups.setdefault(group, [])
        if role == LISTEN.strip().encode():
            self.hearers.append(self.transport)
        self.transport.write(b"welcome\n")


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Member, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> int:
    """Serve until SIGTERM."""
    raise_file_limit()
    with suppress(KeyboardInterrupt):
        uvloop.run(_serve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
