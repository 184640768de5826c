"""A process that has loaded the project and does what a test asks for beside a running installation, as often as it asks.

Loading Django, Wagtail and all rooms takes some three seconds of a core; a test asks several times. Run as
`python -m tests.harness.hand` it reads a piece of code a line (as JSON), and answers with what the code gave to `out`,
or else with the last line that it printed.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping
from typing import IO, Any, Final

from tests.harness.processes import ROOT

# Marks our answers among whatever a loaded library may print.
_SAID: Final = "SAID "


class Hand:
    """The loaded process; one environment for all that it does."""

    def __init__(self, environment: Mapping[str, str], *, errors: IO[str] | int = subprocess.DEVNULL, first: str = "") -> None:
        """Begin to load, and run `first` once; whoever asks first waits for it."""
        self._one_at_a_time = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.harness.hand", first], cwd=ROOT, env=dict(environment),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip

    def run(self, code: str) -> Any:
        """Run code and return its `out`, or what it printed last, read as JSON.

        Raises:
            AssertionError: the code failed, with its traceback.
        """
        with self._one_at_a_time:
            assert self._process.stdin is not None and self._process.stdout is not None
            self._process.stdin.write(json.dumps(code) + "\n")
            self._process.stdin.flush()
            for line in self._process.stdout:
                if line.startswith(_SAID):
                    said = json.loads(line.removeprefix(_SAID))
                    assert "wrong" not in said, said["wrong"]
                    return said["out"]
        raise AssertionError("the process beside the installation has ended")

    def close(self) -> None:
        """Let it end."""
        self._process.kill()
        self._process.communicate()


def _do(code: str) -> dict[str, Any]:
    from django.core.cache import caches
    from django.db import connections

    found: dict[str, Any] = {}
    printed = io.StringIO()
    try:
        caches["local"].clear()
        with contextlib.redirect_stdout(printed):
            exec(code, found)
        return {"out": found["out"] if "out" in found else json.loads(printed.getvalue().strip().splitlines()[-1])}
    except Exception:
        return {"wrong": traceback.format_exc()}
    finally:
        connections.close_all()


def main() -> None:
    """Load everything, then do a piece of code a line until the input ends."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liengia.settings")
    import django

    django.setup()
    exec(sys.argv[1], {})
    for line in sys.stdin:
        print(_SAID + json.dumps(_do(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
