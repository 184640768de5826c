"""A whole installation in a temporary folder: `liengia up` as a child, with a database of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from tests.conftest import _migrated_file as migrated_file
from tests.harness import processes
from tests.harness.hand import Hand
from tests.harness.ports import free_port


class Installation:
    """One `liengia up` on its own ports and data folder."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """Give it a migrated database and free ports."""
        self.data = folder / "centre"
        self.data.mkdir(parents=True)
        shutil.copy(migrated_file(), self.data / "liengia.sqlite3")
        self.ports = {name: free_port() for name in ("LIENGIA_PORT", "LIENGIA_MQTT_PORT", "LIENGIA_NATS_PORT", "LIENGIA_LEAF_PORT")}
        self.environment = {
            **processes.outside(),
            "LIENGIA_DATA": str(self.data),
            "LIENGIA_WEB_WORKERS": "1",
            **{name: str(port) for name, port in self.ports.items()},
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self._hand: Hand | None = None
        self.log = folder / "up.log"

    def start(self, *arguments: str, within_s: float = 90) -> Installation:
        """Start, and wait until it is well."""
        self.process = processes.start("up", *arguments, environment=self.environment, log=self.log)
        why = partial(processes.tail, self.log, 60)
        processes.wait_until(lambda: self.health() == 200, within_s=within_s, why=why, process=self.process)
        return self

    def health(self) -> int:
        """Return the status of /health; 0 when nothing answers."""
        return processes.answer(f"http://127.0.0.1:{self.ports['LIENGIA_PORT']}/health")[0]

    def python(self, code: str) -> Any:
        """Run code inside the installation's Django; what it gave to `out`, or printed last as JSON, is returned."""
        if self._hand is None:
            self._hand = Hand(self.environment)
        return self._hand.run(code)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ours."""
        return subprocess.run(
            [sys.executable, "-m", "liengia", *arguments], env=self.environment, capture_output=True, text=True, check=False
        )

    def stop(self) -> float:
        """Stop with SIGTERM, and return how many seconds that took."""
        if self._hand is not None:
            self._hand.close()
            self._hand = None
        took = processes.end(self.process)
        self.process = None
        return took


GROUP_OF = """
import json
from tests import factories
from liengia.alarms import services
from liengia.alarms.models import Device
from liengia.core.actor import Actor
commune = factories.unit("28108", "Cần Đước", "commune")
hamlet = factories.unit("1", "Khu phố 5", "hamlet", parent=commune)
actor = Actor.system("test")
services.ensure_default_plans()
group = services.create_group(hamlet, name="Tổ 3", actor=actor)
rows = []
for number in range(1, {houses} + 1):
    house = factories.household(hamlet, number)
    services.add_household(group, household=house, seat=number, actor=actor)
    made = services.provision_device(group, household=house, kind="both", actor=actor)
    rows.append([group.public_id, made.device.public_id, "both", made.username, made.password])
print(json.dumps(rows))
"""


class Link:
    """A TCP link that can be cut and joined again, as the line between a hamlet and the centre."""

    def __init__(self, port: int) -> None:
        """Listen on a free port and pass everything on to `port`."""
        self.target, self.is_up = port, True
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Cut all connections and refuse new ones."""
        self.is_up = False
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def join(self) -> None:
        """Let connections through again."""
        self.is_up = True

    def _accept(self) -> None:
        while True:
            near, _address = self._listener.accept()
            if not self.is_up:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
