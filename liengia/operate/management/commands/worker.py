"""Run the chores: deadlines, deliveries, supervision, sealing."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from liengia.core import warm, worker
from liengia.core.bus import get_bus
from liengia.operate import gateways


class Command(BaseCommand):
    """Run all chores of all rooms, until SIGTERM; a kill loses nothing."""

    help = "Run the chores of all rooms."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop."""
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        warm.up()
        gateways.serve(get_bus())
        worker.run(worker.chores(), stopping)
        get_bus().close()
