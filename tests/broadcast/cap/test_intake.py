"""Feeds of other bodies on loopback: drafts with their source, each once, and hostile ones that harm nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import time_machine

from liengia.broadcast import schedule
from liengia.broadcast.channels.cap import document
from liengia.broadcast.forms import BulletinForm
from liengia.broadcast.models import Bulletin, CapFeed, CapItem, Delivery
from liengia.broadcast.services import feeds
from liengia.core import clock
from liengia.core.errors import Invalid
from tests.cast import TESTER, Cast, assemble

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lay() -> Callable[[], Cast]:
    return assemble


@pytest.fixture
def cast(scene: Cast) -> Cast:
    return scene


class Publisher:
    """A machine that publishes whatever a test puts there."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.asked: list[str] = []
        pages, asked = self.pages, self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                status, body, headers = pages.get(self.path, (404, b"", {}))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def put(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        self.pages[path] = (status, body, headers)

    def feed(self, *paths: str, updated: str = "2026-11-26T10:00:00+07:00") -> None:
        entries = "".join(f'<entry><id>{path}</id><updated>{updated}</updated><link type="application/cap+xml" href="{self.url}{path}"/></entry>' for path in paths)
        self.put("/feed", f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode())


@pytest.fixture
def publisher(settings: Any) -> Iterator[Publisher]:
    settings.OUTSIDE_LOOPBACK = True
    found = Publisher()
    yield found
    feeds.client.close()
    found.server.shutdown()
    found.server.server_close()


def warning(identifier: str = "A1", *, msg_type: str = "Alert", references: str = "", status: str = "Actual", scope: str = "Public", sender: str = "kttv@example.vn", sent: str = "2026-11-26T10:00:00+07:00", expires: str = "", headline: str = "Cảnh báo triều cường") -> bytes:
    until = expires or (clock.local(clock.now()) + timedelta(hours=5)).isoformat(timespec="seconds")
    refs = f"<references>{references}</references>" if references else ""
    return (
        f'<alert xmlns="{document.NAMESPACE}"><identifier>{identifier}</identifier><sender>{sender}</sender><sent>{sent}</sent>'
        f"<status>{status}</status><msgType>{msg_type}</msgType><scope>{scope}</scope>{refs}"
        "<info><language>en-US</language><category>Met</category><event>High tide</event><urgency>Expected</urgency><severity>Severe</severity>"
        "<certainty>Likely</certainty><headline>High tide</headline></info>"
        "<info><language>vi-VN</language><category>Met</category><event>Triều cường</event><urgency>Expected</urgency><severity>Severe</severity>"
        f"<certainty>Likely</certainty><expires>{until}</expires><senderName>Đài KTTV tỉnh Tây Ninh</senderName><headline>{headline}</headline>"
        "<description>Đỉnh triều 1,7 m.</description><instruction>Kê cao đồ đạc.</instruction><area><areaDesc>Xã Cần Đước</areaDesc>"
        "<geocode><valueName>VN-GSO</valueName><value>28108-05</value></geocode></area></info></alert>"
    ).encode()


def feed_of(cast: Cast, publisher: Publisher, path: str = "/feed") -> CapFeed:
    return feeds.keep_feed(cast.commune, name="Đài KTTV", url=f"{publisher.url}{path}", is_on=True, actor=TESTER)


def test_a_warning_becomes_a_draft_and_nothing_goes_out(cast: Cast, publisher: Publisher) -> None:
    publisher.put("/a1", warning())
    publisher.feed("/a1")
    feed = feed_of(cast, publisher)
    assert feeds.look_due() == 1
    (made,) = Bulletin.objects.all()
    assert (made.state, made.kind, made.event, made.headline) == ("draft", "alert", "flood", "Cảnh báo triều cường")
    assert "Đỉnh triều 1,7 m." in made.text and "Kê cao" in made.text and made.written_by is None
    assert made.issuing_body == "Đài KTTV tỉnh Tây Ninh" and made.issuing_number == "A1" and "A1" in made.source
    assert list(made.units.all()) == [cast.hamlet], "its code is known here"
    assert not Delivery.objects.exists() and not made.dispatches.exists()
    feed.refresh_from_db()
    assert feed.result == "read" and feed.next_at > clock.now()


def test_it_is_taken_once_however_often_it_is_looked_at(cast: Cast, publisher: Publisher) -> None:
    publisher.put("/a1", warning())
    publisher.put("/again", warning())
    publisher.feed("/a1", "/again")
    feed = feed_of(cast, publisher)
    assert [feeds.look(feed) for _turn in range(3)] == [1, 0, 0]
    assert Bulletin.objects.count() == 1 and publisher.asked.count("/a1") == 1


def test_updates_and_cancellations_flag_what_they_refer_to(cast: Cast, publisher: Publisher) -> None:
    feed = feed_of(cast, publisher, "/one")
    publisher.put("/one", warning())
    assert feeds.look(feed) == 1
    first = CapItem.objects.get()
    reference = "kttv@example.vn,A1,2026-11-26T10:00:00+07:00"
    publisher.put("/one", warning("A2", msg_type="Update", references=reference, headline="Triều cường cao hơn", sent="2026-11-26T11:00:00+07:00"))
    assert feeds.look(feed) == 1
    first.refresh_from_db()
    assert first.state == "updated" and first.bulletin is not None
    publisher.put("/one", warning("A3", msg_type="Cancel", references=reference, sent="2026-11-26T12:00:00+07:00"))
    assert feeds.look(feed) == 0
    first.refresh_from_db()
    assert first.state == "cancelled" and first.flagged_at is not None and Bulletin.objects.count() == 2


@pytest.mark.parametrize(("msg_type", "drafts", "state"), [("Update", 2, "updated"), ("Cancel", 1, "cancelled")])
def test_a_feed_may_follow_a_warning_at_its_own_link(msg_type: str, drafts: int, state: str, cast: Cast, publisher: Publisher) -> None:
    publisher.put("/a", warning())
    publisher.feed("/a")
    feed = feed_of(cast, publisher)
    assert [feeds.look(feed), feeds.look(feed)] == [1, 0]
    publisher.put("/a", warning("A2", msg_type=msg_type, references="kttv@example.vn,A1,2026-11-26T10:00:00+07:00", sent="2026-11-26T11:00:00+07:00"))
    assert feeds.look(feed) == 0 and publisher.asked.count("/a") == 1, "the feed says nothing new"
    publisher.feed("/a", "/a", updated="2026-11-26T11:00:00+07:00")
    assert feeds.look(feed) == drafts - 1
    assert CapItem.objects.get(identifier="A1").state == state and Bulletin.objects.count() == drafts
    publisher.feed("/a", updated="2026-11-26T12:00:00+07:00")
    assert [feeds.look(feed), feeds.look(feed)] == [0, 0] and publisher.asked.count("/a") == 3, "a newer time of the same words is read once"


def test_nobody_takes_back_anothers_warning(cast: Cast, publisher: Publisher) -> None:
    feed = feed_of(cast, publisher, "/one")
    publisher.put("/one", warning())
    feeds.look(feed)
    publisher.put("/one", warning("X", msg_type="Cancel", sender="evil@example.vn", references="kttv@example.vn,A1,2026-11-26T10:00:00+07:00"))
    feeds.look(feed)
    assert CapItem.objects.get(identifier="A1").state == "drafted"


@pytest.mark.parametrize(("changes", "why"), [({"status": "Exercise"}, "not_actual"), ({"status": "Test"}, "not_actual"), ({"scope": "Private"}, "not_public"), ({"expires": "2026-01-01T00:00:00+07:00"}, "ended")])
def test_what_is_not_for_the_public_now_is_left_out(cast: Cast, publisher: Publisher, changes: dict[str, str], why: str) -> None:
    publisher.put("/one", warning(**changes))
    assert feeds.look(feed_of(cast, publisher, "/one")) == 0
    assert CapItem.objects.get().why == why and not Bulletin.objects.exists()


BILLION = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&b;</identifier></alert>'
ENTITY = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="&a;"/></entry></feed>'


@pytest.mark.parametrize(
    ("body", "status", "result"),
    [
        (BILLION, 200, "unreadable"), (ENTITY, 200, "unreadable"), (b"", 200, "unreadable"), (b"\x00\xff", 200, "unreadable"), (b"<html/>", 200, "unreadable"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>" + b"<entry/>" * 200_000, 200, "unreadable"), (b"<a>" * 5000, 200, "unreadable"),
        (warning().replace(b"A1", b""), 200, "unreadable"), (warning(), 500, "unanswered"), (warning(), 302, "unanswered"),
    ],
)  # fmt: skip
def test_hostile_feeds_harm_nobody(cast: Cast, publisher: Publisher, body: bytes, status: int, result: str) -> None:
    publisher.put("/one", body, status, Location=f"{publisher.url}/elsewhere")
    feed = feed_of(cast, publisher, "/one")
    assert feeds.look(feed) == 0 and feed.result == result and feed.failures == 1
    assert "/elsewhere" not in publisher.asked and not Bulletin.objects.exists()


def test_a_feed_cannot_lead_inside(cast: Cast, publisher: Publisher, settings: Any) -> None:
    links = "".join(f'<entry><link href="{url}"/></entry>' for url in ("https://10.0.0.1/x", "https://169.254.169.254/", "file:///etc/passwd", "http://example.com/"))
    publisher.put("/feed", f'<feed xmlns="http://www.w3.org/2005/Atom">{links}</feed>'.encode())
    feed = feed_of(cast, publisher)
    assert feeds.look(feed) == 0 and feed.result == "read" and publisher.asked == ["/feed"]
    settings.OUTSIDE_LOOPBACK = False
    assert feeds.look(feed) == 0 and feed.result == "refused" and publisher.asked == ["/feed"]
    for url in ("http://kttv.example.vn/feed", "https://localhost/feed", "https://192.168.1.1/", "https://a:b@example.com/"):
        with pytest.raises(Invalid):
            feeds.keep_feed(cast.commune, name="x", url=url, is_on=True, actor=TESTER)


def test_hostile_text_becomes_a_draft_that_can_be_read(cast: Cast, publisher: Publisher) -> None:
    publisher.put("/one", warning(headline="x" * 300_000))
    assert feeds.look(feed_of(cast, publisher, "/one")) == 1
    assert len(Bulletin.objects.get().headline) <= 160


def test_a_feed_that_fails_is_asked_less_often(cast: Cast, publisher: Publisher) -> None:
    feed = feed_of(cast, publisher, "/nowhere")
    pauses = []
    for _turn in range(4):
        with time_machine.travel(feed.next_at, tick=False):
            feeds.look_due()
            feed.refresh_from_db()
            pauses.append(feed.next_at - clock.now())
    assert pauses == sorted(pauses) and pauses[-1] <= feeds.LONGEST and feed.failures == 4


def test_for_ever_is_ten_years_and_one_that_breaks_off_keeps_no_other(cast: Cast, publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher.put("/bad", warning("BAD"))
    publisher.put("/ever", warning("EVER", sent="2026-11-26T10:01:00+07:00", expires="9999-12-31T23:59:59-00:00"))
    publisher.feed("/bad", "/ever")
    draft = feeds._draft
    monkeypatch.setattr(feeds, "_draft", lambda feed, one: 1 / 0 if one.identifier == "BAD" else draft(feed, one))
    assert feeds.look(feed_of(cast, publisher)) == 1
    made = Bulletin.objects.get()
    assert made.expires_at == clock.now() + schedule.LONGEST and schedule.last_day(made.expires_at).year < 2100
    form = BulletinForm(cast.commune, {"first_on": "9999-12-31", "until_on": "9999-12-31", "headline": "Giữ lại"})
    assert {"first_on", "until_on"} <= form.errors.keys()


def test_one_bad_warning_keeps_no_other_from_being_taken_in(cast: Cast, publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher.put("/a", warning("\u200bA1", headline="\u200b"))
    publisher.put("/b", warning("B1"))
    publisher.feed("/a", "/b")
    first = feeds.keep_feed(cast.commune, name="Đài", url=f"{publisher.url}/feed", is_on=True, actor=TESTER)
    assert feeds.look_due() == 1 and Bulletin.objects.count() == 2, "without a headline it is called by its event"
    monkeypatch.setattr(feeds.bulletins, "write", lambda *those, **values: (_ for _ in ()).throw(Invalid("", code="empty")))
    publisher.put("/c", warning("C1"))
    publisher.feed("/c")
    CapFeed.objects.update(next_at=clock.now())
    assert feeds.look_due() == 1 and CapItem.objects.get(identifier="C1").why == "unusable"
    second = feeds.keep_feed(cast.commune, name="Tỉnh", url=f"{publisher.url}/feed2", is_on=True, actor=TESTER)
    CapFeed.objects.filter(pk=first.pk).update(next_at=clock.now() - timedelta(hours=1))
    look, seen = feeds.look, list[int]()
    monkeypatch.setattr(feeds, "look", lambda feed: seen.append(feed.pk) or (1 / 0 if feed.pk == first.pk else look(feed)))
    assert feeds.look_due() == 2 and seen == [first.pk, second.pk]
    first.refresh_from_db()
    assert first.next_at > clock.now()
