"""The live board of a festival: one thing said at one of 17 places, to 500 who watch all of them."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import time

from benchmarks.crowd import Crowd, Plan, raise_file_limit
from benchmarks.devices import Figures
from benchmarks.floor import LISTEN, PRESS, Hub
from benchmarks.stage import ROOT, Stage, percentile

PLACES = 17
# An event is heard when its end is: the tile, the sums and what happened came whole.
END = '"}\n\n'


def festival(stage: Stage, *, watchers: int = 500, rounds: int = 100, every_s: float = 0.4) -> Figures:
    """Open the board for each watcher, say something at one place after the other, and measure from each commit to its arrival at each.

    Another process says it, by the phones' own service: folding the day, the audit entry and search are part of what
    comes before the commit, drawing the tile and the sums of what comes after. The floor is a bare hub that sends as
    many bytes to as many sockets.
    """
    raise_file_limit()
    out = stage.folder / "festival.json"
    stage.run(_SEASON, str(PLACES), str(out))
    made = json.loads(out.read_text())
    request = f"GET /ngay-hoi/truc-tiep/{made['on']}/dong/ HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
    crowd = Crowd([Plan(stage.web_port, [request] * watchers, "event: hello", END)])
    teller = subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup()\n{_TELLER}", str(out)],
        env=stage.environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    times, missed, told = list[float](), 0, list[float]()
    try:
        opened = crowd.wait_ready()
        _say(teller)
        time.sleep(2)
        crowd.heard()
        for _ in range(rounds):
            began, committed = _say(teller)
            time.sleep(every_s)
            heard = crowd.heard()
            missed += opened - len(heard)
            times += [(at - committed) * 1000 for at in heard]
            told.append((committed - began) * 1000)
    finally:
        assert teller.stdin is not None and teller.stdout is not None
        teller.stdin.close()
        teller.wait(timeout=20)
        teller.stdout.close()
        crowd.close()
    return {
        "places": PLACES, "watchers": opened, "rounds": rounds, "missed": missed, "p50_ms": percentile(times, 0.5), "p99_ms": percentile(times, 0.99),
        "told_p50_ms": percentile(told, 0.5), "event_bytes": made["bytes"], "floor_p99_ms": _floor(watchers, made["bytes"]),
    }  # fmt: skip


def _say(teller: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Let the next thing be said; return when that began and when it was committed."""
    assert teller.stdin is not None and teller.stdout is not None
    teller.stdin.write(b"say\n")
    teller.stdin.flush()
    began, committed = teller.stdout.readline().split()
    return float(began), float(committed)


def _floor(watchers: int, size: int, *, rounds: int = 20) -> float:
    """Return the p99 of a hub that only writes as many bytes to as many sockets."""
    hub = Hub()
    times = list[float]()
    try:
        crowd = Crowd([Plan(hub.port, [f"{LISTEN}board\n"] * watchers, "welcome\n", END)])
        with socket.create_connection(("127.0.0.1", hub.port)) as press:
            press.sendall(f"{PRESS}board\n".encode())
            press.recv(64)
            opened = crowd.wait_ready()
            for _ in range(rounds):
                began = time.perf_counter()
                press.sendall(secrets.token_hex(size // 2)[: size - len(END)].encode() + END.encode())
                times += [(at - began) * 1000 for at in crowd.wait_heard(opened, within_s=2)]
        crowd.close()
    finally:
        hub.close()
    return percentile(times, 0.99)


_SEASON = '''
import json, sys
from datetime import timedelta
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.festivals import feed, usual
from liengia.festivals.models import BoardEdition
from liengia.festivals.services import base, days, live, seasons
from liengia.units.models import Unit
places, out = int(sys.argv[1]), sys.argv[2]
actor, today = Actor.system("bench"), clock.today()
area = Unit.objects.create(code="f-area", name="Thử", kind="Tỉnh", level="province")
units = [Unit.objects.create(code=f"f-{n}", name=f"Xã {n}", kind="Xã", level="commune", parent=area) for n in range(places)]
season = seasons.plan_season(unit=area, name="Ngày hội", starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=1), actor=actor)
made = days.plan_days(season, [days.Host(unit) for unit in units], place="Sân xã", starts_at=clock.now(), items=usual.PROGRAMME, actor=actor)
for number, one in enumerate(made):
    days.announce_day(one, actor=actor)
    for place, item in enumerate(list(one.items.all())[:8]):
        live.tell_event(one, live.Told(f"begin-{number:03}-{place:03}", "item", item, age_s=600 - 60 * place), actor=actor)
base.number()
size = max(len(one.encoded()) for one in feed.describe([BoardEdition.objects.get(day=made[0])]))
json.dump({"on": today.isoformat(), "days": [one.pk for one in made], "bytes": size}, open(out, "w"))
'''

_TELLER = '''
import json, sys, time
from django.db import transaction
from liengia.core.actor import Actor
from liengia.core.bus import get_bus
from liengia.festivals.models import FestivalDay
from liengia.festivals.services import live
actor = Actor.system("bench")
days = list(FestivalDay.objects.filter(pk__in=json.load(open(sys.argv[1]))["days"]))
until = time.monotonic() + 20
while not get_bus().is_connected and time.monotonic() < until:
    time.sleep(0.05)
for number, _line in enumerate(sys.stdin):
    began = time.perf_counter()
    committed = []
    with transaction.atomic():
        transaction.on_commit(lambda: committed.append(time.perf_counter()))  # before the day gets its place in the live order
        live.tell_event(days[number % len(days)], live.Told(f"bench-{number:06}", "count", number=number), actor=actor)
    print(began, committed[0], flush=True)
get_bus().close()
'''
