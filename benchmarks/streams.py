"""One committed line of a timeline, to thousands of open live streams of as many people."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from benchmarks.crowd import Crowd, Plan, raise_file_limit
from benchmarks.devices import Figures
from benchmarks.stage import ROOT, Stage, percentile

# Listening processes: one is enough, since each reads a few hundred bytes an event.
PROCESSES = 1


def streams(stage: Stage, *, count: int = 5_000, rounds: int = 40, every_s: float = 1.5) -> Figures:
    """Open a live stream for each of so many residents, and measure from a line's commit to its arrival at each.

    All live in houses of one group, each with an account and a session of its own. The line is a note that another
    process writes by the service; its commit's instant is taken right after the transaction. The rounds last longer
    than the time after which each stream's rights are looked at again, so that this work is among what is measured.
    """
    raise_file_limit()
    out = stage.folder / "sessions.json"
    stage.run(_RESIDENTS, str(count), str(out))
    made = json.loads(out.read_text())
    idle = stage.memory_mb().get("web", 0)
    began = time.perf_counter()
    crowd = Crowd(
        [
            Plan(stage.web_port, [_request(key) for key in made["sessions"][part::PROCESSES]], "event: hello", "event: noted")
            for part in range(PROCESSES)
        ]
    )
    writer = _writer(stage, made["group"])
    try:
        opened = crowd.wait_ready()
        opened_s = time.perf_counter() - began
        time.sleep(2)
        crowd.heard()
        times, last, missed = list[float](), list[float](), 0
        for _ in range(rounds):
            committed = _commit(writer)
            time.sleep(every_s)
            heard = crowd.heard()
            missed += opened - len(heard)
            times += [(at - committed) * 1000 for at in heard]
            last.append((max(heard, default=committed) - committed) * 1000)
        memory = stage.memory_mb().get("web", 0)
    finally:
        _end(writer)
        crowd.close()
    return {
        "streams": opened,
        "rounds": rounds,
        "missed_within_s": every_s,
        "missed": missed,
        "p50_ms": percentile(times, 0.5),
        "p99_ms": percentile(times, 0.99),
        "last_worst_ms": max(last),
        "opened_a_second": opened / opened_s,
        "web_idle_mb": idle,
        "web_mb": memory,
    }


def _request(session: str) -> str:
    return f"GET /song/ HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={session}\r\nAccept: text/event-stream\r\n\r\n"


def _writer(stage: Stage, group: str) -> subprocess.Popen[bytes]:
    """Start a process that writes a note for each line it reads, and answers with the commit's instant."""
    return subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup()\n{_NOTES}", group],
        env=stage.environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def _commit(writer: subprocess.Popen[bytes]) -> float:
    assert writer.stdin is not None and writer.stdout is not None
    writer.stdin.write(b"note\n")
    writer.stdin.flush()
    return float(writer.stdout.readline())


def _end(writer: subprocess.Popen[bytes]) -> None:
    assert writer.stdin is not None and writer.stdout is not None
    writer.stdin.close()
    writer.wait(timeout=20)
    writer.stdout.close()


_NOTES = '''
import sys, time
from liengia.alarms import services
from liengia.alarms.models import Incident
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
actor = Actor.system("bench")
one = Incident.objects.open().get(group__public_id=sys.argv[1])
until = time.monotonic() + 20
while not get_bus().is_connected and time.monotonic() < until:
    time.sleep(0.05)
for number, _line in enumerate(sys.stdin):
    services.note_incident(one, text=f"note {number}", actor=actor)
    print(time.perf_counter(), flush=True)
get_bus().close()
'''

_RESIDENTS = '''
import json, sys, uuid
from datetime import timedelta
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from liengia.alarms import services
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import Household, Membership, User
from liengia.units.models import Unit
count, out = int(sys.argv[1]), sys.argv[2]
actor = Actor.system("bench")
commune = Unit.objects.create(code="s-commune", name="Thử", kind="Xã", level="commune")
hamlet = Unit.objects.create(code="s-hamlet", name="Ấp 1", kind="Ấp", level="hamlet", parent=commune)
with transaction.atomic():
    group = services.create_group(hamlet, actor=actor)
    houses = []
    for number in range(15):
        houses.append(Household.objects.create(hamlet=hamlet, address_label=str(number), house_label=f"Nhà số {number}"))
        services.add_household(group, household=houses[-1], actor=actor)
people = User.objects.bulk_create(
    [User(username=f"resident-{number}", full_name=f"Resident {number}", password=make_password(None)) for number in range(count)],
    batch_size=500,
)
now, store, keys = clock.now(), SessionStore(), []
Membership.objects.bulk_create(
    [Membership(user=user, household=houses[number % 15], confirmed_at=now) for number, user in enumerate(people)], batch_size=500
)
sessions = []
for number, user in enumerate(people):
    keys.append(f"bench{number:027d}")
    facts = {SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0]}
    facts[HASH_SESSION_KEY] = user.get_session_auth_hash()
    sessions.append(Session(session_key=keys[-1], session_data=store.encode(facts), expire_date=now + timedelta(hours=1)))
Session.objects.bulk_create(sessions, batch_size=500)
services.raise_from_phone(houses[0], user=people[0], kind="medical", press_id=str(uuid.uuid4()), actor=actor)
json.dump({"group": group.public_id, "sessions": keys}, open(out, "w"))
'''
