"""From the finger to the sirens, through the broker; and the same load through a hub that stores nothing."""

from __future__ import annotations

import select
import socket
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.crowd import Crowd, Plan, open_sockets, raise_file_limit
from benchmarks.devices import Figures, press_body, wait_users
from benchmarks.floor import LISTEN, PRESS, Hub
from benchmarks.mqtt import connect_packet, publish_packet, subscribe_packet
from benchmarks.stage import Device, Stage, percentile

MARK = "/press/"
CONNECTED = b"\x20\x02\x00\x00"
SUBSCRIBED = b"\x90\x04\x00\x01\x00\x00"
# Listening processes, at most: they share the cores with the broker.
PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Volley:
    """Presses that went out together: when each began, when each was acknowledged, when sirens heard."""

    began: float
    acknowledged: list[float]
    heard: list[float]

    @property
    def last_ms(self) -> float:
        """From the first button's write to the last siren, in milliseconds."""
        return (max(self.heard, default=self.began) - self.began) * 1000

    def heard_ms(self) -> list[float]:
        """From the first button's write to each siren."""
        return [(at - self.began) * 1000 for at in self.heard]

    @property
    def acknowledged_ms(self) -> float:
        """From the first button's write to the last PUBACK."""
        return (max(self.acknowledged, default=self.began) - self.began) * 1000


def press_to_sirens(stage: Stage, *, rounds: int = 60, sirens: int = 100) -> Figures:
    """Measure from the button's write to the last of 100 sirens, with the press on disk (PUBACK) beside it."""
    devices = stage.make_groups(1, sirens + 1)
    wait_users(stage)
    ours = _through_broker(stage, devices[:sirens], [devices[sirens]], rounds=rounds)
    floor = _through_hub([one.group for one in devices[:sirens]], rounds=rounds)
    last = [one.last_ms for one in ours]
    return {
        "sirens": sirens,
        "rounds": rounds,
        "heard_all": all(len(one.heard) == sirens for one in ours),
        "last_p50_ms": percentile(last, 0.5),
        "last_p95_ms": percentile(last, 0.95),
        "puback_p95_ms": percentile([one.acknowledged_ms for one in ours], 0.95),
        "floor_p50_ms": percentile([one.last_ms for one in floor], 0.5),
        "floor_p95_ms": percentile([one.last_ms for one in floor], 0.95),
    }


def hundred_groups(stage: Stage, *, groups: int = 100, sirens: int = 100, rounds: int = 5) -> Figures:
    """Press in 100 groups at one instant, 100 sirens each: how many of the 10,000 hear, and when the last does.

    The figure is the worst of the rounds; between them the bridge records what was pressed.
    """
    devices = stage.make_groups(groups, sirens)
    wait_users(stage)
    buttons = list({one.group: one for one in devices}.values())
    ours = _through_broker(stage, devices, buttons, rounds=rounds, rest_s=3)
    floor = _through_hub([one.group for one in devices], rounds=rounds, rest_s=0.5)
    return {
        "sirens": len(devices),
        "rounds": rounds,
        "heard_least": min(len(one.heard) for one in ours),
        "last_ms": [round(one.last_ms, 1) for one in ours],
        "last_worst_ms": max(one.last_ms for one in ours),
        "last_median_ms": percentile([one.last_ms for one in ours], 0.5),
        "p95_ms": percentile([at for one in ours for at in one.heard_ms()], 0.95),
        "puback_last_ms": max(one.acknowledged_ms for one in ours),
        "floor_last_ms": [round(one.last_ms, 1) for one in floor],
        "floor_median_ms": percentile([one.last_ms for one in floor], 0.5),
    }


def _through_broker(
    stage: Stage, sirens: Sequence[Device], buttons: Sequence[Device], *, rounds: int, rest_s: float = 0.05
) -> list[Volley]:
    raise_file_limit()
    crowd = _crowd(stage.mqtt_port, [_siren_hello(one) for one in sirens], SUBSCRIBED)
    hellos = [connect_packet(_client_id(one), one.username, one.password) for one in buttons]
    links = open_sockets(stage.mqtt_port, hellos, CONNECTED)
    try:
        if crowd.wait_ready() != len(sirens):
            raise RuntimeError("not all sirens could connect")
        time.sleep(max(0.5, rest_s))
        return [
            _volley(crowd, len(sirens), links, [_press_packet(one, number) for one in buttons], rest_s=rest_s)
            for number in range(1, rounds + 1)
        ]
    finally:
        for link in links:
            link.close()
        crowd.close()


def _through_hub(groups: Sequence[str], *, rounds: int, rest_s: float = 0.05) -> list[Volley]:
    """Fan the same bytes out to the same number of sockets, without any broker."""
    hub = Hub()
    crowd = _crowd(hub.port, [f"{LISTEN}{group}\n".encode() for group in groups], b"welcome\n")
    try:
        crowd.wait_ready()
        once = list(dict.fromkeys(groups))
        links = open_sockets(hub.port, [f"{PRESS}{group}\n".encode() for group in once], b"welcome\n")
        packets = [publish_packet(1, f"lg/{group}/press/{group}", press_body()[1]) for group in once]
        volleys = [
            _volley(crowd, len(groups), links, packets, is_acknowledged=False, rest_s=rest_s) for _ in range(rounds)
        ]
        for link in links:
            link.close()
        return volleys
    finally:
        crowd.close()
        hub.close()


def _crowd(port: int, hellos: Sequence[bytes], ready: bytes) -> Crowd:
    texts = [hello.decode("latin-1") for hello in hellos]
    shares = PROCESSES if len(texts) > 1_000 else 1
    return Crowd([Plan(port, texts[part::shares], ready.decode("latin-1"), MARK) for part in range(shares)])


def _volley(
    crowd: Crowd,
    sirens: int,
    links: Sequence[socket.socket],
    packets: Sequence[bytes],
    *,
    rest_s: float,
    is_acknowledged: bool = True,
) -> Volley:
    """Send all packets at once, take the instants of their PUBACKs, then ask the crowd."""
    waiting = select.epoll()
    if is_acknowledged:
        for link in links:
            waiting.register(link.fileno(), select.EPOLLIN)
    by_number = {link.fileno(): link for link in links}
    acknowledged: list[float] = []
    began = time.perf_counter()
    for link, packet in zip(links, packets, strict=True):
        link.sendall(packet)
    until = began + 20
    while is_acknowledged and len(acknowledged) < len(links) and time.perf_counter() < until:
        for number, _what in waiting.poll(1):
            if by_number[number].recv(4096)[:1] == b"\x40":
                acknowledged.append(time.perf_counter())
    waiting.close()
    heard = crowd.wait_heard(sirens, within_s=20, look_s=0.05 if sirens <= 1_000 else 0.6)
    time.sleep(rest_s)
    return Volley(began, acknowledged, heard)


def _client_id(device: Device) -> str:
    return device.device + uuid.uuid4().hex[:8]


def _siren_hello(device: Device) -> bytes:
    return connect_packet(_client_id(device), device.username, device.password) + subscribe_packet(
        1, f"lg/{device.group}/press/+", f"lg/{device.group}/state"
    )


def _press_packet(device: Device, number: int) -> bytes:
    return publish_packet(number, f"lg/{device.group}/press/{device.device}", press_body()[1])
