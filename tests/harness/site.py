"""Processes of the project on the tests' own database, that can be killed and started again."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from tests.harness import processes
from tests.harness.ports import free_port


@dataclass
class Site:
    """`liengia web`, and the worker where a test needs one; without a broker."""

    port: int = field(default_factory=free_port)
    web: processes.Process | None = None
    others: list[processes.Process] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it answers; a name, since passkeys refuse an address."""
        return f"http://localhost:{self.port}"

    def _environment(self) -> dict[str, str]:
        database = str(connection.settings_dict["NAME"])
        if connection.vendor == "sqlite":
            address = f"sqlite:///{Path(database).resolve()}"
        else:
            address = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{database}"
        return {
            **os.environ,
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "LIENGIA_PORT": str(self.port),
            "PYTHONPATH": str(processes.ROOT),
        }

    def start(self) -> None:
        """Start the web process, and wait until it answers."""
        self.web = processes.start("web", "--workers", "1", environment=self._environment())
        processes.wait_until(
            lambda: processes.answer(f"{self.url}/tro-nang/", within_s=2)[0] != 0,
            within_s=60, why=lambda: "the web process did not answer within 60 s", process=self.web,
        )  # fmt: skip

    def start_worker(self) -> None:
        """Start the worker beside it."""
        self.others.append(processes.start("worker", environment=self._environment()))

    def kill(self) -> None:
        """Kill the web process with its workers at once."""
        processes.kill_session(self.web)
        self.web = None

    def end(self) -> None:
        """Kill everything."""
        self.kill()
        for one in self.others:
            processes.kill_session(one)
        self.others.clear()
