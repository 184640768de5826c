"""Live pages: dense positions after commit, nothing missed and nothing twice, slow readers let go."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Collection, Iterable
from datetime import UTC, datetime

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from django.test import RequestFactory

from liengia.alarms.models import EventKind, IncidentEvent
from liengia.core import live
from liengia.core.live import Feed, Listener, Message, Positioned
from tests.alarms.console_scene import Desk, desk

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HERE = frozenset({"group:1"})


def write(scene: Desk, count: int = 1) -> None:
    for _ in range(count):
        IncidentEvent.objects.create(group=scene.group, kind=EventKind.NOTED, at=NOW, actor_kind="system")


def describe(rows: list[Positioned]) -> Iterable[Message]:
    for row in rows:
        yield Message(row.position or 0, "noted", HERE, {"key": row.pk})


LISTENER = Listener("somebody", HERE, "rights")


def marks(who: Collection[str]) -> dict[str, object]:
    return dict.fromkeys(who, "rights")


@pytest.fixture
async def feed() -> AsyncIterator[Feed]:
    made = Feed("test", IncidentEvent, describe, marks)
    yield made
    made.close()
    await asyncio.sleep(0)


@pytest.fixture
async def scene(transactional_db: None) -> Desk:
    return await sync_to_async(desk)(houses=1)


async def take(stream: AsyncIterator[bytes], until: bytes, *, seconds: float = 6) -> list[bytes]:
    """Read a stream up to a chunk that holds some bytes."""
    found: list[bytes] = []

    async def read() -> None:
        async for chunk in stream:
            found.append(chunk)
            if until in chunk:
                return

    await asyncio.wait_for(read(), seconds)
    return found


def positions(chunks: list[bytes]) -> list[int]:
    return [int(found) for chunk in chunks for found in re.findall(rb"^id: (\d+)", chunk, re.M)]


@pytest.mark.django_db
def test_positions_are_dense_and_follow_the_ids() -> None:
    scene = desk(houses=1)
    write(scene, 3)
    assert live.has_unnumbered(IncidentEvent)
    assert live.sequence(IncidentEvent, most=2) == 2
    assert live.sequence(IncidentEvent) == 1
    assert live.sequence(IncidentEvent) == 0
    assert not live.has_unnumbered(IncidentEvent)
    write(scene, 2)
    live.sequence(IncidentEvent)
    found = list(IncidentEvent.objects.order_by("pk").values_list("position", flat=True))
    begin = found[0] or 0
    assert found == list(range(begin, begin + 5))


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_leaves_no_hole() -> None:
    scene = desk(houses=1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(scene)
        live.sequence(IncidentEvent)
        raise ZeroDivisionError
    write(scene)
    live.sequence(IncidentEvent)
    assert IncidentEvent.objects.get().position == 1


async def test_a_browser_that_comes_back_gets_each_event_once(scene: Desk, feed: Feed) -> None:
    await sync_to_async(write)(scene, 3)
    await sync_to_async(live.sequence)(IncidentEvent)
    stream = feed.listen(LISTENER, 1)
    begun = await take(stream, b"event: hello")
    assert positions(begun) == [2, 3]
    await sync_to_async(write)(scene, 2)
    await sync_to_async(live.sequence)(IncidentEvent)
    assert positions(await take(stream, b"id: 5")) == [4, 5]
    await stream.aclose()  # type: ignore[attr-defined]
    assert feed.stream_count == 0


async def test_events_that_come_while_the_missed_ones_are_read_come_once(
    scene: Desk, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sync_to_async(write)(scene, 2)
    await sync_to_async(live.sequence)(IncidentEvent)
    await feed.start()
    real = feed.after

    def slow(position: int, audience: frozenset[str]) -> list[Message] | None:
        write(scene, 1)
        live.sequence(IncidentEvent)
        for stream in list(feed._streams):
            row = IncidentEvent.objects.get(position=3)
            for message in describe([row]):
                live._put(stream, (message.position, message.encoded()))
        return real(position, audience)

    monkeypatch.setattr(feed, "after", slow)
    stream = feed.listen(LISTENER, 0)
    begun = await take(stream, b"event: hello")
    await sync_to_async(write)(scene, 1)
    await sync_to_async(live.sequence)(IncidentEvent)
    found = positions(begun) + positions(await take(stream, b"id: 4"))
    assert found == [1, 2, 3, 4]
    await stream.aclose()  # type: ignore[attr-defined]


async def test_browsers_that_come_at_the_same_time_share_one_reader(scene: Desk, feed: Feed) -> None:
    await asyncio.gather(*(feed.start() for _ in range(20)))
    assert len([task for task in asyncio.all_tasks() if task.get_name() == "feed test"]) == 1


async def test_one_that_missed_too_much_is_told_to_reload(scene: Desk, feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "REPLAY_MOST", 2)
    await sync_to_async(write)(scene, 3)
    await sync_to_async(live.sequence)(IncidentEvent)
    stream = feed.listen(LISTENER, 0)
    assert any(b"event: reload" in chunk for chunk in await take(stream, b"hello"))
    await stream.aclose()  # type: ignore[attr-defined]


async def test_a_slow_reader_is_let_go(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = live._Stream(LISTENER, asyncio.Queue(3))
    for number in range(5):
        live._put(stream, (number, b"x"))
    assert stream.queue.get_nowait() is None


@pytest.mark.parametrize("now", [{}, {"somebody": "other rights"}])
async def test_a_stream_ends_when_its_listeners_rights_change(
    scene: Desk, feed: Feed, monkeypatch: pytest.MonkeyPatch, now: dict[str, object]
) -> None:
    monkeypatch.setattr(live, "RECHECK_S", 0.05)
    asked: list[Collection[str]] = []

    def read(who: Collection[str]) -> dict[str, object]:
        asked.append(set(who))
        return {"other": "rights", **(now if len(asked) > 2 else {"somebody": "rights"})}

    monkeypatch.setattr(feed, "marks", read)
    stays = feed.listen(Listener("other", HERE, "rights"), None)
    await take(stays, b"hello")
    stream = feed.listen(LISTENER, None)
    assert (await take(stream, b"event: gone"))[-1].startswith(b"event: gone")
    assert [chunk async for chunk in stream] == []
    assert feed.stream_count == 1, "the other's rights are what they were"
    assert {"somebody", "other"} in asked, "many are read at once"
    await stays.aclose()  # type: ignore[attr-defined]


async def test_rights_that_cannot_be_read_send_nobody_away(
    scene: Desk, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RECHECK_S", 0.05)
    monkeypatch.setattr(live, "KEEP_ALIVE_S", 0.5)

    def away(who: Collection[str]) -> dict[str, object]:
        raise OSError("away")

    monkeypatch.setattr(feed, "marks", away)
    stream = feed.listen(LISTENER, None)
    assert b"gone" not in b"".join(await take(stream, b": still here"))
    await stream.aclose()  # type: ignore[attr-defined]


async def test_a_silent_stream_is_spoken_to(scene: Desk, feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "KEEP_ALIVE_S", 0.05)
    stream = feed.listen(LISTENER, None)
    assert (await take(stream, b": still here"))[-1] == b": still here\n\n"
    await stream.aclose()  # type: ignore[attr-defined]


async def test_nobody_hears_what_is_not_for_them(scene: Desk, feed: Feed) -> None:
    await sync_to_async(write)(scene, 1)
    await sync_to_async(live.sequence)(IncidentEvent)
    stream = feed.listen(Listener("stranger", frozenset({"group:2"}), "rights"), 0)
    assert positions(await take(stream, b"hello")) == []
    await stream.aclose()  # type: ignore[attr-defined]


async def test_streams_end_when_the_process_stops(scene: Desk, feed: Feed) -> None:
    stream = feed.listen(LISTENER, None)
    await take(stream, b"hello")
    feed.close()
    assert [chunk async for chunk in stream] == []


@pytest.mark.parametrize("raw, seen", [("7", 7), ("", None), ("-1", None), ("x", None), ("٣", None), ("9" * 30, None)])
def test_the_last_event_id_is_read_with_care(raw: str, seen: int | None) -> None:
    assert live.last_event_id(RequestFactory().get("/", headers={"Last-Event-ID": raw})) == seen
