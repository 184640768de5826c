"""Clusters of loudspeakers: put up, changed, switched, taken down; their players' credentials; orders by hand."""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final

import bcrypt
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.broadcast.channels.loudspeaker import programme, webhook
from liengia.broadcast.models import (
    ClusterMake,
    MobileRound,
    PlayOrder,
    PlayOutcome,
    PlayReport,
    RotaTurn,
    SpeakerCluster,
    SpeakerCredential,
    SpeakerProgramme,
)
from liengia.broadcast.models.accounts import webhook_secret
from liengia.broadcast.services import players
from liengia.core import clock, families
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.core.errors import Invalid, Refused
from liengia.units.models import Level, Unit

# The password has 166 bits, so the lowest cost is enough (ADR 0004).
_COST: Final = 4
_ALPHABET: Final = string.ascii_letters + string.digits
_LEVELS: Final = (Level.COMMUNE, Level.HAMLET)


@dataclass(frozen=True, slots=True)
class Minted:
    """A player's credential; the password is shown once and kept nowhere."""

    cluster: SpeakerCluster
    device: str
    password: str = field(repr=False)

    def as_settings(self) -> dict[str, str]:
        """Return what the player's box is told."""
        scheme = "mqtts" if settings.TLS_CERT else "mqtt"
        return {
            "LIENGIA_SPEAKER_SERVER": settings.PUBLIC_URL,
            "LIENGIA_SPEAKER_BROKER": f"{scheme}://{settings.MQTT_PUBLIC}",
            "LIENGIA_SPEAKER_CLUSTER": self.cluster.public_id,
            "LIENGIA_SPEAKER_DEVICE": self.device,
            "LIENGIA_SPEAKER_PASSWORD": self.password,
        }


@transaction.atomic
def add_cluster(unit: Unit, *, name: str, actor: Actor, **values: Any) -> SpeakerCluster:
    """Put up a cluster in a hamlet, or in a commune at large.

    Raises:
        Invalid: no name, a unit of another level, another make without an address.
    """
    row = SpeakerCluster(unit=unit, name=name, **values)
    _check(row)
    row.save()
    _record("cluster_added", row, actor, facts={"make": row.make})
    return row


@transaction.atomic
def change_cluster(cluster: SpeakerCluster, *, actor: Actor, **values: Any) -> SpeakerCluster:
    """Change a cluster: its player hears of a new volume within a second.

    Raises:
        Invalid: as `add_cluster`. Refused: it was taken down.
    """
    row = _standing(cluster)
    _untell(row)
    if "unit" in values and values["unit"] != row.unit:
        # What was ordered ahead is for those who lived around it; what holds for the new place is ordered with the next look.
        ahead = row.orders.filter(ended_at=None, withdrawn_at=None, subject__startswith="bulletin:", play_at__gt=clock.now())
        ahead.update(withdrawn_at=clock.now())
    for name in values.keys() & {"unit", "name", "place", "make", "volume", "is_on", "webhook_url"}:
        setattr(row, name, values[name])
    _check(row)
    row.save()
    if row.make != ClusterMake.OURS:
        _revoke(row)
    programme.change([row.pk])
    _record("cluster_changed", row, actor, facts={"make": row.make, "on": row.is_on, "volume": row.volume})
    return row


def _untell(row: SpeakerCluster) -> None:
    """Take back what another make was told ahead, at the door that it has until now; what still holds it is told anew with the next look, as it will be."""
    told = list(row.orders.filter(ended_at=None, withdrawn_at=None, told_at__isnull=False, play_at__gt=clock.now()).select_related("cluster"))
    row.orders.filter(pk__in=[one.pk for one in told]).update(told_at=None)
    if told:
        transaction.on_commit(partial(webhook.take_back, told))


@transaction.atomic
def remove_cluster(cluster: SpeakerCluster, *, actor: Actor) -> SpeakerCluster:
    """Take a cluster down for good: its player is cut off, what it was to play is taken back, its record stays."""
    row = _standing(cluster)
    now = clock.now()
    _untell(row)
    row.removed_at, row.is_on = now, False
    row.save(update_fields=["removed_at", "is_on"])
    row.orders.filter(ended_at=None, withdrawn_at=None).update(withdrawn_at=now)
    row.faults.filter(cleared_at=None).update(cleared_at=now)
    programme.change([row.pk])
    _revoke(row)
    _record("cluster_removed", row, actor)
    return row


