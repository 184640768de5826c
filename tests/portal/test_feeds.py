"""Feeds are what readers' programs expect: well-formed, dated, absolute, in order."""

from __future__ import annotations

import xml.etree.ElementTree as xml
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.test import Client

from tests.portal.pages_scene import Scene, picture, scene

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
AT = datetime(2023, 8, 7, 3, 50, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def lay() -> Callable[[], Scene]:
    return with_news


def with_news() -> Scene:
    found = scene()
    found.article("Đầu tiên & “sớm” <nhất>", at=AT, place="Cần Đước", cover=picture())
    found.article("Của xã", at=AT + timedelta(days=1), under=found.portal_news)
    return found


def feed(path: str) -> xml.Element:
    answer = Client().get(path)
    assert answer.status_code == 200 and answer["Content-Type"].split(";")[0].endswith("+xml")
    return xml.fromstring(answer.content)


def test_rss(area: Scene) -> None:
    channel = feed("/tin-tuc/rss/").find("channel")
    assert channel is not None
    assert channel.findtext("language") == "vi" and channel.findtext("title")
    assert str(channel.findtext("link")).startswith("http")
    items = channel.findall("item")
    assert [item.findtext("title") for item in items] == ["Của xã", "Cần Đước: Đầu tiên & “sớm” <nhất>"]
    for item in items:
        assert str(item.findtext("link")).startswith("http://localhost") and item.findtext("guid") == item.findtext("link")
        assert item.findtext("description") and item.find("category") is not None
    assert parsedate_to_datetime(str(items[1].findtext("pubDate"))) == AT
    enclosure = items[1].find("enclosure")
    assert enclosure is not None and enclosure.get("type") == "image/jpeg"


def test_atom(area: Scene) -> None:
    root = feed("/tin-tuc/atom/")
    assert root.tag == f"{ATOM}feed" and root.get("{http://www.w3.org/XML/1998/namespace}lang") == "vi"
    assert root.findtext(f"{ATOM}id") and root.findtext(f"{ATOM}updated")
    entries = root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries][0] == "Của xã"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == 2
    assert datetime.fromisoformat(str(entries[1].findtext(f"{ATOM}published"))) == AT
    assert entries[1].findtext(f"{ATOM}author/{ATOM}name") == "Minh Thư"


def test_a_topic_and_a_commune_have_their_own(area: Scene) -> None:
    assert "Của xã" in xml.tostring(feed("/tin-tuc/chu-de/ngay-hoi/rss/"), encoding="unicode")
    own = xml.tostring(feed("/xa/can-duoc/tin-tuc/atom/"), encoding="unicode")
    assert "Của xã" in own and "Đầu tiên" not in own
    assert Client().get("/tin-tuc/chu-de/khong-co/rss/").status_code == 404


def test_pages_say_where_their_feeds_are(area: Scene) -> None:
    page = Client().get("/xa/can-duoc/tin-tuc/").content.decode()
    assert 'type="application/rss+xml"' in page and 'href="/xa/can-duoc/tin-tuc/atom/"' in page
