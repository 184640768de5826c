"""Thousands of listeners in one lean process: sockets in one epoll, an instant for each read, no object a message.

    python -m benchmarks.crowd      (what to open comes as JSON on stdin; `Crowd` starts it and talks to it)

It is the load, not the product, and shares the machine with it: so it does nothing but read and look for a mark.
Instants are those of CLOCK_MONOTONIC, which all processes of a machine share.
"""

from __future__ import annotations

import array
import json
import os
import resource
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES: int = 65_536
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """What a crowd opens and listens for: `hellos` are what each socket says first (latin-1), in its order.

    A socket is ready when its answer holds `ready`, and has heard when a read holds `mark`.
    """

    port: int
    hellos: Sequence[str]
    ready: str
    mark: str
    answer_within_s: float = 60


class Crowd:
    """Processes that listen, as seen by whoever started them."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        """Start one process a plan; `wait_ready` says when all their sockets are open."""
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", "benchmarks.crowd"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            for _ in plans
        ]
        for process, plan in zip(self.processes, plans, strict=True):
            self._say(process, json.dumps(asdict(plan)))

    def wait_ready(self) -> int:
        """Wait until the sockets are open; return how many are."""
        return sum(int(self._answer(process)) for process in self.processes)

    def heard(self) -> list[float]:
        """Return the instants at which sockets heard since this was asked last; the others are left out."""
        for process in self.processes:
            self._say(process, "take")
        return [at for process in self.processes for at in json.loads(self._answer(process))]

    def wait_heard(self, count: int, *, within_s: float, look_s: float = 0.05) -> list[float]:
        """Ask until so many have heard or the time is over; return their instants (each look costs the crowd time)."""
        until, found = time.perf_counter() + within_s, list[float]()
        while len(found) < count and time.perf_counter() < until:
            time.sleep(look_s)
            found += self.heard()
        return found

    def close(self) -> None:
        """End the processes and with them their connections."""
        for process in self.processes:
            assert process.stdin is not None and process.stdout is not None
            with suppress(OSError):
                process.stdin.close()
            process.wait(timeout=30)
            process.stdout.close()

    @staticmethod
    def _say(process: subprocess.Popen[bytes], line: str) -> None:
        assert process.stdin is not None
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()

    @staticmethod
    def _answer(process: subprocess.Popen[bytes]) -> bytes:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("a crowd ended before it answered")
        return line


def raise_file_limit() -> None:
    """Let this process hold as many sockets as it may."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def open_sockets(port: int, hellos: Sequence[bytes], ready: bytes, *, within_s: float = 60) -> list[socket.socket]:
    """Open a socket for each hello, fifty at a time, and wait until each was answered.

    Raises:
        RuntimeError: one was closed, or not answered in time.
    """
    opened: list[socket.socket] = []
    for start in range(0, len(hellos), AT_ONCE):
        batch = []
        for hello in hellos[start : start + AT_ONCE]:
            one = socket.create_connection(("127.0.0.1", port), timeout=within_s)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one.sendall(hello)
            batch.append(one)
        for one in batch:
            answer = b""
            while ready not in answer:
                more = one.recv(4096)
                if not more:
                    raise RuntimeError(f"refused after {len(opened)} sockets: {answer[:200]!r}")
                answer += more
        opened += batch
    return opened


def main() -> int:
    """Open what stdin says, then stamp what comes, until stdin ends."""
    raise_file_limit()
    commands = sys.stdin.fileno()
    plan = Plan(**json.loads(_line(commands)))
    hellos = [hello.encode("latin-1") for hello in plan.hellos]
    sockets = open_sockets(plan.port, hellos, plan.ready.encode("latin-1"), within_s=plan.answer_within_s)
    print(len(sockets), flush=True)
    _listen(sockets, plan.mark.encode("latin-1"), commands)
    return 0


def _listen(sockets: Sequence[socket.socket], mark: bytes, commands: int) -> None:
    epoll = select.epoll()
    top = max(one.fileno() for one in sockets) + 1
    receive: list[Callable[[int], bytes] | None] = [None] * top
    for one in sockets:
        one.setblocking(False)
        receive[one.fileno()] = one.recv
        epoll.register(one.fileno(), select.EPOLLIN)
    epoll.register(commands, select.EPOLLIN)
    nothing = array.array("d", bytes(8 * top))
    times = nothing[:]
    now, poll = time.perf_counter, epoll.poll
    while True:
        for number, _what in poll(-1, 1024):
            if number == commands:
                if not _line(commands):
                    return
                print(json.dumps([at for at in times if at]), flush=True)
                times = nothing[:]
                continue
            read = receive[number]
            assert read is not None
            data = read(16_384)
            if mark in data:
                times[number] = now()
            elif not data:
                epoll.unregister(number)


def _line(file: int) -> bytes:
    """Read a line from a pipe, past all buffers (an epoll would not see what they hold); empty at its end."""
    line = bytearray()
    while not line.endswith(b"\n"):
        more = os.read(file, 65_536)
        if not more:
            return b""
        line += more
    return bytes(line)


if __name__ == "__main__":
    sys.exit(main())
