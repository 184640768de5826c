"""Serve the web site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from liengia.operate import web


class Command(BaseCommand):
    """Serve the web site by several processes that share one listening socket."""

    help = "Serve the web site."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--workers", type=int, default=settings.WEB_WORKERS, help="processes; as many as cores")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until SIGTERM."""
        self.check()
        web.serve(workers=options["workers"])
