"""A push service of our own on loopback: it gives out subscriptions, verifies who sends, and decrypts what it gets.

It stands in for the browser makers' services and for the browser at once: `subscribe` gives what a browser would give to the
page, and `received` is what its service worker would be shown. Each endpoint can be told to misbehave.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hkdf(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)


def decrypt(body: bytes, private: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """Do what a browser does, by the steps of RFC 8291 §4 and RFC 8188 §2, written apart from the code that encrypts."""
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    sender, sealed = body[21 : 21 + length], body[21 + length :]
    assert len(sealed) <= size
    own = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
    material = _hkdf(auth, shared, b"WebPush: info\x00" + own + sender, 32)
    key = _hkdf(salt, material, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _hkdf(salt, material, b"Content-Encoding: nonce\x00", 12)
    plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
    assert plain.endswith(b"\x02")
    return plain[:-1]


class BadToken(Exception):
    """The sender did not prove who they are."""


def verified(header: str, *, origin: str, key: str) -> dict[str, Any]:
    """Return the claims of an Authorization header (RFC 8292)."""
    scheme, _sep, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    if scheme.lower() != "vapid" or parts.get("k") != key:
        raise BadToken("another key")
    text, _dot, signature = parts["t"].rpartition(".")
    raw = unb64(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unb64(key))
    try:
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        public.verify(der, text.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise BadToken("not signed") from None
    head, claims = (json.loads(unb64(part)) for part in text.split("."))
    if head != {"typ": "JWT", "alg": "ES256"} or claims["aud"] != origin:
        raise BadToken("for another service")
    if not 0 < claims["exp"] - time.time() <= 86_400 or not claims["sub"].startswith(("mailto:", "https:", "http://localhost")):
        raise BadToken("claims")
    return dict(claims)


@dataclass
class Browser:
    """One subscription, with the keys that only a browser has."""

    name: str
    endpoint: str
    private: ec.EllipticCurvePrivateKey
    auth: bytes
    behaviour: str = "ok"

    @property
    def p256dh(self) -> str:
        return b64(self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def fields(self) -> dict[str, str]:
        """What `PushSubscription.toJSON()` gives."""
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": b64(self.auth)}


@dataclass
class Received:
    """One message as it came."""

    browser: str
    plain: bytes
    headers: dict[str, str]
    size: int

    @property
    def said(self) -> dict[str, Any]:
        return dict(json.loads(self.plain))


@dataclass
class PushService:
    """The service, in a thread of its own."""

    key: str = ""
    port: int = 0
    browsers: dict[str, Browser] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    reads: bool = True
    raw: list[tuple[str, bytes]] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._hanging: list[asyncio.Event] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def subscribe(self, behaviour: str = "ok") -> Browser:
        """Give a browser's new subscription."""
        name = b64(os.urandom(12))
        made = Browser(name, f"{self.origin}/push/{name}", ec.generate_private_key(CURVE), os.urandom(16), behaviour)
        self.browsers[name] = made
        return made

    def start(self) -> PushService:
        threading.Thread(target=self._run, daemon=True).start()
        assert self._ready.wait(10)
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(lambda: [event.set() for event in self._hanging])
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def to(self, browser: Browser) -> list[Received]:
        return [one for one in self.received if one.browser == browser.name]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._begin())
        self._ready.set()
        self._loop.run_forever()
        self._loop.close()

    async def _begin(self) -> None:
        app = web.Application(client_max_size=10_000)
        app.router.add_post("/push/{name}", self._take)
        app.router.add_get("/elsewhere", self._elsewhere)
        app.router.add_post("/elsewhere", self._elsewhere)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        assert site._server is not None
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]

    async def _elsewhere(self, request: web.Request) -> web.Response:
        self.refused.append("followed a redirect")
        return web.Response(status=201)

    async def _take(self, request: web.Request) -> web.StreamResponse:
        browser = self.browsers.get(request.match_info["name"])
        self.connections.add(id(request.transport))
        if browser is None:
            return web.Response(status=404)
        body = await request.read()
        if browser.behaviour != "ok":
            return await self._misbehave(browser.behaviour, request)
        if not self.reads:
            self.raw.append((browser.name, body))
            return web.Response(status=201)
        try:
            verified(request.headers.get("Authorization", ""), origin=self.origin, key=self.key)
            if len(body) > 4096:
                return web.Response(status=413)
            assert request.headers["Content-Encoding"] == "aes128gcm" and int(request.headers["TTL"]) >= 0
            plain = decrypt(body, browser.private, browser.auth)
        except (BadToken, KeyError, AssertionError, ValueError) as error:
            self.refused.append(repr(error))
            return web.Response(status=403)
        self.received.append(Received(browser.name, plain, dict(request.headers), len(body)))
        return web.Response(status=201, headers={"Location": f"{self.origin}/message/{len(self.received)}"})

    async def _misbehave(self, how: str, request: web.Request) -> web.StreamResponse:
        if how == "hang":
            event = asyncio.Event()
            self._hanging.append(event)
            await event.wait()
            return web.Response(status=201)
        if how == "garbage":
            assert request.transport is not None
            request.transport.write(b"\x00\xff this is no HTTP\r\n\r\n" * 50)
            request.transport.close()
            return web.Response(status=201)
        if how == "flood":
            answer = web.StreamResponse(status=201)
            await answer.prepare(request)
            with suppress(ConnectionError):
                for _part in range(200):
                    await answer.write(b"x" * 65_536)
            return answer
        status, headers = {
            "gone": (410, {}), "unknown": (404, {}), "busy": (429, {"Retry-After": "17"}), "fault": (500, {}),
            "later": (503, {"Retry-After": "9999999"}), "key": (403, {}), "long": (413, {}), "bad": (400, {}),
            "redirect": (307, {"Location": f"{self.origin}/elsewhere"}),
        }[how]  # fmt: skip
        return web.Response(status=status, headers=headers, text="https://secret.example/endpoint")
