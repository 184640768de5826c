"""The commune's voice, whole: a press on a real button, a law bulletin; two players that really play, a push service, a gateway of calls.

One installation (`liengia up`: nats-server, web, bridge, worker) runs for both. What is checked of a sound is the sound: which samples stand in the
player's file, in what order, how long, and how loud as ffmpeg measures it (EBU R128).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from tests.acceptance.installations import Installation
from tests.acceptance.test_loudspeakers import LATE_S, STATE, Box
from tests.broadcast.gateway.simulator import Provider, running
from tests.broadcast.webpush.service import Browser, PushService
from tests.harness import processes

pytestmark = pytest.mark.broker
SECRET = "khoa-bao-lai"
PHONE = "0900000042"
OUTSIDE = {"LIENGIA_OUTSIDE_LOOPBACK": "1", "LIENGIA_GATEWAY_LOOPBACK": "1", "LIENGIA_PUSH_CONTACT": "mailto:thu@example.org"}

# A commune whose hamlet has two clusters; a group of two houses, one with a button; one on duty now, one whose shift is next.
SCENE = """
import json
from datetime import time, timedelta
from tests import factories
from tests.broadcast.given import voice
from liengia.alarms import services as alarms
from liengia.alarms.models import EscalationPlan
from liengia.alarms.services.plans import StepLine, write_plan
from liengia.broadcast.models import ChannelAccount, PushSubscription, VoiceRules
from liengia.broadcast.services import push, speakers
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people import services as people
from liengia.people.models import User
actor = Actor.system("test")
here = voice()
commune, hamlet = here.cast.commune, here.cast.hamlet
VoiceRules.objects.create(unit=commune, quiet_from=time(3), quiet_to=time(3), most_a_day=50)
later = factories.user("truc2", "Lê Thị Ca Sau", is_staff=True)
people.assign_role(later, "duty_officer", commune, actor=actor)
User.objects.filter(pk=later.pk).update(phone="+84900000042")
now = clock.now()
for who, begins in ((here.cast.truc, -1), (later, 3)):
    people.set_shift(here.cast.post, who, starts_at=now + timedelta(hours=begins), ends_at=now + timedelta(hours=begins + 4), actor=actor)
group = alarms.create_group(hamlet, name="Tổ 3", actor=actor)
for seat, house in ((1, here.cast.house_1), (9, here.cast.house_9)):
    alarms.add_household(group, household=house, seat=seat, actor=actor)
button = alarms.provision_device(group, household=here.cast.house_9, kind="button", actor=actor)
write_plan(EscalationPlan(unit=commune, kind="fire", name="Cháy"), actor=actor, steps=[
    StepLine(0, "group", ("page", "webpush")), StepLine(0, "duty_post", ("page", "webpush")),
    StepLine(5, "hamlet", ("loudspeaker",)), StepLine(6, "next_on_duty", ("page", "webpush", "voice"))])
for name, keys in json.loads({browsers!r}).items():
    user = getattr(here.cast, name)
    PushSubscription.objects.create(user=user, wants_alarms=True, **push.Keys(**keys).row)
account = ChannelAccount(unit=commune, channel="voice", name="hợp đồng thử", is_on=True)
account.values = dict(method="POST", url={provider!r} + "/goi", headers="", body_kind="json", token="", sender="0272", per_second=50,
    body='{{"to": "{{to_local}}", "say": "{{text}}", "play": "{{audio_url}}", "ref": "{{key}}"}}', success_at="/status", success_values="0", number_at="/id",
    report_proof="hmac", report_header="X-Signature", report_secret={secret!r}, report_number_at="/id", report_key_at="/digits", report_states="answered = delivered")
account.save()
clusters = []
for name in ("Chợ Kinh", "Cầu Chùa"):
    cluster = speakers.add_cluster(hamlet, name=name, volume=100, actor=actor)
    clusters.append(speakers.mint_credential(cluster, actor=actor).as_settings())
print(json.dumps(dict(clusters=clusters, account=account.public_id, hamlet=hamlet.full_name, commune=commune.full_name,
    button=[group.public_id, button.device.public_id, button.username, button.password])))
"""

INCIDENT = """
import json
from liengia.alarms.models import Incident
from liengia.broadcast.models import Delivery
one = Incident.objects.get()
print(json.dumps(dict(id=one.public_id, state=one.state, ran={step.target: step.ran_at.timestamp() for step in one.steps.all() if step.ran_at},
    answered=[row.channel for row in Delivery.objects.exclude(answered_at=None)])))
