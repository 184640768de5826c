"""A small MQTT 3.1.1 client for gateway and simulator: thousands of connections in one process, no thread, no queue.

Only what devices need: clean sessions, a will, QoS 0 subscriptions, QoS 0 and 1 publications. Tests press with a
real client (aiomqtt) as well, so that this one is never the only judge.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

CONNACK: Final = 0x20
PUBLISH: Final = 0x30
PUBACK: Final = 0x40


class Refused(Exception):
    """The broker does not let this client in."""


@dataclass(frozen=True, slots=True)
class Login:
    """How a device comes in."""

    client_id: str
    username: str
    password: str
    will_topic: str = ""
    will: bytes = b""
    keep_alive_s: int = 30


def _text(value: str) -> bytes:
    raw = value.encode()
    return len(raw).to_bytes(2, "big") + raw


def packet(head: int, body: bytes) -> bytes:
    """Return a packet with its length in front."""
    size, length = bytearray(), len(body)
    while True:
        length, digit = divmod(length, 128)
        size.append(digit | (0x80 if length else 0))
        if not length:
            return bytes([head]) + bytes(size) + body


class Connection(asyncio.Protocol):
    """One connection; what comes in is handed to `on_message(topic, payload, retained)` at once."""

    def __init__(
        self,
        login: Login,
        on_message: Callable[[str, bytes, bool], None],
        on_puback: Callable[[int], None],
        on_lost: Callable[[], None],
    ) -> None:
        """Keep who calls back."""
        self.login, self.on_message, self.on_puback, self.on_lost = login, on_message, on_puback, on_lost
        self.welcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._buffer = b""
        self._next_id = 0
        self._transport: asyncio.Transport | None = None
        self._ping: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Introduce ourselves."""
        self._transport = cast(asyncio.Transport, transport)
        login = self.login
        flags = 0x02 | 0x80 | 0x40 | (0x04 if login.will_topic else 0)
        body = _text("MQTT") + bytes([4, flags]) + login.keep_alive_s.to_bytes(2, "big") + _text(login.client_id)
        if login.will_topic:
            body += _text(login.will_topic) + len(login.will).to_bytes(2, "big") + login.will
        self._transport.write(packet(0x10, body + _text(login.username) + _text(login.password)))

    def data_received(self, data: bytes) -> None:
        """Take whole packets out of the stream."""
        buffer = self._buffer + data if self._buffer else data
        at = 0
        while True:
            length, shift, start = 0, 0, at + 1
            while True:
                if start >= len(buffer):
                    self._buffer = buffer[at:]
                    return
                digit = buffer[start]
                length |= (digit & 0x7F) << shift
                start, shift = start + 1, shift + 7
                if not digit & 0x80:
                    break
            if len(buffer) < start + length:
                self._buffer = buffer[at:]
                return
            self._packet(buffer[at], buffer[start : start + length])
            at = start + length
            if at == len(buffer):
                self._buffer = b""
                return

    def _packet(self, head: int, body: bytes) -> None:
        kind = head & 0xF0
        if kind == PUBLISH:
            end = 2 + int.from_bytes(body[:2], "big")
            topic = body[2:end].decode()
            if head & 0x06:
                self._write(packet(PUBACK, body[end : end + 2]))
                end += 2
            self.on_message(topic, body[end:], bool(head & 0x01))
        elif kind == PUBACK:
            self.on_puback(int.from_bytes(body[:2], "big"))
        elif kind == CONNACK and not self.welcome.done():
            if body[1]:
                self.welcome.set_exception(Refused(f"CONNACK {body[1]}"))
                self.close()
            else:
                self.welcome.set_result(None)
                self._schedule_ping()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the device."""
        if self._ping is not None:
            self._ping.cancel()
        self._transport = None
        if not self.welcome.done():
            self.welcome.set_exception(Refused("closed"))
        self.on_lost()

    def subscribe(self, *topics: str) -> None:
        """Subscribe at QoS 0."""
        body = b"".join(_text(topic) + b"\x00" for topic in topics)
        self._write(packet(0x82, self._id().to_bytes(2, "big") + body))

    def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> int:
        """Publish, and return the packet's number (0 at QoS 0)."""
        number = self._id() if qos else 0
        body = _text(topic) + (number.to_bytes(2, "big") if qos else b"") + payload
        self._write(packet(PUBLISH | qos << 1 | retain, body))
        return number

    def close(self, *, politely: bool = True) -> None:
        """Leave; without the farewell the broker sends the will."""
        if self._transport is not None:
            if politely:
                self._write(b"\xe0\x00")
                self._transport.close()
            else:
                self._transport.abort()

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def _id(self) -> int:
        self._next_id = self._next_id % 65_535 + 1
        return self._next_id

    def _schedule_ping(self) -> None:
        self._ping = asyncio.get_running_loop().call_later(self.login.keep_alive_s * 0.8, self._send_ping)

    def _send_ping(self) -> None:
        self._write(b"\xc0\x00")
        self._schedule_ping()


def verified(ca_file: str = "") -> ssl.SSLContext:
    """Return how a broker elsewhere is checked: by the public authorities, and by those of a file where one is named."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def unverified() -> ssl.SSLContext:
    """Return a TLS context for our own listener, on this machine, whose certificate names another host."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def connect(
    host: str,
    port: int,
    login: Login,
    *,
    on_message: Callable[[str, bytes, bool], None] = lambda _topic, _payload, _retained: None,
    on_puback: Callable[[int], None] = lambda _number: None,
    on_lost: Callable[[], None] = lambda: None,
    tls: ssl.SSLContext | None = None,
    timeout_s: float = 10,
) -> Connection:
    """Connect a device and wait until it is let in.

    Raises:
        Refused: name or password are wrong, or revoked.
        OSError: no broker answers.
        TimeoutError: it took too long.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_s):
        _transport, connection = await loop.create_connection(
            lambda: Connection(login, on_message, on_puback, on_lost), host, port, ssl=tls
        )
        await connection.welcome
    return connection
