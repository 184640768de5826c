"""Public pages kept ready in front of Django: a page that everybody sees alike is drawn once, then served from memory.

1. A view says that its page is the same for all (`@cached_page`, or `mark` on a response). Such a page holds no form
   token, no session, no message and no nonce: whatever is one person's is loaded after it or lives at its own address.
   A page that sets a cookie all the same is served and never kept, and is counted as a fault.
2. Whoever sends a session's cookie is always answered by Django. The key is host, address, language and encoding.
3. `bump()` in the transaction of a publication empties the memory of all web processes: at once by the bus, and
   within two seconds by the number of the edition in the database when the bus is away. A page that was being drawn
   meanwhile is not kept. Nothing is kept past midnight in Vietnam (pages show the day), or past ten minutes.
4. Many askers of a page that is not ready wait for one drawing. When the database is away, what is ready is served.

5. What lies ready may be written by the server's protocol itself (`at_once`, see `operate.quick`).

A page so kept carries an ETag and `no-cache`: browsers ask each time, and get 304 while it is the same.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final, TypeVar, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import F
from django.http import HttpResponseBase
from django.http.cookie import parse_cookie

from liengia.core import clock
from liengia.core.bus import get_bus
from liengia.core.connections import drop_broken
from liengia.core.metrics import Counter
from liengia.core.models import Sequence

logger = logging.getLogger(__name__)

MARK: Final = "X-Liengia-Keep"
EDITION: Final = "pagecache"
LONGEST_S: Final = 600
LOOK_EVERY_S: Final = 2.0
MEMORY_BYTES: Final = 64 * 2**20
PAGE_BYTES: Final = 2 * 2**20
QUERY_LETTERS: Final = 200
# Cookies that change nothing in a public page; any other one sends the request to Django.
HARMLESS: Final = frozenset({"csrftoken", settings.LANGUAGE_COOKIE_NAME})
LANGUAGES: Final = frozenset(dict(settings.LANGUAGES))
FOR_DJANGO: Final = frozenset({b"authorization", b"hx-request"})

served = Counter("liengia_pagecache_total", "Public pages answered by the page cache.", ["outcome"])

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])
Headers = list[tuple[bytes, bytes]]


def mark(response: HttpResponseBase, *, seconds: int = LONGEST_S) -> HttpResponseBase:
    """Say that a response is the same for everybody, and for how long at most it may be served again."""
    if response.status_code == 200:
        response[MARK] = str(min(seconds, LONGEST_S))
    return response


def cached_page(*, seconds: int = LONGEST_S) -> Callable[[ViewT], ViewT]:
    """Mark a view's pages as the same for everybody (see `mark`)."""

    def decorate(view: ViewT) -> ViewT:
        @wraps(view)
        def marking(*args: Any, **kwargs: Any) -> HttpResponseBase:
            return mark(view(*args, **kwargs), seconds=seconds)

        return cast(ViewT, marking)

    return decorate


