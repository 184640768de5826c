"""Restore a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liengia.operate import backups


class Command(BaseCommand):
    """Put a backup in place; `liengia up` must not run."""

    help = "Restore a backup made by `liengia backup`."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what from."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="move the present data aside")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, and say what is different now."""
        try:
            aside = backups.restore(options["file"], force=options["force"])
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        if aside is not None:
            self.stdout.write(f"What was there is in {aside}.")
        self.stdout.write(
            "Restored. Start `liengia up`: presses of the last seven days are read again from the broker's log, and ring"
            " nothing when they are old. Devices revoked since the backup are valid again: revoke them again."
        )
