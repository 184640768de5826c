"""Bring one batch of encrypted pushes to their services, and say of each what became of it.

What a service answers is read for its status alone; its words may name an endpoint, and are never shown or logged.

Source: RFC 8030 (status codes, TTL, Urgency, Topic), RFC 8292 §4.2 (403).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liengia.broadcast.channels.base import Accepted, DeliveryError, Failure, Message
from liengia.broadcast.channels.webpush import hosts, vapid
from liengia.broadcast.channels.webpush.encryption import BadKeys, b64, encrypt, unb64
from liengia.core import clock
from liengia.core.outside import Answer, Asking, Client, RefusedAddress, Unanswered, Unreached

WITHIN_S: Final = 10.0
DAY_S: Final = 86_400
# A service may ask for a longer pause; longer than an hour is no answer of a service that works.
LONGEST_PAUSE_S: Final = 3600.0
KEY_PAUSE_S: Final = 10.0
URGENCIES: Final = {"normal": "normal", "priority": "high", "urgent": "high"}
client: Final = Client()


class Gone(DeliveryError):
    """The browser has ended its subscription: it is removed, and nobody asks again."""


class KeyRefused(DeliveryError):
    """The service takes no message by our key for this subscription: it was made for another key, or our own key or clock is wrong."""


@dataclass(frozen=True, slots=True)
class Push:
    """One message for one browser."""

    endpoint: str
    p256dh: str
    auth: str
    plain: bytes
    receipt_key: str = ""


def headers_of(message: Message) -> dict[str, str]:
    """Return how long a service keeps a message for a phone that is away, how urgent it is, and what replaces what."""
    is_alarm = message.subject.startswith("incident:")
    keeps = 600 if is_alarm else DAY_S
    if message.expires_at is not None:
        keeps = max(0, min(4 * DAY_S, int((message.expires_at - clock.now()).total_seconds())))
    topic = hashlib.sha256(str(message.data.get("chain") or message.subject).encode()).digest()[:24]
    return {"TTL": str(keeps), "Urgency": "high" if is_alarm else URGENCIES.get(message.priority, "normal"), "Topic": b64(topic)}


def deliver(pushes: Sequence[Push], headers: dict[str, str]) -> list[Accepted | DeliveryError]:
    """Encrypt and hand over; the results stand in the order of the pushes."""
    results: list[Accepted | DeliveryError | None] = [None] * len(pushes)
    places, questions = [], []
    for place, push in enumerate(pushes):
        try:
            questions.append(_question(push, headers))
            places.append(place)
        except (RefusedAddress, BadKeys):
            results[place] = Gone(Failure.PERMANENT, str(_("This phone's subscription cannot be used.")))
    for place, answer in zip(places, client.ask(questions), strict=True):
        results[place] = outcome(answer, pushes[place].receipt_key)
    return [one for one in results if one is not None]


def _question(push: Push, headers: dict[str, str]) -> Asking:
    parts = hosts.checked(push.endpoint)
    sealed = encrypt(push.plain, p256dh=unb64(push.p256dh), auth=unb64(push.auth))
    own = {
        "Authorization": vapid.authorization(hosts.origin(parts)), "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream", **headers,
    }  # fmt: skip
    return Asking(push.endpoint, "POST", sealed, own, within_s=WITHIN_S, most_bytes=1024)


def outcome(answer: Answer | Unanswered, receipt_key: str) -> Accepted | DeliveryError:
    """Say what an answer means: done, gone, again later, or a fault of ours or theirs."""
    if isinstance(answer, Unanswered):
        return DeliveryError(Failure.TECHNICAL, str(_("The push service does not answer.")), is_unclear=not isinstance(answer, Unreached))
    if answer.status in (200, 201, 202, 204):
        return Accepted(receipt_key)
    if answer.status in (404, 410):
        return Gone(Failure.PERMANENT, str(_("The phone has ended its subscription.")))
    if answer.status in (401, 403):
        # Several that are refused set the service aside; one alone holds nobody else up.
        return KeyRefused(Failure.TEMPORARY, str(_("The push service does not accept this installation's key.")), retry_after_s=KEY_PAUSE_S)
    failure, words = _MEANS.get(answer.status) or _of_its_hundred(answer.status)
    retry_after_s = pause_s(answer) if answer.status == 429 or answer.status >= 500 else None
    # A service that breaks off in the midst of its work, or a go-between that lost its answer, may have taken the message.
    return DeliveryError(failure, str(words), retry_after_s=retry_after_s, is_unclear=answer.status in (500, 502, 504))


_MEANS: Final = {
    429: (Failure.TEMPORARY, _("The push service asks to wait.")),
    413: (Failure.PERMANENT, _("The push service finds the message too long.")),
}


def _of_its_hundred(status: int) -> tuple[Failure, Promise]:
    if status >= 500:
        return Failure.TECHNICAL, _("The push service has a fault.")
    if status < 400:
        return Failure.TECHNICAL, _("The push service points elsewhere; nobody is followed.")
    return Failure.PERMANENT, _("The push service refuses the message.")


def pause_s(answer: Answer) -> float | None:
    """Return what Retry-After asks for, in seconds or as a date; nonsense is nothing."""
    said = answer.headers.get("Retry-After", "")
    if said.isascii() and said.isdigit() and len(said) < 8:
        return min(LONGEST_PAUSE_S, float(said))
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(LONGEST_PAUSE_S, max(0.0, (at - clock.now()).total_seconds()))
