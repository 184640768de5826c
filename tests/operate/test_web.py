"""The web server's processes."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
import uvicorn

from liengia.operate import web


@pytest.fixture
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


async def test_a_worker_looks_through_all_objects_seldom(collector: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async def started(self: uvicorn.Server, sockets: object = None) -> None:
        assert gc.get_threshold() != web.COLLECT_AFTER, "the server's own start is tidied as usual"

    monkeypatch.setattr(uvicorn.Server, "startup", started)
    await web._Server(uvicorn.Config("nowhere:app")).startup()
    assert gc.get_threshold() == web.COLLECT_AFTER
    assert gc.get_freeze_count() > 0
    full = gc.get_stats()[2]["collections"]
    streams = [{"number": number, "queue": [[] for _ in range(50)]} for number in range(2_500)]
    assert len(streams) == 2_500
    assert gc.get_stats()[2]["collections"] == full, "as many objects as 2,500 streams are no reason to look through all"
