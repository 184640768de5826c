"""What an operator and a reader of the README do, word for word, on a real installation with real sirens."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from liengia.operate import simulator
from tests.acceptance.installations import GROUP_OF, Installation

pytestmark = pytest.mark.broker
ROOT = Path(__file__).parents[2]
TWO_GROUPS = GROUP_OF.replace("print(json.dumps(rows))", "") + """
commune.parent = factories.unit("80", "Tây Ninh", "province")
commune.save()
other = services.create_group(hamlet, name="Tổ 4", actor=actor)
for number in (21, 22):
    house = factories.household(hamlet, number)
    services.add_household(other, household=house, seat=number, actor=actor)
    made = services.provision_device(other, household=house, kind="both", actor=actor)
    rows.append([other.public_id, made.device.public_id, "both", made.username, made.password])
print(json.dumps(rows))
"""
PRESSES = (
    "import json; from liengia.alarms.models import Press;"
    "print(json.dumps(list(Press.objects.order_by('pk').values_list('device__public_id', 'incident__state'))))"
)
INCIDENTS = (
    "import json; from liengia.alarms.models import Incident;"
    "print(json.dumps(list(Incident.objects.order_by('pk').values_list('state', 'is_sounding', 'end_reason', 'press_count'))))"
)
REFORM = """
import json
from liengia.alarms.models import NeighbourGroup
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.units.plans import NewUnit, Passing, ReformPlan
from liengia.units.reforms import apply_reform
plan = ReformPlan(
    "merger", "Sáp nhập", clock.today(), "Nghị quyết thử", new=(NewUnit("29999", "Long Cần", "Xã", "commune", "80"),),
    passings=(Passing("28108", "29999"),),
)
apply_reform(plan, actor=Actor.system("test"))
print(json.dumps([group.unit.parent.name for group in NeighbourGroup.objects.all()]))
"""
MERGE = """
import json
from liengia.alarms import services
from liengia.alarms.models import NeighbourGroup
from liengia.core.actor import Actor
first, second = NeighbourGroup.objects.order_by("pk")
print(json.dumps(services.merge_groups(second, into=first, actor=Actor.system("test"))))
"""
CREDENTIALS = (
    "import json; from liengia.alarms.models import DeviceCredential as C;"
    "print(json.dumps(list(C.objects.filter(revoked_at=None).values_list('device__public_id', 'group__public_id'))))"
)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One installation for all tests of this file."""
    one = Installation(tmp_path_factory.mktemp("up")).start()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def secrets(up: Installation) -> list[simulator.Secret]:
    """Two groups of one hamlet: three houses and two, each with a button that is a siren."""
    return [simulator.Secret(*row) for row in up.python(TWO_GROUPS.format(houses=3))]


async def until(what: Callable[[], Any], within_s: float, why: str) -> None:
    end = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < end, why
        await asyncio.sleep(0.1)


def fleet_of(up: Installation, secrets: list[simulator.Secret]) -> simulator.Fleet:
    return simulator.Fleet(secrets, "127.0.0.1", up.ports["LIENGIA_MQTT_PORT"])


def sounds(device: simulator.Device) -> bool:
    assert device.siren is not None
    return device.siren.is_sounding(time.monotonic())


def test_the_readmes_line_presses_by_mosquitto_and_the_sirens_ring(
    up: Installation, secrets: list[simulator.Secret]
) -> None:
    (line,) = re.findall(r"^\.venv/bin/liengia device add .*\| sh$", (ROOT / "README.md").read_text(), re.MULTILINE)
    line = line.replace(".venv/bin/liengia", f"{sys.executable} -m liengia")

    async def scene() -> None:
        fleet = fleet_of(up, secrets[:3])
        life = asyncio.create_task(fleet.live(120))
        await fleet.wait_connected(20)
        await asyncio.sleep(0.5)
        done = await asyncio.to_thread(
            subprocess.run, line, shell=True, env=up.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        await until(lambda: all(sounds(device) for device in fleet.devices), 5, "all sirens of the group ring")
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)

    asyncio.run(scene())
    end = time.monotonic() + 20
    while len(up.python(PRESSES)) < 1:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert up.python(PRESSES)[0][1] == "ringing"
    up.python(
        "from liengia.alarms import services; from liengia.alarms.models import Incident; from liengia.core.actor import Actor;"
        "services.resolve_incident(Incident.objects.open().get(), actor=Actor.system('test')); print(1)"
    )


