"""Every document is judged by the capvalidator of the registry, and says what it is to say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from capvalidator import check_schema
from django.test import Client
from lxml import etree

from liengia.broadcast import wording
from liengia.broadcast.channels.base import Audience, DeliveryError, Failure, Parcel
from liengia.broadcast.channels.cap import channel, document, reading
from liengia.broadcast.channels.cap.channel import CHANNEL
from liengia.broadcast.models import Bulletin, BulletinUnit, CapAlert, Delivery, Dispatch, Event, MsgType
from liengia.broadcast.services import planning
from liengia.core import clock, pagecache
from liengia.core.errors import DomainError
from tests.cast import Cast, assemble

pytestmark = pytest.mark.django_db
CAP = {"c": document.NAMESPACE}


@pytest.fixture(scope="module")
def lay() -> Callable[[], Cast]:
    return assemble


@pytest.fixture
def cast(scene: Cast) -> Cast:
    return scene


def bulletin(cast: Cast, **values: Any) -> Bulletin:
    """Return a bulletin as it stands in force, without the way there."""
    fields: dict[str, Any] = {
        "kind": "alert", "event": Event.FLOOD, "headline": "Triều cường lên cao chiều nay", "text": "Nước lên từ 16 giờ.\nBà con kê đồ.",
        "priority": "priority", "state": "approved", "sealed": "x", "channels": ["cap"], "expires_at": clock.now() + timedelta(hours=8),
    }  # fmt: skip
    made = Bulletin.objects.create(unit=cast.commune, **{**fields, **values})
    BulletinUnit.objects.create(bulletin=made, unit=cast.hamlet)
    return made


def sent(one: Bulletin) -> CapAlert:
    """Send it as the outbox does."""
    message = wording.message_of(one, at=clock.now())
    (outcome,) = CHANNEL.send([Parcel("k", "feed", "", message, 1)])
    assert not isinstance(outcome, Exception), outcome
    return CapAlert.objects.get(bulletin=one)


def valid(xml: bytes) -> Any:
    """Judge a document by the registry's validator, and return its tree."""
    judged = check_schema(xml)
    assert judged.passed, judged.message
    return etree.fromstring(xml)


def text(root: Any, path: str) -> str:
    found = root.xpath(f"string({path})", namespaces=CAP)
    return str(found)


def test_the_validator_would_refuse_what_is_wrong(cast: Cast) -> None:
    """A test that cannot fail is none: a time in Z, and a missing element."""
    good = sent(bulletin(cast)).document
    assert not check_schema(good.replace("+07:00</sent>", "Z</sent>").encode()).passed
    assert not check_schema(good.replace("<scope>Public</scope>", "").encode()).passed


def test_an_alert_is_valid_and_speaks_two_languages(cast: Cast) -> None:
    root = valid(sent(bulletin(cast, issuing_body="Đài KTTV", issuing_number="12/TB")).document.encode())
    assert [node.text for node in root.iterfind(".//c:language", CAP)] == ["vi-VN", "en"]
    assert (text(root, "c:status"), text(root, "c:msgType"), text(root, "c:scope")) == ("Actual", "Alert", "Public")
    assert text(root, "c:sent").endswith("+07:00") and text(root, "c:info[1]/c:expires").endswith("+07:00")
    assert text(root, "c:info[1]/c:headline") == "Triều cường lên cao chiều nay" and text(root, "c:info[1]/c:category") == "Met"
    assert text(root, "c:info[2]/c:headline").startswith("Flood or high tide: ")
    assert text(root, "c:info[2]/c:description").startswith("[Vietnamese original]\nTriều cường")
    assert text(root, "c:info[1]/c:area/c:geocode/c:value") == "28108-05" and "Khu phố 5" in text(root, "c:info[1]/c:area/c:areaDesc")
    assert text(root, "c:source") == "Đài KTTV 12/TB" and "02723000113" in text(root, "c:info[1]/c:contact")


