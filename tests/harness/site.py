"""Processes of the project on the tests' own database, that can be killed and started again."""

from __future__ import annotations

import atexit
import os
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from tests.harness import processes
from tests.harness.nursery import Child, Nursery
from tests.harness.ports import free_port


@dataclass(frozen=True)
class _Place:
    """A port, and the loaded process whose children answer there; taken by one site after another."""

    port: int
    address: str
    nursery: Nursery


_free: list[_Place] = []


def _address() -> str:
    database = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{Path(database).resolve()}"
    return os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{database}"


def _place() -> _Place:
    address = _address()
    for found in _free:
        if found.address == address:
            _free.remove(found)
            return found
    port = free_port()
    own = {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings", "LIENGIA_PORT": str(port)}
    made = _Place(port, address, Nursery({**os.environ, **own}))
    atexit.register(made.nursery.close)
    return made


@dataclass
class Site:
    """`liengia web`, and the worker where a test needs one; without a broker."""

    place: _Place = field(default_factory=_place)
    web: Child | None = None
    others: list[Child] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it answers; a name, since passkeys refuse an address."""
        return f"http://localhost:{self.place.port}"

    def start(self) -> None:
        """Start the web process, and wait until it answers."""
        self.web = self.place.nursery.start(["web", "--workers", "1"])
        processes.wait_until(
            lambda: processes.answer(f"{self.url}/tro-nang/", within_s=2)[0] != 0,
            within_s=60, why=lambda: "the web process did not answer within 60 s", process=self.web, every_s=0.02,
        )  # fmt: skip

    def start_worker(self) -> None:
        """Start the worker beside it."""
        self.others.append(self.place.nursery.start(["worker"]))

    def kill(self) -> None:
        """Kill the web process with its workers at once."""
        processes.kill_session(self.web)
        self.web = None

    def end(self) -> None:
        """Kill everything, and leave the place to the next."""
        self.kill()
        for one in self.others:
            processes.kill_session(one)
        self.others.clear()
        _free.append(self.place)
