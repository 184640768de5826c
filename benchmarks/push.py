"""Web pushes encrypted and handed over, and a warning from its approval until a validator finds it in the feed.

    python -m benchmarks.push [--pushes N] [--rounds N] [--database URL]

The push service stands in a process of its own, as the browser makers' do: it takes everything, and opens all of it afterwards.
Beside it, in the same run, goes the plain loop of the library `pywebpush`, where that is installed (`pip install pywebpush`).
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
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORDS = "Đỉnh triều chiều nay 1,7 m lúc 17 giờ. Bà con Khu phố 5 và ấp Nhà Thờ kê cao đồ đạc, ngắt điện chỗ có thể ngập, không đi qua chỗ nước chảy. "


def handed_over(*, pushes: int = 10_000, database: str = "") -> dict[str, Any]:
    """Measure pushes a second: encrypted and handed over, by the whole outbox, and by the library's plain loop."""
    return _apart("push", str(pushes), database=database)


def warnings(*, rounds: int = 30, database: str = "") -> dict[str, Any]:
    """Measure a warning from its approval by the second person until it is valid in the feed."""
    return _apart("cap", str(rounds), database=database)


def _apart(what: str, size: str, *, database: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ, "LIENGIA_DATA": folder, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "liengia.settings", "LIENGIA_NATS_PORT": "9",
            "LIENGIA_OUTSIDE_LOOPBACK": "1", "LIENGIA_PUSH_CONTACT": "mailto:bench@example.org",
        }  # fmt: skip
        command = [sys.executable, "-m", "benchmarks.push", "--inside", what, size]
        done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