"""
END = (
    "from liengia.alarms import services; from liengia.alarms.models import Incident; from liengia.people.models import User; from liengia.core.actor import Actor;"
    "services.resolve_incident(Incident.objects.get(), actor=Actor.of(User.objects.get(username='truc')));"
    "print(1)"
)
# The very sound that the words make, made apart from what was played.
SPOKEN = """
import json
from liengia.broadcast.audio import making, sound
from liengia.broadcast.channels.loudspeaker import sounds
from liengia.broadcast.speech.engines.espeak_ng import Engine
import hashlib
def made(text, chime):
    voice = sound.resampled(sound.read_wav(Engine().speak(sounds.words_of(text))))
    return hashlib.sha256(sound.write_wav(making.finished(voice, chime_name=chime))).hexdigest()
print(json.dumps([made(text, chime) for text, chime in {texts!r}]))
"""
BULLETIN = """
import json
from datetime import timedelta
from liengia.broadcast.models import Bulletin, MsgType
from liengia.broadcast.services import bulletins
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import User
from liengia.units.models import Unit
writer, approver = (Actor.of(User.objects.get(username=name)) for name in ("bientap", "chutich"))
commune = Unit.objects.get(code="28108")
{body}
print(json.dumps(row.public_id))
"""
FIRST = 'row = bulletins.write(commune, [commune], actor=writer, kind="law", channels=["loudspeaker"], headline="Uống rượu bia không lái xe", text="Đã uống rượu bia thì không lái xe.", expires_at=clock.now() + timedelta(hours=2))'
APPROVE = "bulletins.approve(bulletins.submit(row, actor=writer), actor=approver)"
CORRECT = 'row = bulletins.follow(Bulletin.objects.get(public_id={first!r}), MsgType.CORRECTION, actor=writer, text="Mức phạt có trên bảng tin khu phố.")'
WITHDRAW = 'row = bulletins.withdraw(Bulletin.objects.get(public_id={first!r}), why="đăng nhầm", actor=approver)'


@dataclass
class Stage:
    """The installation with what stands around it."""

    centre: Installation
    boxes: list[Box]
    push: PushService
    browsers: dict[str, Browser]
    provider: Provider
    told: dict[str, Any]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Put it up once."""
    assert shutil.which("ffmpeg"), "ffmpeg measures the loudness: make needs"
    folder = tmp_path_factory.mktemp("voice")
    with ExitStack() as after:
        centre = Installation(folder, **OUTSIDE)
        provider = after.enter_context(running())
        key = centre.python("import json; from liengia.broadcast.channels.webpush import vapid; print(json.dumps(vapid.public_key()))")
        push = PushService(key=key).start()
        after.callback(push.stop)
        browsers = {name: push.subscribe() for name in ("moc_mien", "truc")}
        told = centre.python(
            SCENE.format(browsers=json.dumps({name: one.fields for name, one in browsers.items()}), provider=provider.url, secret=SECRET)
        )
        boxes = [Box(folder / f"box{number}", one) for number, one in enumerate(told["clusters"])]
        after.callback(centre.stop)
        centre.start()
        for box in boxes:
            box.told["LIENGIA_SPEAKER_SERVER"] = f"http://127.0.0.1:{centre.ports['LIENGIA_PORT']}"
            box.start()
            after.callback(box.kill)
        processes.wait_until(lambda: all(centre.python(STATE)["seen"]), within_s=30, why=lambda: processes.tail(boxes[0].log))
        yield Stage(centre, boxes, push, browsers, provider, told)


def begun(box: Box) -> list[dict[str, Any]]:
    """Return what began at a player, in order."""
    return [note for note in box.notes() if note["what"] == "begins"]


def wait_for(stage: Stage, what: str, count: int, *, within_s: float = 30) -> None:
    """Wait until both players have done something so often."""
    for box in stage.boxes:
        processes.wait_until(lambda box=box: box.whats().count(what) >= count, within_s=within_s, why=lambda box=box: f"{box.notes()} {processes.tail(box.log)}")