def test_device_add_ends_with_a_bell_test(up: Installation, secrets: list[simulator.Secret]) -> None:
    group = secrets[0].group
    adding = subprocess.Popen(
        [sys.executable, "-u", "-m", "liengia", "device", "add", "--group", group, "--household", "2", "--kind", "both"],
        env={**up.environment, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert adding.stdout is not None
    told: dict[str, str] = {}
    for line in adding.stdout:
        name, _space, value = line.strip().partition(" ")
        told[name] = value.strip()
        if line.startswith("Waiting"):
            break
    new = simulator.Secret(group, told["device"], "both", told["username"], told["password"])

    async def scene() -> str:
        fleet = fleet_of(up, [new])
        life = asyncio.create_task(fleet.live(120))
        said, _nothing = await asyncio.to_thread(adding.communicate, None, 90)
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        return str(said)

    assert "It sounded." in asyncio.run(scene())
    assert adding.returncode == 0


def test_a_reform_and_a_merger_while_it_rings_flash_nothing(up: Installation, secrets: list[simulator.Secret]) -> None:
    async def scene() -> None:
        fleet = fleet_of(up, secrets)
        life = asyncio.create_task(fleet.live(200))
        await fleet.wait_connected(20)
        await asyncio.sleep(1)
        first, *_others, last = fleet.devices
        first.press("fire")
        last.press("fire")
        await until(lambda: all(sounds(device) for device in fleet.devices), 5, "both groups ring")
        assert set(await asyncio.to_thread(up.python, REFORM)) == {"Long Cần"}
        await asyncio.sleep(1)
        assert all(sounds(device) for device in fleet.devices), "no siren notices a reform"
        assert fleet.told.counts["state: quiet"] == len(fleet.devices), "but for the quiet at their start"

        assert await asyncio.to_thread(up.python, MERGE) == 2
        into = secrets[0].group
        await until(lambda: {device.secret.group for device in fleet.devices} == {into}, 20, "all were told to move")
        await fleet.wait_connected(20)
        await until(lambda: all(sounds(device) for device in fleet.devices), 10, "and ring on")
        rows = [row for row in await asyncio.to_thread(up.python, INCIDENTS) if row[2] != ""]
        assert ["resolved", False, "joined", 1] in rows

        def settled() -> bool:
            live = up.python(CREDENTIALS)
            names = {secret.device for secret in secrets}
            return sorted(row for row in live if row[0] in names) == sorted([name, into] for name in names)

        end = time.monotonic() + 60
        while not await asyncio.to_thread(settled):
            assert time.monotonic() < end, "each device has one credential, of its new group"
            await asyncio.sleep(0.2)
        up.python(
            "from liengia.alarms import services; from liengia.alarms.models import Incident; from liengia.core.actor import Actor;"
            "services.quiet_incident(Incident.objects.open().get(), actor=Actor.system('test')); print(1)"
        )
        await until(lambda: not any(sounds(device) for device in fleet.devices), 10, "one quiet is all's")
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)

    asyncio.run(scene())


def test_revoking_says_which_brokers_have_confirmed(up: Installation, secrets: list[simulator.Secret]) -> None:
    said = up.command("device", "revoke", secrets[0].device)
    assert said.returncode == 0, said.stderr
    assert "confirmed by: centre" in said.stdout
    again = up.command("device", "call", secrets[1].device)
    assert again.returncode == 1
    assert "nothing to say again" in again.stderr or "Không cần gọi lại" in again.stderr
