"""Live pages: rows that get a dense position after commit, read once a process and sent to many browsers.

A browser that comes back says the last position it saw (Last-Event-ID) and gets the rows since; so no event is
missed, whichever web worker answers and whatever died in between. NATS only says "something new"; without it
each web worker looks every 2 s.

A stream costs its process a socket and a queue, and nothing of the database: Django answers the request (who it is,
what they may hear) and is done with it, thread and connection too; then `serve` sends what comes.

Algorithm of `sequence`: 1. lock the order's row; 2. number the rows that have no position, by id: those that are
committed, and those of the caller's own transaction; 3. keep the last number. Whoever calls it (bridge, worker) does the
same work; the lock makes it one at a time. It is held until the caller's commit, so whoever sees a position sees all
lower ones; call it as a transaction's last work, so that nobody waits for it longer than for that commit.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Hashable,
    Iterable,
    Mapping,
    MutableMapping,
)
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from liengia.core.bus import get_bus
from liengia.core.connections import drop_broken
from liengia.core.models import Sequence

logger = logging.getLogger(__name__)
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
POLL_S = 2.0
RECHECK_S = 30.0
KEEP_ALIVE_S = 15.0
# How often streams are looked at for either, and how many at most have their rights read at once.
WATCH_S = 1.0
RECHECK_MOST = 200
REPLAY_MOST = 500
QUEUE_MOST = 1000
# Where `asgi.application` lets a view leave the stream that it is to serve.
OPENED: Final = "liengia.live"


class Positioned(models.Model):
    """A row of a live order; `position` is null until it was numbered, at the end of its transaction or after it."""

    position = models.BigIntegerField(null=True, editable=False, unique=True)

    class Meta:
        """Abstract."""

        abstract = True


def sequence(model: type[Positioned], *, most: int = 2000) -> int:
    """Give positions to rows that have none, committed or the caller's own; return how many."""
    table = connection.ops.quote_name(model._meta.db_table)
    with transaction.atomic():
        orders = Sequence.objects.filter(name=model._meta.label_lower)
        last = orders.select_for_update().values_list("last", flat=True).first()
        if last is None:
            Sequence.objects.get_or_create(name=model._meta.label_lower)
            last = orders.select_for_update().values_list("last", flat=True).get()
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET position = fresh.n + %s FROM (SELECT id, row_number() OVER (ORDER BY id) AS n"  # noqa: S608
                f" FROM {table} WHERE position IS NULL ORDER BY id LIMIT %s) AS fresh WHERE {table}.id = fresh.id",
                [last, most],
            )
            given = int(cursor.rowcount)
        if given:
            orders.update(last=last + given)
    return given


def has_unnumbered(model: type[Positioned]) -> bool:
    """Tell whether rows wait for their position (a read, without any lock)."""
    return model._default_manager.filter(position=None).exists()


@dataclass(frozen=True, slots=True)
class Message:
    """One event as browsers get it: sent to every stream that shares a key with `audience`."""

    position: int
    kind: str
    audience: frozenset[str]
    data: dict[str, object]

    def encoded(self) -> bytes:
        """Return the event in the server-sent events format."""
        body = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"id: {self.position}\nevent: {self.kind}\ndata: {body}\n\n".encode()


_Item = tuple[int | None, bytes]
_STILL_HERE: Final[_Item] = (None, b": still here\n\n")
_GONE: Final[_Item] = (None, b"event: gone\ndata: {}\n\n")


@dataclass(frozen=True, slots=True)
class Listener:
    """Who listens, to what, and the mark of their rights when the stream was opened."""

    who: Hashable
    audience: frozenset[str]
    mark: object


@dataclass(eq=False, slots=True)
class _Stream:
    """One open browser; the times are those of the event loop."""

    listener: Listener
    queue: asyncio.Queue[_Item | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_MOST))
    spoken_at: float = 0.0
    checked_at: float = 0.0


