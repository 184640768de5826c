"""Check the installation and say what to do."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from liengia.operate.doctor import Level, examine


class Command(BaseCommand):
    """Look at everything that can be wrong; exit code 1 when something is."""

    help = "Check the installation and say what to do."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line each, and what to do below."""
        marks = {Level.WELL: "✓", Level.WARN: "!", Level.WRONG: "✗"}
        styles = {Level.WELL: self.style.SUCCESS, Level.WARN: self.style.WARNING, Level.WRONG: self.style.ERROR}
        wrong = 0
        for found in examine():
            self.stdout.write(styles[found.level](f"{marks[found.level]} {found.name}: {found.says}"))
            if found.do:
                self.stdout.write(f"    → {found.do}")
            wrong += found.level == Level.WRONG
        sys.exit(1 if wrong else 0)
