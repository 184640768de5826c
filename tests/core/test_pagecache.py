"""The page cache: what is kept, for whom, and what empties it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection

from liengia.core import pagecache
from liengia.core.models import Sequence
from liengia.core.pagecache import MARK, PageCache

Headers = list[tuple[bytes, bytes]]


class Site:
    """A site of one page that counts how often it is drawn."""

    def __init__(self, body: bytes = b"x" * 2000, *, headers: Headers | None = None, status: int = 200) -> None:
        self.body, self.status, self.drawn = body, status, 0
        self.headers = [(MARK.encode(), b"600")] if headers is None else headers
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.drawn += 1
        body = self.body
        await self.gate.wait()
        await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
        await send({"type": "http.response.body", "body": body[:10], "more_body": True})
        await send({"type": "http.response.body", "body": body[10:]})


class Answer:
    """What came back."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""

    async def take(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            self.body += message.get("body", b"")


async def ask(cache: PageCache, path: str = "/", *, method: str = "GET", query: bytes = b"", **headers: str) -> Answer:
    answer = Answer()
    scope = {
        "type": "http", "method": method, "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query,
        "headers": [(b"host", b"localhost"), *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items())],
    }  # fmt: skip
    await cache(scope, _no_body, answer.take)
    return answer


async def _no_body() -> dict[str, Any]:
    return {"type": "http.request"}


