"""Measure what design promises, on private installations; the same as `make bench`."""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Run the measurements, each with its floor in the same run."""

    help = "Measure the figures of docs/benchmarks.md; they are written to build/bench.json."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a choice of measurements, and smaller numbers."""
        parser.add_argument("--only", nargs="*", default=[], help="names of measurements; all of them otherwise")
        parser.add_argument("--quick", action="store_true", help="smaller numbers, to see that it runs")
        parser.add_argument("--database", default="", help="sqlite, postgresql (a server of its own), or postgresql://…")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run them in a process of their own: they need no Django settings of this installation."""
        root = settings.BASE_DIR.parent
        if not (root / "benchmarks").is_dir():
            raise CommandError("The measurements are not part of an installed package. Run `make bench` in a clone.")
        (root / "build").mkdir(exist_ok=True)
        command = [sys.executable, "-m", "benchmarks", "--json", str(root / "build" / "bench.json")]
        command += ["--quick"] if options["quick"] else []
        command += ["--database", options["database"]] if options["database"] else []
        command += ["--only", *options["only"]] if options["only"] else []
        raise SystemExit(subprocess.run(command, cwd=root, check=False).returncode)