class Feed:
    """One live order, read by each web process once and fanned out to its streams.

    `describe` turns rows into messages (runs in a thread, may query). It is given rows in order of position.
    `marks` returns what streams hang on, for many listeners at once: who is left out of it, or has another mark than
    when the stream was opened, is sent away.
    """

    def __init__(
        self,
        name: str,
        model: type[Positioned],
        describe: Callable[[list[Positioned]], Iterable[Message]],
        marks: Callable[[Collection[Any]], Mapping[Any, object]],
    ) -> None:
        """Name the order; `name` is also the topic of its pokes."""
        self.name, self.model, self.describe, self.marks = name, model, describe, marks
        self._streams: set[_Stream] = set()
        self._by_key: dict[str, set[_Stream]] = {}
        self._task: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._begun = asyncio.Event()
        self._last = 0
        self._closing = False

    async def start(self) -> None:
        """Begin to read, from the present end of the order; idempotent within one event loop.

        The task is made before anything is awaited: browsers that come at the same time share one reader.
        """
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            self._closing, self._begun = False, asyncio.Event()
            self._task = loop.create_task(self._read(self._begun), name=f"feed {self.name}")
            self._watch = loop.create_task(self._look_after(), name=f"streams of {self.name}")
        await self._begun.wait()

    def close(self) -> None:
        """End all streams (the process is stopping); browsers come back to another worker."""
        self._closing = True
        for stream in list(self._streams):
            _put(stream, None)
        for task in (self._task, self._watch):
            if task is not None:
                task.cancel()
        self._task = self._watch = None
        self._begun.set()

    @property
    def stream_count(self) -> int:
        """How many browsers listen in this process."""
        return len(self._streams)

    def after(self, position: int, audience: frozenset[str]) -> list[Message] | None:
        """Return what was missed since a position, or None when it is too much (the page must reload)."""
        drop_broken()
        rows = list(self.model._default_manager.filter(position__gt=position).order_by("position")[: REPLAY_MOST + 1])
        if len(rows) > REPLAY_MOST:
            return None
        return [message for message in self.describe(rows) if message.audience & audience]

    async def listen(self, listener: Listener, last_seen: int | None) -> AsyncIterator[bytes]:
        """Yield the events of one browser until it goes, the process stops, or its rights change."""
        await self.start()
        if self._closing:
            return
        stream = self._open(listener)
        try:
            async for chunk in self._chunks(stream, last_seen):
                yield chunk
        finally:
            self._remove(stream)

    async def serve(self, opened: Opened, receive: Receive, send: Send) -> None:
        """Send a browser its events over ASGI, after the start of the response; ends when it goes."""
        await self.start()
        stream = self._open(opened.listener)

        async def until_it_goes() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            _put(stream, None)

        going = asyncio.create_task(until_it_goes())
        try:
            async with aclosing(self._chunks(stream, opened.last_seen)) as chunks:
                async for chunk in chunks:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            going.cancel()
            self._remove(stream)

    async def _chunks(self, stream: _Stream, last_seen: int | None) -> AsyncGenerator[bytes, None]:
        """Yield what was missed, then what comes, to a stream that is in the fan-out already."""
        if self._closing:
            return
        yield b"retry: 1000\n\n"
        opening, replayed = await self._opening(stream.listener.audience, last_seen)
        for chunk in opening:
            yield chunk
        while (item := await stream.queue.get()) is not None:
            position, chunk = item
            # What came live while the missed events were read was among them.
            if position is None or position > replayed:
                yield chunk
            if item is _GONE:
                return

    async def _opening(self, audience: frozenset[str], last_seen: int | None) -> tuple[list[bytes], int]:
        """Return what a browser is told first: the events it missed, then where the order stands.

        The second value is the position up to which it now has everything.
        """
        begun = self._last if last_seen is None else last_seen
        missed: list[Message] | None = []
        if last_seen is not None:
            missed = await sync_to_async(self.after, thread_sensitive=False)(last_seen, audience)
        replayed = 0
        if missed is None:
            chunks = [b"event: reload\ndata: {}\n\n"]
        else:
            chunks = [message.encoded() for message in missed]
            replayed = max((message.position for message in missed), default=0)
        hello = f"event: hello\ndata: {json.dumps({'position': replayed or begun})}\n\n"
        return [*chunks, hello.encode()], replayed

    async def _look_after(self) -> None:
        """Speak to streams that have been silent, and send away those whose listener's rights have changed.

        Not by a timer a stream: thousands of timers, and thousands of reads after an event, delay the event itself.
        """
        loop = asyncio.get_running_loop()
        while not self._closing:
            await asyncio.sleep(min(WATCH_S, KEEP_ALIVE_S, RECHECK_S))
            now = loop.time()
            for stream in list(self._streams):
                if now - stream.spoken_at >= KEEP_ALIVE_S:
                    stream.spoken_at = now
                    _put(stream, _STILL_HERE)
            due = sorted((s for s in self._streams if now - s.checked_at >= RECHECK_S), key=lambda s: s.checked_at)
            for start in range(0, len(due), RECHECK_MOST):
                await self._recheck(due[start : start + RECHECK_MOST])

    async def _recheck(self, streams: Collection[_Stream]) -> None:
        """Compare the marks of streams' listeners with what they were; when they cannot be read, try again later."""
        try:
            marks = await sync_to_async(self._marks, thread_sensitive=False)({one.listener.who for one in streams})
        except Exception:
            logger.exception("feed %s could not read what its streams hang on; it tries again", self.name)
            return
        now = asyncio.get_running_loop().time()
        for stream in streams:
            stream.checked_at = now
            listener = stream.listener
            if listener.who not in marks or marks[listener.who] != listener.mark:
                _put(stream, _GONE)

    def _marks(self, listeners: Collection[Hashable]) -> Mapping[Any, object]:
        drop_broken()
        return self.marks(listeners)

    def _open(self, listener: Listener) -> _Stream:
        now = asyncio.get_running_loop().time()
        stream = _Stream(listener, spoken_at=now, checked_at=now)
        self._add(stream)
        return stream

    def _add(self, stream: _Stream) -> None:
        self._streams.add(stream)
        for key in stream.listener.audience:
            self._by_key.setdefault(key, set()).add(stream)

    def _remove(self, stream: _Stream) -> None:
        self._streams.discard(stream)
        for key in stream.listener.audience:
            listeners = self._by_key.get(key)
            if listeners is not None:
                listeners.discard(stream)
                if not listeners:
                    del self._by_key[key]

    def _end(self) -> int:
        drop_broken()
        return self.model._default_manager.aggregate(end=models.Max("position"))["end"] or 0

    def _fresh(self) -> tuple[int, list[Message]]:
        drop_broken()  # this thread serves no request that would; a database that came back is found again
        rows = list(self.model._default_manager.filter(position__gt=self._last).order_by("position")[:QUEUE_MOST])
        return (rows[-1].position or 0 if rows else self._last), list(self.describe(rows)) if rows else []

    async def _read(self, begun: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        news = asyncio.Event()
        forget = get_bus().on_poke(f"live.{self.name}", lambda: loop.call_soon_threadsafe(news.set))
        try:
            await self._fan_out(begun, news)
        finally:
            forget()

    async def _fan_out(self, begun: asyncio.Event, news: asyncio.Event) -> None:
        while not self._closing:
            news.clear()
            try:
                if not begun.is_set():
                    self._last = await sync_to_async(self._end, thread_sensitive=False)()
                    begun.set()
                self._last, messages = await sync_to_async(self._fresh, thread_sensitive=False)()
            except Exception:
                logger.exception("feed %s could not read; it tries again", self.name)
                await asyncio.sleep(1)
                continue
            for message in messages:
                chunk = message.encoded()
                item, now = (message.position, chunk), asyncio.get_running_loop().time()
                for stream in set().union(*(self._by_key.get(key, ()) for key in message.audience)):
                    stream.spoken_at = now
                    _put(stream, item)
            if messages:
                continue
            try:
                await asyncio.wait_for(news.wait(), POLL_S)
            except TimeoutError:
                continue


def _put(stream: _Stream, item: _Item | None) -> None:
    """Queue a chunk; a browser that does not read is let go and comes back by itself."""
    try:
        stream.queue.put_nowait(item)
    except asyncio.QueueFull:
        while not stream.queue.empty():
            stream.queue.get_nowait()
        stream.queue.put_nowait(None)


_feeds: dict[str, Feed] = {}


def register(feed: Feed) -> Feed:
    """Make a feed known, so that the process can end its streams when it stops."""
    _feeds[feed.name] = feed
    return feed


def feed(name: str) -> Feed:
    """Return a registered feed."""
    return _feeds[name]


def close_all() -> None:
    """End all streams of this process."""
    for one in _feeds.values():
        one.close()


def last_event_id(request: HttpRequest) -> int | None:
    """Return the position that a browser says it has seen, if any."""
    raw = request.headers.get("Last-Event-ID") or request.GET.get("since") or ""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream that a view has granted: what `serve` needs, and nothing of the request."""

    feed: Feed
    listener: Listener
    last_seen: int | None


def stream(request: HttpRequest, *, feed: Feed, listener: Listener) -> HttpResponseBase:
    """Answer a request with an endless stream of events.

    Below `asgi.application` the answer is only its head: the stream goes on when Django is done with the request.
    Elsewhere (Django's own test client) Django sends the stream itself.
    """
    last_seen = last_event_id(request)
    opened = getattr(request, "scope", {}).get(OPENED)
    response: HttpResponseBase
    if opened is None:
        response = StreamingHttpResponse(feed.listen(listener, last_seen))
    else:
        opened.append(Opened(feed, listener, last_seen))
        response = HttpResponse()
    response["Content-Type"] = "text/event-stream; charset=utf-8"
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response
