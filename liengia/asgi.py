"""The web application: Django, whose live streams end by themselves when the process stops."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liengia.settings")
_django = get_asgi_application()

from liengia.core import live  # noqa: E402  (needs Django to be set up)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a request, or the life of the process (at its end the streams are closed)."""
    if scope["type"] != "lifespan":
        await _django(scope, receive, send)
        return
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            live.close_all()
            await send({"type": "lifespan.shutdown.complete"})
            return