@pytest.mark.parametrize("event", [event for event in Event if event])
@pytest.mark.parametrize("priority", ["normal", "priority", "urgent"])
def test_every_event_and_priority_is_valid(cast: Cast, event: str, priority: str) -> None:
    root = valid(sent(bulletin(cast, event=event, priority=priority)).document.encode())
    if priority == "urgent":
        assert text(root, "c:info[1]/c:urgency") == "Immediate" and text(root, "c:info[1]/c:severity") in ("Moderate", "Severe")


def test_a_chain_refers_to_all_before_it(cast: Cast) -> None:
    first = bulletin(cast)
    one = sent(first)
    update = bulletin(cast, follows=first, msg_type=MsgType.UPDATE)
    two = sent(update)
    clear = bulletin(cast, follows=update, msg_type=MsgType.ALL_CLEAR, kind="all_clear", event=Event.NONE)
    three = sent(clear)
    root = valid(two.document.encode())
    assert text(root, "c:msgType") == "Update" and text(root, "c:references") == one.reference
    root = valid(three.document.encode())
    assert text(root, "c:references").split() == [one.reference, two.reference] and text(root, "c:info[1]/c:responseType") == "AllClear"
    assert text(root, "c:info[1]/c:urgency") == "Past" and text(root, "c:info[2]/c:headline").startswith("All clear. Flood")
    cancel = sent(bulletin(cast, follows=first, msg_type=MsgType.CANCEL))
    root = valid(cancel.document.encode())
    assert text(root, "c:msgType") == "Cancel" and one.reference in text(root, "c:references")


def test_what_is_sent_twice_stands_once_and_stays_as_it_was(cast: Cast) -> None:
    first = bulletin(cast)
    before = sent(first).document
    Bulletin.objects.filter(pk=first.pk).update(headline="Khác")
    first.refresh_from_db()
    assert sent(first).document == before and CapAlert.objects.count() == 1


def test_training_is_an_exercise_and_never_in_the_feed(cast: Cast) -> None:
    training = bulletin(cast, is_training=True, state="draft", sealed="")
    facts = channel.facts_of(training, wording.message_of(training, at=clock.now()))
    root = valid(document.build(facts))
    assert text(root, "c:status") == "Exercise" and text(root, "c:info[2]/c:headline").startswith("EXERCISE. ")
    channel.publish(training, wording.message_of(training, at=clock.now()))
    assert training.public_id not in Client().get("/cap/feed.xml").content.decode()


def test_a_training_that_goes_its_way_makes_an_exercise(cast: Cast) -> None:
    training = bulletin(cast, is_training=True)
    Bulletin.objects.filter(pk=training.pk).update(sealed=wording.fingerprint(Bulletin.objects.get(pk=training.pk)))
    Dispatch.objects.create(bulletin=training, due_at=clock.now())
    assert planning.plan_due() == 1
    root = valid(Client().get(f"/cap/{training.public_id}.xml").content)
    assert text(root, "c:status") == "Exercise" and training.public_id not in Client().get("/cap/feed.xml").content.decode()
    assert {row.state for row in Delivery.objects.all()} == {"rehearsed"}


@pytest.mark.parametrize(
    "hostile",
    ["</headline><status>Test</status>", "]]><x/>", "&lt;&amp;<!ENTITY x SYSTEM 'file:///etc/passwd'>", "a\x00b\x07\x1b[2J", "\u202etxet", "\ud800", "<![CDATA[x]]>", "\ufffe\uffff", "x" * 1_000_000],
)  # fmt: skip
def test_hostile_text_stays_text(cast: Cast, hostile: str) -> None:
    made = bulletin(cast)
    made.headline = made.text = made.issuing_body = made.issuing_number = hostile
    facts = channel.facts_of(made, wording.message_of(made, at=clock.now()))
    xml = document.build(facts)
    root = valid(xml)
    assert len(xml) < 60_000 and text(root, "c:status") == "Actual" and len(root.findall("c:info", CAP)) == 2
    if "<status>" in hostile:
        assert text(root, "c:info[1]/c:headline") == hostile