class Service:
    """The push service in a process of its own."""

    def __init__(self, key: str, count: int) -> None:
        command = [sys.executable, "-m", "benchmarks.push", "--service", key, str(count)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.browsers: list[dict[str, str]] = json.loads(self.process.stdout.readline())

    def opened(self) -> int:
        """Have it open everything that it took since it was last asked; return how many were whole."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("open\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self) -> None:
        """Let it go."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)


def _serve(key: str, count: int) -> None:
    from tests.broadcast.webpush.service import PushService, decrypt

    service = PushService(key=key, reads=False).start()
    print(json.dumps([service.subscribe().fields for _ in range(count)]), flush=True)
    for _line in sys.stdin:
        taken, service.raw = service.raw, []
        whole = 0
        for name, body in taken:
            browser = service.browsers[name]
            whole += decrypt(body, browser.private, browser.auth).startswith(b"{")
        print(whole, flush=True)
    service.stop()


def _message() -> Any:
    from liengia.broadcast.channels.base import Message
    from liengia.core import clock

    return Message(
        subject="bulletin:abcde12345", msg_type="alert", mode="real", priority="urgent", kind="alert", headline="Triều cường lên cao", text=WORDS * 3,
        unit_name="Xã Cần Đước", sent_at=clock.now(), url="http://localhost:8000/thong-bao/abcde12345/",
    )  # fmt: skip


def _push(count: int) -> dict[str, Any]:
    from liengia.broadcast.channels.webpush import payload, transport, vapid

    service = Service(vapid.public_key(), count)
    message = _message()
    prepared, headers = payload.prepare(message), transport.headers_of(message)
    pushes = [transport.Push(**one, plain=payload.fill(prepared, payload.Tokens(receipt=f"{n:064}"))) for n, one in enumerate(service.browsers)]
    transport.deliver(pushes[:100], headers)
    service.opened()
    began, cpu = time.perf_counter(), time.process_time()
    taken = sum(not isinstance(one, Exception) for start in range(0, count, 500) for one in transport.deliver(pushes[start : start + 500], headers))
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    found: dict[str, Any] = {"pushes": count, "a_second": taken / took, "cpu_share": cpu / took, "whole": service.opened(), "bytes": len(pushes[0].plain)}
    began = time.perf_counter()
    from liengia.broadcast.channels.webpush.encryption import encrypt, unb64

    for push in pushes[:2000]:
        encrypt(push.plain, p256dh=unb64(push.p256dh), auth=unb64(push.auth))
    found["encrypted_alone_a_second"] = min(count, 2000) / (time.perf_counter() - began)
    found |= _outbox(service) | _library(service, pushes[0].plain, min(count, 500))
    service.end()
    return found


def _outbox(service: Service) -> dict[str, Any]:
    """Send the same to rows of subscriptions by the outbox: claimed, looked up, sealed, handed over, settled."""
    from liengia.broadcast.channels.base import Recipient
    from liengia.broadcast.channels.webpush.channel import CHANNEL
    from liengia.broadcast.models import Delivery, PushSubscription
    from liengia.broadcast.services import outbox, push
    from liengia.people.models import User

    user = User.objects.create_user("bench")
    PushSubscription.objects.bulk_create(
        [PushSubscription(user=user, wants_news=True, **push.Keys(**one).row) for one in service.browsers], batch_size=500
    )
    recipients = [Recipient(*row) for row in PushSubscription.objects.values_list("public_id", "service")]
    outbox.enqueue(CHANNEL, outbox.say(_message()), recipients)
    began = time.perf_counter()
    while outbox.send_due("webpush"):
        pass
    took = time.perf_counter() - began
    accepted = Delivery.objects.filter(state="accepted").count()
    assert service.opened() == accepted
    return {"outbox_a_second": accepted / took, "outbox_accepted": accepted}


def _library(service: Service, plain: bytes, count: int) -> dict[str, Any]:
    try:
        from py_vapid import Vapid
        from pywebpush import webpush
    except ImportError:
        return {"library_a_second": None}
    from liengia.broadcast.channels.webpush import vapid
    from liengia.core import keys

    signer = Vapid.from_pem(keys.secret(vapid.NAME).encode())
    began = time.perf_counter()
    for one in service.browsers[:count]:
        info = {"endpoint": one["endpoint"], "keys": {"p256dh": one["p256dh"], "auth": one["auth"]}}
        webpush(info, plain, vapid_private_key=signer, vapid_claims={"sub": "mailto:bench@example.org"}, ttl=600)
    took = time.perf_counter() - began
    assert service.opened() == count
    return {"library_a_second": count / took}


def _cap(rounds: int) -> dict[str, Any]:
    from capvalidator import check_schema
    from django.test import Client

    from liengia.broadcast import wording
    from liengia.broadcast.channels.cap import channel, document
    from liengia.broadcast.services import bulletins, outbox, planning
    from liengia.core import clock
    from liengia.core.actor import Actor
    from liengia.people.models import User
    from liengia.units.models import Unit

    commune = Unit.objects.create(code="28108", name="Cần Đước", kind="Xã", level="commune")
    writer, approver = (Actor.of(User.objects.create_user(name)) for name in ("writer", "approver"))
    times, building, client = [], [], Client(SERVER_NAME="localhost")
    for number in range(rounds + 2):
        draft = bulletins.write(
            commune, [commune], actor=writer, kind="alert", event="flood", priority="urgent", headline=f"Triều cường {number}", text=WORDS * 5,
            issuing_body="Đài KTTV", issuing_number=str(number), channels=["cap"],
        )  # fmt: skip
        bulletins.submit(draft, actor=writer)
        began = time.perf_counter()
        one = bulletins.approve(draft, actor=approver)
        planning.plan_due()
        outbox.send_due("cap")
        feed = client.get("/cap/feed.xml").content.decode()
        path = f"/cap/{one.public_id}.xml"
        assert path in feed
        answer = client.get(path)
        assert check_schema(answer.content).passed
        times.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        document.build(channel.facts_of(one, wording.message_of(one, at=clock.now())))
        building.append((time.perf_counter() - began) * 1000)
    times, building = sorted(times[2:]), sorted(building[2:])
    return {"rounds": rounds, "p50_ms": times[len(times) // 2], "p95_ms": times[int(len(times) * 0.95)], "build_p50_ms": building[len(building) // 2]}


def _inside(what: str, size: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    found = _push(size) if what == "push" else _cap(size)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pushes", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--database", default="")
    parser.add_argument("--inside", nargs=2, metavar=("WHAT", "SIZE"))
    parser.add_argument("--service", nargs=2, metavar=("KEY", "COUNT"))
    given = parser.parse_args()
    if given.service:
        _serve(given.service[0], int(given.service[1]))
    elif given.inside:
        _inside(given.inside[0], int(given.inside[1]))
    else:
        print(json.dumps({"push": handed_over(pushes=given.pushes, database=given.database), "cap": warnings(rounds=given.rounds, database=given.database)}, indent=1))
