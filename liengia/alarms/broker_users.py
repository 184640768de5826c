"""The broker's users as the database wants them: written whole, applied within seconds, confirmed.

1. A service that mints or revokes a credential raises `BrokerUsers.wanted_rev` in its own transaction.
2. The worker's chore reads `wanted_rev`, writes the whole users file, tells the broker to read it, and waits for
   its answer; only then does `applied_rev` become what it read. A kill at any moment leaves the work due.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import Q
from nats.aio.client import Client

from liengia.alarms import broker
from liengia.alarms.models import BrokerUsers, DeviceCredential, Gateway
from liengia.core import clock, families, keys
from liengia.core.bus import connect, get_bus, server_password
from liengia.core.health import Finding
from liengia.core.worker import chore

logger = logging.getLogger(__name__)
POKE = "broker.users"
APPLIED = "broker.users.applied"
_Answer = TypeVar("_Answer")


def plan() -> broker.Plan:
    """Return this installation's own broker. Hashes are kept, so that our own users never change at a reload."""
    return broker.Plan(
        folder=settings.DATA / "nats",
        run=settings.DATA / "run",
        nats_port=settings.NATS_PORT,
        mqtt_host=settings.MQTT_HOST,
        mqtt_port=settings.MQTT_PORT,
        server_hash=_kept_hash("broker-server", server_password()),
        system_hash=_kept_hash("broker-system", system_password()),
        leaf_host=settings.MQTT_HOST,
        leaf_port=settings.LEAF_PORT,
        tls_cert=settings.TLS_CERT,
        tls_key=settings.TLS_KEY,
    )


def system_password() -> str:
    """Return the password of the broker's system user."""
    return keys.secret("broker-system.key")


def _kept_hash(name: str, password: str) -> str:
    return keys.secret(f"{name}.hash", make=broker.hashed(password))


def credentials() -> Iterator[broker.Credential]:
    """Return the credentials that are good now."""
    now = clock.now()
    rows = DeviceCredential.objects.filter(revoked_at=None, device__revoked_at=None).filter(
        Q(retires_at=None) | Q(retires_at__gt=now)
    )
    fields = ("group__public_id", "device__public_id", "username", "password_hash")
    for row in rows.order_by("id").values_list(*fields).iterator():
        yield broker.Credential(*row)


def gateway_credentials() -> list[broker.GatewayCredential]:
    """Return the gateways that may join now."""
    return [broker.GatewayCredential(*row) for row in Gateway.objects.active().values_list("name", "password_hash")]


def prepare() -> broker.Plan:
    """Write the configuration and the users before the broker starts.

    Where `$MQTT_msgs` does not exist yet, no device is let in: the broker would make that stream so that it keeps
    nothing. The first turn of the chore makes the stream and then lets them in.
    """
    own = plan()
    own.run.mkdir(parents=True, exist_ok=True)
    state, _made = BrokerUsers.objects.get_or_create(pk=1)
    may_enter = broker.has_messages_stream(own)
    wanted = state.wanted_rev
    broker.write(own.users_file, broker.users(own, credentials() if may_enter else (), gateway_credentials(), families.users() if may_enter else ()))
    broker.write(own.configuration_file, broker.configuration(own))
    BrokerUsers.objects.filter(pk=1).update(applied_rev=wanted if may_enter else 0)
    return own


def apply_users() -> float:
    """Write the users file, have the broker read it, and return how many seconds the broker took.

    Raises:
        BrokerError: the broker does not answer; what is wanted stays due.
    """
    wanted = BrokerUsers.objects.get_or_create(pk=1)[0].wanted_rev
    gone = dict(Gateway.objects.filter(revoked_at__isnull=False, cut_at=None).values_list("pk", "name"))
    gateways = gateway_credentials()
    own = plan()
    if not settings.NATS_URL:
        _with_server(broker.ensure_streams)
    broker.write(own.users_file, broker.users(own, credentials(), gateways, families.users()))
    took = 0.0 if settings.NATS_URL else asyncio.run(_reload(own, [one.name for one in gateways], gone.values()))
    Gateway.objects.filter(pk__in=gone).update(cut_at=clock.now())
    BrokerUsers.objects.filter(pk=1).update(applied_rev=wanted, applied_at=clock.now())
    get_bus().poke_now(APPLIED)
    return took


@chore("alarms.broker_users", every=timedelta(seconds=5), wakes_on=(POKE,))
def apply_wanted_users() -> int:
    """Apply the users when the database wants others than the broker has."""
    state = BrokerUsers.objects.filter(pk=1).first()
    if state is None or state.applied_rev >= state.wanted_rev:
        return 0
    try:
        took = apply_users()
    except broker.BrokerError as error:
        logger.warning("the broker's users wait to be applied: %s", error)
        return 0
    logger.info("the broker has read its users again (%.0f ms)", took * 1000)
    return 1


def wait_applied(*, timeout_s: float = 10) -> bool:
    """Wait until the broker has what the database wants now; commands use it, views do not."""
    wanted = BrokerUsers.objects.get_or_create(pk=1)[0].wanted_rev
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        if BrokerUsers.objects.filter(pk=1, applied_rev__gte=wanted).exists():
            return True
        time.sleep(0.1)
    return False


def wait_for_streams(*, timeout_s: float = 60) -> None:
    """Make the streams as soon as the broker answers; the bridge begins with this.

    Raises:
        BrokerError: it did not answer in time.
    """
    until = time.monotonic() + timeout_s
    while True:
        try:
            return _with_server(broker.ensure_streams)
        except broker.BrokerError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


def retention() -> Finding:
    """Check for `/health` that a PUBACK means "kept"."""
    try:
        right = _with_server(broker.retention_is_right)
    except broker.BrokerError as error:
        return Finding(False, str(error))
    return Finding(right, "limits" if right else "$MQTT_msgs does not keep presses: restart `liengia up`")


def users_applied() -> Finding:
    """Check for `/health` that no revocation waits longer than it may."""
    state = BrokerUsers.objects.filter(pk=1).first()
    if state is None or state.applied_rev >= state.wanted_rev:
        return Finding(True, "applied")
    return Finding(False, f"{state.wanted_rev - state.applied_rev} changes wait")


def _with_server(question: Callable[[Client], Awaitable[_Answer]]) -> _Answer:
    """Ask something as our own user, on a connection of its own.

    Raises:
        BrokerError: the broker does not answer within 5 s.
    """

    async def asked() -> _Answer:
        client = Client()
        try:
            await asyncio.wait_for(connect(client), 5)
            return await question(client)
        except TimeoutError as error:
            raise broker.BrokerError("The broker does not answer.") from error
        finally:
            await client.close()

    return asyncio.run(asked())


async def _reload(own: broker.Plan, live: Collection[str], gone: Collection[str]) -> float:
    client = await broker.system_client(own.nats_port, system_password())
    try:
        took = await broker.reload(client, own, server_password())
        if gone:
            await broker.cut_leaves(client, live=live, gone=gone)
        return took
    finally:
        await client.close()
