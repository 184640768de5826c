"""Loudspeakers, whole: `liengia up`, its real broker, and the real player as a process that plays into a WAV file.

What is checked is the sound itself: in what order, how loud, how long, and whose words by their length on the disk.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from liengia.broadcast.audio.loudness import integrated
from liengia.broadcast.audio.sound import Sound
from tests.acceptance.installations import Installation
from tests.harness import processes

pytestmark = pytest.mark.broker

CLUSTERS = """
import json
from tests import factories
from liengia.broadcast.services import speakers
from liengia.core.actor import Actor
commune = factories.unit("28108", "Cần Đước", "commune")
hamlet = factories.unit("1", "Khu phố 5", "hamlet", parent=commune)
actor = Actor.system("test")
made = []
for name in ("Chợ Kinh", "Cầu Chùa"):
    cluster = speakers.add_cluster(hamlet, name=name, volume=100, actor=actor)
    made.append(speakers.mint_credential(cluster, actor=actor).as_settings())
print(json.dumps([made, commune.pk, hamlet.pk]))
"""

# A fire is spoken within so many seconds of its step.
LATE_S = 3
# What planning a bulletin and an escalation step do: freeze words, write deliveries; the worker's own chore sends them.
SAY = """
import json
import time
from datetime import timedelta
from django.db import transaction
from liengia.broadcast import channels
from liengia.broadcast.channels.base import Audience, Message
from liengia.broadcast.services import outbox
from liengia.core import clock
loud = channels.get("loudspeaker")
now = clock.now()
message = Message(subject={subject!r}, msg_type={msg_type!r}, mode="real", priority={priority!r}, kind={kind!r}, headline="Thông báo", text="",
    unit_name="xã Cần Đước", sent_at=now, spoken_text={text} , expires_at=now + timedelta(minutes=10), data={{"times": {times}}})
with transaction.atomic():
    said = outbox.say(message)
    outbox.enqueue(loud, said, loud.recipients(Audience(unit_ids=({unit},)), {kind!r}))
print(json.dumps(time.time()))
"""

STATE = """
import json
from liengia.broadcast.models import Delivery, PlayOrder, PlayReport, SpeakerCluster, SpeakerFault
print(json.dumps({
    "orders": [[o.public_id, o.subject, o.cluster.name, o.audio.seconds, o.fetched_at is not None, o.ended_at is not None] for o in PlayOrder.objects.select_related("cluster", "audio")],
    "reports": list(PlayReport.objects.values_list("order__subject", "cluster__name", "outcome", "times")),
    "deliveries": [[d.subject, d.state, d.delivered_at is not None, d.heard_at is not None] for d in Delivery.objects.all()],
    "seen": [c.last_seen_at is not None for c in SpeakerCluster.objects.all()],
    "faults": list(SpeakerFault.objects.filter(cleared_at=None).values_list("kind", flat=True)),
}))
"""

WITHDRAW = "from liengia.broadcast import channels; channels.get('loudspeaker').withdraw({subject!r}); print(1)"


class Box:
    """One player as a process of its own, with what the cluster's page printed."""

    def __init__(self, folder: Path, told: dict[str, str]) -> None:
        self.told, self.folder, self.wav = told, folder, folder / "played.wav"
        self.log = folder / "speaker.log"
        folder.mkdir()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**processes.outside(), **self.told, "LIENGIA_DATA": str(self.folder)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "liengia", "speaker", "--sink", f"file:{self.wav}"], env=environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def notes(self) -> list[dict[str, Any]]:
        path = self.wav.with_name("played.wav.jsonl")
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def samples(self) -> np.ndarray:
        with wave.open(str(self.wav)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
            return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float32) / 32768

    def whats(self) -> list[str]:
        return [note["what"] for note in self.notes()]


def say(centre: Installation, unit: int, subject: str, text: str, *, priority: str = "normal", kind: str = "notice", msg_type: str = "alert", times: int = 1) -> float:
    code = SAY.format(subject=subject, text=text, priority=priority, kind=kind, msg_type=msg_type, times=times, unit=unit)
    return float(centre.python(code))


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    for line in Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return math.inf


def test_a_bulletin_and_a_fire_are_heard_in_their_order_and_nothing_is_lost(tmp_path: Path) -> None:
    # No quiet hours whatever the time of day at which this runs.
    centre = Installation(tmp_path)
    (told, commune, hamlet) = centre.python(CLUSTERS)
    centre.python(
        "from datetime import time; from liengia.broadcast.models import VoiceRules;"
        f"VoiceRules.objects.create(unit_id={commune}, quiet_from=time(3), quiet_to=time(3), most_a_day=50); print(1)"
    )
    boxes = [Box(tmp_path / f"box{number}", one) for number, one in enumerate(told)]
    centre.start()
    try:
        for box in boxes:
            box.told["LIENGIA_SPEAKER_SERVER"] = f"http://127.0.0.1:{centre.ports['LIENGIA_PORT']}"
            box.start()
        processes.wait_until(lambda: all(centre.python(STATE)["seen"]), within_s=30, why=lambda: processes.tail(boxes[0].log, 30))
        heard_and_interrupted(centre, boxes, hamlet)
        survives_a_kill_and_a_cut_line(centre, boxes[0], hamlet)
        withdrawn_falls_silent(centre, boxes[0], hamlet)
        assert memory_mb(boxes[0].process) < 60  # type: ignore[arg-type]
    finally:
        for box in boxes:
            if box.process is not None and box.process.poll() is None:
                box.kill()
        centre.stop()


