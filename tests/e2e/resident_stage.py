"""A running site with one group of houses, and a browser in which its people are signed in.

The site runs in processes of its own (web, and the worker that numbers the live order), without a broker.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.conftest import _migrated_file as migrated_file
from tests.harness.ports import free_port
from tests.harness.processes import ROOT

PRELUDE = """
import django; django.setup()
import json, uuid
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from liengia.alarms import services
from liengia.alarms.models import Incident, NeighbourGroup
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import Household, User
from tests.cast import TESTER
group = NeighbourGroup.objects.first()
def end(): [services.resolve_incident(one, actor=TESTER) for one in Incident.objects.open()]
def raised(kind="fire"):
    user = User.objects.get(full_name="Trần Thị Lụa")
    house = Household.objects.get(house_label="Nhà số 9")
    press = services.raise_from_phone(house, user=user, kind=kind, press_id=str(uuid.uuid4()), actor=Actor.of(user))
    return press.incident.public_id
def cookie(name):
    user = User.objects.get(full_name=name)
    session = SessionStore()
    session["_auth_user_id"], session["_auth_user_hash"] = str(user.pk), user.get_session_auth_hash()
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session.save()
    return session.session_key
"""


@dataclass(slots=True)
class Stage:
    """The running site."""

    url: str
    environment: dict[str, str]
    log: Path
    web: subprocess.Popen[bytes] | None = None

    def start_web(self) -> None:
        """Start the web process, and wait until it answers."""
        port = self.url.rsplit(":", 1)[1]
        command = [sys.executable, "-m", "uvicorn", "liengia.asgi:application", "--host", "127.0.0.1", "--port", port, "--log-level", "warning"]
        with self.log.open("a") as log:
            self.web = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        for _try in range(150):
            with suppress(OSError):
                urllib.request.urlopen(f"{self.url}/sw.js", timeout=2)
                return
            time.sleep(0.2)

    def kill_web(self) -> None:
        """Kill the web process, as a power cut at the commune would."""
        if self.web is not None:
            self.web.kill()
            self.web.wait()
            self.web = None

    def run(self, code: str) -> Any:
        """Run code beside the site (see PRELUDE) and return what it gives to `out`."""
        text = f"{PRELUDE}\nout = None\n{code}\nprint('OUT' + json.dumps(out))"
        done = subprocess.run(
            [sys.executable, "-c", text], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout.rsplit("OUT", 1)[1])

    def browser_of(self, browser: Browser, name: str, *, width: int = 360, height: int = 740, **options: Any) -> BrowserContext:
        """Return a browser in which somebody is signed in; strict about scripts and sizes."""
        context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN", **options)
        context.add_cookies([{"name": "sessionid", "value": self.run(f"out = cookie({name!r})"), "url": self.url}])
        return context


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Start the site in an empty folder."""
    port = free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("LIENGIA_") and key != "DATABASE_URL"},
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "LIENGIA_DATA": str(folder),
        "LIENGIA_PORT": str(port),
        "LIENGIA_NATS_PORT": "9",
        "PYTHONPATH": str(ROOT),
    }
    made = Stage(f"http://localhost:{port}", environment, folder / "site.log")
    shutil.copy(migrated_file(), folder / "liengia.sqlite3")
    made.run("from tests.alarms.resident_scene import build; build()")
    numbers = (
        "import django; django.setup()\nimport time\nfrom liengia.core import live\n"
        "from liengia.alarms.models import IncidentEvent\n"
        "while True:\n    live.has_unnumbered(IncidentEvent) and live.sequence(IncidentEvent)\n    time.sleep(0.2)"
    )
    with made.log.open("a") as log:
        numbering = subprocess.Popen([sys.executable, "-c", numbers], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        made.start_web()
        yield made
    finally:
        made.kill_web()
        numbering.terminate()
        try:
            numbering.wait(10)
        except subprocess.TimeoutExpired:
            numbering.kill()


def until(page: Page, expression: str, *, seconds: float = 30) -> None:
    """Wait until an expression is true; the page's own policy forbids Playwright's way, which evaluates in the page."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(100)


def hold(page: Page, seconds: float) -> None:
    """Hold the large button."""
    button = page.locator(".hold")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(int(seconds * 1000))
    page.mouse.up()
