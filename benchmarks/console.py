"""One press to the duty console: from the button's write to the committed line on an open live stream."""

from __future__ import annotations

import asyncio
import time

from benchmarks.devices import HOST, Figures, open_links, press_body, wait_users
from benchmarks.stage import Stage, percentile


async def recording(stage: Stage, *, rounds: int = 60) -> Figures:
    """Measure from the button's write to the committed incident's line on an open live stream."""
    devices = stage.make_groups(rounds, 1)
    wait_users(stage)
    user = stage.run(_OFFICER).strip()
    links = await open_links(stage, devices, None)
    reader, writer = await asyncio.open_connection(HOST, stage.web_port)
    writer.write(f"GET /song/ HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={user}\r\nAccept: text/event-stream\r\n\r\n".encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"the live stream answered {status!r}")
    while b"hello" not in await reader.readline():
        pass
    times: list[float] = []
    for device, link in zip(devices, links, strict=True):
        began = time.perf_counter()
        link.publish(f"lg/{device.group}/press/{device.device}", press_body()[1])
        while True:
            line = await asyncio.wait_for(reader.readline(), 10)
            if line.startswith(b"data:") and device.group.encode() in line and b'"ringing"' in line:
                break
        times.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.25)
    writer.close()
    for link in links:
        link.close()
    return {"p50_ms": percentile(times, 0.5), "p95_ms": percentile(times, 0.95)}


_OFFICER = '''
import uuid
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from liengia.people.models import User
user = User.objects.filter(username="bench").first() or User.objects.create_superuser("bench", uuid.uuid4().hex)
session = SessionStore()
session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
factor, _made = Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {}})
session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "id": factor.pk, "at": 0.0}]
session["account_authentication_methods_user"] = str(user.pk)
session.create()
print(session.session_key)
'''
