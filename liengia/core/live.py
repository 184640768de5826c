"""Live pages: rows that get a dense position after commit, read once a process and sent to many browsers.

A browser that comes back says the last position it saw (Last-Event-ID) and gets the rows since; so no event is
missed, whichever web worker answers and whatever died in between. NATS only says "something new"; without it
each web worker looks every 2 s.

Algorithm of `sequence`: 1. lock the order's row; 2. number the committed rows that have no position, by id;
3. keep the last number. Whoever calls it (bridge, worker) does the same work; the lock makes it one at a time.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async
from django.db import connection, models, transaction
from django.http import HttpRequest, StreamingHttpResponse

from liengia.core.bus import get_bus
from liengia.core.connections import drop_broken
from liengia.core.models import Sequence

logger = logging.getLogger(__name__)
POLL_S = 2.0
RECHECK_S = 30.0
KEEP_ALIVE_S = 15.0
REPLAY_MOST = 500
QUEUE_MOST = 1000


class Positioned(models.Model):
    """A row of a live order; `position` is null until its transaction has committed and it was numbered."""

    position = models.BigIntegerField(null=True, editable=False, unique=True)

    class Meta:
        """Abstract."""

        abstract = True


def sequence(model: type[Positioned], *, most: int = 2000) -> int:
    """Give positions to committed rows that have none; return how many."""
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


@dataclass(eq=False)
class _Stream:
    """One open browser."""

    audience: frozenset[str]
    queue: asyncio.Queue[_Item | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_MOST))


class Feed:
    """One live order, read by each web process once and fanned out to its streams.

    `describe` turns rows into messages (runs in a thread, may query). It is given rows in order of position.
    """

    def __init__(
        self, name: str, model: type[Positioned], describe: Callable[[list[Positioned]], Iterable[Message]]
    ) -> None:
        """Name the order; `name` is also the topic of its pokes."""
        self.name, self.model, self.describe = name, model, describe
        self._streams: set[_Stream] = set()
        self._by_key: dict[str, set[_Stream]] = {}
        self._task: asyncio.Task[None] | None = None
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
        await self._begun.wait()

    def close(self) -> None:
        """End all streams (the process is stopping); browsers come back to another worker."""
        self._closing = True
        for stream in list(self._streams):
            _put(stream, None)
        if self._task is not None:
            self._task.cancel()
            self._task = None
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

    async def listen(
        self, audience: frozenset[str], last_seen: int | None, recheck: Callable[[], Awaitable[frozenset[str] | None]]
    ) -> AsyncIterator[bytes]:
        """Yield the events of one browser until it goes, the process stops, or `recheck` says None."""
        await self.start()
        if self._closing:
            return
        stream = _Stream(audience)
        self._add(stream)
        try:
            yield b"retry: 1000\n\n"
            opening, replayed = await self._opening(audience, last_seen)
            for chunk in opening:
                yield chunk
            checked = asyncio.get_running_loop().time()
            while (item := await _next(stream)) is not None:
                position, chunk = item
                # What came live while the missed events were read was among them.
                if position is None or position > replayed:
                    yield chunk
                if asyncio.get_running_loop().time() - checked >= RECHECK_S:
                    if not await self._renew(stream, recheck):
                        yield b"event: gone\ndata: {}\n\n"
                        return
                    checked = asyncio.get_running_loop().time()
        finally:
            self._remove(stream)

    async def _opening(self, audience: frozenset[str], last_seen: int | None) -> tuple[list[bytes], int]:
        """Return what a browser is told first: the events it missed, then where the order stands.

        The second value is the position up to which it now has everything.
        """
        begun = self._last if last_seen is None else last_seen
        missed = [] if last_seen is None else await sync_to_async(self.after)(last_seen, audience)
        replayed = 0
        if missed is None:
            chunks = [b"event: reload\ndata: {}\n\n"]
        else:
            chunks = [message.encoded() for message in missed]
            replayed = max((message.position for message in missed), default=0)
        hello = f"event: hello\ndata: {json.dumps({'position': replayed or begun})}\n\n"
        return [*chunks, hello.encode()], replayed

    async def _renew(self, stream: _Stream, recheck: Callable[[], Awaitable[frozenset[str] | None]]) -> bool:
        """Ask what a stream may hear now; False when nothing any more."""
        fresh = await recheck()
        if fresh is not None and fresh != stream.audience:
            self._remove(stream)
            stream.audience = fresh
            self._add(stream)
        return fresh is not None

    def _add(self, stream: _Stream) -> None:
        self._streams.add(stream)
        for key in stream.audience:
            self._by_key.setdefault(key, set()).add(stream)

    def _remove(self, stream: _Stream) -> None:
        self._streams.discard(stream)
        for key in stream.audience:
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
                hearers = set().union(*(self._by_key.get(key, ()) for key in message.audience))
                for stream in hearers:
                    _put(stream, (message.position, chunk))
            if messages:
                continue
            try:
                await asyncio.wait_for(news.wait(), POLL_S)
            except TimeoutError:
                continue


async def _next(stream: _Stream) -> _Item | None:
    """Wait for a stream's next chunk; a sign of life when nothing comes, None at its end."""
    try:
        return await asyncio.wait_for(stream.queue.get(), KEEP_ALIVE_S)
    except TimeoutError:
        return None, b": still here\n\n"


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


def stream(
    request: HttpRequest,
    *,
    feed: Feed,
    audience: frozenset[str],
    recheck: Callable[[], Awaitable[frozenset[str] | None]],
) -> StreamingHttpResponse:
    """Answer a request with an endless stream of events."""
    body = feed.listen(audience, last_event_id(request), recheck)
    response = StreamingHttpResponse(body, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response
