"""Play devices over real MQTT with their real credentials."""

from __future__ import annotations

import argparse
import asyncio
import logging
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from liengia.alarms import broker_users, services
from liengia.alarms.models import DeviceKind, NeighbourGroup
from liengia.core import keys
from liengia.core.actor import Actor
from liengia.operate import prepare, simulator
from liengia.people.models import Household
from liengia.units.models import Unit

ACTOR = Actor.system("simulate")
FILE = "simulated-devices.json"


class Command(BaseCommand):
    """Play N groups of M households (made when there are none yet), or with --demo the demonstration's devices."""

    help = "Play devices over real MQTT with their real credentials."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the size and what is to happen."""
        parser.add_argument("--groups", type=int, default=1)
        parser.add_argument("--households", type=int, default=15)
        parser.add_argument("--demo", action="store_true", help="play the demonstration's devices")
        simulator.options_of(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Find or make the devices, then play them until Ctrl-C or --seconds."""
        logging.getLogger("simulate").setLevel(logging.INFO)
        file = keys.KEYS_DIR / (prepare.SIMULATOR_DEVICES if options["demo"] else FILE)
        secrets = simulator.load(file) if file.exists() else []
        if options["demo"] and not secrets:
            raise CommandError("There is no demonstration here; `liengia demo` loads it.")
        if not options["demo"]:
            secrets = self._enough(secrets, options["groups"], options["households"], file)
        host, _sep, port = prepare.mqtt_address().rpartition(":")

        async def run() -> simulator.Told:
            fleet = simulator.Fleet(secrets, host, int(port), file=file, tls=bool(settings.TLS_CERT))
            await simulator.play(fleet, argparse.Namespace(**options))
            return fleet.told

        self.stdout.write(asyncio.run(run()).line())

    def _enough(self, kept: list[simulator.Secret], groups: int, households: int, file: Path) -> list[simulator.Secret]:
        """Return as many devices as wanted, minting what lacks; one case with button and siren a house."""
        by_group: dict[str, list[simulator.Secret]] = {}
        for secret in kept:
            by_group.setdefault(secret.group, []).append(secret)
        chosen = [rows for rows in by_group.values() if len(rows) == households][:groups]
        made = [self._group(households) for _ in range(groups - len(chosen))]
        simulator.save(file, [*kept, *(secret for rows in made for secret in rows)])
        if made and not broker_users.wait_applied(timeout_s=30):
            raise CommandError("The broker has not learnt the new devices. Is `liengia up` running?")
        return [secret for rows in [*chosen, *made] for secret in rows]

    def _group(self, households: int) -> list[simulator.Secret]:
        hamlet = Unit.objects.current().hamlets().order_by("id").first()
        if hamlet is None:
            raise CommandError("There is no hamlet. Load units first, or run `liengia demo`.")
        number = NeighbourGroup.objects.filter(unit=hamlet).count() + 9001
        group = services.create_group(hamlet, name=f"Mô phỏng {number}", number=number, actor=ACTOR)
        secrets = []
        for seat in range(1, households + 1):
            household = Household.objects.create(
                hamlet=hamlet, head_name=f"Mô phỏng {seat}", address_label=f"{number}/{seat}", house_label=f"Nhà số {seat}"
            )
            services.add_household(group, household=household, seat=seat, actor=ACTOR)
            minted = services.provision_device(group, household=household, kind=DeviceKind.BOTH, actor=ACTOR)
            secrets.append(
                simulator.Secret(
                    group.public_id, minted.device.public_id, "both", minted.username, minted.password
                )
            )
        return secrets
