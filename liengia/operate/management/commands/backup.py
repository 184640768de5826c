"""Back up the installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from liengia.core import clock
from liengia.operate import backups


class Command(BaseCommand):
    """Write database, uploaded files and keys into one archive, while everything runs."""

    help = "Back up database, uploaded files and keys into one archive."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where to."""
        parser.add_argument("file", nargs="?", type=Path, help="the archive; default: backups/ in the data folder")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it and say where it is."""
        stamp = f"{clock.local(clock.now()):%Y%m%d-%H%M%S}"
        target = options["file"] or settings.DATA / "backups" / f"liengia-{stamp}.tar.gz"
        try:
            made = backups.make(Path(target).resolve())
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made} ({made.stat().st_size / 1e6:.1f} MB). It holds the keys: keep it as safe as them.")