@transaction.atomic
def mint_credential(cluster: SpeakerCluster, *, actor: Actor) -> Minted:
    """Give a cluster's player its credential; an older one is cut off within seconds.

    Raises:
        Refused: it was taken down, or it is of another make.
    """
    row = _standing(cluster)
    if row.make != ClusterMake.OURS:
        raise Refused(_("Only our own player has a credential. A cluster of another make has an address or is played by hand."), code="other_make")
    row.credentials.filter(revoked_at=None).update(revoked_at=clock.now())
    password = "".join(secrets.choice(_ALPHABET) for _turn in range(28))
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(_COST, prefix=b"2a")).decode()
    credential = SpeakerCredential.objects.create(cluster=row, password_hash=hashed, made_at=clock.now())
    families.users_changed()
    programme.change([row.pk])
    _record("speaker_credential_made", row, actor, facts={"device": credential.device})
    return Minted(row, credential.device, password)


@transaction.atomic
def renew_webhook_secret(cluster: SpeakerCluster, *, actor: Actor) -> str:
    """Give a cluster of another make a new secret, shown once."""
    row = _standing(cluster)
    row.webhook_secret = webhook_secret()
    row.save(update_fields=["webhook_secret"])
    _record("cluster_changed", row, actor, facts={"secret": "renewed"})
    return row.webhook_secret


def tell_player(cluster: SpeakerCluster, order: Mapping[str, Any], *, actor: Actor) -> None:
    """Tell a player something now: `test` (a chime), `stop` (be silent at once).

    Raises:
        Refused: it has no player of ours, or none that may come in.
    """
    device = cluster.credentials.filter(revoked_at=None).values_list("device", flat=True).first()
    if device is None or cluster.make != ClusterMake.OURS:
        raise Refused(_("This cluster has no player yet. Make its credential first."), code="no_player")
    with transaction.atomic():
        _record("speaker_told", cluster, actor, facts={"do": str(order.get("do", ""))})
        if order.get("do") == "test":
            asked = clock.now()
            SpeakerCluster.objects.filter(pk=cluster.pk).update(test_asked_at=asked)
            order = {**order, "number": players.test_number(asked)}
        transaction.on_commit(partial(get_bus().publish, f"lo.{cluster.public_id}.to.{device}", json.dumps(dict(order)).encode()))


@transaction.atomic
def tick_played(order: PlayOrder, *, actor: Actor) -> PlayReport:
    """Tick that somebody played an order by hand on a cluster of another make.

    Raises:
        Refused: it is not played by hand, or it is ticked, withdrawn, over or yet to come.
    """
    row = PlayOrder.objects.select_for_update().select_related("cluster__unit").get(pk=order.pk)
    now = clock.now()
    if row.cluster.make != ClusterMake.BY_HAND or not row.is_open_at(now) or row.play_at > now:
        raise Refused(_("This can no longer be done: somebody else was first, or it has ended."), code="not_open")
    report = PlayReport.objects.create(
        report=secrets.token_hex(12), cluster=row.cluster, order=row, outcome=PlayOutcome.PLAYED, times=row.times, began_at=now, ended_at=now, received_at=now
    )
    players.settle_order(row, PlayOutcome.PLAYED, now)
    _record("played_by_hand", row.cluster, actor, facts={"order": row.public_id})
    return report


@transaction.atomic
def take_webhook_report(cluster: SpeakerCluster, body: Mapping[str, Any]) -> bool:
    """File what a cluster of another make reports (its signature was checked); return whether the order is known."""
    order = PlayOrder.objects.select_for_update().filter(cluster=cluster, public_id=str(body.get("order", ""))[:10]).first()
    outcome = {"played": PlayOutcome.PLAYED, "failed": PlayOutcome.FAILED, "left_out": PlayOutcome.LEFT_OUT}.get(str(body.get("what")))
    if order is None or outcome is None:
        return False
    now = clock.now()
    _row, is_new = PlayReport.objects.get_or_create(
        report=f"webhook-{order.public_id}",
        defaults={"cluster": cluster, "order": order, "outcome": outcome, "times": order.times, "began_at": now, "ended_at": now, "received_at": now},
    )
    if is_new:
        players.settle_order(order, outcome, now)
    return True


