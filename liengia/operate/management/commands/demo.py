"""Load the demonstration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liengia.core import warm
from liengia.operate import demo


class Command(BaseCommand):
    """Load invented people, groups, devices and incidents in the real Cần Đước; twice changes nothing."""

    help = "Load the demonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the size."""
        parser.add_argument("--groups", type=int, default=demo.GROUPS)
        parser.add_argument("--households", type=int, default=demo.HOUSEHOLDS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it."""
        if demo.is_loaded():
            self.stdout.write("There are groups already; nothing was changed.")
            return
        warm.up()
        try:
            demo.load(groups=options["groups"], households=options["households"], say=self.stdout.write)
        except ValueError as error:
            raise CommandError(f"{error} Nothing was loaded.") from None
