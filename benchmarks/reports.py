"""A commune's yearly report over a million rows: counted from nothing, and read again once it was counted.

    python -m benchmarks.reports [--rows N] [--database URL]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
# Of so many rows: presses, comments, opinions, incidents, in parts of twenty.
PARTS: Final = {"press": 8, "comment": 6, "opinion": 4, "incident": 2}


def measure(*, rows: int = 1_000_000, database: str = "") -> dict[str, Any]:
    """Fill an installation of its own, then count in a process that has counted nothing; times in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ, "LIENGIA_DATA": folder, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "liengia.settings", "LIENGIA_NATS_PORT": "9",
        }  # fmt: skip
        for verb in ("--fill", "--count"):
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.reports", verb, "--rows", str(rows)], env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE
            )
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def fill(rows: int) -> None:
    """Lay a commune with ten groups and so many rows of a year."""
    from datetime import timedelta

    from django.core.management import call_command
    from django.db import connection

    from liengia.alarms.models import Device, Incident, NeighbourGroup, Press
    from liengia.comments.models import Comment, Thread
    from liengia.core import clock
    from liengia.opinions.models import Opinion, Topic
    from liengia.people.models import Household
    from liengia.units.models import Unit

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    now, today = clock.now(), clock.today()
    commune = Unit.objects.create(code="r-commune", name="Đo", kind="Xã", level="commune")
    hamlets = [Unit.objects.create(code=f"r-{n}", name=f"Ấp {n}", kind="Ấp", level="hamlet", parent=commune) for n in range(10)]
    groups = [NeighbourGroup.objects.create(unit=hamlet, number=1, name="Tổ 1", founded_on=today - timedelta(days=500)) for hamlet in hamlets]
    houses = [Household.objects.create(hamlet=hamlet, address_label="1", house_label="Nhà số 1") for hamlet in hamlets]
    devices = [Device.objects.create(group=group, household=house, kind="both", provisioned_at=now) for group, house in zip(groups, houses, strict=True)]
    thread = Thread.objects.create(kind="article", key="r", title="Tin", url="/", unit=commune)
    topics = list(Topic.objects.filter(unit=None)[:6])

    def at(n: int, of: int) -> Any:
        return now - timedelta(days=700 * n / of)

    count = {name: rows * part // 20 for name, part in PARTS.items()}
    incidents = [
        Incident(
            group=groups[n % 10], kind=("fire", "medical", "intruder")[n % 3], mode=("real", "drill", "test")[n % 3], state=("resolved", "dismissed")[n % 5 == 0],
            is_sounding=False, opened_at=at(n, count["incident"]), last_press_at=at(n, count["incident"]), acknowledged_at=at(n, count["incident"]) + timedelta(seconds=n % 90),
            ended_at=at(n, count["incident"]) + timedelta(minutes=9),
        )
        for n in range(count["incident"])
    ]  # fmt: skip
    Incident.objects.bulk_create(incidents, batch_size=2000)
    first = Incident.objects.order_by("pk").values_list("pk", flat=True)[0]
    for start in range(0, count["press"], 20_000):
        Press.objects.bulk_create(
            [
                Press(press_id=f"p{n}", device=devices[n % 10], group=groups[n % 10], incident_id=first + n % count["incident"], kind="fire", mode="real", pressed_at=now, received_at=now)
                for n in range(start, min(start + 20_000, count["press"]))
            ],
            batch_size=2000,
        )
    for start in range(0, count["comment"], 20_000):
        size = min(20_000, count["comment"] - start)
        Comment.objects.bulk_create(
            [Comment(thread=thread, text="Tốt.", state="shown", shown_at=now, written_on=at(start + n, count["comment"]).date()) for n in range(size)], batch_size=2000
        )
    for start in range(0, count["opinion"], 10_000):
        size = min(10_000, count["opinion"] - start)
        Opinion.all_.bulk_create(
            [
                Opinion(
                    commune=commune, hamlet=hamlets[n % 10], topic=topics[n % len(topics)], state="closed", filed_on=at(start + n, count["opinion"]).date(),
                    due_at=at(start + n, count["opinion"]) + timedelta(days=7), intake_due_at=at(start + n, count["opinion"]) + timedelta(days=1),
                    answered_at=at(start + n, count["opinion"]) + timedelta(days=n % 11), was_late=n % 11 > 7, code_hash=f"bench-{start + n}",
                )
                for n in range(size)
            ],
            batch_size=1000,
        )  # fmt: skip
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def count() -> dict[str, Any]:
    """Count the commune's year once, publish it, and read its page again and again."""
    import resource
    from datetime import timedelta

    from django.db import connection
    from django.test import Client

    from liengia.core import clock
    from liengia.core.actor import Actor
    from liengia.core.reporting import Period
    from liengia.reports import services
    from liengia.units.models import Unit

    commune, today, actor = Unit.objects.get(code="r-commune"), clock.today(), Actor.system("bench")
    began = time.perf_counter()
    report = services.begin_report(commune, Period(today - timedelta(days=364), today), title="Một năm", actor=actor)
    cold_ms = (time.perf_counter() - began) * 1000
    services.publish_report(report, actor=actor)
    client, times = Client(headers={"host": "localhost"}), list[float]()
    for _ in range(20):
        began = time.perf_counter()
        answer = client.get(f"/bao-cao/{report.public_id}/")
        times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"the report answers {answer.status_code}")
    began = time.perf_counter()
    rows = 0
    with connection.cursor() as cursor:
        for table in ("alarms_press", "alarms_incident", "comments_comment", "opinions_opinion"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            rows += int(cursor.fetchone()[0])
    return {
        "rows": rows, "cold_ms": cold_ms, "page_p95_ms": sorted(times)[-2], "page_p50_ms": sorted(times)[len(times) // 2],
        "floor_count_ms": (time.perf_counter() - began) * 1000, "sections": len(report.drawn), "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--fill", action="store_true")
    parser.add_argument("--count", action="store_true")
    asked = parser.parse_args()
    if asked.fill or asked.count:
        import django

        django.setup()
        if asked.fill:
            fill(asked.rows)
        else:
            print(json.dumps(count()))
        return
    print(json.dumps(measure(rows=asked.rows, database=asked.database), indent=1))


if __name__ == "__main__":
    main()
