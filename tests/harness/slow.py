"""A site as a slow phone meets it: pages, scripts and answers come late. It shows what a test, or a page, took for granted.

`TESTS_SLOW_MS=400 make e2e` lets each page, script and sent form wait that long. A test that reads a page which has
not come yet, or a row which is not written yet, fails here every time and elsewhere once in a hundred.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from typing import Any
from zlib import crc32

from asgiref.sync import iscoroutinefunction
from django.utils.decorators import sync_and_async_middleware

SLOW_S = int(os.environ.get("TESTS_SLOW_MS", "0")) / 1000


def _late_by(request: Any) -> float:
    """Return the seconds; scripts come one after the other in an order of their own, after the page and the first of them."""
    if request.path.endswith(".js"):
        return 0.0 if request.path.endswith("/early.js") else SLOW_S * (1 + crc32(request.path.encode()) % 4)
    return SLOW_S if request.method == "POST" or "text/html" in request.headers.get("Accept", "") else 0.0


@sync_and_async_middleware
def late(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Let what a person waits for come late; it stands before everything else."""
    if iscoroutinefunction(get_response):

        async def later(request: Any) -> Any:
            await asyncio.sleep(_late_by(request))
            return await get_response(request)

        return later

    def wait(request: Any) -> Any:
        time.sleep(_late_by(request))
        return get_response(request)

    return wait
