"""A loudspeaker behind a hamlet's gateway, over the real broker's leaf link: joined, ordered, cut off, started anew, joined again, revoked."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from tests.acceptance.installations import Installation, Link
from tests.acceptance.test_gateway import Hamlet
from tests.acceptance.test_loudspeakers import CLUSTERS, LATE_S, STATE, Box, say
from tests.harness import processes

pytestmark = pytest.mark.broker
NO_QUIET = (
    "from datetime import time; from liengia.broadcast.models import VoiceRules;"
    "VoiceRules.objects.create(unit_id={unit}, quiet_from=time(3), quiet_to=time(3), most_a_day=50); print(1)"
)
VOLUME = (
    "from liengia.broadcast.models import SpeakerCluster; from liengia.broadcast.services import speakers; from liengia.core.actor import Actor;"
    "row = SpeakerCluster.objects.get(public_id={cluster!r}); speakers.change_cluster(row, volume={volume}, actor=Actor.system('test')); print(1)"
)
TELL = (
    "from liengia.broadcast.models import SpeakerCluster; from liengia.broadcast.services import speakers; from liengia.core.actor import Actor;"
    "row = SpeakerCluster.objects.get(public_id={cluster!r}); speakers.tell_player(row, dict(do='test'), actor=Actor.system('test')); print(1)"
)
REVOKE = (
    "from liengia.broadcast.models import SpeakerCluster; from liengia.broadcast.services import speakers; from liengia.core.actor import Actor;"
    "row = SpeakerCluster.objects.get(public_id={cluster!r}); speakers.mint_credential(row, actor=Actor.system('test')); print(1)"
)


def test_a_loudspeaker_behind_a_gateway_speaks_on_with_the_line_cut(tmp_path: Path) -> None:
    centre = Installation(tmp_path).start()
    link = Link(centre.ports["LIENGIA_LEAF_PORT"])
    hamlet, box = None, None
    try:
        (told, commune, unit) = centre.python(CLUSTERS)
        centre.python(NO_QUIET.format(unit=commune))
        hamlet = Hamlet(centre, tmp_path, "ap5", address=f"nats-leaf://127.0.0.1:{link.port}")
        box = Box(tmp_path / "box", told[0])
        box.told |= {"LIENGIA_SPEAKER_SERVER": f"http://127.0.0.1:{centre.ports['LIENGIA_PORT']}", "LIENGIA_SPEAKER_BROKER": f"mqtt://127.0.0.1:{hamlet.mqtt_port}"}
        box.start()
        processes.wait_until(lambda: any(centre.python(STATE)["seen"]), within_s=40, why=lambda: processes.tail(box.log) + processes.tail(hamlet.log))
        _speaks_and_is_told(centre, box, unit)
        _goes_on_with_the_line_cut(centre, link, hamlet, box, unit)
        asyncio.run(_says_nothing_for_the_centre(hamlet.mqtt_port, told))
        _is_cut_off_when_revoked(centre, hamlet, box)
    except (AssertionError, TimeoutError):
        print(processes.tail(hamlet.log) if hamlet else "", processes.tail(centre.log))
        raise
    finally:
        if box is not None and box.process is not None and box.process.poll() is None:
            box.kill()
        if hamlet is not None:
            hamlet.stop()
        centre.stop()


def _speaks_and_is_told(centre: Installation, box: Box, unit: int) -> None:
    """What is ordered at the centre sounds behind the gateway within 3 s, and is reported; a chime and a volume reach it too."""
    began = say(centre, unit, "incident:aaaaaaaaaa", "'Có cháy tại Khu phố 5, gần Tổ 3.'", priority="urgent", kind="fire")
    processes.wait_until(lambda: "begins" in box.whats(), within_s=10, why=lambda: processes.tail(box.log))
    assert box.notes()[0]["at"] - began < LATE_S
    cluster = box.told["LIENGIA_SPEAKER_CLUSTER"]
    centre.python(VOLUME.format(cluster=cluster, volume=41))
    processes.wait_until(lambda: memory(box)["volume"] == 41, within_s=30, why=lambda: processes.tail(box.log))
    processes.wait_until(lambda: _reported(centre, "incident:aaaaaaaaaa"), within_s=20, why=lambda: str(box.notes()))
    length = len(box.samples())
    centre.python(TELL.format(cluster=cluster))
    processes.wait_until(lambda: len(box.samples()) > length + 11_000, within_s=30, why=lambda: processes.tail(box.log))


def memory(box: Box) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        return dict(json.loads((box.folder / "speaker" / "memory.json").read_text(encoding="utf-8")))
    return {"volume": None}


def _reported(centre: Installation, subject: str) -> bool:
    return any(row[0] == subject and row[2] == "played" for row in centre.python(STATE)["reports"])


def _goes_on_with_the_line_cut(centre: Installation, link: Link, hamlet: Hamlet, box: Box, unit: int) -> None:
    """Killed while it plays, its own memory lost, the line cut: the gateway alone tells it what to hold; it reports when the line is back."""
    say(centre, unit, "bulletin:cccccccccc", "'Tối 22 giờ, bà con nhớ khóa cửa, tắt bếp.'", times=2)
    processes.wait_until(lambda: box.whats()[-1] == "begins", within_s=15, why=lambda: processes.tail(box.log))
    link.cut()
    box.kill()
    (box.folder / "speaker" / "memory.json").unlink()
    processes.wait_until(lambda: "the centre is away" in hamlet.log.read_text(), within_s=20, why=lambda: processes.tail(hamlet.log))
    before = box.whats().count("played")
    box.start()
    processes.wait_until(lambda: box.whats().count("played") > before, within_s=30, why=lambda: str(box.notes()) + processes.tail(box.log))
    assert not _reported(centre, "bulletin:cccccccccc"), "the centre cannot know it yet"
    centre.python(VOLUME.format(cluster=box.told["LIENGIA_SPEAKER_CLUSTER"], volume=52))
    time.sleep(1.5)  # long enough for it to come if the cut line let it through
    assert memory(box)["volume"] == 41
    link.join()
    processes.wait_until(lambda: memory(box)["volume"] == 52, within_s=30, why=lambda: processes.tail(hamlet.log))
    processes.wait_until(lambda: _reported(centre, "bulletin:cccccccccc"), within_s=30, why=lambda: json.dumps(centre.python(STATE)))


async def _says_nothing_for_the_centre(port: int, told: list[dict[str, str]]) -> None:
    """The player's own credential at the gateway gives it its own four topics and nothing else."""
    mine, other = told
    cluster, device = mine["LIENGIA_SPEAKER_CLUSTER"], mine["LIENGIA_SPEAKER_DEVICE"]
    async with aiomqtt.Client(
        "127.0.0.1", port, username=other["LIENGIA_SPEAKER_DEVICE"], password=other["LIENGIA_SPEAKER_PASSWORD"], identifier="other00001abcdefgh"
    ) as client:
        for topic in (f"lo/{cluster}/say", f"lo/{cluster}/to/{device}", "lg/+/press/+", "#"):
            with suppress(aiomqtt.MqttError):
                assert [code.value for code in await client.subscribe(topic)] == [128], topic  # type: ignore[union-attr]
        await client.publish(f"lo/{cluster}/to/{device}", json.dumps({"do": "stop"}), qos=1)
        await client.publish(f"lo/{cluster}/say", json.dumps({"rev": 10**9, "volume": 1, "orders": []}), qos=1)
        await client.publish("lg/nobody0000/press/x", "fire", qos=1)


def _is_cut_off_when_revoked(centre: Installation, hamlet: Hamlet, box: Box) -> None:
    assert memory(box)["volume"] == 52, "nothing that another said was taken"
    centre.python(REVOKE.format(cluster=box.told["LIENGIA_SPEAKER_CLUSTER"]))
    processes.wait_until(
        lambda: box.log.read_text().count("no connection (Refused)") > 0, within_s=10, why=lambda: processes.tail(box.log) + processes.tail(hamlet.log)
    )
