"""A browser, a site on the tests' database, and pages in which somebody is signed in; each file brings its own `scene`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partialmethod

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from liengia.people.models import User
from tests.alarms.console_scene import sign_in
from tests.harness import browser
from tests.harness.site import Site
from tests.harness.slow import SLOW_S

# How long somebody would wait; what is never so fails all the same.
expect.set_options(timeout=20_000)
if SLOW_S:
    # A press waits for the page that it opens, as a rule; on a busy machine the rule fails. Here it never waits.
    for kind in (Locator, Page):
        kind.click = partialmethod(kind.click, no_wait_after=True)  # type: ignore[method-assign, assignment]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return a browser."""
    with browser.launched() as made:
        yield made


@pytest.fixture
def site(scene: object) -> Iterator[Site]:
    """Return the running site, with the scene in its database."""
    made = Site()
    made.start()
    yield made
    made.end()


@pytest.fixture
def opened(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Return a maker of pages in which somebody is signed in, with a second factor."""
    contexts: list[BrowserContext] = []

    def open_(user: User, path: str = "/truc/", **options: object) -> Page:
        context = chromium.new_context(base_url=site.url, locale="vi-VN", **options)  # type: ignore[arg-type]
        contexts.append(context)
        cookie = sign_in(Client(), user).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": site.url}])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
