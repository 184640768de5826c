"""The bridge as a process of its own, on a real broker, with real MQTT clients: garbage, kill -9, a button that repeats."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from liengia.alarms import broker, mqtt, services
from liengia.alarms.messages import Rejection, read_press
from liengia.alarms.models import (
    Device,
    DeviceCredential,
    Incident,
    IncidentEvent,
    NeighbourGroup,
    Press,
    RejectedMessage,
)
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.operate import devices
from tests.acceptance.brokers import SERVER, SYSTEM, Given, RunningBroker, device
from tests.alarms.console_scene import Desk, desk

pytestmark = [pytest.mark.broker, pytest.mark.django_db(transaction=True)]
GROUP, OTHER = "aaaaaaaaaa", "bbbbbbbbbb"
BUTTONS = [device(GROUP, f"button000{number}") for number in (1, 2, 3)]
STRANGER, REVOKED, FOREIGN = device(GROUP, "stranger01"), device(GROUP, "revoked001"), device(GROUP, "foreign001")
DIES_BEFORE_IT_ACKNOWLEDGES = """
import os, signal
from nats.aio.client import Client
publish = Client.publish
async def dying(self, subject, payload=b"", *args, **kwargs):
    if payload == b"+ACK":
        os.kill(os.getpid(), signal.SIGKILL)
    return await publish(self, subject, payload, *args, **kwargs)
Client.publish = dying
"""


@dataclass
class Stage:
    """A broker, a database with one group, and the environment of a bridge on both."""

    scene: Desk
    running: RunningBroker
    environment: dict[str, str]

    @contextmanager
    def bridge(self, before: str = "") -> Iterator[subprocess.Popen[bytes]]:
        """Run a bridge; it is killed at the end, if it still lives."""
        code = f"{before}\nimport django; django.setup()\nfrom liengia.alarms.bridge import main; main()"
        with Path(self.environment["LIENGIA_DATA"], "bridge.log").open("ab") as log:
            process = subprocess.Popen([sys.executable, "-c", code], env=self.environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)

    def send(self, *messages: tuple[Given, str, bytes]) -> None:
        """Publish as devices do, at QoS 1, in order: who, which word of the topic, what."""

        async def publish() -> None:
            for who in {id(who): who for who, _word, _body in messages}.values():
                async with aiomqtt.Client(
                    "127.0.0.1",
                    self.running.plan.mqtt_port,
                    username=who.username,
                    password=who.password,
                    identifier=f"{who.device}{uuid.uuid4().hex[:8]}",
                ) as client:
                    for one, word, body in messages:
                        if one is who:
                            await client.publish(f"lg/{who.group}/{word}/{who.device}", body, qos=1)

        asyncio.run(publish())


def wait(until: Callable[[], bool], seconds: float = 40) -> None:
    """Wait until something stands in the database."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


@pytest.fixture
def stage(transactional_db: None, tmp_path: Path) -> Iterator[Stage]:
    scene = desk(houses=3)
    NeighbourGroup.objects.filter(pk=scene.group.pk).update(public_id=GROUP)
    for row, one in zip(scene.buttons, BUTTONS, strict=True):
        Device.objects.filter(pk=row.pk).update(public_id=one.device)
    elsewhere = services.create_group(scene.hamlet, actor=Actor.system("test"))
    NeighbourGroup.objects.filter(pk=elsewhere.pk).update(public_id=OTHER)
    for one, group in ((REVOKED, scene.group), (FOREIGN, elsewhere)):
        row = Device.objects.create(group=group, kind="button", provisioned_at=clock.now())
        Device.objects.filter(pk=row.pk).update(public_id=one.device)
    services.revoke_device(Device.objects.get(public_id=REVOKED.device), actor=Actor.system("test"))
    running = RunningBroker.within(tmp_path).start([*BUTTONS, STRANGER, REVOKED, FOREIGN])
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    (keys / "broker-server.key").write_text(SERVER)
    (keys / "broker-system.key").write_text(SYSTEM)
    url = (
        f"sqlite:///{settings.DATABASES['default']['NAME']}"
        if connection.vendor == "sqlite"
        else os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{settings.DATABASES['default']['NAME']}"
    )
    environment = {
        **os.environ,
        "LIENGIA_DATA": str(tmp_path),
        "LIENGIA_NATS_PORT": str(running.plan.nats_port),
        "LIENGIA_MQTT_PORT": str(running.plan.mqtt_port),
        "DATABASE_URL": url,
    }
    yield Stage(scene, running, environment)
    running.stop()


