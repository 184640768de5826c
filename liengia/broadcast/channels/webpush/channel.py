"""The channel of web push."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast import audiences
from liengia.broadcast.channels.base import (
    Accepted,
    Audience,
    Channel,
    DeliveryError,
    Failure,
    Message,
    Outcome,
    Parcel,
    Preview,
    Recipient,
)
from liengia.broadcast.channels.webpush import payload, transport
from liengia.broadcast.channels.webpush.encryption import MOST_PLAIN
from liengia.broadcast.models import Bulletin, PushSubscription

WARNINGS: Final = frozenset({"alert", "all_clear"})
NEWS: Final = frozenset({"law", "notice", "reminder"})
RECEIPT_SALT: Final = "broadcast.push.shown"
ANSWER_SALT: Final = "broadcast.push.answer"


def wanted(kind: str) -> str:
    """Return the field that says whether a device wants a kind of message."""
    if kind in WARNINGS:
        return "wants_warnings"
    return "wants_news" if kind in NEWS else "wants_alarms"


class WebPush(Channel):
    """To phones and computers whose page is closed; a push service says only that it has taken a message."""

    name: ClassVar = "webpush"
    label: ClassVar = gettext_lazy("Push messages")
    help: ClassVar = gettext_lazy(
        "Reaches phones whose owners switched it on, also with the page closed. Battery savers and do-not-disturb may hide it: it is never the only way."
    )
    icon: ClassVar = "device-mobile-vibration"
    nobody: ClassVar = gettext_lazy("Nobody of those chosen has switched push messages on for this kind; everybody does so by themselves, on the own phone.")
    receipts: ClassVar = frozenset({"accepted", "shown", "answered"})
    batch: ClassVar = 500
    per_second: ClassVar = float(settings.PUSH_PER_SECOND)  # to one push service; 5,000 unless set: well above what one machine encrypts

    def recipients(self, audience: Audience, kind: str) -> Iterator[Recipient]:
        """Yield the devices of an audience that want this kind."""
        return _recipients(PushSubscription.objects.usable().filter(user__in=audiences.users(audience)), kind)

    def to_users(self, user_ids: Collection[int], kind: str) -> Iterator[Recipient]:
        """Yield the devices of these people that want this kind."""
        return _recipients(PushSubscription.objects.usable().filter(user__in=list(user_ids)), kind)

    def count(self, audience: Audience, kind: str) -> int:
        """Count the devices."""
        found = PushSubscription.objects.usable().filter(user__in=audiences.users(audience), **{wanted(kind): True})
        return found.count()

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Encrypt and hand over; what was withdrawn since it was planned is not sent, and dead subscriptions are removed."""
        rows = {row.public_id: row for row in PushSubscription.objects.usable().filter(public_id__in={one.address for one in parcels})}
        gone = DeliveryError(Failure.PERMANENT, _("Switched off on the device since."))
        outcomes: dict[str, Outcome] = {one.key: gone for one in parcels if one.address not in rows}
        for message, those in _by_message([one for one in parcels if one.address in rows]):
            message = with_chain(message)
            prepared = payload.prepare(message)
            pushes = [_push(rows[one.address], one, message, prepared) for one in those]
            found = transport.deliver(pushes, transport.headers_of(message))
            outcomes |= {one.key: outcome for one, outcome in zip(those, found, strict=True)}
        # Where the service takes others by our key, a subscription that it refuses was made for another key, and never works.
        works = {one.provider for one in parcels if isinstance(outcomes[one.key], Accepted)}
        for one in parcels:
            if one.provider in works and isinstance(outcomes[one.key], transport.KeyRefused):
                outcomes[one.key] = transport.Gone(Failure.PERMANENT, _("This phone's subscription cannot be used."))
        dead = [rows[one.address].pk for one in parcels if isinstance(outcomes[one.key], transport.Gone)]
        PushSubscription.objects.filter(pk__in=dead).delete()
        return [outcomes[one.key] for one in parcels]

    def preview(self, message: Message) -> Preview:
        """Return title and words as the phone gets them; phones show three to five lines of them."""
        size = len(payload.compose(message))
        words = payload.body(message)
        warnings = [_("Phones show about 150 characters before one opens the message.")] if len(words) > 150 else []
        return Preview(payload.title(message), words, size, MOST_PLAIN, "bytes", warnings=tuple(warnings))


def with_chain(message: Message) -> Message:
    """Return a message with the first of its chain: on a phone what follows takes the place of what it follows."""
    subject, follows = message.subject, message.data.get("follows") or ()
    for _step in range(100):
        if not follows:
            break
        subject = f"bulletin:{follows[0]}"
        follows = Bulletin.objects.filter(public_id=follows[0]).exclude(follows=None).values_list("follows__public_id", flat=True)[:1]
    return replace(message, data={**message.data, "chain": subject})


def _recipients(found: QuerySet[PushSubscription], kind: str) -> Iterator[Recipient]:
    rows = found.filter(**{wanted(kind): True}).order_by("pk").values_list("public_id", "service", "user")
    for public_id, service, user in rows.iterator(chunk_size=2000):
        yield Recipient(public_id, service, user_id=user)


def _by_message(parcels: Sequence[Parcel]) -> list[tuple[Message, list[Parcel]]]:
    """Group parcels by their words: a claimed batch holds few different ones."""
    found: dict[int, tuple[Message, list[Parcel]]] = {}
    known: list[Message] = []
    for one in parcels:
        message = next((other for other in known if other == one.message), None)
        if message is None:
            message = one.message
            known.append(message)
        found.setdefault(id(message), (message, []))[1].append(one)
    return list(found.values())


def _push(row: PushSubscription, parcel: Parcel, message: Message, prepared: payload.Prepared) -> transport.Push:
    endpoint, p256dh, auth = row.keys
    plain = payload.fill(prepared, tokens_of(parcel, message))
    return transport.Push(endpoint, p256dh, auth, plain, receipt_key=parcel.key)


def tokens_of(parcel: Parcel, message: Message) -> payload.Tokens:
    """Return what a phone reports and answers by: the delivery's key, signed; an ordinary bulletin's row names nobody."""
    offered = tuple((str(code), str(words)) for code, words in message.data.get("answers", ()))
    answer = signing.dumps([parcel.key, [code for code, _words in offered]], salt=ANSWER_SALT) if offered else ""
    return payload.Tokens(signing.dumps(parcel.key, salt=RECEIPT_SALT), answer, offered[:2])


CHANNEL: Final = WebPush()