def reported(stage: Stage, count: int, *, within_s: float = 30) -> dict[str, Any]:
    """Return what the centre knows, once both players' word has reached it that they have played so many orders: it comes after the sound."""
    read: list[dict[str, Any]] = []

    def has_come() -> bool:
        read.append(stage.centre.python(STATE))
        return len({(subject, name) for subject, name, outcome, _times in read[-1]["reports"] if outcome == "played"}) >= count * len(stage.boxes)

    processes.wait_until(has_come, within_s=within_s, why=lambda: f"{read[-1]}")
    return read[-1]


def heard(box: Box, number: int) -> bytes:
    """Return the samples of the first time that a player played its n-th order."""
    notes = box.notes()
    at = [place for place, note in enumerate(notes) if note["what"] == "begins"][number]
    ends = next(note for note in notes[at:] if note["what"] == "once")
    with wave.open(str(box.wav)) as file:
        file.setpos(notes[at]["sample"])
        return file.readframes(ends["sample"] - notes[at]["sample"])


def loudness(samples: bytes, folder: Path) -> float:
    """Return the integrated loudness in LUFS as ffmpeg measures it (EBU R128)."""
    path = folder / "piece.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        file.writeframes(samples)
    said = subprocess.run(["ffmpeg", "-hide_banner", "-nostats", "-i", str(path), "-af", "ebur128", "-f", "null", "-"], capture_output=True, text=True, check=True).stderr
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])


def spoken(stage: Stage, *texts: tuple[str, str]) -> list[str]:
    """Return the hashes of what texts sound like, each after its chime."""
    return list(stage.centre.python(SPOKEN.format(texts=list(texts))))


def bulletin(stage: Stage, body: str) -> str:
    return str(stage.centre.python(BULLETIN.format(body=body)))


def test_a_law_bulletin_is_heard_corrected_and_withdrawn(stage: Stage, tmp_path: Path) -> None:
    first = bulletin(stage, f"{FIRST}\n{APPROVE}")
    wait_for(stage, "once", 1)
    bulletin(stage, f"{CORRECT.format(first=first)}\n{APPROVE}")
    wait_for(stage, "once", 2)
    bulletin(stage, WITHDRAW.format(first=first))
    wait_for(stage, "played", 3)
    words = [
        "Uống rượu bia không lái xe.\nĐã uống rượu bia thì không lái xe.", "ĐÍNH CHÍNH: Uống rượu bia không lái xe.\nMức phạt có trên bảng tin khu phố.",
        "THU HỒI: Uống rượu bia không lái xe.\nTin “Uống rượu bia không lái xe” không còn hiệu lực. Lý do: đăng nhầm",
    ]  # fmt: skip
    state = reported(stage, 3)
    orders = {row[1]: row[3] for row in state["orders"]}
    assert len(orders) == 3
    lengths = list(orders.values())
    sounds = spoken(stage, *((text, "bulletin") for text in words))
    for box in stage.boxes:
        for number, seconds in enumerate(lengths):
            samples = heard(box, number)
            assert len(samples) / 2 / 22_050 == pytest.approx(seconds, abs=0.11), "each as long as its sound"
            # -16 LUFS is the voice; the chime before it stands 2 LU under it.
            assert loudness(samples, tmp_path) == pytest.approx(-16.4, abs=1.0)
        assert [note["sha256"] for note in begun(box)] == sounds, "their words, in their order"
    assert {(subject, outcome) for subject, _name, outcome, _times in state["reports"]} == {(subject, "played") for subject in orders}
    assert f"bulletin:{first}" in orders


def test_a_press_speaks_pushes_and_calls_and_so_does_its_end(stage: Stage) -> None:
    before = len(begun(stage.boxes[0]))
    asyncio.run(press(stage))
    alarm_is_pushed(stage)
    wait_for(stage, "begins", before + 1)
    for box in stage.boxes:
        processes.wait_until(lambda box=box: len(begun(box)) > before and box.whats()[-1] == "once", within_s=20, why=lambda box=box: str(box.notes()))
    hamlet_is_told_and_no_house_is_named(stage, before)
    call = next_on_the_rota_is_called(stage)
    acknowledge(stage, call)
    stage.centre.python(END)
    wait_for(stage, "begins", before + 2)
    end_is_told_everywhere(stage, before + 1)
    log = stage.centre.log.read_text(encoding="utf-8", errors="replace") + "".join(box.log.read_text() for box in stage.boxes)
    assert PHONE[1:] not in log and "am-thanh/ey" not in log and "Có cháy" not in log, "no phone, no address of a sound, no words in a log"


