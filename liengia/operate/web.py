"""The web server: the site is loaded once, its memory frozen, then shared by forked processes.

1. One process binds the socket, loads everything, freezes the garbage collector and forks the workers, which share
   the loaded pages of memory. A worker that dies is forked again; the socket stays open meanwhile.
2. At SIGTERM each worker first ends its live streams (browsers come back by themselves), then finishes what it is
   answering, and goes within 5 s.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import Final

import uvicorn
from django.conf import settings

from liengia.asgi import application
from liengia.core import live, warm
from liengia.core.db.lending import lend_to_requests
from liengia.operate import quick

STOP_WITHIN_S: Final = 5
BACKLOG: Final = 4096
# A collection of everything looks through some 50 objects an open stream while no event leaves; by Python's own measure
# one came every 3 s while streams were opened, of 0.2 s and more. What requests leave behind goes with the young.
COLLECT_AFTER: Final = (5_000, 20, 100)


class _Server(uvicorn.Server):
    """Ends live streams before it waits for open requests; freezes what start-up made."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then keep what now exists out of every later collection (5,000 streams: p99 834 → 150 ms)."""
        await super().startup(sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the browsers of live pages go, then stop as usual."""
        live.close_all()
        await super().shutdown(sockets)


def serve(*, workers: int) -> None:
    """Serve until SIGTERM; returns when all workers have gone."""
    listener = listen(settings.HOST, settings.PORT)
    warm.up()
    pids = {_fork(listener) for _ in range(workers)}
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while pids:
        try:
            pid, _status = os.wait()
        except ChildProcessError:
            break
        pids.discard(pid)
        if not stopping:
            time.sleep(0.1)
            pids.add(_fork(listener))


def listen(host: str, port: int) -> socket.socket:
    """Bind the listening socket that all workers share."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    return listener


def _fork(listener: socket.socket) -> int:
    """Fork a worker and return its process id; the child never returns."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _die_with(parent)
        lend_to_requests()
        _Server(_config()).run(sockets=[listener])
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def _die_with(parent: int) -> None:
    """Have the kernel end this process when its parent is killed (Linux)."""
    import ctypes

    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(1, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(0)


def _config() -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http="httptools" if settings.TRUSTED_PROXIES else quick.Protocol,
        loop="uvloop",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=bool(settings.TRUSTED_PROXIES),
        forwarded_allow_ips=settings.TRUSTED_PROXIES or None,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=STOP_WITHIN_S,
        ssl_certfile=settings.TLS_CERT or None,
        ssl_keyfile=settings.TLS_KEY or None,
        backlog=BACKLOG,
    )
