"""Two workers seal at once, one is killed at any moment, entries commit out of order: still one whole chain."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, transaction

from liengia.audit import services
from liengia.audit.models import Entry
from liengia.core.actor import Actor

ROOT = Path(__file__).resolve().parent.parent.parent
ACTOR = Actor.system("test")
KIND = "audit.personal_text_erased"

SEALER = """
import django; django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
from liengia.audit import services
print("ready", flush=True)
while True:
    services.seal(limit=3)
"""


def start() -> subprocess.Popen[str]:
    name = str(connection.settings_dict["NAME"])
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "tests.settings")}
    process = subprocess.Popen(
        [sys.executable, "-c", SEALER.format(name=name)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.django_db(transaction=True)
def test_killed_and_doubled_sealers_leave_one_whole_chain() -> None:
    sealers = [start(), start()]
    try:
        for round_ in range(6):
            for n in range(25):
                services.record(KIND, actor=ACTOR, about=("a", str(round_)), facts={"n": n}, personal={"p": n})
            victim = sealers.pop(0)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            if round_ < 3 or not sealers:
                sealers.append(start())
        until = time.monotonic() + 60
        while Entry.objects.tail().exists() and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        for process in sealers:
            process.kill()
            process.wait()
    services.seal(limit=1000)
    found = services.verify()
    assert (found.is_whole, found.sealed, found.tail) == (True, 150, 0)


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_late_is_sealed_after_those_that_were_visible() -> None:
    if connection.vendor == "sqlite":
        return  # SQLite has one writer: no entry can commit out of order.
    written, go = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            services.record(KIND, actor=ACTOR, about=("a", "slow"))
            written.set()
            go.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(10)
    late = services.record(KIND, actor=ACTOR, about=("a", "quick"))
    assert services.seal() == 1
    go.set()
    thread.join()
    assert services.seal() == 1
    first, second = Entry.objects.sealed()
    assert first.pk == late.pk
    assert (second.about_id, second.pk < first.pk) == ("slow", True)
    assert services.verify().is_whole