# The programme, its rota and rounds


@transaction.atomic
def keep_programme(row: SpeakerProgramme, *, actor: Actor, **values: Any) -> SpeakerProgramme:
    """Write a programme, or change it.

    Raises:
        Invalid: it ends before it begins.
    """
    _set(row, values)
    if row.ends_on is not None and row.ends_on < row.starts_on:
        raise Invalid(_("It ends before it begins."), code="order", field="ends_on")
    row.save()
    audit.record("broadcast.speaker_programme_kept", actor=actor, about=row, unit=row.unit)
    return row


@transaction.atomic
def keep_turn(row: RotaTurn, *, actor: Actor, **values: Any) -> RotaTurn:
    """Write a turn of the youth team, or change it.

    Raises:
        Invalid: this team has a turn on this day already.
    """
    _set(row, values)
    if RotaTurn.objects.filter(programme=row.programme, on=row.on, team=row.team).exclude(pk=row.pk).exists():
        raise Invalid(_("This team has a turn on this day already."), code="taken", field="team")
    row.save()
    audit.record("broadcast.speaker_turn_kept", actor=actor, about=row.programme, unit=row.programme.unit_id, facts={"on": row.on.isoformat()})
    return row


@transaction.atomic
def keep_round(row: MobileRound, *, actor: Actor, **values: Any) -> MobileRound:
    """Write a round by motorbike, or change it; one of tomorrow is not done.

    Raises:
        Invalid: it is ticked as done before its day.
    """
    _set(row, values)
    if row.is_done and row.on > clock.today():
        raise Invalid(_("This round is still to come: tick it when it was driven."), code="to_come", field="is_done")
    row.save()
    audit.record("broadcast.speaker_round_kept", actor=actor, about=row.programme, unit=row.programme.unit_id, facts={"on": row.on.isoformat(), "done": row.is_done})
    return row


def _set(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


# Reform


def move_clusters(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move a unit's clusters, recordings and programmes to its successor; players keep topics and credentials."""
    moved = 0
    for model in (SpeakerCluster, SpeakerProgramme):
        keys = list(model.objects.filter(unit=old).values_list("pk", flat=True)[:100])
        moved += model.objects.filter(pk__in=keys).update(unit=new)
        if model is SpeakerCluster and keys:
            programme.change(keys)
    return moved


def _check(row: SpeakerCluster) -> None:
    row.name = " ".join(row.name.split())
    if not row.name:
        raise Invalid(_("Give the cluster a name."), code="empty", field="name")
    if row.unit.level not in _LEVELS:
        raise Invalid(_("A cluster hangs in a hamlet or in a commune."), code="level", field="unit")
    if not 0 <= row.volume <= 100:
        raise Invalid(_("The volume is a number from 0 to 100."), code="volume", field="volume")
    if row.make == ClusterMake.WEBHOOK:
        if not webhook.may_be_called(row.webhook_url):
            raise Invalid(_("Give an address that begins with https://."), code="address", field="webhook_url")
        row.webhook_secret = row.webhook_secret or webhook_secret()
    else:
        row.webhook_url = ""


def _standing(cluster: SpeakerCluster) -> SpeakerCluster:
    row = SpeakerCluster.objects.select_for_update().select_related("unit").get(pk=cluster.pk)
    if row.removed_at is not None:
        raise Refused(_("This cluster was taken down."), code="removed")
    return row


def _revoke(row: SpeakerCluster) -> None:
    if row.credentials.filter(revoked_at=None).update(revoked_at=clock.now()):
        families.users_changed()


def _record(code: str, row: SpeakerCluster, actor: Actor, *, facts: Mapping[str, Any] | None = None) -> None:
    audit.record(f"broadcast.{code}", actor=actor, about=row, unit=row.unit_id, facts=dict(facts or {}))
