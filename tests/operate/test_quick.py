"""Kept pages answered by the protocol: the same answers as by way of the application, in order, and only where it may."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn

from liengia.core import pagecache
from liengia.core.pagecache import MARK, PageCache
from liengia.operate import quick

BODY = "Ngày hội Toàn dân bảo vệ an ninh Tổ quốc. ".encode() * 60
GET = "GET {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n"


@dataclass
class Served:
    """A site behind the page cache on a loopback port; `asked` counts what came by way of the application."""

    port: int
    asked: list[str]

    async def ask(self, *requests: str, body: bytes = b"") -> list[tuple[int, dict[str, str], bytes]]:
        """Send requests at once on one connection and read their answers in order."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write("".join(requests).encode() + body)
        answers = [await _answer(reader, is_head=request.startswith("HEAD")) for request in requests]
        writer.close()
        return answers


async def _answer(reader: asyncio.StreamReader, *, is_head: bool) -> tuple[int, dict[str, str], bytes]:
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    length = 0 if is_head else int(headers.get("content-length", 0))
    return int(head[0].split()[1]), headers, await reader.readexactly(length)


@pytest.fixture
async def served(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    asked: list[str] = []

    async def site(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        while (await receive()).get("more_body"):
            pass
        headers = [(b"content-type", b"text/html")]
        if scope["path"] != "/own/":
            headers.append((MARK.encode(), b"600"))
        body = BODY + scope["path"].encode()
        await send({"type": "http.response.start", "status": 200, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})

    cache = PageCache(site)
    monkeypatch.setattr(pagecache, "_edition", lambda: 1)
    monkeypatch.setattr(quick, "pages", cache)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(cache, http=quick.Protocol, lifespan="off", log_level="critical", access_log=False, server_header=False)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    yield Served(listener.getsockname()[1], asked)
    server.should_exit = True
    await running


def get(path: str = "/", *more: str) -> str:
    return GET.format(path=path, more="".join(f"{line}\r\n" for line in more))


async def test_a_ready_page_is_the_same_as_the_drawn_one_without_the_application(served: Served) -> None:
    drawn, kept = [(await served.ask(get()))[0] for _ in range(2)]
    assert served.asked == ["/"]
    assert kept[0] == 200 and kept[2] == BODY + b"/"
    assert {**kept[1], "date": ""} == {**drawn[1], "date": ""}
    assert kept[1]["date"]


async def test_zipped_and_not_modified(served: Served) -> None:
    await served.ask(get())
    zipped = (await served.ask(get("/", "Accept-Encoding: br, gzip")))[0]
    assert gzip.decompress(zipped[2]) == BODY + b"/"
    same = (await served.ask(get("/", f"If-None-Match: {zipped[1]['etag']}")))[0]
    assert (same[0], same[2]) == (304, b"") and served.asked == ["/"]


async def test_requests_sent_at_once_are_answered_in_their_order(served: Served) -> None:
    await served.ask(get("/a/"))
    paths = ["/a/", "/own/", "/a/", "/b/", "/a/", "/a/", "/own/"]
    answers = await served.ask(*map(get, paths))
    assert [body.removeprefix(BODY).decode() for _status, _headers, body in answers] == paths


async def test_what_may_be_one_persons_or_is_no_plain_question_goes_the_usual_way(served: Served) -> None:
    await served.ask(get())
    for more in ("Cookie: sessionid=abc", "Authorization: Basic YTpi", "HX-Request: true"):
        await served.ask(get("/", more))
    assert len(served.asked) == 4
    assert (await served.ask(get().replace("GET", "HEAD", 1)))[0][0] == 200
    assert (await served.ask(get("/", "Connection: close")))[0][2] == BODY + b"/"
    assert (await served.ask(get().replace("HTTP/1.1", "HTTP/1.0")))[0][2] == BODY + b"/"


async def test_a_body_that_nobody_wants_harms_no_later_request(served: Served) -> None:
    await served.ask(get())
    with_body = get("/", "Content-Length: 5")
    answers = await served.ask(with_body + "hallo", get("/"))
    assert [answer[2] for answer in answers] == [BODY + b"/"] * 2


async def test_a_publication_is_seen_by_the_next_who_asks(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    await served.ask(get())
    cache = quick.pages
    monkeypatch.setattr(pagecache, "_edition", lambda: 2)
    cache._poked()
    await served.ask(get())
    assert served.asked == ["/", "/"]
