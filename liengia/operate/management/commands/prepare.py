"""Prepare everything that `liengia up` starts, and answer in JSON on the last line."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser, SystemCheckError
from django.db import OperationalError, connection

from liengia.core.db import unsynced
from liengia.operate import prepare


class Command(BaseCommand):
    """Make keys, tables, static files and the broker's files; with --demo, load the demonstration."""

    help = "Prepare what `liengia up` starts."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--demo", action="store_true", help="load the demonstration")
        parser.add_argument("--no-simulator", action="store_true", help="do not play its devices")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, step by step, each with its time on stderr."""
        logging.getLogger("liengia.core.bus").setLevel(logging.WARNING)  # the broker does not run yet
        try:
            prepare.refuse_busy_ports(prepare.wanted_ports())
            prepare.compile_messages()
            self.check()
            stamps = prepare.Stamps()
            with unsynced(connection):
                self._timed("Tables", lambda: prepare.migrate(stamps))
            self._timed("Static files", lambda: prepare.collect_static(stamps))
            if options["demo"]:
                from liengia.operate import demo

                with unsynced(connection):
                    self._timed("Demonstration", demo.load_once)
            facts = prepare.facts(is_demo=options["demo"], with_simulator=not options["no_simulator"])
        except prepare.NotReady as error:
            self._refuse(str(error))
        except SystemCheckError as error:
            self._refuse("These settings are not safe to start with:\n" + str(error).partition("\n")[2].strip())
        except (OSError, OperationalError) as error:
            self._refuse(f"{_sentence(error)} Is there room on the disk, and is DATABASE_URL right?")
        self.stdout.write(json.dumps(facts))

    def _refuse(self, why: str) -> NoReturn:
        self.stderr.write(why)
        sys.exit(1)

    def _timed(self, name: str, work: Any) -> None:
        began = time.monotonic()
        if work():
            self.stderr.write(f"{name}: done in {time.monotonic() - began:.1f} s", style_func=str)


def _sentence(error: Exception) -> str:
    """Return what an error says, on one line, with a full stop."""
    return "It could not be prepared: " + " ".join(str(error).split()).rstrip(".?") + "."
