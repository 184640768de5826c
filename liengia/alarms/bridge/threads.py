"""Database work of the bridge, in threads of its own, so that its loop is never held up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import connections

from liengia.core.connections import drop_broken

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseThread:
    """One thread with one database connection; its work is done in order."""

    def __init__(self, name: str) -> None:
        """Name the thread."""
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function there and return what it returns."""
        work = partial(_fresh, partial(function, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def close(self) -> None:
        """Close the connection and end the thread."""
        self._executor.submit(connections.close_all)
        self._executor.shutdown(wait=True)


def _fresh(work: Callable[[], T]) -> T:
    drop_broken()
    return work()
