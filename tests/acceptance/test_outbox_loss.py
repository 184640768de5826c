"""SIGKILL of the worker in the midst of ten thousand deliveries: none is lost, and what may have gone twice is counted.

What is asserted is what it came to, never how long it took. The moments of the kills come from a seed, which a failure prints;
LOSS_SEED runs it again.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.stage import Stage
from tests.broadcast.webpush.service import PushService
from tests.conftest import _migrated_file, fill_migrated
from tests.harness.postgres import Cluster

pytestmark = pytest.mark.broker
KILLS = 4
COUNT = 10_000
OUTSIDE = {"LIENGIA_OUTSIDE_LOOPBACK": "1", "LIENGIA_PUSH_CONTACT": "mailto:bench@example.org"}

# Subscribes as many browsers as the file has, and writes a delivery to each.
ENQUEUE = """
import json, sys
from liengia.broadcast.channels.base import Message, Recipient
from liengia.broadcast.channels.webpush.channel import CHANNEL
from liengia.broadcast.models import PushSubscription
from liengia.broadcast.services import outbox, push
from liengia.core import clock
from liengia.people.models import User
from django.db import transaction
browsers = json.load(open(sys.argv[1]))
user = User.objects.create_user("nguoi-nhan")
PushSubscription.objects.bulk_create([PushSubscription(user=user, wants_news=True, **push.Keys(**one).row) for one in browsers], batch_size=500)
said = outbox.say(Message(subject="bulletin:abcde12345", msg_type="alert", mode="real", priority="normal", kind="law", headline="Cảnh giác", text="Bà con không chuyển tiền.", unit_name="Xã Cần Đước", sent_at=clock.now()))
rows = [Recipient(*row) for row in PushSubscription.objects.values_list("public_id", "service")]
for start in range(0, len(rows), 500):
    with transaction.atomic():
        outbox.enqueue(CHANNEL, said, rows[start:start + 500])
"""


@pytest.fixture(params=("sqlite", "postgres"))
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """An installation on each database, migrated already, that may reach a push service on this machine."""
    cluster = None
    if request.param == "postgres":
        cluster = Cluster(Path(os.environ["LIENGIA_TESTS_FOLDER"]) / "outbox", is_durable=True)
        cluster.start()
        fill_migrated(cluster.url("postgres"))
    else:
        shutil.copy(_migrated_file(), tmp_path / "liengia.sqlite3")
    one = Stage(database_url=cluster.url("postgres") if cluster else "", folder=tmp_path)
    one.environment |= OUTSIDE
    try:
        one.start()
        yield one
    finally:
        one.stop()
        if cluster is not None:
            cluster.stop()
            shutil.rmtree(cluster.folder, ignore_errors=True)


def waits(stage: Stage) -> int:
    return int(stage.rows("SELECT count(*) FROM broadcast_delivery WHERE state = 'waiting'")[0][0])


def test_a_kill_in_the_midst_of_ten_thousand_deliveries_loses_none(stage: Stage, tmp_path: Path) -> None:
    seed = int(os.environ.get("LOSS_SEED") or random.randrange(10**6))
    print(f"LOSS_SEED={seed}")
    dice = random.Random(seed)
    key = stage.run("from liengia.broadcast.channels.webpush import vapid; print(vapid.public_key())").strip().splitlines()[-1]
    service = PushService(key=key, reads=False).start()
    try:
        browsers = tmp_path / "browsers.json"
        browsers.write_text(json.dumps([service.subscribe().fields for _ in range(COUNT)]))
        stage.run(ENQUEUE, str(browsers))
        kills, ends = 0, time.monotonic() + 240
        at = dice.randrange(500, 1500)
        while waits(stage) and time.monotonic() < ends:
            if kills < KILLS and len(service.raw) >= at:
                kills += stage.kill("worker")
                at = len(service.raw) + dice.randrange(500, 2000)
            time.sleep(0.05)
        assert kills == KILLS and not waits(stage)
        got = [name for name, _body in service.raw]
        assert len(set(got)) == COUNT, "nobody was left out"
        (accepted,), (doubtful,) = (
            stage.rows(f"SELECT count(*) FROM broadcast_delivery WHERE {condition}")[0]
            for condition in ("state = 'accepted'", "is_perhaps_double")
        )
        assert accepted == COUNT and len(got) - COUNT <= doubtful, "whatever went twice was counted as such"
    finally:
        service.stop()
