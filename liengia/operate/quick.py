"""Kept pages answered by the protocol itself: no task, no scope and no message is made for what lies ready.

A public page that the page cache holds is written as soon as its request has been read (twice as many a second as
by way of the ASGI application, which answers everything else in the same order). Not behind a trusted proxy, whose
headers say what the request was.
"""

from __future__ import annotations

from typing import Final, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from liengia.asgi import pages


class _Event:
    def set(self) -> None:
        """Wake nobody."""


class _Done:
    """Stands for the exchange that has just been answered; nothing of the request that still comes is waited for."""

    response_complete = True
    disconnected = False
    message_event = _Event()


DONE: Final = cast(RequestResponseCycle, _Done())


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, with an answer at once where one is ready."""

    _headers_of: list[tuple[bytes, bytes]] | None = None
    _own_headers = b""

    def on_headers_complete(self) -> None:
        """Answer from memory, or as usual."""
        if not self._answer_at_once():
            super().on_headers_complete()

    def _answer_at_once(self) -> bool:
        parser, cycle = self.parser, self.cycle
        if parser.get_method() != b"GET" or parser.get_http_version() != "1.1" or parser.should_upgrade() or not parser.should_keep_alive():
            return False
        if self.flow.write_paused or (cycle is not None and not cycle.response_complete):
            return False  # whoever reads slowly, or has sent several requests, is answered in turn
        url = httptools.parse_url(self.url)
        ready = pages.at_once(self.scope["scheme"], url.path, url.query or b"", self.headers)
        if ready is None:
            return False
        self.cycle = DONE
        head, body = ready
        self.transport.write(b"".join((head, self._server_headers(), b"\r\n", body)))
        self.on_response_complete()
        return True

    def _server_headers(self) -> bytes:
        """Return the date and whatever else uvicorn adds, joined once a second."""
        headers = self.server_state.default_headers
        if headers is not Protocol._headers_of:
            Protocol._headers_of = headers
            Protocol._own_headers = b"".join(b"%b: %b\r\n" % pair for pair in headers)
        return Protocol._own_headers
