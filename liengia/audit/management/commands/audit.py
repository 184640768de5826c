"""`liengia audit`: verify the chain."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from liengia.audit import services
from liengia.core import clock
from liengia.core.text import time_words


def anchor(text: str) -> tuple[int, str]:
    """Read NUMBER:HASH, as `verify` printed it."""
    number, colon, head = text.partition(":")
    if not (colon and number.isdigit() and len(head) == 64):
        raise ArgumentTypeError("NUMBER:HASH is expected, as an earlier verification printed it.")
    return int(number), head


class Command(BaseCommand):
    """Verify that no entry was changed, taken away or put in."""

    help = "Verify the chain of audit entries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the verb and the anchor."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="Walk the whole chain and compare every link.")
        verify.add_argument(
            "--anchor", type=anchor, help="NUMBER:HASH noted outside: shows a chain that was cut off or written anew."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found; exit with an error when a link is broken or a text was altered."""
        found = services.verify(anchor=options["anchor"])
        self.stdout.write(f"sealed:        {found.sealed}")
        self.stdout.write(f"head:          {found.sealed}:{found.head}")
        waiting = ""
        if found.oldest_tail is not None:
            seconds = int((clock.now() - found.oldest_tail).total_seconds())
            waiting = f", the oldest since {time_words(found.oldest_tail)} ({seconds} s)"
        self.stdout.write(f"unsealed tail: {found.tail}{waiting}")
        self.stdout.write(f"texts erased:  {found.erased_texts}")
        if found.altered_texts:
            self.stdout.write(f"texts altered: {', '.join(map(str, found.altered_texts[:20]))}")
        if found.broken_at is not None:
            raise CommandError(f"The chain is broken at entry {found.broken_at}: {found.why}.")
        if found.altered_texts:
            raise CommandError("Personal texts were altered; the chain itself is whole.")
        self.stdout.write("The chain is whole.")
