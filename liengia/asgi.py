"""The web application: public pages from memory, else Django, whose live streams end by themselves at the process's end."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liengia.settings")
_django = get_asgi_application()

from liengia.core import live, pagecache  # noqa: E402  (needs Django to be set up)

_pages = pagecache.PageCache(_django)


async def application(scope: pagecache.Scope, receive: pagecache.Receive, send: pagecache.Send) -> None:
    """Serve a request, or the life of the process (at its end the streams are closed)."""
    if scope["type"] != "lifespan":
        await _pages(scope, receive, send)
        return
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            live.close_all()
            await send({"type": "lifespan.shutdown.complete"})
            return
