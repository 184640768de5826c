"""`liengia units`: load tables, apply reforms, check, search."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.units import consistency, demo, loading, plans, reforms
from liengia.units.models import Unit
from liengia.units.plans import ReformPlan

ACTOR = Actor.system("console")


class Command(BaseCommand):
    """Work with administrative units from the console."""

    help = "Load administrative units, apply a reform, check what is stored, search."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser("load", help="Load a table of units and the reforms it tells of; loading twice changes nothing.")
        load.add_argument("files", nargs="*", type=Path, help="CSV tables; without any, those of the demonstration.")
        load.add_argument("--until", type=date.fromisoformat, help="Apply reforms up to this day only.")
        reform = verbs.add_parser("reform", help="Apply a reform from a plan in JSON, or carry it on.")
        reform.add_argument("file", type=Path)
        reform.add_argument("--check", action="store_true", help="Only say whether the plan can be drawn.")
        verbs.add_parser("check", help="Look for overlaps, orphans and ground without a successor.")
        search = verbs.add_parser("search", help="Find units by name, old names too.")
        search.add_argument("text")
        search.add_argument("--at", type=date.fromisoformat, help="The day on which they stand (today).")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one verb; a refusal of the domain is printed as it is."""
        try:
            getattr(self, "run_" + options["verb"])(**options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def run_load(self, files: list[Path], until: date | None, **_options: Any) -> None:
        """Load tables in their order, then the reforms they tell of."""
        paths = files or [demo.UNITS, demo.HAMLETS]
        known = any(Unit.objects.filter(code=p.new[0].code, valid_from=p.on).exists() for p in self._plans(paths))
        loaded = 0 if known else sum(loading.load_units(path, actor=ACTOR) for path in paths)
        self.stdout.write(f"{loaded} units loaded.")
        for path in paths:
            for reform in loading.load_reforms(path, actor=ACTOR, until=until):
                self.stdout.write(f"{reform.name}: {reform.get_state_display()}.")

    def _plans(self, paths: list[Path]) -> list[ReformPlan]:
        return [plan for path in paths for plan in loading.reform_plans(path) if plan.new]

    def run_reform(self, file: Path, check: bool, **_options: Any) -> None:
        """Apply a plan, or only check it."""
        try:
            plan = ReformPlan.from_json(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise CommandError(f"{file}: {error}") from error
        if check:
            plans.check(plan, plans.Ground.on(plan.eve))
            self.stdout.write("This plan can be drawn.")
            return
        reform = reforms.apply_reform(plan, actor=ACTOR)
        self.stdout.write(f"{reform.name}: {reform.get_state_display()}.")

    def run_check(self, **_options: Any) -> None:
        """Print every fault; exit with an error when there is one."""
        faults = consistency.faults()
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults.")
        self.stdout.write(f"{Unit.objects.count()} units: no overlap, no orphan, no ground without a successor.")

    def run_search(self, text: str, at: date | None, **_options: Any) -> None:
        """Print what is found, with the commune."""
        for unit in Unit.objects.all().search(text, at).with_ancestors()[:50]:
            self.stdout.write(f"{unit.code:14} {unit.display_name}  ·  {unit.place_name}")