def bump() -> None:
    """Empty the caches of all web processes when the present transaction commits: something public has changed."""
    if not Sequence.objects.filter(name=EDITION).update(last=F("last") + 1):
        Sequence.objects.update_or_create(name=EDITION, defaults={"last": 1})
    get_bus().poke(EDITION)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as it is sent: the body in both encodings, each with its headers, made once."""

    headers: Headers
    plain: bytes
    plain_headers: Headers
    zipped: bytes
    zipped_headers: Headers
    etag: bytes
    edition: int
    until: float

    # The same as they go over the wire: plain, zipped, not modified.
    heads: tuple[bytes, bytes, bytes]

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.zipped) + 4096

    def answer(self, headers: Headers) -> int:
        """Return which answer somebody gets who sends these headers: 0 plain, 1 zipped, 2 not modified."""
        kind = 0
        for name, value in headers:
            if name == b"if-none-match" and self.etag in value:
                return 2
            if name == b"accept-encoding" and b"gzip" in value and self.zipped:
                kind = 1
        return kind


class PageCache:
    """The ASGI application in front of Django's."""

    def __init__(self, app: App) -> None:
        """Serve `app`'s marked pages from memory."""
        self.app = app
        self._pages: OrderedDict[tuple[bytes, ...], _Page] = OrderedDict()
        self._bytes = 0
        self._drawing: dict[tuple[bytes, ...], asyncio.Future[None]] = {}
        self._edition: int | None = None
        self._looked_at = -LOOK_EVERY_S
        self._looking: asyncio.Future[None] | None = None
        self._is_listening = False
        # Counted here and told every two seconds: a shared counter would cost more than the page.
        self._kept = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or let Django answer and keep what is marked."""
        key = _key(scope)
        if key is None:
            await self.app(scope, receive, _unmarking(send))
            return
        if time.monotonic() - self._looked_at >= LOOK_EVERY_S or self._edition is None:
            await self._look()
        page = self._ready(key)
        waited = self._drawing.get(key) if page is None else None
        if waited is not None:
            await asyncio.wait([waited])
            page = self._ready(key)
        if page is not None:
            self._kept += 1
            await _send(page, scope, send)
        elif scope["method"] == "HEAD":
            await self.app(scope, receive, _unmarking(send))
        else:
            await self._draw(key, scope, receive, send)

    def at_once(self, scheme: str, path: bytes, query: bytes, headers: Headers) -> tuple[bytes, bytes] | None:
        """Return the head (status and the page's own headers) and the body that answer a GET; None if it must be asked for."""
        if time.monotonic() - self._looked_at >= LOOK_EVERY_S or len(query) > QUERY_LETTERS:
            return None
        asked = _asked(headers)
        page = None if asked is None else self._ready((scheme.encode(), asked[0], path, query, asked[1]))
        if page is None:
            return None
        self._kept += 1
        kind = page.answer(headers)
        return page.heads[kind], (page.plain, page.zipped, b"")[kind]

    def clear(self) -> None:
        """Forget everything."""
        self._pages.clear()
        self._bytes = 0

    async def _look(self) -> None:
        """Learn the number of the edition, at most every two seconds; one asker looks, the others go on if they know one."""
        if not self._is_listening:
            self._is_listening = True
            loop = asyncio.get_running_loop()

            def wake() -> None:
                with suppress(RuntimeError):  # the loop has ended, and its pages with it
                    loop.call_soon_threadsafe(self._poked)

            get_bus().on_poke(EDITION, wake)
        if self._looking is not None:
            if self._edition is None:
                await asyncio.wait([self._looking])
            return
        if time.monotonic() - self._looked_at < LOOK_EVERY_S:
            return
        self._looking = asyncio.get_running_loop().create_future()
        told, self._kept = self._kept, 0
        served.labels("kept").inc(told)
        try:
            edition = await sync_to_async(_edition, thread_sensitive=False)()
            if edition is not None and edition != self._edition:
                self._edition = edition
                self.clear()
        finally:
            self._looked_at = time.monotonic()
            self._looking.set_result(None)
            self._looking = None

    def _poked(self) -> None:
        """Forget at once; the next asker reads the new number."""
        self.clear()
        self._edition, self._looked_at = None, -LOOK_EVERY_S

    def _ready(self, key: tuple[bytes, ...]) -> _Page | None:
        page = self._pages.get(key)
        if page is None:
            return None
        if page.edition != self._edition or page.until <= time.time():
            self._drop(key)
            return None
        self._pages.move_to_end(key)
        return page

    def _drop(self, key: tuple[bytes, ...]) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._bytes -= page.size

    async def _draw(self, key: tuple[bytes, ...], scope: Scope, receive: Receive, send: Send) -> None:
        """Let Django answer; keep a marked answer if nothing was published while it was drawn."""
        edition = self._edition
        drawing = self._drawing.setdefault(key, asyncio.get_running_loop().create_future())

        def end() -> None:
            if self._drawing.get(key) is drawing:
                del self._drawing[key]
            if not drawing.done():
                drawing.set_result(None)

        taking = _Taking(send, passes_on=end)  # nobody waits for an answer that is not kept: it may be a stream
        try:
            await self.app(scope, receive, taking)
            page = taking.page(edition)
            if page is not None and edition is not None and page.edition == self._edition:
                self._keep(key, page)
        finally:
            end()
        if page is not None:
            served.labels("drawn").inc()
            await _send(page, scope, send)

    def _keep(self, key: tuple[bytes, ...], page: _Page) -> None:
        self._drop(key)
        self._pages[key] = page
        self._bytes += page.size
        while self._bytes > MEMORY_BYTES:
            self._drop(next(iter(self._pages)))


class _Taking:
    """Takes an answer that is marked; passes any other on as it comes."""

    def __init__(self, send: Send, *, passes_on: Callable[[], None]) -> None:
        self._send, self._passes_on = send, passes_on
        self._start: Mapping[str, Any] | None = None
        self._seconds = 0
        self._body = bytearray()
        self._is_whole = False

    async def __call__(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._seconds = _seconds(message)
            if self._seconds:
                self._start = message
            else:
                self._passes_on()
                await self._send(_without_mark(message))
            return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        self._is_whole = not message.get("more_body", False)

    def page(self, edition: int | None) -> _Page | None:
        """Return the whole page, or None when the answer was passed on."""
        if self._start is None or not self._is_whole:
            return None
        body = bytes(self._body)
        headers = [
            (name, value)
            for name, value in self._start["headers"]
            if name.lower() not in (MARK.lower().encode(), b"content-length", b"cache-control", b"etag", b"vary")
        ]
        etag = b'"' + hashlib.sha256(body).hexdigest()[:24].encode() + b'"'
        headers += [(b"cache-control", b"no-cache"), (b"vary", b"Accept-Encoding, Cookie"), (b"etag", etag)]
        is_kept = len(body) <= PAGE_BYTES
        zipped = gzip.compress(body, 6, mtime=0) if len(body) > 500 else b""
        plain_headers = [*headers, (b"content-length", str(len(body)).encode())]
        zipped_headers = [*headers, (b"content-encoding", b"gzip"), (b"content-length", str(len(zipped)).encode())]
        return _Page(
            headers=headers,
            plain=body,
            plain_headers=plain_headers,
            zipped=zipped,
            zipped_headers=zipped_headers,
            heads=(_head(b"200 OK", plain_headers), _head(b"200 OK", zipped_headers), _head(b"304 Not Modified", headers)),
            etag=etag,
            edition=-1 if edition is None or not is_kept else edition,
            until=min(time.time() + self._seconds, _midnight()),
        )


def _key(scope: Scope) -> tuple[bytes, ...] | None:
    """Return what a page is kept under; None for a request that Django alone answers."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or len(scope["query_string"]) > QUERY_LETTERS:
        return None
    asked = _asked(scope["headers"])
    if asked is None:
        return None
    path = scope.get("raw_path") or scope["path"].encode()
    return scope["scheme"].encode(), asked[0], path, scope["query_string"], asked[1]


def _asked(headers: Headers) -> tuple[bytes, bytes] | None:
    """Return the host and the language that headers (names in lower case) ask for; None where they are one person's."""
    host, language, has_cookies = b"", settings.LANGUAGE_CODE, False
    for name, value in headers:
        if name == b"host":
            host = value
        elif name == b"cookie":
            # Read exactly as Django reads them: where the two differ, one person's page is kept for all.
            cookies = parse_cookie(value.decode("latin-1"))
            if has_cookies or cookies.keys() - HARMLESS:
                return None
            has_cookies = True
            language = cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
            language = language if language in LANGUAGES else settings.LANGUAGE_CODE
        elif name in FOR_DJANGO:
            return None
    return host, language.encode()


def _seconds(message: Mapping[str, Any]) -> int:
    """Return for how long an answer may be kept: 0 when it is not marked, or sets a cookie after all."""
    headers = {name.lower(): value for name, value in message["headers"]}
    marked = headers.get(MARK.lower().encode())
    if marked is None or message["status"] != 200 or b"content-encoding" in headers:
        return 0
    if b"set-cookie" in headers:
        served.labels("sets_cookie").inc()
        logger.warning("a page that is marked as the same for all sets a cookie; it is not kept")
        return 0
    return int(marked)


def _without_mark(message: Mapping[str, Any]) -> Mapping[str, Any]:
    headers: Iterable[tuple[bytes, bytes]] = message["headers"]
    return {**message, "headers": [one for one in headers if one[0].lower() != MARK.lower().encode()]}


def _unmarking(send: Send) -> Send:
    async def unmarked(message: Mapping[str, Any]) -> None:
        await send(_without_mark(message) if message["type"] == "http.response.start" else message)

    return unmarked


def _head(status: bytes, headers: Headers) -> bytes:
    return b"HTTP/1.1 %b\r\n" % status + b"".join(b"%b: %b\r\n" % pair for pair in headers)


async def _send(page: _Page, scope: Scope, send: Send) -> None:
    kind = page.answer(scope["headers"])
    body = (page.plain, page.zipped, b"")[kind] if scope["method"] != "HEAD" else b""
    headers = (page.plain_headers, page.zipped_headers, page.headers)[kind]
    await send({"type": "http.response.start", "status": 304 if kind == 2 else 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _edition() -> int | None:
    """Return the number of the edition; None while the database is away."""
    drop_broken()
    try:
        return Sequence.objects.filter(name=EDITION).values_list("last", flat=True).first() or 0
    except DatabaseError:
        return None


def _midnight() -> float:
    """Return the coming midnight in Vietnam as seconds since the epoch."""
    here = clock.local(clock.now())
    start: datetime = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return (start + timedelta(days=1)).timestamp()
