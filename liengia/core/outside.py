"""Asking machines outside: only what an address may be asked for, with limits on time and size, and no redirects.

Addresses come from browsers and from forms of the office, so that each is a way into the inside of a network. Hence:

1. Only https, without a name or password in it, on the standard port, unless the caller allows loopback (tests).
2. Names are resolved here, and a connection is made only to public addresses that this resolution gave: no second look-up
   can bring another one (DNS rebinding). An address written as a number is looked at in the same way.
3. Redirects are never followed; bodies are read up to a limit, as they come (nothing is unpacked); no cookie is kept,
   no proxy is taken from the environment.

One thread with one event loop serves a process, and keeps its connections open between calls.
"""

from __future__ import annotations

import asyncio
import atexit
import ipaddress
import os
import socket
import threading
from collections.abc import Collection, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import SplitResult, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

ResultT = TypeVar("ResultT")
LONGEST_URL: Final = 2048
# As many as are asked at once; a push service takes many on few connections.
AT_ONCE: Final = 64


class RefusedAddress(ValueError):
    """An address that is never asked; its words carry nothing of the address."""


class Unanswered(Exception):
    """Nobody answered in time, or not in words of HTTP."""


class Unreached(Unanswered):
    """No connection came about: nothing was sent."""


def is_public(address: str) -> bool:
    """Tell whether a numeric address belongs to the public Internet, also when it hides an older one."""
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        hidden = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ())]
        if found in ipaddress.ip_network("64:ff9b::/96"):
            hidden.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
        if any(one is not None and not one.is_global for one in hidden):
            return False
    return found.is_global and not found.is_multicast


def is_loopback(host: str) -> bool:
    """Tell whether a host is this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked(url: str, *, hosts: Collection[str] | None = None, loopback: bool = False) -> SplitResult:
    """Return the parts of an address that may be asked; `hosts` are names, or `.example.org` for all below one.

    Raises:
        RefusedAddress: not https, with a password, on another port, of a host that is not public or not on the list.
    """
    parts, host = _parts(url)
    if loopback and is_loopback(host):
        if parts.scheme not in ("http", "https"):
            raise RefusedAddress("not https")
        return parts
    if parts.scheme != "https" or parts.port not in (None, 443):
        raise RefusedAddress("not https on its own port")
    if hosts is None and not _may_be_public(host):
        raise RefusedAddress("a host of the inside")
    if hosts is not None and not any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts):
        raise RefusedAddress("a host that is not on the list")
    return parts


def _parts(url: str) -> tuple[SplitResult, str]:
    if len(url) > LONGEST_URL or any(ord(char) <= 32 or ord(char) > 126 for char in url) or "\\" in url:
        raise RefusedAddress("not an address")
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise RefusedAddress("not an address") from None
    host = (parts.hostname or "").rstrip(".")
    if not host or parts.username is not None or parts.password is not None:
        raise RefusedAddress("not an address")
    return parts, host


def _may_be_public(host: str) -> bool:
    """Tell whether a name may be one of the Internet; what it resolves to is looked at when it is asked."""
    if ":" in host or host.replace(".", "").isdigit() or host.startswith("0x"):
        return is_public(host)
    return "." in host


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses alone."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the public addresses of a name; none is a name that is not there."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        result: list[ResolveResult] = [
            {
                "hostname": host, "host": str(address[0]), "port": port, "family": kind, "proto": proto,
                "flags": socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            }
            for kind, _type, proto, _name, address in found
            if is_public(str(address[0])) or is_loopback(host)
        ]  # fmt: skip
        if not result:
            raise OSError("no public address")
        return result

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question: where, with what, how long it may take and how much of an answer is read."""

    url: str
    method: str = "GET"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    within_s: float = 10.0
    most_bytes: int = 4096


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `is_cut` when the body was longer than what was read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool = False


class Client:
    """Asks many at once from synchronous code; safe to be used by several threads, made anew after a fork."""

    def __init__(self, *, at_once: int = AT_ONCE) -> None:
        """Set how many questions are open at once."""
        self._at_once = at_once
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: aiohttp.ClientSession | None = None
        self._pid = 0

    def ask(self, questions: Sequence[Asking]) -> list[Answer | Unanswered]:
        """Return the answers, in the order of the questions. Their addresses were looked at before (`checked`)."""
        return self._run(self._all(questions))

    def close(self) -> None:
        """End the connections and the thread; tests use it."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None and self._pid == os.getpid():
            asyncio.run_coroutine_threadsafe(self._close(), loop).result(timeout=5)
            loop.call_soon_threadsafe(loop.stop)

    def _run(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                self._loop, self._session, self._pid = asyncio.new_event_loop(), None, os.getpid()
                atexit.register(self.close)
                threading.Thread(target=_turn, args=(self._loop,), name="outside", daemon=True).start()
            future: Future[ResultT] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result()

    async def _close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _all(self, questions: Sequence[Asking]) -> list[Answer | Unanswered]:
        """Let a few workers take the questions one after another: a task for each of 10,000 would cost more than the asking."""
        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=PublicResolver(), limit=0, keepalive_timeout=60, ttl_dns_cache=60)
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, trust_env=False
            )
        session = self._session
        answers: list[Answer | Unanswered] = [Unanswered()] * len(questions)
        waiting = iter(enumerate(questions))

        async def work() -> None:
            for place, question in waiting:
                answers[place] = await _one(session, question)

        await asyncio.gather(*(work() for _ in range(min(self._at_once, len(questions)))))
        return answers


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


async def _one(session: aiohttp.ClientSession, question: Asking) -> Answer | Unanswered:
    timeout = aiohttp.ClientTimeout(total=question.within_s)
    try:
        async with session.request(
            question.method, question.url, data=question.body or None, headers=question.headers,
            allow_redirects=False, timeout=timeout,
        ) as response:  # fmt: skip
            body = await _read(response, question.most_bytes)
            is_cut = len(body) > question.most_bytes
            if is_cut:
                response.close()  # the rest is not waited for, and the connection is not used again
            return Answer(response.status, response.headers, body[: question.most_bytes], is_cut)
    except TimeoutError:
        return Unanswered("nobody answered in time")
    except aiohttp.ClientConnectorError as error:
        return Unreached(type(error).__name__)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return Unanswered(type(error).__name__)


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    found = bytearray()
    while len(found) <= most:
        part = await response.content.read(most + 1 - len(found))
        if not part:
            break
        found += part
    return bytes(found)
