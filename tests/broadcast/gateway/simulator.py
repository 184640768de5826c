"""A provider on loopback: answers as it is told, keeps what it was asked, and can hang, drip, cut off and talk nonsense."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass(slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(slots=True)
class Said:
    """What is answered: `fault` is "hang", "drip", "cut" or nothing."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""


class Provider:
    """The simulator: `answer` decides for each request."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Said] = lambda asked: Said(body={"status": "0", "id": f"m{len(self.asked)}"})
        self.stop = threading.Event()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def _drip(provider: Provider, out: Any) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    with suppress(OSError):
        while not provider.stop.wait(0.05):
            out.write(b"x")


@contextmanager
def running() -> Iterator[Provider]:
    """Run a provider on a free port of loopback."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None: ...

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            provider.asked.append(asked)
            said = provider.answer(asked)
            raw = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode() if said.body is not None else b""
            if said.fault == "hang":
                provider.stop.wait(20)
                return
            if said.fault == "drip":
                _drip(provider, self.wfile)
                return
            self.send_response(said.status)
            self.send_header("Content-Length", str(len(raw) + (50 if said.fault == "cut" else 0)))
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)
            if said.fault == "cut":
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True

        do_GET = do_POST = do_PUT = _take

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.stop.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