async def press(stage: Stage) -> None:
    group, device, username, password = stage.told["button"]
    async with aiomqtt.Client("127.0.0.1", stage.centre.ports["LIENGIA_MQTT_PORT"], username=username, password=password, identifier=f"{device}abcdefgh") as client:
        await client.publish(f"lg/{group}/press/{device}", json.dumps({"id": "thu-chay-0001", "kind": "fire", "mode": "real", "age_s": 0}), qos=1)


def pushed(stage: Stage, name: str) -> list[str]:
    return [one.said["title"] for one in stage.push.to(stage.browsers[name])]


def alarm_is_pushed(stage: Stage) -> None:
    """Phones of the group and of who is on duty have it, decrypted with keys that only they have."""
    for name in stage.browsers:
        processes.wait_until(lambda name=name: bool(pushed(stage, name)), within_s=10, why=lambda: str(stage.push.refused) + processes.tail(stage.centre.log))
        assert pushed(stage, name)[0].startswith("Cháy ở")


def hamlet_is_told_and_no_house_is_named(stage: Stage, number: int) -> None:
    """Within 3 s of the step that ran, on each cluster, in the very words; the sound is theirs and nothing else."""
    facts = stage.centre.python(INCIDENT)
    words = f"Có cháy tại {stage.told['hamlet']}, gần Tổ 3."
    (expected,) = spoken(stage, (words, "urgent"))
    for box in stage.boxes:
        note = begun(box)[number]
        assert note["at"] - facts["ran"]["hamlet"] < LATE_S, (note, facts)
        assert note["sha256"] == expected
        sound = (box.folder / "speaker" / "sounds" / f"{expected}.wav").read_bytes()
        assert heard(box, number) == sound[44:], "to the sample"


def next_on_the_rota_is_called(stage: Stage) -> Any:
    """One call, to the one whose shift is next; what it plays is fetched as the gateway would."""
    processes.wait_until(lambda: bool(stage.provider.asked), within_s=15, why=lambda: processes.tail(stage.centre.log))
    (asked,) = stage.provider.asked
    call = asked.json
    assert call["to"] == PHONE
    assert call["say"].startswith("Cháy ở") and "bấm" in call["say"]
    assert re.fullmatch(r"http://localhost:\d+/noi/am-thanh/[\w:.-]+\.wav", call["play"])
    with urllib.request.urlopen(call["play"].replace("localhost", "127.0.0.1"), timeout=5) as answer:
        assert answer.headers["Content-Type"] == "audio/wav"
        with wave.open(io.BytesIO(answer.read())) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8_000)
            assert file.getnframes() / 8_000 > len(call["say"]) / 25
    for wrong in (call["play"].replace(".wav", "x.wav"), call["play"].rpartition("/")[0] + "/"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(wrong.replace("localhost", "127.0.0.1"), timeout=5)
    return call


def acknowledge(stage: Stage, call: Any) -> None:
    """The one who was called presses 1."""
    body = json.dumps({"id": "m1", "digits": "1"}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{stage.centre.ports['LIENGIA_PORT']}/noi/voice/{stage.told['account']}/", data=body, method="POST",
        headers={"Content-Type": "application/json", "X-Signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200
    facts = stage.centre.python(INCIDENT)
    assert (facts["state"], facts["answered"]) == ("acknowledged", ["voice"])


def end_is_told_everywhere(stage: Stage, number: int) -> None:
    """The clusters say that it is over, and fall silent about the fire; phones and the one who was called are told."""
    words = f"BÁO YÊN: Cháy tại {stage.told['hamlet']}. Đã xử lý xong. Cám ơn bà con."
    (expected,) = spoken(stage, (words, "bulletin"))
    for box in stage.boxes:
        assert begun(box)[number]["sha256"] == expected, box.notes()
    for name in stage.browsers:
        processes.wait_until(lambda name=name: len(pushed(stage, name)) == 2, within_s=10, why=lambda name=name: str(pushed(stage, name)))
        assert pushed(stage, name)[1].startswith("BÁO YÊN: ")
    processes.wait_until(lambda: len(stage.provider.asked) == 2, within_s=10, why=lambda: processes.tail(stage.centre.log))
    assert [asked.json["to"] for asked in stage.provider.asked] == [PHONE, PHONE] and stage.provider.asked[1].json["say"].startswith("BÁO YÊN: ")
