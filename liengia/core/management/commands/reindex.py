"""`liengia reindex`: fill the search index anew from what the rooms hold."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from liengia.core import search


class Command(BaseCommand):
    """Index public texts anew, kind by kind, in small transactions; people may search meanwhile."""

    help = "Fill the search index anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take kinds; without any, all."""
        parser.add_argument("kinds", nargs="*", metavar="KIND", help="What to index; without any, everything.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Index."""
        known = search.kinds()
        unknown = sorted(set(options["kinds"]) - set(known))
        if unknown:
            raise CommandError(f"Not known: {', '.join(unknown)}. Known: {', '.join(known) or 'none'}.")
        for kind in options["kinds"] or known:
            count = search.rebuild(kind)
            self.stdout.write(f"{kind}: {count}")
