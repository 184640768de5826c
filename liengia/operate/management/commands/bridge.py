"""Turn presses into incidents and incidents into what sirens should do."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from liengia.alarms import bridge, broker_users
from liengia.core import warm


class Command(BaseCommand):
    """Run the bridge between the broker and the database, until SIGTERM."""

    help = "Run the bridge between devices and the database."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the streams that it reads, then read them."""
        warm.up(with_addresses=False)
        broker_users.wait_for_streams()
        bridge.main()
