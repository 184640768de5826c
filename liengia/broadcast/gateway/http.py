"""HTTP to providers: https to public hosts, one try, a hard end, no redirect, and no word of it in any log.

The standard library's client is used on purpose: clients that are more talkative write whole addresses, which hold tokens, into
their logs and errors. The host is resolved here, each of its addresses is looked at, and the connection goes to the address
that was looked at, so that a name cannot change its mind between the two.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

TIMEOUT_S: Final = 8.0
LARGEST_ANSWER: Final = 256 * 1024
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class NotAllowed(Exception):
    """The address is none that a provider may have: not https, not public, not on the operator's list."""


class NotReached(Exception):
    """No connection came about: nothing was handed over."""


class Unclear(Exception):
    """The request went out, and no whole answer came: the provider may or may not have taken it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. It never prints itself: the address, the headers and the body hold tokens and people's words."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def retry_after_s(self) -> float | None:
        """What `Retry-After` asks for in seconds, at most an hour; a date or nonsense counts as not said."""
        raw = self.headers.get("retry-after", "")
        return min(float(raw), 3600.0) if raw.isascii() and raw.isdigit() else None


def check_address(url: str) -> None:
    """Refuse an address that no provider has, without asking the network.

    Raises:
        NotAllowed: no https, credentials in the address, a private or malformed host, or not on the operator's list.
    """
    parts = _parts(url)
    host = parts.hostname or ""
    if not _is_listed(host):
        raise NotAllowed("the host is not on the list LIENGIA_GATEWAY_HOSTS")
    literal = _literal(host)
    if literal is not None:
        _check_ip(literal, host)
    if parts.scheme != "https" and not (settings.GATEWAY_LOOPBACK and _is_loopback_name(host)):
        raise NotAllowed("only https addresses are allowed")


def call(request: Request, *, timeout_s: float = TIMEOUT_S) -> Answer:
    """Send one request and return its answer; after `timeout_s` seconds in all it is over, whatever drips.

    Raises:
        NotAllowed: the address, or what its name stands for, is not public.
        NotReached: nothing was sent.
        Unclear: sent, but no whole answer.
    """
    check_address(request.url)
    parts = _parts(request.url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    deadline = time.monotonic() + timeout_s
    connection = _open(host, port, is_secure=parts.scheme == "https", timeout_s=timeout_s)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _cut_off(connection, deadline):
            connection.request(request.method, path, body=request.body or None, headers=dict(request.headers))
            return _read(connection)
    except ValueError as error:  # a header or path with a line break, caught before anything is written
        raise NotAllowed("the request holds what no request may hold") from error.with_traceback(None)
    except (OSError, http.client.HTTPException):
        raise Unclear("no whole answer came") from None
    finally:
        connection.close()


def _parts(url: str):  # type: ignore[no-untyped-def]
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise NotAllowed("this is no address") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password or not url.isascii():
        raise NotAllowed("only https addresses are allowed")
    if any(char <= " " or char == "\x7f" for char in url):
        raise NotAllowed("the address holds blanks or control characters")
    return parts


def _is_listed(host: str) -> bool:
    listed = settings.GATEWAY_HOSTS
    return not listed or any(host == one or host.endswith("." + one) for one in listed) or (settings.GATEWAY_LOOPBACK and _is_loopback_name(host))


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback_name(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" or (literal is not None and literal.is_loopback)


def _check_ip(ip: ipaddress.IPv4Address | ipaddress.IPv6Address, host: str) -> None:
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if inner is None and ip.version == 6 and ip in _NAT64:
        inner = ipaddress.ip_address(int(ip) & 0xFFFFFFFF)
    for one in (ip, inner) if inner is not None else (ip,):
        if settings.GATEWAY_LOOPBACK and one.is_loopback and _is_loopback_name(host):
            continue
        if not one.is_global or one.is_multicast:
            raise NotAllowed("the host is not a public one")


def _open(host: str, port: int, *, is_secure: bool, timeout_s: float) -> http.client.HTTPConnection:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReached("the host's name is not known") from None
    for *_rest, address in found:
        _check_ip(ipaddress.ip_address(str(address[0]).partition("%")[0]), host)
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    sock = None
    try:
        sock = socket.create_connection((str(found[0][4][0]), port), timeout=timeout_s)
        connection.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host) if is_secure else sock
    except (OSError, ValueError):
        if sock is not None:
            sock.close()
        raise NotReached("the host cannot be reached") from None
    return connection


@contextlib.contextmanager
def _cut_off(connection: http.client.HTTPConnection, deadline: float) -> Iterator[None]:
    """Shut the connection at an instant: time limits of sockets count each read anew, and a provider may drip for ever."""
    sock = connection.sock

    def cut() -> None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(connection: http.client.HTTPConnection) -> Answer:
    answer = connection.getresponse()
    body = answer.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        raise http.client.HTTPException("the answer is too large")
    length = answer.getheader("Content-Length")
    if length is not None and length.isdigit() and len(body) < int(length) and not answer.status == 204:
        raise http.client.HTTPException("the answer is cut off")
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)