def heard_and_interrupted(centre: Installation, boxes: list[Box], hamlet: int) -> None:
    """An ordinary bulletin sounds from both; a fire interrupts it within 3 s and it goes on; loudness and length are right."""
    say(centre, hamlet, "bulletin:aaaaaaaaaa", "'07h30 ngày 19/8, UBND xã mời bà con dự Ngày hội. ' * 2")
    for box in boxes:
        processes.wait_until(lambda box=box: "begins" in box.whats(), within_s=20, why=lambda box=box: processes.tail(box.log, 30))
    time.sleep(2)
    pressed = say(centre, hamlet, "incident:bbbbbbbbbb", "'Có cháy tại Khu phố 5, gần Tổ 3.'", priority="urgent", kind="fire")
    for box in boxes:
        processes.wait_until(lambda box=box: box.whats().count("played") == 2, within_s=60, why=lambda box=box: str(box.notes()) + processes.tail(box.log, 30))
        assert box.whats() == ["begins", "interrupted", "begins", "once", "played", "resumed", "once", "played"]
        fire = box.notes()[2]
        assert fire["at"] - pressed < LATE_S, fire
    state = centre.python(STATE)
    seconds = {subject: length for _id, subject, _name, length, _fetched, _ended in state["orders"]}
    for box in boxes:
        notes, samples = box.notes(), box.samples()
        spoken = Sound(samples[notes[2]["sample"] : notes[3]["sample"]])
        assert spoken.seconds == pytest.approx(seconds["incident:bbbbbbbbbb"], abs=0.2)
        assert integrated(spoken) == pytest.approx(-16.4, abs=1.0)
        assert np.abs(samples).max() < 10 ** (-0.8 / 20)
        # What was interrupted went on a second and a half before where it was.
        bulletin = (notes[1]["sample"] - notes[0]["sample"] + notes[6]["sample"] - notes[5]["sample"]) / 22_050
        assert bulletin == pytest.approx(seconds["bulletin:aaaaaaaaaa"] + 1.5, abs=0.3)

    def settled() -> bool:
        now = centre.python(STATE)
        return len(now["reports"]) == 4 and all(order[4] and order[5] for order in now["orders"]) and all(row[2] and row[3] for row in now["deliveries"])

    processes.wait_until(settled, within_s=20, why=lambda: json.dumps(centre.python(STATE)))
    assert {tuple(row) for row in centre.python(STATE)["reports"]} == {
        (subject, name, "played", 1) for subject in ("bulletin:aaaaaaaaaa", "incident:bbbbbbbbbb") for name in ("Chợ Kinh", "Cầu Chùa")
    }


def survives_a_kill_and_a_cut_line(centre: Installation, box: Box, hamlet: int) -> None:
    """Killed with -9 in the midst of a play, and started again with the server away: it plays from its store, and reports later."""
    before = box.whats().count("played")
    say(centre, hamlet, "bulletin:cccccccccc", "'Tối 22 giờ, bà con nhớ khóa cửa, tắt bếp. '", times=2)
    processes.wait_until(lambda: box.whats()[-1] == "begins", within_s=20, why=lambda: processes.tail(box.log, 30))
    time.sleep(1)
    box.kill()
    centre.stop()
    box.start()
    processes.wait_until(lambda: box.whats().count("played") == before + 1, within_s=60, why=lambda: str(box.notes()) + processes.tail(box.log, 30))
    assert box.whats()[-4:] == ["begins", "once", "once", "played"]
    centre.start()

    def told() -> bool:
        return ["bulletin:cccccccccc", "Chợ Kinh", "played", 2] in centre.python(STATE)["reports"]

    processes.wait_until(told, within_s=60, why=lambda: json.dumps(centre.python(STATE)) + processes.tail(box.log, 30))
    assert box.whats().count("played") == before + 1
    assert not [fault for fault in centre.python(STATE)["faults"] if fault != "no_fetch"]


def withdrawn_falls_silent(centre: Installation, box: Box, hamlet: int) -> None:
    """A bulletin that is withdrawn while it sounds falls silent, and is not begun again."""
    say(centre, hamlet, "bulletin:dddddddddd", "'Tin này sẽ được rút lại. ' * 6", times=5)
    processes.wait_until(lambda: box.whats()[-1] == "begins", within_s=20, why=lambda: processes.tail(box.log, 30))
    centre.python(WITHDRAW.format(subject="bulletin:dddddddddd"))
    processes.wait_until(lambda: box.whats()[-1] == "withdrawn", within_s=10, why=lambda: processes.tail(box.log, 30))
    length = len(box.samples())
    time.sleep(1.5)
    assert len(box.samples()) == length
