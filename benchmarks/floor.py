"""The floor: a bare hub that stores nothing, and the synced write of this disk; measured in the same run."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from benchmarks.stage import percentile


async def bare_hub(sirens: int = 100, rounds: int = 30) -> dict[str, float]:
    """Measure a press through a hub that only copies lines to all connections (TCP_NODELAY): last of N, in ms."""
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(ConnectionError, asyncio.CancelledError):
            while line := await reader.readline():
                for one in writers:
                    one.write(line)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    links = [await asyncio.open_connection("127.0.0.1", port) for _ in range(sirens)]
    _button_reader, button = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.sleep(0.2)
    last: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        button.write(b"press\n")
        await asyncio.gather(*(reader.readline() for reader, _writer in links))
        last.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.02)
    button.close()
    for _reader, writer in links:
        writer.close()
    server.close()
    return {"p50_ms": percentile(last, 0.5), "p95_ms": percentile(last, 0.95)}
