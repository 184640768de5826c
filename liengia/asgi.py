"""The web application: public pages from memory, else Django, whose live streams end by themselves at the process's end."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liengia.settings")
_django = get_asgi_application()

from liengia.core import live, pagecache  # noqa: E402  (needs Django to be set up)

pages = pagecache.PageCache(_django)


async def application(scope: pagecache.Scope, receive: live.Receive, send: live.Send) -> None:
    """Serve a request, or the life of the process (at its end the streams are closed)."""
    if scope["type"] != "lifespan":
        await _answer(scope, receive, send)
        return
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            live.close_all()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _answer(scope: pagecache.Scope, receive: live.Receive, send: live.Send) -> None:
    """Let Django answer; when it granted a live stream, send its head, and go on without Django.

    Django keeps a thread, and with it a database connection, for each request that it has not finished: thousands
    of open streams would be thousands of them.
    """
    opened: list[live.Opened] = []
    head: list[Mapping[str, Any]] = []

    async def forward(message: Mapping[str, Any]) -> None:
        if not opened:
            await send(message)
        elif message["type"] == "http.response.start":
            head.append(message)

    await pages({**scope, live.OPENED: opened}, receive, forward)
    if opened and head:
        length = b"content-length"
        await send({**head[0], "headers": [pair for pair in head[0]["headers"] if pair[0].lower() != length]})
        await opened[0].feed.serve(opened[0], receive, send)