@pytest.fixture(autouse=True)
def edition(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Give the number of the edition without a database; tests of `bump` use the real one."""
    state: dict[str, Any] = {"edition": 1}
    monkeypatch.setattr(pagecache, "_edition", lambda: state["edition"])
    return state


async def test_a_marked_page_is_drawn_once() -> None:
    site = Site()
    cache = PageCache(site)
    answers = [await ask(cache) for _ in range(3)]
    assert site.drawn == 1
    assert {answer.body for answer in answers} == {site.body}
    assert all(MARK.lower().encode() not in {name.lower() for name in answer.headers} for answer in answers)
    assert answers[2].headers[b"cache-control"] == b"no-cache"


async def test_browsers_get_it_zipped_or_not_at_all() -> None:
    cache = PageCache(Site())
    zipped = await ask(cache, accept_encoding="br, gzip")
    assert zipped.headers[b"content-encoding"] == b"gzip"
    assert gzip.decompress(zipped.body) == b"x" * 2000
    same = await ask(cache, if_none_match=zipped.headers[b"etag"].decode())
    assert (same.status, same.body) == (304, b"")


@pytest.mark.parametrize(
    "differs",
    [
        {"method": "POST"}, {"cookie": "sessionid=abc"}, {"cookie": "a=b"}, {"authorization": "Bearer x"}, {"hx_request": "true"},
        {"cookie": "foo; sessionid=abc"}, {"cookie": "csrftoken=x; a[b; sessionid=abc"},
    ],
)
async def test_whoever_may_be_somebody_is_answered_by_django(differs: dict[str, str]) -> None:
    site = Site()
    cache = PageCache(site)
    await ask(cache)
    answer = await ask(cache, **differs)  # type: ignore[arg-type]
    assert site.drawn == 2
    assert MARK.encode() not in answer.headers


async def test_cookies_in_two_headers_are_left_to_django() -> None:
    headers = [(b"host", b"localhost"), (b"cookie", b"csrftoken=x"), (b"cookie", b"django_language=en")]
    assert pagecache._asked(headers[:2]) == (b"localhost", b"vi")
    assert pagecache._asked(headers) is None


async def test_languages_and_addresses_are_kept_apart() -> None:
    site = Site()
    cache = PageCache(site)
    for cookie in ("", "csrftoken=x", "django_language=vi", "django_language=xx"):
        await ask(cache, **({"cookie": cookie} if cookie else {}))  # type: ignore[arg-type]
    assert site.drawn == 1
    await ask(cache, cookie="django_language=en")
    await ask(cache, query=b"trang=2")
    await ask(cache, path="/tin-tuc/")
    assert site.drawn == 4
    await ask(cache, query=b"q=" + b"a" * 300)
    await ask(cache, query=b"q=" + b"a" * 300)
    assert site.drawn == 6


@pytest.mark.parametrize(
    ("headers", "status"),
    [([], 200), ([(MARK.encode(), b"600")], 404), ([(MARK.encode(), b"600"), (b"set-cookie", b"a=b")], 200)],
)
async def test_anything_else_is_passed_on_and_never_kept(headers: Headers, status: int) -> None:
    site = Site(headers=headers, status=status)
    cache = PageCache(site)
    for _ in range(2):
        answer = await ask(cache)
        assert (answer.status, answer.body) == (status, site.body)
        assert MARK.encode() not in answer.headers
    assert site.drawn == 2


async def test_head_is_answered_from_memory_but_never_kept() -> None:
    site = Site()
    cache = PageCache(site)
    await ask(cache, method="HEAD")
    whole = await ask(cache)
    head = await ask(cache, method="HEAD")
    assert whole.body == site.body
    assert (head.body, head.headers[b"content-length"]) == (b"", b"2000")
    assert site.drawn == 2


async def test_many_askers_wait_for_one_drawing() -> None:
    site = Site()
    site.gate.clear()
    cache = PageCache(site)
    asking = [asyncio.create_task(ask(cache)) for _ in range(20)]
    await asyncio.sleep(0.05)
    site.gate.set()
    assert {answer.body for answer in await asyncio.gather(*asking)} == {site.body}
    assert site.drawn == 1


async def test_a_new_edition_empties_it(edition: dict[str, Any]) -> None:
    site = Site()
    cache = PageCache(site)
    await ask(cache)
    site.body = b"y" * 2000
    edition["edition"] = 2
    cache._poked()
    assert (await ask(cache)).body == site.body
    site.body = b"z" * 2000
    edition["edition"] = 3
    cache._looked_at -= pagecache.LOOK_EVERY_S  # the bus is away; two seconds pass
    assert (await ask(cache)).body == site.body


async def test_a_page_drawn_during_a_publication_is_not_kept(edition: dict[str, Any]) -> None:
    site = Site(b"old" * 500)
    site.gate.clear()
    cache = PageCache(site)
    slow = asyncio.create_task(ask(cache))
    await asyncio.sleep(0.05)
    edition["edition"], site.body = 2, b"new" * 500
    cache._poked()
    site.gate.set()
    await slow
    assert (await ask(cache)).body == b"new" * 500


async def test_what_is_ready_is_served_while_the_database_is_away(edition: dict[str, Any]) -> None:
    site = Site()
    cache = PageCache(site)
    await ask(cache)
    edition["edition"] = None
    cache._looked_at -= pagecache.LOOK_EVERY_S
    await ask(cache)
    assert site.drawn == 1


async def test_nothing_is_kept_past_midnight_or_its_time() -> None:
    site = Site(headers=[(MARK.encode(), b"60")])
    cache = PageCache(site)
    with time_machine.travel(datetime(2026, 11, 25, 16, 59, 30, tzinfo=UTC), tick=False) as now:  # 23:59:30 in Vietnam
        await ask(cache)
        now.shift(20)
        await ask(cache)
        assert site.drawn == 1
        now.shift(20)
        await ask(cache)
        assert site.drawn == 2
        now.shift(70)
        await ask(cache)
        assert site.drawn == 3


async def test_memory_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagecache, "MEMORY_BYTES", 30_000)
    site = Site(bytes(range(256)) * 20)
    cache = PageCache(site)
    for number in range(20):
        await ask(cache, path=f"/{number}")
    assert cache._bytes <= 30_000
    assert 1 <= len(cache._pages) < 20
    assert cache._bytes == sum(page.size for page in cache._pages.values())


@pytest.mark.django_db
def test_bump_counts_the_edition_up() -> None:
    pagecache.bump()
    pagecache.bump()
    assert Sequence.objects.get(name=pagecache.EDITION).last == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_sequence WHERE name = 'pagecache'")
        assert cursor.fetchone() == (1,)
