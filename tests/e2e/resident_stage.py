"""A running site with one group of houses, and a browser in which its people are signed in.

The site runs in a process of its own, and what the tests do beside it in another, which numbers the live order too; without a broker.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

from tests.conftest import _migrated_file as migrated_file
from tests.harness import processes
from tests.harness.hand import Hand
from tests.harness.nursery import Child, Nursery
from tests.harness.ports import free_port

# What a worker does beside the site: it numbers the live order.
NUMBERING = """
import threading, time
from liengia.alarms.models import IncidentEvent
from liengia.core import live
def number():
    while True:
        live.has_unnumbered(IncidentEvent) and live.sequence(IncidentEvent)
        time.sleep(0.2)
threading.Thread(target=number, daemon=True).start()
"""
PRELUDE = """
import uuid
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
    nursery: Nursery
    hand: Hand
    web: Child | None = None

    def start_web(self) -> None:
        """Start the web process, and wait until it answers."""
        self.web = self.nursery.start(["web", "--workers", "1"])
        processes.wait_until(
            lambda: processes.answer(f"{self.url}/sw.js", within_s=2)[0] != 0,
            within_s=60, why=lambda: "the web process did not answer within 60 s", process=self.web, every_s=0.02,
        )  # fmt: skip

    def kill_web(self) -> None:
        """Kill the web process, as a power cut at the commune would."""
        processes.kill_session(self.web)
        self.web = None

    def run(self, code: str) -> Any:
        """Run code beside the site (see PRELUDE) and return what it gives to `out`."""
        return self.hand.run(f"{PRELUDE}\nout = None\n{code}")

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
    }
    shutil.copy(migrated_file(), folder / "liengia.sqlite3")
    with (folder / "site.log").open("a") as errors:
        hand = Hand(environment, errors=errors, first=NUMBERING)
    made = Stage(f"http://localhost:{port}", Nursery(environment), hand)
    made.run("from tests.alarms.resident_scene import build; build()")
    try:
        made.start_web()
        yield made
    finally:
        made.kill_web()
        made.nursery.close()
        hand.close()


def until(page: Page, expression: str, *, seconds: float = 30) -> None:
    """Wait until an expression is true; the page's own policy forbids Playwright's way, which evaluates in the page."""
    end = time.monotonic() + seconds
    while True:
        try:
            if page.evaluate(expression):
                return
        except PlaywrightError as error:
            # Another page takes its place meanwhile.
            if "context was destroyed" not in str(error):
                raise
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
