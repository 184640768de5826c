"""Nothing is lost: SIGKILL of every process under a storm of presses, on SQLite and on PostgreSQL.

What is asserted is what a storm came to, never how long it took. The order and moments of the kills come from a seed,
which a failure prints; LOSS_SEED runs it again.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.stage import Stage
from benchmarks.storm import CHILDREN, WRONG, Figures, Killer, Storm, storm_over_kills
from tests.conftest import _migrated_file, fill_migrated
from tests.harness.postgres import Cluster

pytestmark = pytest.mark.broker


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("LOSS_SEED") or random.randrange(10**6))


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Stage]:
    """An installation on SQLite, migrated already."""
    shutil.copy(_migrated_file(), tmp_path / "liengia.sqlite3")
    stage = Stage(folder=tmp_path)
    try:
        stage.start()
        yield stage
    finally:
        stage.stop()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL that syncs: a commit outlives its server."""
    folder = Path(os.environ["LIENGIA_TESTS_FOLDER"]) / "durable"
    one = Cluster(folder, is_durable=True)
    one.start()
    try:
        yield one
    finally:
        one.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def on_postgres(cluster: Cluster, tmp_path: Path) -> Iterator[Stage]:
    """An installation on PostgreSQL."""
    fill_migrated(cluster.url("postgres"))
    stage = Stage(database_url=cluster.url("postgres"), folder=tmp_path)
    try:
        stage.start()
        yield stage
    finally:
        stage.stop()


def found_after(stage: Stage, *, presses: int, groups: int, seed: int, also: dict[str, Killer] | None = None) -> Figures:
    """Press, kill, wait until all is recorded and every due step ran; return what is found."""

    async def scene() -> Figures:
        play = Storm(stage, groups, seed=seed)
        await storm_over_kills(play, presses=presses, victims=[*CHILDREN, "bridge", *(also or {})], killers=also)
        return await play.proof()

    print(f"LOSS_SEED={seed}")
    found = asyncio.run(scene())
    print(found)
    return found


def check(found: Figures, *, presses: int) -> None:
    """Assert that every press is in exactly one incident and that every due step ran."""
    assert found["acknowledged"] >= presses
    assert {name: found[name] for name in WRONG} == dict.fromkeys(WRONG, 0)
    assert found["incidents"]
    assert found["steps_ran"]


def test_nothing_is_lost_when_every_process_is_killed_under_a_storm(on_sqlite: Stage, seed: int) -> None:
    found = found_after(on_sqlite, presses=20_000, groups=50, seed=seed)
    check(found, presses=20_000)
    assert found["killed"] == {"bridge": 2, "broker": 1, "web": 1, "worker": 1}


def test_nothing_is_lost_when_the_database_server_is_killed_too(on_postgres: Stage, cluster: Cluster, seed: int) -> None:
    def kill_database() -> bool:
        cluster.kill()
        cluster.start_again()
        return True

    found = found_after(on_postgres, presses=5_000, groups=20, seed=seed, also={"database": kill_database})
    check(found, presses=5_000)
    assert found["killed"] == {"bridge": 2, "broker": 1, "database": 1, "web": 1, "worker": 1}
