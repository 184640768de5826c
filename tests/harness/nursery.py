"""A process that has loaded the project once, and forks what tests start: a web process answers in a fraction of a second.

Loading Django, Wagtail and all rooms takes some three seconds of a core; a browser test starts a web process, and at times
kills it and starts it again. What is forked runs the very command of `liengia`, in a session of its own, and can be
killed like any other process. Run as `python -m tests.harness.nursery` it reads a line for each child to be made (the
command's words as JSON) and answers with its process id.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]


class Child:
    """A forked process, with as much of `subprocess.Popen` as tests ask for."""

    def __init__(self, pid: int) -> None:
        """Know it by its process id, which is that of its session too."""
        self.pid = pid

    def poll(self) -> int | None:
        """Return None while it runs; the nursery lets the kernel bury it."""
        return None if Path(f"/proc/{self.pid}").exists() else 1

    def wait(self, timeout: float | None = 20) -> int:
        """Wait until it is gone.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        until = time.monotonic() + (timeout or 20)
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 20)
            time.sleep(0.005)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)


class Nursery:
    """The loaded process; one environment for all of its children."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Begin to load; whoever asks for the first child waits for it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.harness.nursery"], cwd=ROOT, env=dict(environment),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def start(self, command: Sequence[str]) -> Child:
        """Fork a child that runs a command of `liengia`.

        Raises:
            RuntimeError: the project could not be loaded.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(list(command)).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        said = self._process.stdout.readline()
        if not said:
            raise RuntimeError("the nursery has ended: the project could not be loaded")
        return Child(int(said))

    def close(self) -> None:
        """Let it end; children are killed by who started them."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=20)


def _run(command: Sequence[str]) -> None:
    """Be a child: never returns."""
    code: Any = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nowhere, number)
        from django.core.management import call_command

        call_command(command[0], *command[1:])
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Load everything, then fork a child a line until the input ends."""
    import django

    django.setup()
    from liengia import asgi
    from liengia.core import warm
    from liengia.operate import web

    assert asgi.application is not None and web.serve is not None
    warm.up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        pid = os.fork()
        if not pid:
            _run(json.loads(line))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
