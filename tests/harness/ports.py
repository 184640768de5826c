"""Loopback ports for what tests and measurements start.

They are handed out below the range from which the kernel takes the ports of outgoing connections (32768 up): a port
that was free when it was asked for is then still free when the server that was told it begins to listen. Each process
hands out each port once, beginning somewhere else than its neighbours.
"""

from __future__ import annotations

import itertools
import os
import socket
from typing import Final

FIRST, LAST = 16_000, 32_000
SLICE: Final = 400
_numbers = itertools.count(os.getpid() * SLICE)


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on and that this process hands out once."""
    found: list[int] = []
    while len(found) < count:
        port = FIRST + next(_numbers) % (LAST - FIRST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
    return found


def is_listened_on(port: int) -> bool:
    """Tell whether somebody listens on a loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a port that nobody listens on."""
    return free_ports(1)[0]
