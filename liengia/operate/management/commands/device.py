"""Mint, list, call and revoke devices."""

from __future__ import annotations

import json
import shlex
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Q

from liengia.alarms import broker_users, services
from liengia.alarms.models import BellTest, Device, DeviceKind, NeighbourGroup
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.core.fields import public_id
from liengia.operate import gateways, prepare
from liengia.people.models import Household

ACTOR = Actor.system("device command")
KINDS = [kind.value for kind in DeviceKind if kind != DeviceKind.PHONE]
BELL_WITHIN_S = 120


def _press_by_mosquitto(flashed: dict[str, str]) -> str:
    """Return the command of Debian's mosquitto-clients that presses a button as a device of somebody else would."""
    host, _sep, port = prepare.mqtt_address().rpartition(":")
    words = [
        "mosquitto_pub", "-h", host, "-p", port, "-q", "1", "-u", flashed["username"], "-P", flashed["password"],
        "-i", flashed["device"] + public_id()[:8], "-t", f"lg/{flashed['group']}/press/{flashed['device']}", "-m", "fire",
    ]  # fmt: skip
    return shlex.join([*words, *(["--cafile", settings.TLS_CERT] if settings.TLS_CERT else [])])


class Command(BaseCommand):
    """Mint a device (its password is shown once), list a group's devices, call one that has not come, or cut one off."""

    help = "Mint, list, call and revoke devices."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="mint a device")
        add.add_argument("--group", required=True, help="the group's id, or `any`")
        add.add_argument("--household", help="the household's id, or its house number in the group")
        add.add_argument("--kind", required=True, choices=KINDS)
        add.add_argument("--place", default="", help="where it hangs")
        add.add_argument("--json", action="store_true", help="print what is flashed, as JSON, and test nothing")
        add.add_argument("--mosquitto", action="store_true", help="print the mosquitto_pub command that presses it")
        revoke = verbs.add_parser("revoke", help="cut a device off for good")
        revoke.add_argument("device", help="the device's id")
        call = verbs.add_parser("call", help="tell a moved device that has not come once more where to go")
        call.add_argument("device", help="the device's id")
        shown = verbs.add_parser("list", help="list devices")
        shown.add_argument("--group", help="of this group alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what the verb says; a refusal is a sentence."""
        try:
            {"add": self._add, "revoke": self._revoke, "call": self._call, "list": self._list}[options["verb"]](options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _add(self, options: dict[str, Any]) -> None:
        groups = NeighbourGroup.objects.active().of_households()
        if options["group"] == "any":
            # Where most people would see it: those of the demonstration's logins.
            seen_by = Count("places__household__memberships", filter=Q(places__left_on=None), distinct=True)
            group = groups.filter(places__left_on=None).annotate(seen_by=seen_by).order_by("-seen_by", "unit", "number").first()
        else:
            group = groups.filter(public_id=options["group"]).first()
        if group is None:
            raise CommandError(f"There is no group {options['group']}. `liengia device list` shows the groups' ids.")
        household = self._household(group, options["household"])
        minted = services.provision_device(
            group, household=household, kind=options["kind"], place=options["place"], actor=ACTOR
        )
        flashed = {
            "group": group.public_id,
            "device": minted.device.public_id,
            "username": minted.username,
            "password": minted.password,
            "mqtt": settings.MQTT_PUBLIC,
        }
        if options["json"]:
            self.stdout.write(json.dumps(flashed))
            return
        if options["mosquitto"]:
            broker_users.wait_applied()
            self.stdout.write(_press_by_mosquitto(flashed))
            return
        for name, value in flashed.items():
            self.stdout.write(f"{name:<10}{value}")
        self.stdout.write("The password is shown this once and kept nowhere. Flash the device now.")
        if minted.device.kind != DeviceKind.BUTTON:
            self._bell_test(group, minted.device)

    def _household(self, group: NeighbourGroup, named: str | None) -> Household | None:
        if not named:
            return None
        places = group.places.filter(left_on=None).select_related("household")
        found = places.filter(household__public_id=named).first()
        if found is None and named.isdigit():
            found = places.filter(seat=int(named)).first()
        if found is None:
            raise CommandError(f"No household {named} is in this group.")
        return found.household

    def _bell_test(self, group: NeighbourGroup, device: Device) -> None:
        """Wait until the device is seen, ring it, and say whether it said that it sounds."""
        self.stdout.write(f"Waiting up to {BELL_WITHIN_S} s for its first sign of life (Ctrl-C leaves it out) …")
        until = time.monotonic() + BELL_WITHIN_S
        try:
            while not Device.objects.filter(pk=device.pk, first_seen_at__isnull=False).exists():
                if time.monotonic() > until:
                    self.stdout.write("It was not seen. It can be tested later on the leader's page.")
                    return
                time.sleep(0.5)
            test = services.test_bell(group, device=device, actor=ACTOR)
            for _ in range(20):
                time.sleep(0.5)
                if BellTest.objects.filter(pk=test.pk, sounded_at__isnull=False).exists():
                    self.stdout.write(self.style.SUCCESS("It sounded."))
                    return
            self.stdout.write(self.style.ERROR("It is connected, but did not say that it sounds. Look at its wiring."))
        except KeyboardInterrupt:
            self.stdout.write("The bell was not tested.")

    def _revoke(self, options: dict[str, Any]) -> None:
        device = Device.objects.filter(public_id=options["device"]).first()
        if device is None:
            raise CommandError(f"There is no device {options['device']}.")
        began = clock.now()
        services.revoke_device(device, actor=ACTOR)
        if broker_users.wait_applied():
            self.stdout.write("Revoked, and confirmed by: centre")
        else:
            self.stderr.write(
                "Revoked in the database, but the broker has not confirmed within 10 s. Is `liengia up` running?"
            )
        for name, has_confirmed in gateways.wait_confirmed(since=began).items():
            self.stdout.write(f"  gateway {name}: {'confirmed' if has_confirmed else 'NOT YET (it is cut off)'}")

    def _call(self, options: dict[str, Any]) -> None:
        device = Device.objects.filter(public_id=options["device"]).select_related("group__unit").first()
        if device is None:
            raise CommandError(f"There is no device {options['device']}.")
        services.reissue_move(device, actor=ACTOR)
        self.stdout.write(f"Called to {device.group} ({device.group.public_id}); it is told each time it is heard.")

    def _list(self, options: dict[str, Any]) -> None:
        devices = Device.objects.on_the_bus().select_related("group", "household")
        if options["group"]:
            devices = devices.filter(group__public_id=options["group"])
        for device in devices.order_by("group__unit_id", "group__number", "id"):
            house = device.household.house_label if device.household else "-"
            seen = f"{clock.local(device.last_seen_at):%d/%m %H:%M}" if device.last_seen_at else "never"
            state = "revoked" if device.revoked_at else seen
            self.stdout.write(
                f"{device.public_id}  {device.kind:<7} {device.group.public_id} {device.group.name}  {house}  {state}"
            )