def test_the_feed_holds_what_is_in_force(cast: Cast) -> None:
    here = sent(bulletin(cast))
    sent(bulletin(cast, headline="Đã qua", expires_at=clock.now() - timedelta(minutes=1)))
    answer = Client().get("/cap/feed.xml")
    assert answer["Content-Type"].startswith("application/atom+xml")
    lines = reading.entries(reading.tree(answer.content))
    assert lines is not None and [one.link for one in lines] == [channel.address(here)]
    one = Client().get(f"/cap/{here.bulletin.public_id}.xml")
    assert one["Content-Type"].startswith("application/cap+xml") and one.content.decode() == here.document
    valid(one.content)
    assert "X-Liengia-Keep" in one and not one.cookies
    assert Client().get("/cap/zzzzzzzzzz.xml").status_code == 404


def test_only_warnings_go_there(cast: Cast) -> None:
    assert [one.address for one in CHANNEL.recipients(Audience(), "alert")] == ["feed"]
    assert not list(CHANNEL.recipients(Audience(), "law"))
    hidden = bulletin(cast, is_public=False)
    (outcome,) = CHANNEL.send([Parcel("k", "feed", "", wording.message_of(hidden, at=clock.now()), 1)])
    assert isinstance(outcome, Exception) and not isinstance(outcome, DomainError) and not CapAlert.objects.exists()


def test_a_known_place_has_its_box_as_polygon_and_an_unknown_one_has_none(cast: Cast) -> None:
    """A box surely holds the unit; of a point alone no radius is made up."""
    cast.hamlet.south, cast.hamlet.north, cast.hamlet.west, cast.hamlet.east = 10.50, 10.52, 106.60, 106.62
    cast.hamlet.save()
    root = valid(sent(bulletin(cast)).document.encode())
    points = [tuple(map(float, pair.split(","))) for pair in text(root, "c:info[1]/c:area/c:polygon").split()]
    assert points == [(10.5, 106.6), (10.5, 106.62), (10.52, 106.62), (10.52, 106.6), (10.5, 106.6)]
    cast.hamlet.south = None
    cast.hamlet.lat, cast.hamlet.lon = 10.51, 106.61
    cast.hamlet.save()
    root = valid(sent(bulletin(cast, headline="Nước lên nữa")).document.encode())
    assert not root.xpath("//c:polygon | //c:circle", namespaces=CAP)


def test_a_withdrawal_of_what_never_stood_in_the_feed_is_no_warning(cast: Cast) -> None:
    first = bulletin(cast, state="withdrawn")
    message = wording.message_of(cancel := bulletin(cast, follows=first, msg_type=MsgType.CANCEL), at=clock.now())
    (outcome,) = CHANNEL.send([Parcel("k", "feed", "", message, 1)])
    assert isinstance(outcome, DeliveryError) and outcome.failure is Failure.PERMANENT and not CapAlert.objects.exists()
    Bulletin.objects.filter(pk=cancel.pk).update(is_training=True)
    CHANNEL.rehearse(message)
    assert not CapAlert.objects.exists()


def test_what_was_withdrawn_from_the_public_is_in_no_feed_and_at_no_address(cast: Cast, client: Client) -> None:
    kept, hidden = bulletin(cast), bulletin(cast)
    for one in (kept, hidden):
        sent(one)
    Bulletin.objects.filter(pk=kept.pk).update(state="withdrawn", withdrawn_at=clock.now())
    Bulletin.objects.filter(pk=hidden.pk).update(state="withdrawn", withdrawn_at=clock.now(), is_public=False)
    pagecache.bump()
    addresses = [f"/cap/{one.public_id}.xml" for one in (kept, hidden)]
    assert [client.get(address).status_code for address in addresses] == [200, 404]
    feed = client.get("/cap/feed.xml").content.decode()
    assert kept.public_id in feed and hidden.public_id not in feed


def test_a_reader_is_tried_on_a_test_that_is_in_no_feed(cast: Cast, client: Client) -> None:
    root = valid(client.get("/cap/test.xml").content)
    assert text(root, "c:status") == "Test" and CapAlert.objects.count() == 0
    assert "test" not in client.get("/cap/feed.xml").content.decode()
