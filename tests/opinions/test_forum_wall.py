"""The wall of a hall follows by its stream: told after each act, nothing missed, one reader and one drawing for many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.db import transaction

from liengia import asgi
from liengia.core import pagecache
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.opinions import forum_feed, tasks
from liengia.opinions.forum_feed import FEED
from liengia.opinions.models import ListeningForum, WallEdition
from liengia.opinions.services import forum_questions, forums, office, publication
from liengia.opinions.views import forum as views
from tests.opinions.given import Office
from tests.opinions.given import office as make_office
from tests.opinions.test_forum import PIPE, asked, by, live, planned, queued

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def scene(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """Lay the scene before an application whose cache lives no longer than the test's event loop."""
    wakes = get_bus()._wakes.setdefault(pagecache.EDITION, [])
    before = list(wakes)
    monkeypatch.setattr(asgi, "pages", pagecache.PageCache(asgi._django))
    yield await sync_to_async(make_office)()
    wakes[:] = before
    FEED.close()
    await asyncio.sleep(0)


@pytest.fixture
def hall(transactional_db: None) -> Office:
    return make_office()


def place(forum: ListeningForum) -> int:
    """Return the wall's place in the live order."""
    found = WallEdition.objects.get(forum=forum).position
    assert found is not None, "numbered after the commit"
    return found


def test_each_act_moves_the_wall_to_the_end_of_the_order(hall: Office) -> None:
    forum = live(hall)
    seen = [place(forum)]

    def moved() -> bool:
        seen.append(place(forum))
        return seen[-1] > seen[-2]

    first, second = queued(hall, forum), queued(hall, forum, PIPE)
    assert moved()
    forum_questions.reorder(second, step=-1, actor=by(hall))
    assert moved()
    forum_questions.give_floor(first, actor=by(hall))
    assert moved()
    forum_questions.promise(first, actor=by(hall))
    assert moved()
    publication.withdraw_text(first.opinion, actor=by(hall))
    assert moved(), "by whoever handles opinions, outside the session"
    office.refer_to_officials(second.opinion, actor=by(hall), words="cán bộ trực")
    assert moved()
    forums.change_forum(forum, actor=by(hall), place="Hội trường xã")
    assert moved()
    forums.close_forum(forum, attendance=60, actor=by(hall))
    assert moved()
    assert WallEdition.objects.count() == 1, "one row a session, without a history"


def test_a_question_that_comes_in_moves_nothing(hall: Office) -> None:
    forum = live(hall)
    before = place(forum)
    question = asked(forum)
    assert place(forum) == before, "its place among the acts would tell when it was asked"
    forum_questions.set_aside(question, actor=by(hall))
    assert place(forum) > before


def test_a_wall_left_without_a_number_gets_it_from_the_worker(hall: Office) -> None:
    forum = live(hall)
    WallEdition.objects.filter(forum=forum).update(position=None)
    assert tasks.number_walls() == 1
    assert tasks.number_walls() == 0
    assert place(forum)


def test_what_is_rolled_back_is_told_to_nobody(hall: Office) -> None:
    forum = live(hall)
    before = place(forum)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        forums.change_forum(forum, actor=by(hall), place="Nơi khác")
        raise ZeroDivisionError
    assert place(forum) == before


def asking(path: str, headers: tuple[tuple[bytes, bytes], ...] = (), query: bytes = b"") -> ApplicationCommunicator:
    """Ask the whole application, as an anonymous browser."""
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query, "headers": [(b"host", b"localhost"), *headers],
        "http_version": "1.1", "scheme": "http", "server": ("localhost", 80), "asgi": {"version": "3.0"},
    }  # fmt: skip
    return ApplicationCommunicator(asgi.application, scope)


