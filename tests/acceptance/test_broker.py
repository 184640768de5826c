"""The embedded broker with real devices: what they reach, what they do not, what is kept, who is cut."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiomqtt
import nats.errors
import pytest

from liengia.alarms import broker, mqtt
from tests.acceptance.brokers import SERVER, Given, RunningBroker, device

pytestmark = pytest.mark.broker
GROUP, OTHER = "aaaaaaaaaa", "bbbbbbbbbb"
BUTTON, SIREN, STRANGER = device(GROUP, "button0001"), device(GROUP, "siren00001"), device(OTHER, "stranger01")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningBroker]:
    """A broker that knows three devices of two groups."""
    one = RunningBroker.within(tmp_path).start([BUTTON, SIREN, STRANGER])
    yield one
    one.stop()


@asynccontextmanager
async def connected(
    running: RunningBroker, who: Given | None, *, password: str | None = None
) -> AsyncIterator[aiomqtt.Client]:
    """Connect a device (None: the server itself) by a real MQTT client."""
    from tests.acceptance.brokers import SERVER

    async with aiomqtt.Client(
        "127.0.0.1",
        running.plan.mqtt_port,
        username=who.username if who else broker.SERVER_USER,
        password=password or (who.password if who else SERVER),
        identifier=f"{who.device if who else 'server'}{time.monotonic_ns() % 10**8:08d}",
        timeout=5,
    ) as client:
        yield client


async def next_message(client: aiomqtt.Client, *, within_s: float = 2) -> aiomqtt.Message | None:
    """Return the next message, or None when none comes."""
    try:
        return await asyncio.wait_for(anext(aiter(client.messages)), within_s)
    except TimeoutError:
        return None


def test_a_press_gets_its_puback_rings_its_group_and_is_on_disk(running: RunningBroker) -> None:
    async def scene() -> None:
        async with connected(running, SIREN) as siren, connected(running, STRANGER) as stranger:
            await siren.subscribe(f"lg/{GROUP}/press/+", qos=0)
            await stranger.subscribe(f"lg/{OTHER}/press/+", qos=0)
            async with connected(running, BUTTON) as button:
                await button.publish(f"lg/{GROUP}/press/{BUTTON.device}", b"fire", qos=1)
            heard = await next_message(siren)
            assert heard is not None
            assert (str(heard.topic), heard.payload) == (f"lg/{GROUP}/press/{BUTTON.device}", b"fire")
            assert await next_message(stranger, within_s=0.3) is None

    asyncio.run(scene())
    running.kill()
    running.start()

    async def kept() -> int:
        client = await running.client()
        info = await broker.ask(client, f"$JS.API.STREAM.INFO.{broker.MESSAGES}")
        await client.close()
        return int(info["state"]["messages"])

    assert asyncio.run(kept()) == 1


def test_the_stream_of_presses_keeps_by_limits_whoever_made_it(tmp_path: Path) -> None:
    running = RunningBroker.within(tmp_path)

    async def scene() -> None:
        client = await running.client()
        await broker.ask(client, f"$JS.API.STREAM.DELETE.{broker.MESSAGES}")
        interest = {"name": broker.MESSAGES, "subjects": ["$MQTT.msgs.>"], "retention": "interest"}
        await broker.ask(client, f"$JS.API.STREAM.CREATE.{broker.MESSAGES}", interest)
        assert not await broker.retention_is_right(client)
        await broker.ensure_streams(client)
        assert await broker.retention_is_right(client)
        config = await broker.stream_config(client, broker.MESSAGES)
        assert config is not None
        assert (config["retention"], config["max_msgs_per_subject"], config["discard"]) == ("limits", 5000, "old")
        await client.close()

    try:
        running.start([BUTTON])
        asyncio.run(scene())
    finally:
        running.stop()


@pytest.mark.parametrize(
    "topic",
    [
        f"lg/{GROUP}/press/{SIREN.device}",
        f"lg/{OTHER}/press/{BUTTON.device}",
        f"lg/{GROUP}/state",
        f"lg/{GROUP}/to/{SIREN.device}",
        f"lg/{GROUP}/rang/{SIREN.device}",
        f"lg/{GROUP}/beat/{SIREN.device}",
        f"lg/{GROUP}/still/{SIREN.device}",
        f"lg/{GROUP}/press/{BUTTON.device}/more",
        "$MQTT/sess/x",
        "$SYS/REQ/SERVER/PING",
        "liengia/gateway/hello",
        "$MQTT/msgs/lg/x",
        "$JS/API/STREAM/NAMES",
        "liengia/poke/live.alarms",
        "_INBOX/x",
    ],
)
def test_a_device_publishes_nothing_but_its_own(running: RunningBroker, topic: str) -> None:
    async def scene() -> None:
        client = await running.client()
        seen: list[str] = []

        async def note(message: object) -> None:
            seen.append(message.subject)  # type: ignore[attr-defined]

        for wide in ("lg.>", "$MQTT.>", "$JS.>", "liengia.>", "_INBOX.x"):
            await client.subscribe(wide, cb=note)  # type: ignore[arg-type]
        await client.flush()
        try:
            async with connected(running, BUTTON) as button:
                seen.clear()
                await button.publish(topic, b"fire", qos=0)
                await button.publish(topic, b"fire", qos=1)
        except aiomqtt.MqttError:
            pass
        await asyncio.sleep(0.3)
        assert topic.replace("/", ".") not in seen
        assert f"$MQTT.msgs.{topic.replace('/', '.')}" not in seen
        await client.close()

    asyncio.run(scene())


@pytest.mark.parametrize(
    "topic",
    [
        "#",
        "lg/#",
        "lg/+/press/+",
        f"lg/{GROUP}/#",
        f"lg/{GROUP}/still/+",
        f"lg/{GROUP}/rang/+",
        f"lg/{GROUP}/beat/+",
        f"lg/{GROUP}/to/{SIREN.device}",
        f"lg/{GROUP}/to/+",
        f"lg/{OTHER}/press/+",
        f"lg/{OTHER}/state",
        "$MQTT/#",
        "$MQTT/msgs/#",
        "$MQTT/rmsgs/#",
        "$JS/#",
        "$SYS/#",
        "_INBOX/#",
        "liengia/#",
    ],
)
def test_a_device_hears_nothing_but_its_own(running: RunningBroker, topic: str) -> None:
    async def scene() -> None:
        async with connected(running, None) as server:
            await server.publish(f"lg/{OTHER}/state", b'{"rev":1}', retain=True)
            await server.publish(f"lg/{GROUP}/to/{SIREN.device}", b"{}", retain=True)
            async with connected(running, BUTTON) as button:
                try:
                    granted = await button.subscribe(topic, qos=0)
                    assert [getattr(code, "value", code) for code in granted] == [128], granted
                except aiomqtt.MqttError:
                    return
                await server.publish(f"lg/{OTHER}/press/{STRANGER.device}", b"fire", qos=1)
                await server.publish(f"lg/{GROUP}/still/{SIREN.device}", b"help", qos=1)
                await server.publish(f"lg/{GROUP}/to/{SIREN.device}", b"{}")
                assert await next_message(button, within_s=0.4) is None

    asyncio.run(scene())


@pytest.mark.parametrize(
    "topic", [f"lg/{GROUP}/press/{SIREN.device}", f"lg/{OTHER}/press/{BUTTON.device}", f"lg/{GROUP}/state", "$SYS/x"]
)
def test_a_will_reaches_nothing_but_its_own(running: RunningBroker, topic: str) -> None:
    async def scene() -> None:
        client = await running.client()
        seen: list[str] = []

        async def note(message: object) -> None:
            seen.append(message.subject)  # type: ignore[attr-defined]

        for wide in ("lg.>", "$MQTT.msgs.>"):
            await client.subscribe(wide, cb=note)  # type: ignore[arg-type]
        await client.flush()
        for will, qos in ((topic, 0), (topic, 1), (f"lg/{GROUP}/beat/{BUTTON.device}", 0)):
            lost = asyncio.Event()
            login = mqtt.Login(f"{BUTTON.device}{qos}{len(will)}", BUTTON.username, BUTTON.password, will, b"fire")
            try:
                dying = await mqtt.connect(
                    "127.0.0.1", running.plan.mqtt_port, login,
                    on_message=lambda *_: None, on_puback=lambda _: None, on_lost=lost.set,
                )  # fmt: skip
            except mqtt.Refused:
                continue  # the broker refuses such a will at the door
            dying.close(politely=False)
            await asyncio.sleep(0.3)
        assert seen == [f"lg.{GROUP}.beat.{BUTTON.device}"], "its own will alone"
        await client.close()

    asyncio.run(scene())


@pytest.mark.parametrize(("qos", "size"), [(2, 4), (0, 300_000), (1, 300_000)])
def test_what_the_broker_does_not_take_reaches_nobody_and_harms_nobody(
    running: RunningBroker, qos: int, size: int
) -> None:
    async def scene() -> None:
        async with connected(running, SIREN) as siren:
            await siren.subscribe(f"lg/{GROUP}/press/+", qos=0)
            with suppress(aiomqtt.MqttError):
                async with connected(running, BUTTON) as button:
                    await button.publish(f"lg/{GROUP}/press/{BUTTON.device}", b"x" * size, qos=qos, timeout=3)
            async with connected(running, BUTTON) as button:
                await button.publish(f"lg/{GROUP}/press/{BUTTON.device}", b"fire", qos=1)
            heard = await next_message(siren)
            assert heard is not None
            assert heard.payload == b"fire", "the good press behind it alone"

    asyncio.run(scene())


def test_two_connections_with_one_credential_throw_nobody_off(running: RunningBroker) -> None:
    async def scene() -> None:
        async with connected(running, SIREN) as own, connected(running, SIREN) as copy:
            for one in (own, copy):
                await one.subscribe(f"lg/{GROUP}/state", qos=0)
            async with connected(running, None) as server:
                await server.publish(f"lg/{GROUP}/state", b"{}")
            assert await next_message(own) is not None
            assert await next_message(copy) is not None

    asyncio.run(scene())


@pytest.mark.parametrize("topic", [f"lg/{GROUP}/press/+", f"lg/{GROUP}/state", f"lg/{GROUP}/to/{BUTTON.device}"])
def test_a_device_hears_its_own(running: RunningBroker, topic: str) -> None:
    async def scene() -> None:
        async with connected(running, BUTTON) as button, connected(running, None) as server:
            granted = await button.subscribe(topic, qos=0)
            assert [getattr(code, "value", code) for code in granted] == [0]
            await server.publish(topic.replace("+", "phone00001"), b"x")
            assert await next_message(button) is not None

    asyncio.run(scene())


def test_the_state_is_retained_for_a_siren_that_comes_late(running: RunningBroker) -> None:
    async def scene() -> None:
        async with connected(running, None) as server:
            # Acknowledged, hence kept: unacknowledged it may still be under way when the siren begins to listen.
            await server.publish(f"lg/{GROUP}/state", b'{"rev":7,"state":"ringing"}', qos=1, retain=True)
        async with connected(running, SIREN) as siren:
            await siren.subscribe(f"lg/{GROUP}/state", qos=0)
            heard = await next_message(siren)
            assert heard is not None
            assert heard.retain
            assert b'"rev":7' in bytes(heard.payload)

    asyncio.run(scene())


def test_devices_cannot_use_the_nats_port(running: RunningBroker) -> None:
    async def scene() -> None:
        client = nats.NATS()
        with pytest.raises(nats.errors.Error):
            await client.connect(
                f"nats://127.0.0.1:{running.plan.nats_port}",
                user=BUTTON.username,
                password=BUTTON.password,
                allow_reconnect=False,
                max_reconnect_attempts=0,
            )

    asyncio.run(scene())


def test_a_wrong_password_and_an_unknown_device_are_refused(running: RunningBroker) -> None:
    async def scene() -> None:
        for who in (device(GROUP, "unknown001"), Given(GROUP, BUTTON.device, BUTTON.username, "wrong", "")):
            with pytest.raises(aiomqtt.MqttError):
                async with connected(running, who):
                    pass

    asyncio.run(scene())


def test_a_revocation_cuts_that_device_alone(running: RunningBroker) -> None:
    async def scene() -> None:
        async with connected(running, SIREN) as siren:
            await siren.subscribe(f"lg/{GROUP}/press/+", qos=0)
            with pytest.raises(aiomqtt.MqttError):
                async with connected(running, BUTTON) as button:
                    await running.change([SIREN, STRANGER])
                    for _ in range(50):
                        await button.publish(f"lg/{GROUP}/press/{BUTTON.device}", b"fire", qos=1, timeout=2)
                        await asyncio.sleep(0.1)
            assert await next_message(siren, within_s=0.2) is None
            with pytest.raises(aiomqtt.MqttError):
                async with connected(running, BUTTON):
                    pass
            async with connected(running, None) as server:
                await server.publish(f"lg/{GROUP}/press/phone00001", b"fire", qos=1)
            assert await next_message(siren) is not None

    asyncio.run(scene())


def test_users_change_while_the_first_of_all_devices_comes_in(tmp_path: Path) -> None:
    """Without the knock, 3 in 10 of these brokers let nobody in any more, for ever."""

    async def scene(one: RunningBroker, apart_s: float) -> None:
        login = mqtt.Login("first", BUTTON.username, BUTTON.password)
        first, _took = await asyncio.gather(
            mqtt.connect("127.0.0.1", one.plan.mqtt_port, login), _later(apart_s, one.change([BUTTON]))
        )
        first.close()

    for number in range(10):
        one = RunningBroker.within(tmp_path / str(number)).start([BUTTON])
        try:
            asyncio.run(scene(one, number * 0.003))
        finally:
            one.kill()


async def _later(seconds: float, work: Awaitable[float]) -> float:
    await asyncio.sleep(seconds)
    return await work


def test_wrong_files_are_refused_with_the_reason_and_change_nothing(running: RunningBroker) -> None:
    async def scene() -> None:
        broker.write(running.plan.users_file, "users: [ {")
        client = await broker.system_client(running.plan.nats_port, "system-password-of-tests")
        with pytest.raises(broker.BrokerError, match=r"users\.conf"):
            await broker.reload(client, running.plan, SERVER)
        await client.close()
        async with connected(running, BUTTON) as button:
            await button.publish(f"lg/{GROUP}/press/{BUTTON.device}", b"fire", qos=1)

    asyncio.run(scene())


def test_secrets_of_the_broker_are_readable_by_their_owner_alone(running: RunningBroker) -> None:
    for file in (running.plan.users_file, running.plan.configuration_file):
        assert file.stat().st_mode & 0o777 == 0o600


def test_an_old_broker_is_refused(tmp_path: Path) -> None:
    old = tmp_path / "nats-server"
    old.write_text("#!/bin/sh\necho 'nats-server: v2.9.10'\n")
    old.chmod(0o755)
    with pytest.raises(broker.BrokerError, match=r"2\.14\.3"):
        broker.binary(str(old))
