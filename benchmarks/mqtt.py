"""The least MQTT 3.1.1 client that can be thousands in one process: QoS 0 in, QoS 1 out, no reconnection.

It is the load, not the product: devices of the simulator and of the tests use aiomqtt.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

OnMessage = Callable[[str, bytes], None]


class ConnectionRefused(Exception):
    """The broker said no to the connection."""


class Link(asyncio.Protocol):
    """One connection of one device."""

    def __init__(self, username: str, password: str, client_id: str, on_message: OnMessage | None = None) -> None:
        """Keep the credential; `connect` opens."""
        self.username, self.password, self.client_id = username, password, client_id
        self.on_message = on_message
        self.buffer = bytearray()
        self.transport: asyncio.Transport | None = None
        self.waiting: dict[int, asyncio.Future[None]] = {}
        self.last_packet = 0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_lost = False

    async def connect(self, host: str, port: int) -> Link:
        """Open the connection and wait for CONNACK."""
        await asyncio.get_running_loop().create_connection(lambda: self, host, port)
        await asyncio.wait_for(self.ready, 60)
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send CONNECT (clean session, keep-alive 5 minutes)."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(connect_packet(self.client_id, self.username, self.password))

    def data_received(self, data: bytes) -> None:
        """Take whole packets out of the stream."""
        self.buffer += data
        while (whole := _take(self.buffer)) is not None:
            self._handle(*whole)

    def connection_lost(self, error: Exception | None) -> None:
        """Fail whatever still waits."""
        self.is_lost = True
        for future in [self.ready, *self.waiting.values()]:
            if not future.done():
                future.set_exception(ConnectionResetError("the broker went away"))
        self.waiting.clear()

    async def subscribe(self, *topics: str) -> None:
        """Subscribe at QoS 0 and wait for SUBACK."""
        number, future = self._number()
        self._write(subscribe_packet(number, *topics))
        await asyncio.wait_for(future, 60)

    def publish(self, topic: str, payload: bytes) -> asyncio.Future[None]:
        """Publish at QoS 1; the future is done at PUBACK."""
        number, future = self._number()
        self._write(publish_packet(number, topic, payload))
        return future

    def say(self, topic: str, payload: bytes) -> None:
        """Publish at QoS 0."""
        self._write(_packet(0x30, _text(topic) + payload))

    def close(self) -> None:
        """Disconnect."""
        if self.transport is not None and not self.is_lost:
            with contextlib.suppress(OSError):
                self._write(b"\xe0\x00")
            self.transport.close()

    def _write(self, packet: bytes) -> None:
        if self.transport is None or self.is_lost:
            raise ConnectionResetError("not connected")
        self.transport.write(packet)

    def _number(self) -> tuple[int, asyncio.Future[None]]:
        self.last_packet = self.last_packet % 65_535 + 1
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting[self.last_packet] = future
        return self.last_packet, future

    def _handle(self, kind: int, body: bytes) -> None:
        match kind >> 4:
            case 2:
                if body[1] == 0:
                    self.ready.set_result(None)
                else:
                    self.ready.set_exception(ConnectionRefused(f"code {body[1]}"))
            case 3:
                length = int.from_bytes(body[:2], "big")
                topic = body[2 : 2 + length].decode()
                if self.on_message is not None:
                    self.on_message(topic, body[2 + length :])
            case 4 | 9:
                future = self.waiting.pop(int.from_bytes(body[:2], "big"), None)
                if future is not None and not future.done():
                    future.set_result(None)


def connect_packet(client_id: str, username: str, password: str) -> bytes:
    """Return CONNECT (clean session, keep-alive 5 minutes)."""
    body = b"\x00\x04MQTT\x04\xc2\x01\x2c" + b"".join(_text(part) for part in (client_id, username, password))
    return _packet(0x10, body)


def subscribe_packet(number: int, *topics: str) -> bytes:
    """Return SUBSCRIBE at QoS 0."""
    return _packet(0x82, number.to_bytes(2, "big") + b"".join(_text(topic) + b"\x00" for topic in topics))


def publish_packet(number: int, topic: str, payload: bytes) -> bytes:
    """Return PUBLISH at QoS 1."""
    return _packet(0x32, _text(topic) + number.to_bytes(2, "big") + payload)


def _text(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2, "big") + raw


def _packet(kind: int, body: bytes) -> bytes:
    length, left = bytearray(), len(body)
    while True:
        left, digit = divmod(left, 128)[0], left % 128
        length.append(digit | (0x80 if left else 0))
        if not left:
            break
    return bytes([kind]) + bytes(length) + body


def _take(buffer: bytearray) -> tuple[int, bytes] | None:
    length, shift = 0, 0
    for place in range(1, 5):
        if len(buffer) <= place:
            return None
        length |= (buffer[place] & 0x7F) << shift
        shift += 7
        if not buffer[place] & 0x80:
            end = place + 1 + length
            if len(buffer) < end:
                return None
            kind, body = buffer[0], bytes(buffer[place + 1 : end])
            del buffer[:end]
            return kind, body
    raise ValueError("a packet's length is malformed")
