"""Let gateways join, list them, cut one off. (`liengia gateway` alone runs one, without Django.)"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from liengia.alarms import broker_users, services
from liengia.alarms.models import Gateway
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.operate import gateways

ACTOR = Actor.system("gateway command")


class Command(BaseCommand):
    """Give a gateway its credential (shown once), list the gateways, or revoke one."""

    help = "Let gateways join, list them, cut one off. Without a verb: run a gateway on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="let a gateway join")
        add.add_argument("name", help="up to 32 small letters, digits and hyphens")
        add.add_argument("--json", action="store_true", help="print its settings as JSON")
        verbs.add_parser("list", help="list the gateways, and when each was here last")
        revoke = verbs.add_parser("revoke", help="cut a gateway off for good")
        revoke.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what the verb says; a refusal is a sentence."""
        try:
            {"add": self._add, "list": self._list, "revoke": self._revoke}[options["verb"]](options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _add(self, options: dict[str, Any]) -> None:
        gateway, password = services.add_gateway(options["name"], actor=ACTOR)
        host, scheme = settings.MQTT_HOST, "tls" if settings.TLS_CERT else "nats-leaf"
        told = {
            "LIENGIA_GATEWAY_NAME": gateway.name,
            "LIENGIA_CENTRE": f"{scheme}://{host}:{settings.LEAF_PORT}",
            "LIENGIA_LEAF_PASSWORD": password,
        }
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            for name, value in told.items():
                self.stdout.write(f"{name}={value}")
            self.stdout.write("The password is shown this once and kept nowhere. Set these on the gateway's machine;")
            self.stdout.write("in LIENGIA_CENTRE put the address by which it reaches this one.")
        if not settings.LEAF_PORT:
            self.stderr.write("LIENGIA_LEAF_PORT is 0: set it and start `liengia up` again, so that gateways can join.")
        if not broker_users.wait_applied():
            self.stderr.write("The broker does not know it yet. It will when `liengia up` runs.")

    def _list(self, options: dict[str, Any]) -> None:
        for gateway in Gateway.objects.all():
            seen = gateways.last_seen(gateway.name)
            if gateway.revoked_at is not None:
                state = f"revoked {clock.local(gateway.revoked_at):%d/%m/%Y %H:%M}"
            else:
                state = f"last here {clock.local(seen):%d/%m/%Y %H:%M:%S}" if seen else "never here"
            self.stdout.write(f"{gateway.name:<32} {state}")

    def _revoke(self, options: dict[str, Any]) -> None:
        gateway = Gateway.objects.active().filter(name=options["name"]).first()
        if gateway is None:
            raise CommandError(f"There is no gateway {options['name']}. `liengia gateway list` shows them.")
        services.revoke_gateway(gateway, actor=ACTOR)
        if broker_users.wait_applied():
            self.stdout.write("Revoked, and confirmed by: centre")
        else:
            self.stderr.write(
                "Revoked in the database, but the broker has not confirmed within 10 s. Is `liengia up` running?"
            )
        self.stdout.write(
            "It rings on for its own devices, whose passwords' hashes it has: renew those whose gateway was stolen."
        )
