"""What the installation notices by itself, how late its steps run, and how much memory it takes."""

from __future__ import annotations

import asyncio
import json
import time

from benchmarks.devices import Figures, open_links, press_body, wait_users
from benchmarks.stage import Stage, percentile


async def silence(stage: Stage) -> Figures:
    """Let a device beat once and fall silent; measure from that beat until its fault stands in the database."""
    devices = stage.make_groups(1, 2)
    wait_users(stage)
    time.sleep(11)  # the bridge looks for new devices every 10 s
    (link, _other) = await open_links(stage, devices, None)
    link.say(f"lg/{devices[0].group}/beat/{devices[0].device}", b'{"battery_mv": 3000}')
    began = time.time()
    await asyncio.sleep(3)
    link.close()
    opened_at = float(await asyncio.to_thread(stage.run, _FAULT, devices[0].device, str(began + 150)))
    return {"noticed_after_s": opened_at - began if opened_at else None}


# Looks until the fault stands or the time is over, and prints when it was opened: no process a look.
_FAULT = '''
import sys, time
from liengia.alarms.models import DeviceFault
while time.time() < float(sys.argv[2]):
    fault = DeviceFault.objects.open().filter(device__public_id=sys.argv[1]).first()
    if fault is not None:
        print(time.time())
        break
    time.sleep(0.01)
else:
    print(0)
'''


async def steps(stage: Stage, *, incidents: int = 100, every_s: float = 0.3) -> Figures:
    """Measure how late escalation steps run: of incidents one by one, then of as many at once.

    The plan has one step, 5 s after the press, the shortest that there is: it names the leader.
    """
    devices = stage.make_groups(2 * incidents, 1)
    wait_users(stage)
    await asyncio.to_thread(stage.run, _PLAN)
    links = await open_links(stage, devices, None)
    pressing = list(zip(devices, links, strict=True))
    for number, (device, link) in enumerate(pressing):
        link.publish(f"lg/{device.group}/press/{device.device}", press_body()[1])
        if number < incidents:
            await asyncio.sleep(every_s)
        if number == incidents - 1:
            await asyncio.sleep(6)
    await asyncio.sleep(12)
    for link in links:
        link.close()
    one_by_one = [device.group for device in devices[:incidents]]
    late = json.loads(await asyncio.to_thread(stage.run, _LATENESS, json.dumps(one_by_one)))
    alone, together = late["alone"], late["together"]
    return {
        "incidents": incidents,
        "shortest_step_s": 5,
        "ran": len(alone) + len(together),
        "early": sum(one < 0 for one in [*alone, *together]),
        "alone_p50_s": percentile(alone, 0.5),
        "alone_p99_s": percentile(alone, 0.99),
        "together_p50_s": percentile(together, 0.5),
        "together_p99_s": percentile(together, 0.99),
    }


_PLAN = '''
from liengia.alarms.models import EscalationPlan, PlanStep
plan = EscalationPlan.objects.get(unit=None, kind="fire")
plan.steps.all().delete()
PlanStep.objects.create(plan=plan, order=1, after_s=5, target="leader", channels=["page"])
'''

_LATENESS = '''
import json, sys
from liengia.alarms.models import IncidentStep
ran = IncidentStep.objects.exclude(ran_at=None)
alone = ran.filter(incident__group__public_id__in=json.loads(sys.argv[1]))
def late(steps):
    return [(step.ran_at - step.due_at).total_seconds() for step in steps]
print(json.dumps({"alone": late(alone), "together": late(ran.exclude(pk__in=alone.values("pk")))}))
'''


async def memory(stage: Stage, *, idle_s: float = 20) -> Figures:
    """Measure the memory of all processes with the demonstration loaded, idle; the player of its devices too."""
    await asyncio.sleep(idle_s)
    sizes = stage.memory_mb()
    return {"total_mb": sum(sizes.values()), **{f"{name}_mb": size for name, size in sizes.items()}}


def starts(stage: Stage, *, rounds: int = 5) -> Figures:
    """Measure from `liengia up` on a folder that has been used to a green `/health`; and how long stopping takes."""
    up, down = [], []
    for _ in range(rounds):
        began = time.monotonic()
        stage.stop(keeps=True)
        down.append(time.monotonic() - began)
        began = time.monotonic()
        stage.start()
        up.append(time.monotonic() - began)
    return {"slowest_s": max(up), "median_s": percentile(up, 0.5), "stop_s": max(down)}


async def revocation(stage: Stage, *, rounds: int = 10) -> Figures:
    """Measure from `liengia device revoke` as one types it until the broker has let the device go, others staying."""
    devices = stage.make_groups(1, rounds + 1)
    wait_users(stage)
    links = await open_links(stage, devices, None)
    times = []
    for device, link in zip(devices[1:], links[1:], strict=True):
        began = time.monotonic()
        await asyncio.to_thread(stage.command, "device", "revoke", device.device)
        while not link.is_lost:
            await asyncio.sleep(0.02)
            if time.monotonic() - began > 60:
                raise RuntimeError("the device is still let in after a minute")
        times.append(time.monotonic() - began)
    stays = not links[0].is_lost
    for link in links:
        link.close()
    return {"slowest_s": max(times), "median_s": percentile(times, 0.5), "others_stay": stays}
