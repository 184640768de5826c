"""A bulletin for ten thousand recipients becomes deliveries, and an alarm's first push after its commit.

    python -m benchmarks.bulletins [--database URL]
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.devices import Figures, open_links, press_body, wait_users
from benchmarks.stage import Stage, percentile

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = {"LIENGIA_OUTSIDE_LOOPBACK": "1", "LIENGIA_PUSH_CONTACT": "mailto:bench@example.org"}


def planned(*, recipients: int = 10_000, database: str = "") -> dict[str, Any]:
    """Measure a bulletin from due to planned, and by how much the process grows, beside a tenth as many and bare inserts."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "LIENGIA_DATA": folder, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "liengia.settings", "LIENGIA_NATS_PORT": "9"}
        command = [sys.executable, "-m", "benchmarks.bulletins", "--inside", str(recipients)]
        done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _bulletin(unit: Any, people: tuple[Any, Any]) -> Any:
    from liengia.broadcast.services import bulletins
    from liengia.core.actor import Actor

    writer, approver = (Actor.of(one) for one in people)
    row = bulletins.write(unit, [unit], actor=writer, headline="Cảnh giác cuộc gọi lạ", text="Bà con không chuyển tiền, gọi 113.", kind="law", channels=["webpush"])
    return bulletins.approve(bulletins.submit(row, actor=writer), actor=approver)


def _plan(count: int) -> dict[str, Any]:
    from datetime import date

    from django.db import transaction

    from liengia.broadcast.models import Delivery, Dispatch, PushSubscription
    from liengia.broadcast.services import planning
    from liengia.core import clock
    from liengia.people.models import Household, Membership, User
    from liengia.units.models import Unit

    commune = Unit.objects.create(code="1", name="Đo", kind="Xã", level="commune", valid_from=date(2025, 7, 1))
    hamlet = Unit.objects.create(code="1-1", name="Đo", kind="Ấp", level="hamlet", parent=commune, valid_from=date(2025, 7, 1))
    people = User.objects.create_user("viet"), User.objects.create_user("duyet")

    def fill(first: int, last: int) -> None:
        users = User.objects.bulk_create([User(username=f"nguoi-{n}", password="!") for n in range(first, last)], batch_size=500)
        houses = Household.objects.bulk_create([Household(hamlet=hamlet, address_label=f"{n}", house_label=f"Nhà {n}") for n in range(first, last)], batch_size=500)
        now = clock.now()
        Membership.objects.bulk_create([Membership(user=user, household=house, confirmed_at=now) for user, house in zip(users, houses, strict=True)], batch_size=500)
        PushSubscription.objects.bulk_create(
            [PushSubscription(user=user, wants_news=True, endpoint_hash=f"{user.pk:064}", service="push.example", secret="") for user in users], batch_size=500
        )

    def once() -> tuple[float, float]:
        _bulletin(commune, people)
        before, began = _resident_mb(), time.perf_counter()
        assert planning.plan_due() == 1
        return time.perf_counter() - began, _resident_mb() - before

    fill(0, count // 10)
    once()
    few_s, few_mb = once()
    fill(count // 10, count)
    took, grew = [], []
    for _ in range(3):
        seconds, megabytes = once()
        took.append(seconds)
        grew.append(megabytes)
    meant = Dispatch.objects.latest("pk").meant["webpush"]
    said = Dispatch.objects.latest("pk").said
    assert said is not None
    rows = [Delivery(subject="do", said=said, channel="floor", is_live=True, state="accepted") for _ in range(count)]
    began = time.perf_counter()
    for start in range(0, count, 500):
        with transaction.atomic():
            Delivery.objects.bulk_create(rows[start : start + 500])
    floor = time.perf_counter() - began
    return {"recipients": count, "meant": meant, "worst_s": max(took), "median_s": percentile(took, 0.5), "grew_mb": max(grew), "few_s": few_s, "few_grew_mb": few_mb, "floor_s": floor}


async def alarm_push(stage: Stage, *, rounds: int = 40) -> Figures:
    """Measure from a button's write to the first push that the push service has taken; each round presses in a group of its own.

    The target counts from the commit, which lies some milliseconds after the write: this is the longer way.
    """
    from tests.broadcast.webpush.service import PushService

    key = stage.run("from liengia.broadcast.channels.webpush import vapid; print(vapid.public_key())").strip().splitlines()[-1]
    service = PushService(key=key, reads=False).start()
    try:
        devices = stage.make_groups(rounds, 1)
        wait_users(stage)
        browsers = {device.group: service.subscribe().fields for device in devices}
        file = stage.folder / "browsers.json"
        file.write_text(json.dumps(browsers))
        stage.run(_SUBSCRIBE, str(file))
        links = await open_links(stage, devices, None)
        times: list[float] = []
        for device, link in zip(devices, links, strict=True):
            before, began = len(service.raw), time.perf_counter()
            link.publish(f"lg/{device.group}/press/{device.device}", press_body()[1])
            while len(service.raw) == before:
                if time.perf_counter() - began > 20:
                    raise RuntimeError("no push came within 20 s of a press")
                await asyncio.sleep(0.001)
            times.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.25)
        for link in links:
            link.close()
    finally:
        service.stop()
    return {"p50_ms": percentile(times, 0.5), "p95_ms": percentile(times, 0.95), "pushes": len(times)}


# Gives each group's house a member whose browser wants alarms.
_SUBSCRIBE = """
import json, sys
from liengia.alarms.models import GroupHousehold
from liengia.broadcast.models import PushSubscription
from liengia.broadcast.services import push
from liengia.core import clock
from liengia.people.models import Membership, User
for number, (group, fields) in enumerate(json.load(open(sys.argv[1])).items()):
    user = User.objects.create_user(f"nguoi-nhan-{number}")
    place = GroupHousehold.objects.active().filter(group__public_id=group).first()
    Membership.objects.create(user=user, household=place.household, confirmed_at=clock.now())
    PushSubscription.objects.create(user=user, wants_alarms=True, **push.Keys(**fields).row)
"""


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(json.dumps(_plan(int(sys.argv[2]))))
