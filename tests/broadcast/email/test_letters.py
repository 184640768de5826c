"""Letters by a real mail server on loopback: whom they reach, how they end, and what a server may answer."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from django.urls import reverse

from liengia.broadcast.channels.base import Audience, Recipient
from liengia.broadcast.channels.email import channel
from liengia.broadcast.channels.email.channel import CHANNEL, unsubscribe_url
from liengia.broadcast.models import ChannelAccount, ChannelConsent, Delivery
from liengia.broadcast.services import consents, outbox
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.people.models import User
from tests.broadcast.webpush.test_transport import message
from tests.cast import Cast, assemble
from tests.harness.ports import free_port
from tests.people.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lay() -> Callable[[], Cast]:
    return assemble


@pytest.fixture
def cast(scene: Cast) -> Cast:
    return scene


class Post:
    """Takes letters, or answers what a test wants."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.envelopes: list[Any] = []
        self.on_rcpt = ""
        self.on_data = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.on_rcpt:
            return self.on_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.on_data:
            return self.on_data
        self.envelopes.append(envelope)
        found = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        self.taken.append(found)
        return "250 OK"


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    handler = Post()
    server = Controller(handler, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.MAIL_SERVER = {"backend": "django.core.mail.backends.smtp.EmailBackend", "host": "127.0.0.1", "port": server.port}
    settings.DEFAULT_FROM_EMAIL = "xa-can-duoc@example.vn"
    yield handler
    server.stop()


def asks(user: User, *kinds: str, address: str = "") -> ChannelConsent:
    user.email, user.phone = address or f"u{user.pk}@example.vn", "+84900000009"
    user.save(update_fields=["email", "phone"])
    consents.set_consent(user, "email", kinds or ("notice",), actor=Actor.of(user))
    return ChannelConsent.objects.get(user=user, channel="email", withdrawn_at=None)


def send(consent: ChannelConsent, **changes: Any) -> Delivery:
    said = outbox.say(message(**changes))
    outbox.enqueue(CHANNEL, said, [Recipient(f"c{consent.pk}", "smtp", user_id=consent.user_id)])
    outbox.send_due("email")
    return Delivery.objects.get(said=said)


def test_a_letter_arrives_in_both_forms_with_a_way_to_end_it(cast: Cast, post: Post) -> None:
    consent = asks(cast.lua)
    row = send(consent)
    assert (row.state, row.address, row.user_id) == ("accepted", "", None)
    (letter,) = post.taken
    assert letter["To"] == cast.lua.email and letter["From"] == "xa-can-duoc@example.vn"
    assert letter["Subject"].strip() == "Cúp nước sáng thứ Bảy (Xã Cần Đước)"
    assert letter["List-Unsubscribe"].strip() == f"<{unsubscribe_url(f'c{consent.pk}')}>" and letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None and html is not None
    assert "Bà con trữ nước" in plain.get_content() and "<p>Bà con trữ nước" in html.get_content()
    assert "/thong-bao/abcde12345/" in plain.get_content()


def test_one_press_without_signing_in_ends_it_and_only_a_press_does(cast: Cast, post: Post) -> None:
    consent = asks(cast.lua)
    path = unsubscribe_url(f"c{consent.pk}").removeprefix("http://localhost:8000")
    path = "/" + path.split("/", 3)[-1] if path.startswith("http") else path
    assert Client().get(path).status_code == 200
    assert consents.standing(cast.lua) == {"email": ["notice"]}, "a scanner that opens links ends nothing"
    client = Client(enforce_csrf_checks=True)
    for _turn in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert consents.standing(cast.lua) == {}
    assert send(consent).state == "failed" and not post.taken
    for hostile in (path.rstrip("/") + "x/", "/thong-bao/thoi-thu/abc/", "/thong-bao/thoi-thu/" + "a" * 3000 + "/"):
        assert Client().post(hostile).status_code == 404


def test_what_does_not_fit_into_a_lease_waits_for_the_next(cast: Cast, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sending ends well before the lease, after which another worker would send the same again."""
    passed = iter([0.0, 1.0, 34.0])
    monkeypatch.setattr(channel, "time", SimpleNamespace(monotonic=lambda: next(passed, 36.0)))
    consent = asks(cast.lua)
    outbox.enqueue(CHANNEL, outbox.say(message()), [Recipient(f"c{consent.pk}", user_id=cast.lua.pk)] * 4)
    outbox.send_due("email")
    assert sorted(Delivery.objects.values_list("state", "attempts")) == [("accepted", 1)] * 2 + [("waiting", 0)] * 2
    outbox.send_due("email")
    assert len(post.taken) == 4 and not Delivery.objects.waiting().exists()


def test_an_old_letter_ends_what_was_agreed_to_since(cast: Cast, post: Post) -> None:
    first = asks(cast.lua)
    asks(cast.lua, "notice", "law")
    consents.end_by_token(unsubscribe_url(f"c{first.pk}").rstrip("/").rsplit("/", 1)[-1])
    assert consents.standing(cast.lua) == {}


def test_only_those_who_asked_for_the_kind(cast: Cast) -> None:
    wants, other = asks(cast.lua, "alert"), asks(cast.moc_mien, "law")
    here = Audience((cast.hamlet.pk,))
    assert [one.address for one in CHANNEL.recipients(here, "all_clear")] == [f"c{wants.pk}"]
    assert [one.address for one in CHANNEL.recipients(here, "law")] == [f"c{other.pk}"]
    assert not list(CHANNEL.to_users([cast.lua.pk, cast.moc_mien.pk], "fire")), "alarms never go by letter"
    User.objects.filter(pk=cast.lua.pk).update(is_active=False)
    assert not list(CHANNEL.recipients(here, "alert"))


def test_nothing_is_on_by_itself_and_it_is_chosen_on_the_one_page(cast: Cast, post: Post) -> None:
    client, page = signed_in(cast.lua), reverse("broadcast:consents")
    assert "Tài khoản của anh/chị chưa có" in client.post(page, {"email": ["law"]}).content.decode()
    cast.lua.email = "lua@example.vn"
    cast.lua.save(update_fields=["email"])
    assert "checked" not in client.get(page).content.decode()
    client.post(page, {"email": ["law"]})
    assert consents.standing(cast.lua) == {"email": ["law"]}
    assert 'name="email"' not in client.get(reverse("broadcast:push")).content.decode() and page in client.get(reverse("broadcast:push")).content.decode()
    client.post(page, {})
    assert consents.standing(cast.lua) == {}


def test_a_change_of_kinds_loses_no_letter_that_is_still_wanted(cast: Cast, post: Post) -> None:
    """Both kinds wait when one is unticked: that one goes at once, the other arrives by the row that stands now."""
    first = asks(cast.lua, "notice", "law")
    kept, lost = (outbox.say(message(kind=kind, headline=kind)) for kind in ("notice", "law"))
    for said in (kept, lost):
        outbox.enqueue(CHANNEL, said, [Recipient(f"c{first.pk}", "smtp", user_id=cast.lua.pk)])
    asks(cast.lua, "notice", address=cast.lua.email or "")
    assert Delivery.objects.get(said=lost).state == "withdrawn"
    outbox.send_due("email")
    assert Delivery.objects.get(said=kept).state == "accepted" and len(post.taken) == 1


def test_a_person_stays_one_recipient_whatever_kinds_they_change(cast: Cast) -> None:
    here = Audience((cast.hamlet.pk,))
    asks(cast.lua, "notice")
    before = [one.address for one in CHANNEL.recipients(here, "notice")]
    asks(cast.lua, "notice", "law")
    assert [one.address for one in CHANNEL.recipients(here, "notice")] == before, "the key of a delivery follows from it: no second letter"


def test_kinds_in_another_order_are_no_change(cast: Cast) -> None:
    row = ChannelConsent.objects.create(user=cast.lua, channel="email", kinds=["law", "notice"])
    assert asks(cast.lua, "notice", "law") == row and ChannelConsent.objects.count() == 1


def test_the_page_says_what_the_readers_own_commune_has_not_set_up(cast: Cast, settings: Any) -> None:
    settings.MAIL_SERVER = {}
    client, page = signed_in(cast.lua), reverse("broadcast:consents")
    ChannelAccount.objects.create(unit=cast.other_commune, channel="sms", name="x", is_on=True)
    assert client.get(page).context["unset"] == ["sms", "voice", "email"]
    ChannelAccount.objects.create(unit=cast.commune, channel="sms", name="x", is_on=True)
    assert client.get(page).context["unset"] == ["voice", "email"]


def test_a_letter_of_a_kind_that_was_unticked_since_is_not_sent(cast: Cast, post: Post) -> None:
    first = asks(cast.lua, "notice", "law")
    asks(cast.lua, "law", address=cast.lua.email or "")
    assert send(first, kind="notice").state == "failed" and not post.taken


def test_ending_letters_by_a_letter_takes_back_what_waits_and_leaves_the_other_channels(cast: Cast, post: Post) -> None:
    consent = asks(cast.lua)
    consents.set_consent(cast.lua, "sms", ["alarm"], actor=Actor.of(cast.lua))
    said = outbox.say(message())
    outbox.enqueue(CHANNEL, said, [Recipient(f"c{consent.pk}", "smtp", user_id=cast.lua.pk)])
    consents.end_by_token(unsubscribe_url(f"c{consent.pk}").rstrip("/").rsplit("/", 1)[-1])
    assert Delivery.objects.get(said=said).state == "withdrawn" and consents.standing(cast.lua) == {"sms": ["alarm"]}


def test_what_the_page_does_not_offer_is_not_withdrawn_by_sending_it(cast: Cast, post: Post, settings: Any) -> None:
    asks(cast.lua, "law")
    settings.MAIL_SERVER = {}
    client, page = signed_in(cast.lua), reverse("broadcast:consents")
    text = client.get(page).content.decode()
    assert 'name="email"' in text and "Xã chưa mở cách này" in text, "who agreed before can still withdraw"
    client.post(page, {"sms": ["alarm"], "email": ["law"]})
    assert consents.standing(cast.lua) == {"sms": ["alarm"], "email": ["law"]}
    other = signed_in(cast.moc_mien)
    assert 'name="email"' not in other.get(page).content.decode()


def test_no_alarm_is_agreed_to_by_letter(cast: Cast) -> None:
    cast.lua.email = "lua@example.vn"
    with pytest.raises(Invalid):
        consents.set_consent(cast.lua, "email", ["alarm"], actor=Actor.of(cast.lua))


@pytest.mark.parametrize("hostile", ["Tin\r\nBcc: all@example.vn", "a\nX-Evil: 1", "\u2028Bcc: x", "<script>alert(1)</script>", "x" * 1_000_000, "\ud800\x00"])
def test_hostile_words_become_no_header_and_no_markup(cast: Cast, post: Post, hostile: str) -> None:
    row = send(asks(cast.lua), headline=hostile[:9000].encode("utf-8", "ignore").decode().replace("\x00", ""), text=hostile.encode("utf-8", "ignore").decode().replace("\x00", ""), unit_name="Xã\r\nTo: b@example.vn")
    assert row.state == "accepted"
    (letter,) = post.taken
    assert letter["Bcc"] is None and letter["X-Evil"] is None and len(letter.get_all("To") or []) == 1
    assert post.envelopes[0].rcpt_tos == [cast.lua.email]
    html = letter.get_body(("html",))
    assert html is not None and "<script>" not in html.get_content()


@pytest.mark.parametrize("address", ["a@example.vn\r\nBcc: b@example.vn", "không phải", "a@b@c", "a b@example.vn"])
def test_a_hostile_address_gets_nothing(cast: Cast, post: Post, address: str) -> None:
    consent = asks(cast.lua)
    User.objects.filter(pk=cast.lua.pk).update(email=address)
    assert send(consent).state == "failed" and not post.taken


@pytest.mark.parametrize(
    ("on_rcpt", "on_data", "state", "failure"),
    [
        ("550 no such user", "", "failed", "permanent"), ("450 later", "", "waiting", "temporary"), ("", "554 spam", "failed", "permanent"),
        ("", "452 full", "waiting", "temporary"),
    ],
)  # fmt: skip
def test_failures_are_told_apart(cast: Cast, post: Post, on_rcpt: str, on_data: str, state: str, failure: str) -> None:
    post.on_rcpt, post.on_data = on_rcpt, on_data
    row = send(asks(cast.lua))
    assert (row.state, row.failure) == (state, failure) and "example.vn" not in row.failure_words


def test_without_a_server_everything_waits(cast: Cast, settings: Any) -> None:
    settings.MAIL_SERVER = {}
    assert send(asks(cast.lua)).failure == "technical"
    settings.MAIL_SERVER = {"backend": "django.core.mail.backends.smtp.EmailBackend", "host": "127.0.0.1", "port": free_port()}
    consent = asks(cast.moc_mien)
    (outcome,) = CHANNEL.send([_parcel(consent)])
    assert isinstance(outcome, Exception)


def _parcel(consent: ChannelConsent) -> Any:
    from liengia.broadcast.channels.base import Parcel

    return Parcel("k", f"c{consent.pk}", "smtp", message(), 1)


def test_after_a_connection_that_broke_the_rest_was_not_asked(cast: Cast, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for user in (cast.lua, cast.truc):
        asks(user)
    sends: list[int] = []

    def broken(self: object) -> None:
        sends.append(1)
        raise TimeoutError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    said = outbox.say(message(kind="notice"))
    outbox.enqueue(CHANNEL, said, CHANNEL.to_users([cast.lua.pk, cast.truc.pk], "notice"))
    outbox.send_due("email")
    assert sorted(Delivery.objects.values_list("attempts", "is_perhaps_double")) == [(0, False), (1, True)] and len(sends) == 1