async def opened(forum: ListeningForum, last_seen: int | None = None) -> ApplicationCommunicator:
    """Follow a wall."""
    headers = () if last_seen is None else ((b"last-event-id", str(last_seen).encode()),)
    stream = asking(f"/dien-dan/{forum.public_id}/man-hinh/dong/", headers)
    await stream.send_input({"type": "http.request", "body": b"", "more_body": False})
    head = await stream.receive_output(timeout=8)
    assert head["status"] == 200
    return stream


async def until(stream: ApplicationCommunicator, words: bytes) -> bytes:
    """Read a stream up to some words."""
    found = b""
    while words not in found:
        message: MutableMapping[str, Any] = await stream.receive_output(timeout=8)
        found += message["body"]
    return found


async def gone(*streams: ApplicationCommunicator) -> None:
    """Close the browsers."""
    for one in streams:
        await one.send_input({"type": "http.disconnect"})
        await one.wait(timeout=8)


async def test_many_walls_share_one_reader_and_one_drawing(scene: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    forum = await sync_to_async(live)(scene)
    question = await sync_to_async(queued)(scene, forum)
    streams = [await opened(forum) for _wall in range(6)]
    for one in streams:
        await until(one, b"event: hello")
    described: list[int] = []
    real = FEED.describe
    monkeypatch.setattr(FEED, "describe", lambda rows: described.append(len(rows)) or list(real(rows)))  # type: ignore[func-returns-value]
    await sync_to_async(forum_questions.give_floor)(question, actor=by(scene))
    heard = [await until(one, b"event: wall") for one in streams]
    assert described == [1], "one row, read once"
    position = heard[0].rpartition(b"id: ")[2].partition(b"\n")[0]
    drawn: list[int] = []
    drawing = views.forum_queries.hall
    monkeypatch.setattr(views.forum_queries, "hall", lambda forum: drawn.append(forum.pk) or drawing(forum))  # type: ignore[func-returns-value]
    pictures = [asking(f"/dien-dan/{forum.public_id}/man-hinh/phan/", query=b"v=" + position) for _wall in range(6)]
    for one in pictures:
        await one.send_input({"type": "http.request", "body": b"", "more_body": False})
    for one in pictures:
        await one.receive_output(timeout=8)
        assert "forum-title" in (await one.receive_output(timeout=8))["body"].decode()
    assert drawn == [forum.pk], "drawn once for all who ask under the event's number"
    await gone(*streams)
    assert FEED.stream_count == 0


async def test_a_wall_that_was_away_hears_once_that_it_changed(scene: Office) -> None:
    forum = await sync_to_async(live)(scene)
    seen = await sync_to_async(place)(forum)
    for text in ("Đèn hẻm 14 tắt.", "Cống trước chợ nghẹt."):
        await sync_to_async(queued)(scene, forum, text)
    stream = await opened(forum, seen)
    begun = await until(stream, b"event: hello")
    assert begun.count(b"event: wall") == 1, "however often it changed meanwhile"
    again = await opened(forum, await sync_to_async(place)(forum))
    assert b"event: wall" not in await until(again, b"event: hello")
    await gone(stream, again)


async def test_who_follows_a_session_that_is_not_shown_finds_nothing(scene: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    forum = await sync_to_async(planned)(scene)
    stream = asking(f"/dien-dan/{forum.public_id}/man-hinh/dong/")
    await stream.send_input({"type": "http.request", "body": b"", "more_body": False})
    assert (await stream.receive_output(timeout=8))["status"] == 404
    await sync_to_async(forums.open_forum)(forum, actor=Actor.of(scene.duyen))
    assert await sync_to_async(forum_feed.marks)([forum.pk]) == {forum.pk: True}
    monkeypatch.setattr(forum_feed, "MOST", 0)
    full = asking(f"/dien-dan/{forum.public_id}/man-hinh/dong/")
    await full.send_input({"type": "http.request", "body": b"", "more_body": False})
    assert (await full.receive_output(timeout=8))["status"] == 503, "too many listeners: they look for themselves"
