"""With alarms off, no page that anybody reaches leads to one that is not there."""

from __future__ import annotations

import re
from collections import deque
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from tests.cast import Cast, assemble

pytestmark = pytest.mark.django_db
MOST_PAGES = 150
# Leaving, and what is no page: files, the device's own feeds.
NOT_FOLLOWED = re.compile(r"^/(static|media|ngon-ngu)/|dang-xuat|logout|/sprite|\.(svg|css|js|png|webmanifest|pdf|xlsx)$|csv|export=")
# Wagtail's admin is walked at its first pages only; the rest is Wagtail's own and knows nothing of our rooms.
SHALLOW = re.compile(r"^/quan-tri/(pages|images|documents|reports|sites|users|groups|redirects|workflows|tasks|snippets|forms|collections|choose|help|account|locales|jsi18n|locked|search)")


class Links(HTMLParser):
    """Collects where a page leads by a plain request."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links, fragments that load themselves, and forms that ask."""
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and values.get("href"):
            self.found.append(values["href"])
        if values.get("hx-get"):
            self.found.append(values["hx-get"])
        if tag == "form" and values.get("method", "get").lower() == "get" and values.get("action"):
            self.found.append(values["action"])


def walk(client: Client, starts: list[str]) -> tuple[list[str], int]:
    """Follow every link of the site; return the dead ones with the page they stand on, and how many were read."""
    seen: set[str] = set()
    waiting = deque((start, "(typed)") for start in starts)
    dead: list[str] = []
    read = 0
    while waiting and read < MOST_PAGES:
        address, on = waiting.popleft()
        path = urlsplit(address).path
        if address in seen or NOT_FOLLOWED.search(address):
            continue
        seen.add(address)
        response = client.get(address)
        read += 1
        if response.status_code >= 400 and on != "(typed)":
            dead.append(f"{response.status_code} {address} on {on}")
        if on == "(typed)" or not SHALLOW.match(path):
            waiting.extend((urljoin(address, link), address) for link in leads_to(response))
    return dead, read


def leads_to(response: Any) -> list[str]:
    """Return the addresses of this site to which an answer leads."""
    links = Links()
    if response.status_code in (301, 302):
        links.found = [response["Location"]]
    elif response.status_code == 200 and response.get("Content-Type", "").startswith("text/html") and not response.streaming:
        links.feed(response.content.decode())
    found = [link.partition("#")[0] for link in links.found]
    return [link for link in found if link and not urlsplit(link).scheme and not urlsplit(link).netloc]


@pytest.fixture
def cast(settings: Any) -> Cast:
    """Return the cast, in an installation without alarms."""
    settings.ROOMS_OFF = ["alarms"]
    return assemble()


@pytest.mark.parametrize("who", ["nobody", "lua", "moc_mien", "huynh", "truc", "quan", "khach"])
def test_no_page_leads_to_a_room_that_is_off(cast: Cast, who: str) -> None:
    client = Client(raise_request_exception=True)
    if who != "nobody":
        user = getattr(cast, who)
        client.force_login(user, backend="liengia.people.backends.PhoneBackend")
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 1.0}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    dead, read = walk(client, ["/", "/nha/", "/truc/", "/quan-tri/", "/truong-nhom/", "/viec-hom-nay/", "/dang-nhap/"])
    assert not dead, "\n".join(dead)
    assert read > 5


def test_pages_of_the_room_are_absent(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.lua, backend="liengia.people.backends.PhoneBackend")
    for address in ("/nha/bao-dong/", "/truc/", "/song/"):
        assert client.get(address).status_code in (302, 404)