def press(press_id: str = "", **more: object) -> bytes:
    return json.dumps({"id": press_id or str(uuid.uuid4()), "kind": "fire", "mode": "real", **more}).encode()


def test_garbage_is_counted_kept_and_holds_nobody_up(stage: Stage) -> None:
    one, two, three = BUTTONS
    garbage = [
        (one, "press", b""), (one, "press", b"{"), (one, "press", b"[" * 4000), (one, "press", b"\xff\xfe\x00"),
        (one, "press", b"fire" + b" " * 5000), (one, "press", b'{"kind": "flood"}'), (one, "press", b'{"kind": 7}'),
        (one, "press", press(mode="war")), (one, "press", b'{"kind": "fire", "id": "\\u0000"}'),
        (one, "still", b"fire"), (STRANGER, "press", b"fire"), (REVOKED, "press", b"fire"), (FOREIGN, "press", b"fire"),
        *[(two, "press", os.urandom(40)) for _ in range(50)],
    ]  # fmt: skip
    with stage.bridge() as process:
        stage.send(*garbage, (three, "press", press("good", age_s="soon", at="9999-99-99", extra=[{}] * 9)))
        wait(lambda: Press.objects.filter(press_id="good").exists())
        wait(lambda: RejectedMessage.objects.count() == len(garbage))
        assert process.poll() is None
    reasons = set(RejectedMessage.objects.values_list("reason", flat=True))
    assert reasons == {
        "malformed", "not_utf8", "oversized", "unknown_kind", "unknown_mode", "bad_id",
        "unknown_device", "revoked_device", "other_group",
    }  # fmt: skip
    assert Press.objects.count() == 1
    assert Incident.objects.get().state == "ringing"


