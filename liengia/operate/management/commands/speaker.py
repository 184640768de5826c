"""Put up clusters of loudspeakers and list them. (`liengia speaker` alone plays one, without Django.)"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from liengia.alarms import broker_users
from liengia.broadcast.models import SpeakerCluster
from liengia.broadcast.services import speakers
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError
from liengia.units.models import Unit

ACTOR = Actor.system("speaker command")


class Command(BaseCommand):
    """Give a cluster's player its credential (shown once), or list the clusters."""

    help = "Put up clusters of loudspeakers and list them. Without a verb: play one on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="put up a cluster, and print its player's settings")
        add.add_argument("--unit", type=int, required=True, help="number of the hamlet or commune, as `liengia speaker list` shows it")
        add.add_argument("--name", required=True)
        add.add_argument("--place", default="")
        add.add_argument("--json", action="store_true", help="print the settings as JSON")
        renew = verbs.add_parser("renew", help="give a cluster's player a new credential; the old one is cut off")
        renew.add_argument("cluster")
        renew.add_argument("--json", action="store_true", help="print the settings as JSON")
        verbs.add_parser("list", help="list the clusters, and when each was heard last")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what the verb says; a refusal is a sentence."""
        try:
            {"add": self._add, "renew": self._renew, "list": self._list}[options["verb"]](options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _add(self, options: dict[str, Any]) -> None:
        unit = Unit.objects.current().filter(pk=options["unit"]).first()
        if unit is None:
            raise CommandError(f"There is no unit {options['unit']} that stands today.")
        cluster = speakers.add_cluster(unit, name=options["name"], place=options["place"], actor=ACTOR)
        self._mint(cluster, options)

    def _renew(self, options: dict[str, Any]) -> None:
        cluster = SpeakerCluster.objects.standing().filter(public_id=options["cluster"]).first()
        if cluster is None:
            raise CommandError(f"There is no cluster {options['cluster']}. `liengia speaker list` shows them.")
        self._mint(cluster, options)

    def _mint(self, cluster: SpeakerCluster, options: dict[str, Any]) -> None:
        told = speakers.mint_credential(cluster, actor=ACTOR).as_settings()
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            for name, value in told.items():
                self.stdout.write(f"{name}={value}")
            self.stdout.write("The password is shown this once and kept nowhere. Set these on the box, then: liengia speaker")
        if not broker_users.wait_applied():
            self.stderr.write("The broker does not know it yet. It will when `liengia up` runs.")

    def _list(self, options: dict[str, Any]) -> None:
        for cluster in SpeakerCluster.objects.standing().select_related("unit"):
            seen = f"{clock.local(cluster.last_seen_at):%d/%m/%Y %H:%M:%S}" if cluster.last_seen_at else "never"
            self.stdout.write(f"{cluster.public_id}  {cluster.make:<8} unit {cluster.unit_id:<8} last heard {seen}  {cluster.name}")
