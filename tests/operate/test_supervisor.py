"""What the supervisor gives its children."""

from __future__ import annotations

from pathlib import Path

import pytest

from liengia.operate import supervisor

FACTS = {"broker": ["nats-server"], "simulator": [], "speakers": []}


def memory_of_broker() -> str:
    broker = supervisor._children(FACTS)[0]
    assert broker.name == "broker"
    return broker.environment["GOMEMLIMIT"]


def test_the_broker_may_take_half_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOMEMLIMIT", raising=False)
    monkeypatch.setattr(supervisor, "_CONTAINER_LIMITS", ())
    monkeypatch.setattr("os.sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 2**20}.__getitem__)
    assert memory_of_broker() == "2048MiB"


def test_a_container_counts_as_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GOMEMLIMIT", raising=False)
    bounded, boundless = tmp_path / "memory.max", tmp_path / "unbounded"
    bounded.write_text(f"{1024**3}\n")
    boundless.write_text("max\n")
    monkeypatch.setattr(supervisor, "_CONTAINER_LIMITS", (bounded, boundless, tmp_path / "absent"))
    monkeypatch.setattr("os.sysconf", {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 2**21}.__getitem__)
    assert memory_of_broker() == "512MiB"


def test_who_runs_it_may_say_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOMEMLIMIT", "3GiB")
    assert memory_of_broker() == "3GiB"


def test_the_demonstrations_loudspeakers_wait_until_all_are_well() -> None:
    found = {child.name: child.waits for child in supervisor._children({**FACTS, "speakers": ["-m", "liengia.operate.demo_speakers"]})}
    assert found == {"broker": False, "web": False, "bridge": False, "worker": False, "speakers": True}