BODIES = st.one_of(st.binary(max_size=200), st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
        st.sampled_from(["fire", "help", "real", "kind", "mode", "id"]),
    ),
    lambda inner: st.dictionaries(
        st.sampled_from(["id", "kind", "mode", "age_s", "at", "gone", "battery_mv", "mains", "firmware", "do", "x"]), inner, max_size=5
    ),
    max_leaves=12,
).map(lambda body: json.dumps(body).encode()))  # fmt: skip
few = hypothesis_settings(
    max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@given(bodies=st.lists(BODIES, min_size=30, max_size=60))
@few
def _storm(stage: Stage, ear: Ear, bodies: list[bytes]) -> None:
    good = str(uuid.uuid4())
    refused = RejectedMessage.objects.count() + sum(not is_press(body) for body in bodies)
    talk = [(BUTTONS[2], word, body) for word in ("rang", "beat") for body in bodies[:5]]
    stage.send(*talk, *((BUTTONS[0], "press", body) for body in bodies), (BUTTONS[1], "press", press(good)))
    wait(lambda: Press.objects.filter(press_id=good).exists())
    wait(lambda: any(good.encode() in body for _who, body in ear.heard))
    heard, ear.heard = ear.heard, []
    siren = devices.Siren("siren00001")
    rang = [body for who, body in heard if siren.hear_press(who, body, retained=False, now_s=0) == "ring"]
    assert rang[-1] == heard[-1][1], "the good one rings at once"
    assert all(is_press(body) for body in rang), "and no garbage does"
    wait(lambda: RejectedMessage.objects.count() == refused)


def is_press(body: bytes, *, word: str = "press") -> bool:
    try:
        read_press(f"$MQTT.msgs.lg.{GROUP}.{word}.{BUTTONS[0].device}", body, received_at=clock.now(), stored_at=None)
    except Rejection:
        return False
    return True


# Bodies of which some are silent calls, with fields of nonsense.
CALLS = st.one_of(
    BODIES, st.just(b"help"), st.dictionaries(st.sampled_from(["id", "age_s", "mode", "at"]), st.one_of(
        st.text(max_size=20), st.integers(), st.just("real")), max_size=3).map(lambda body: json.dumps({"kind": "help", **body}).encode()),
)  # fmt: skip


@given(bodies=st.lists(CALLS, min_size=20, max_size=40))
@few
def _silent_storm(stage: Stage, ear: Ear, bodies: list[bytes]) -> None:
    """Send silent calls among garbage: the good ones are recorded, and nothing of them reaches the group."""
    good = str(uuid.uuid4())
    refused = RejectedMessage.objects.count() + sum(not is_press(body, word="still") for body in bodies)
    ear.heard.clear()
    stage.send(*((BUTTONS[0], "still", body) for body in bodies), (BUTTONS[0], "still", press(good, kind="help")))
    wait(lambda: Press.objects.filter(press_id=good, is_silent=True).exists())
    wait(lambda: RejectedMessage.objects.count() == refused)
    assert not Press.objects.filter(device__public_id=BUTTONS[0].device, is_silent=False).exists()
    assert ear.heard == []


@given(bodies=st.lists(BODIES, min_size=20, max_size=40), wills=st.lists(BODIES, min_size=2, max_size=4))
@few
def _beat_storm(stage: Stage, ear: Ear, bodies: list[bytes], wills: list[bytes]) -> None:
    """Beat and die with nonsense: what is good behind it counts, in a will too."""
    one = BUTTONS[1]
    faults = Device.objects.get(public_id=one.device).faults.filter(kind="low_battery", cleared_at=None)
    stage.send(*((one, "beat", body) for body in bodies))
    for will in wills:
        die_with(stage, one, will)
    die_with(stage, one, b'{"battery_mv": 2000}')
    wait(faults.exists)
    stage.send((one, "beat", b'{"battery_mv": 3000, "mains": true}'))
    wait(lambda: not Device.objects.get(public_id=one.device).faults.filter(cleared_at=None).exists())


FOREIGN_TOPICS = st.one_of(
    st.sampled_from([
        f"lg/{GROUP}/to/{BUTTONS[2].device}", f"lg/{GROUP}/state", f"lg/{GROUP}/press/{BUTTONS[1].device}",
        f"lg/{GROUP}/still/{BUTTONS[1].device}", f"lg/{GROUP}/beat/{BUTTONS[1].device}", f"lg/{OTHER}/press/{BUTTONS[0].device}",
        f"lg/{GROUP}/press", f"lg/{GROUP}/press/{BUTTONS[0].device}/more", "liengia/poke/alarms", "$JS/API/STREAM/DELETE/$MQTT_msgs",
        "$MQTT/msgs/lg/x", "$SYS/REQ/SERVER/PING",
    ]),
    st.from_regex(r"[A-Za-z0-9_$/-]{1,40}", fullmatch=True),
    st.from_regex(rf"lg/{GROUP}/[a-z]{{1,8}}/{BUTTONS[2].device}", fullmatch=True),
)  # fmt: skip


@given(talk=st.lists(st.tuples(FOREIGN_TOPICS, st.one_of(BODIES, st.just(press(kind="fire")))), min_size=20, max_size=40))
@few
def _foreign_storm(stage: Stage, ear: Ear, talk: list[tuple[str, bytes]]) -> None:
    """Speak where a device has no say: nobody hears it, nothing is written, and the good press behind it rings."""
    one, good = BUTTONS[0], str(uuid.uuid4())
    presses, refused = Press.objects.count(), RejectedMessage.objects.count()
    ear.heard.clear()

    async def publish() -> None:
        async with aiomqtt.Client(
            "127.0.0.1", stage.running.plan.mqtt_port, username=one.username, password=one.password,
            identifier=f"{one.device}{uuid.uuid4().hex[:8]}",
        ) as client:  # fmt: skip
            for topic, body in talk:
                await client.publish(topic, body, qos=1)
            await client.publish(f"lg/{GROUP}/press/{one.device}", press(good), qos=1)

    asyncio.run(publish())
    wait(lambda: Press.objects.filter(press_id=good).exists())
    wait(lambda: any(good.encode() in body for _who, body in ear.heard))
    assert [who for who, _body in ear.heard if who != "state"] == [one.device]
    assert all(json.loads(body)["rev"] for who, body in ear.heard if who == "state"), "states are the server's own"
    assert (Press.objects.count(), RejectedMessage.objects.count()) == (presses + 1, refused)


def die_with(stage: Stage, who: Given, will: bytes) -> None:
    """Connect with a last will and vanish without a goodbye, so that the broker publishes it."""

    def text(part: bytes) -> bytes:
        return len(part).to_bytes(2, "big") + part

    parts = (f"{who.device}{uuid.uuid4().hex[:8]}".encode(), f"lg/{who.group}/beat/{who.device}".encode(), will)
    body = b"\x00\x04MQTT\x04\xc6\x00\x1e" + b"".join(map(text, (*parts, who.username.encode(), who.password.encode())))
    length = bytes([len(body)]) if len(body) < 128 else bytes([len(body) % 128 | 128, len(body) // 128])
    with socket.create_connection(("127.0.0.1", stage.running.plan.mqtt_port), timeout=10) as link:
        link.sendall(b"\x10" + length + body)
        assert link.recv(4) == b"\x20\x02\x00\x00"


class Ear:
    """A siren's connection in a thread of its own: what reaches it, in order."""

    def __init__(self, stage: Stage, *more: str) -> None:
        self.stage, self.more, self.heard = stage, more, list[tuple[str, bytes]]()
        self.ready, self.over = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._listen()), daemon=True)

    def __enter__(self) -> Ear:
        self.thread.start()
        assert self.ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join(10)

    async def _listen(self) -> None:
        siren = BUTTONS[2]
        login = mqtt.Login(f"{siren.device}listening", siren.username, siren.password)
        connection = await mqtt.connect(
            "127.0.0.1", self.stage.running.plan.mqtt_port, login,
            on_message=lambda topic, body, _: self.heard.append((topic.rpartition("/")[2], body)),
            on_puback=lambda _: None, on_lost=lambda: None,
        )  # fmt: skip
        for topic in (f"lg/{GROUP}/press/+", *self.more):
            connection.subscribe(topic)
        await asyncio.sleep(0.3)
        self.ready.set()
        while not self.over.is_set():
            await asyncio.sleep(0.05)
        connection.close()


def test_whatever_comes_the_press_behind_it_goes_through(stage: Stage) -> None:
    with stage.bridge() as process, Ear(stage) as ear:
        _storm(stage, ear)
        assert process.poll() is None


def test_whatever_is_called_beaten_or_said_elsewhere_nobody_hears_it_and_what_is_good_goes_through(stage: Stage) -> None:
    everything = (f"lg/{GROUP}/state", f"lg/{GROUP}/to/{BUTTONS[2].device}")
    with stage.bridge() as process, Ear(stage, *everything) as ear:
        wait(lambda: any(who == "state" for who, _body in ear.heard))
        _silent_storm(stage, ear)
        _beat_storm(stage, ear)
        _foreign_storm(stage, ear)
        assert process.poll() is None


def test_the_word_that_a_device_is_gone_is_no_beat(stage: Stage) -> None:
    one = BUTTONS[1]
    faults = Device.objects.get(public_id=one.device).faults.filter(kind="low_battery", cleared_at=None)

    def low() -> bool:
        die_with(stage, one, b'{"battery_mv": 2000}')  # again until the bridge listens
        return faults.exists()

    with stage.bridge():
        wait(low)
        time.sleep(0.3)  # the last of them has come
        die_with(stage, one, b'{"gone": true, "battery_mv": 3000}')
        time.sleep(2.5)  # two looks of the bridge
        assert faults.exists()
        die_with(stage, one, b'{"battery_mv": 3000}')
        wait(lambda: not faults.exists())


def test_a_press_that_was_published_as_retained_is_cleared_and_meets_no_siren(stage: Stage) -> None:
    async def retained() -> list[bytes]:
        one, siren = BUTTONS[0], BUTTONS[2]
        found: list[bytes] = []
        async with aiomqtt.Client(
            "127.0.0.1", stage.running.plan.mqtt_port, username=siren.username, password=siren.password,
            identifier=f"{siren.device}{uuid.uuid4().hex[:8]}",
        ) as client:  # fmt: skip
            await client.subscribe(f"lg/{GROUP}/press/{one.device}", qos=0)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    async for message in client.messages:
                        if message.retain:
                            found.append(bytes(message.payload))  # type: ignore[arg-type]
        return found

    async def publish() -> None:
        one = BUTTONS[0]
        async with aiomqtt.Client(
            "127.0.0.1", stage.running.plan.mqtt_port, username=one.username, password=one.password,
            identifier=f"{one.device}{uuid.uuid4().hex[:8]}",
        ) as client:  # fmt: skip
            await client.publish(f"lg/{GROUP}/press/{one.device}", press("kept"), qos=1, retain=True)

    asyncio.run(publish())
    assert asyncio.run(retained()), "the broker would give it to every siren that comes"
    with stage.bridge():
        wait(lambda: Press.objects.filter(press_id="kept").exists())
        wait(lambda: not asyncio.run(retained()))


def test_a_broker_that_has_lost_its_log_is_read_again_without_a_new_start(stage: Stage) -> None:
    with stage.bridge():
        stage.send((BUTTONS[0], "press", press("before")))
        wait(Press.objects.filter(press_id="before").exists)
        asyncio.run(stage.running.ask(lambda client: broker.ask(client, f"$JS.API.STREAM.DELETE.{broker.MESSAGES}")))
        wait(lambda: asyncio.run(stage.running.ask(broker.retention_is_right)))
        stage.send((BUTTONS[0], "press", press("after")))
        wait(Press.objects.filter(press_id="after").exists)


def test_a_credential_on_two_connections_is_a_fault(stage: Stage) -> None:
    one = BUTTONS[0]
    row = Device.objects.get(public_id=one.device)
    DeviceCredential.objects.create(
        device=row, group=row.group, username=one.username, password_hash=one.password_hash, made_at=clock.now()
    )

    async def scene() -> None:
        port = stage.running.plan.mqtt_port
        both = []
        for tail in ("first", "second"):
            login = mqtt.Login(f"{one.device}{tail}", one.username, one.password)
            both.append(
                await mqtt.connect(
                    "127.0.0.1", port, login, on_message=lambda *_: None, on_puback=lambda _: None, on_lost=lambda: None
                )
            )
        await asyncio.to_thread(wait, lambda: row.faults.filter(kind="credential_copied", cleared_at=None).exists())
        for link in both:
            link.close()

    with stage.bridge("import django; django.setup(); import liengia.alarms.bridge.beats as b; b.COPIES_EVERY_S = 1.0"):
        asyncio.run(scene())


def test_sirens_that_talk_nonsense_kill_nothing(stage: Stage) -> None:
    with stage.bridge() as process:
        stage.send((BUTTONS[0], "press", press("a")))
        wait(lambda: Press.objects.exists())
        nonsense = [b'{"press": "\\u0000"}', b'{"press": "\\ud800"}', b"\xff", b"[]", b'{"from": 7}']
        stage.send(*((BUTTONS[1], word, body) for word in ("rang", "beat") for body in nonsense))
        stage.send((BUTTONS[2], "rang", b'{"press": "a"}'))
        wait(lambda: Incident.objects.get().soundings.filter(device__public_id=BUTTONS[2].device).exists())
        assert process.poll() is None


def test_killed_between_commit_and_acknowledgement_a_redelivery_changes_nothing(stage: Stage) -> None:
    with stage.bridge(DIES_BEFORE_IT_ACKNOWLEDGES) as dying:
        stage.send((BUTTONS[0], "press", press("once")))
        assert dying.wait(20) == -9
    assert Press.objects.count() == 1
    before = (Incident.objects.get().press_count, IncidentEvent.objects.count(), NeighbourGroup.objects.get(public_id=GROUP).state_rev)
    with stage.bridge():
        stage.send((BUTTONS[1], "press", press("next")), (BUTTONS[0], "press", press("once")))
        wait(lambda: Press.objects.count() == 2)
        time.sleep(6)  # what the killed one had taken comes again after 5 s
        one = Incident.objects.get()
        assert (one.press_count, Press.objects.count()) == (before[0] + 1, 2)
        assert NeighbourGroup.objects.get(public_id=GROUP).state_rev == before[2]
        assert IncidentEvent.objects.filter(kind="opened").count() == 1


def test_presses_made_while_no_bridge_runs_are_all_recorded(stage: Stage) -> None:
    stage.send(*((one, "press", press()) for one in BUTTONS for _ in range(40)))
    assert not Press.objects.exists()
    with stage.bridge():
        wait(lambda: Press.objects.count() == 120)
    assert Incident.objects.get().press_count == 120


def test_a_button_that_repeats_makes_one_incident_with_few_lines_and_can_be_set_apart(stage: Stage) -> None:
    with stage.bridge():
        stage.send(*((BUTTONS[0], "press", press()) for _ in range(300)))
        wait(lambda: Press.objects.count() == 300)
        one = Incident.objects.get()
        assert one.press_count == 300
        assert one.events.count() <= 12
        officer = Actor.of(stage.scene.officer)
        services.set_device_apart(Device.objects.get(public_id=BUTTONS[0].device), minutes=30, actor=officer)
        services.quiet_incident(one, actor=officer)
        stage.send(*((BUTTONS[0], "press", press()) for _ in range(5)))
        wait(lambda: Press.objects.filter(is_apart=True).count() == 5)
        one.refresh_from_db()
        assert not one.is_sounding
        stage.send((BUTTONS[1], "press", press()))
        wait(lambda: Incident.objects.get().is_sounding)


def test_the_groups_state_reaches_a_siren_that_comes_later(stage: Stage) -> None:
    async def hear() -> dict[str, object]:
        siren = BUTTONS[2]
        async with aiomqtt.Client(
            "127.0.0.1", stage.running.plan.mqtt_port, username=siren.username, password=siren.password,
            identifier=f"{siren.device}{uuid.uuid4().hex[:8]}",
        ) as client:  # fmt: skip
            await client.subscribe(f"lg/{GROUP}/state", qos=0)
            async with asyncio.timeout(10):
                async for heard in client.messages:
                    said: dict[str, object] = json.loads(bytes(heard.payload))  # type: ignore[arg-type]
                    if said["state"] == "ringing":
                        return said
        raise AssertionError

    with stage.bridge():
        stage.send((BUTTONS[0], "press", press()))
        wait(lambda: NeighbourGroup.objects.get(public_id=GROUP).state_published_rev > 1)
        said = asyncio.run(hear())
    assert (said["kind"], said["mode"], said["incident"]) == ("fire", "real", Incident.objects.get().public_id)
