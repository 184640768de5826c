"""Subscriptions to web push: switched on by their owner, a device at a time; ended at once by many ways.

Source: Decree 356/2025/ND-CP (consent is given for a purpose, is never on by default, and is withdrawn as easily).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from liengia.audit import services as audit
from liengia.broadcast.channels.base import Message, Recipient
from liengia.broadcast.channels.webpush import hosts
from liengia.broadcast.channels.webpush.channel import ANSWER_SALT, CHANNEL, RECEIPT_SALT
from liengia.broadcast.channels.webpush.encryption import BadKeys, receiver_key, unb64
from liengia.broadcast.models import Delivery, DeliveryState, PushSubscription
from liengia.broadcast.models.push import PushSubscriptionQuerySet
from liengia.broadcast.services import outbox, receipts
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound
from liengia.core.limits import Limiter
from liengia.core.outside import RefusedAddress
from liengia.people.middleware import BOUND_PHONE_KEY
from liengia.people.models import BoundPhone, User

MARK_KEY: Final = "push_mark"
RENEW_SALT: Final = "broadcast.push.renew"
MOST_DEVICES: Final = 10
# A phone that was off for a day still says that it has shown what it got; an alarm is answered while it matters.
SHOWN_FOR: Final = timedelta(days=5)
ANSWERED_FOR: Final = timedelta(hours=2)
WISHES: Final = ("wants_alarms", "wants_warnings", "wants_news")
tests_of_push: Final = Limiter(most=5, per=timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class Keys:
    """What a browser gives when it subscribes."""

    endpoint: str
    p256dh: str
    auth: str

    @classmethod
    def checked(cls, endpoint: str, p256dh: str, auth: str) -> Keys:
        """Return keys that can be used.

        Raises:
            Invalid: of no push service that is known here, or no keys of a browser.
        """
        try:
            hosts.checked(endpoint)
            receiver_key(unb64(p256dh[:200]))
            if len(unb64(auth[:100])) != 16:
                raise BadKeys("not a secret of 16 bytes")
        except (RefusedAddress, BadKeys):
            raise Invalid(_("This browser cannot be reached here. Try Chrome, Firefox, Edge or Safari."), code="push_keys") from None
        return cls(endpoint, p256dh, auth)

    @property
    def hash(self) -> str:
        """What makes a subscription the same."""
        return hashlib.sha256(self.endpoint.encode()).hexdigest()

    @property
    def row(self) -> dict[str, str]:
        """The columns of a subscription."""
        secret = json.dumps({"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth})
        return {"endpoint_hash": self.hash, "secret": secret, "service": hosts.checked(self.endpoint).hostname or ""}


def mark_of(session: SessionBase) -> str:
    """Return the word for how a device is signed in: by its bound phone, or by a session, whose key changes with a new password and whose word stays."""
    phone = session.get(BOUND_PHONE_KEY)
    return _mark_of_phone(phone) if phone is not None else str(session.setdefault(MARK_KEY, secrets.token_hex(16)))


def _mark_of_phone(key: int) -> str:
    return f"phone:{key}"


def session_hash(mark: str | None) -> str:
    """Return what tells how a device is signed in, from which the word for it cannot be read."""
    return salted_hmac("broadcast.push.session", mark).hexdigest() if mark else ""


@transaction.atomic
def subscribe(
    user: User, *, keys: Keys, device: str, wishes: Mapping[str, bool], mark: str | None, actor: Actor
) -> PushSubscription:
    """Have a device told; a browser that somebody else used before is theirs no more.

    Raises:
        Invalid: for nothing at all.
    """
    chosen = _chosen(wishes)
    PushSubscription.objects.filter(endpoint_hash=keys.hash).delete()
    for old in PushSubscription.objects.of(user)[MOST_DEVICES - 1 :]:
        old.delete()
    made = PushSubscription.objects.create(
        user=user, device=device[:80], session_hash=session_hash(mark), given_at=clock.now(), **keys.row, **chosen
    )
    audit.record("broadcast.push_given", actor=actor, about=user, facts={"kinds": [name for name in WISHES if chosen[name]]})
    return made


@transaction.atomic
def change(subscription: PushSubscription, *, wishes: Mapping[str, bool], actor: Actor) -> None:
    """Change of what a device is told; of nothing ends it."""
    if not any(wishes.get(name) for name in WISHES):
        unsubscribe(subscription, actor=actor)
        return
    chosen = _chosen(wishes)
    PushSubscription.objects.filter(pk=subscription.pk).update(**chosen)
    facts = {"kinds": [name for name in WISHES if chosen[name]]}
    audit.record("broadcast.push_given", actor=actor, about=subscription.user, facts=facts)


@transaction.atomic
def unsubscribe(subscription: PushSubscription, *, actor: Actor) -> None:
    """End a device's subscription: the row goes at once, and what waits for it is not sent."""
    user = subscription.user
    subscription.delete()
    audit.record("broadcast.push_withdrawn", actor=actor, about=user)


def forget_session(user: User, mark: str) -> int:
    """End what a session or a bound phone had switched on, when it signs out or is revoked."""
    return _forget(user, PushSubscription.objects.of(user).filter(session_hash=session_hash(mark)))


def forget_ended(user: User, phone: BoundPhone | None = None, *, but: str = "") -> int:
    """End what a revoked phone had switched on; or (None) what every other session had that a new password ends: bound phones go by their PIN, and stay."""
    if phone is not None:
        return forget_session(user, _mark_of_phone(phone.pk))
    stays = [but, *(_mark_of_phone(key) for key in BoundPhone.objects.active().filter(user=user).values_list("pk", flat=True))]
    return _forget(user, PushSubscription.objects.of(user).exclude(session_hash__in=[session_hash(one) for one in stays if one]))


@transaction.atomic
def _forget(user: User, rows: PushSubscriptionQuerySet) -> int:
    gone, _by_model = rows.delete()
    if gone:
        audit.record("broadcast.push_withdrawn", actor=Actor.of(user), about=user)
    return gone


def forget_closed(users: list[User] | None = None) -> int:
    """End subscriptions of accounts that were closed or erased; told by `people`, and looked for by the worker."""
    found = PushSubscription.objects.all()
    if users is not None:
        found = found.filter(user__in=users)
    usable = PushSubscription.objects.usable().values("pk")
    keys = list(found.exclude(pk__in=usable).values_list("pk", flat=True)[:500])
    if keys:
        PushSubscription.objects.filter(pk__in=keys).delete()
    return len(keys)


@transaction.atomic
def send_test(subscription: PushSubscription, *, url: str) -> None:
    """Send a test to one device, the way that everything goes.

    Raises:
        Invalid: too many in ten minutes.
    """
    if not tests_of_push.allows_thing(f"{subscription.user_id}"):
        raise Invalid(_("Enough tests for now. Try again in ten minutes."), code="push_tests")
    said = outbox.say(_test_message(subscription, url))
    outbox.enqueue(CHANNEL, said, [Recipient(subscription.public_id, subscription.service)])


def _test_message(subscription: PushSubscription, url: str) -> Message:
    now = clock.now()
    return Message(
        subject=f"test:{subscription.public_id}", msg_type="alert", mode="test", priority="urgent", kind="notice",
        headline=_("This phone can be told"), text=_("This came with the page closed. If you hear and see it, it works."),
        unit_name="", sent_at=now, url=url, expires_at=now + timedelta(minutes=10),
    )  # fmt: skip


# What comes back from phones; nobody is signed in there


def renewal_token(subscription: PushSubscription) -> str:
    """Return by what the device's service worker tells of new keys, without a page or a session."""
    return signing.dumps(subscription.public_id, salt=RENEW_SALT)


@transaction.atomic
def renew(token: str, *, keys: Keys) -> None:
    """Take the new keys of a browser whose push service changed them.

    Raises:
        NotFound: no token of ours, or the subscription has ended.
    """
    public_id = _read(token, RENEW_SALT, None)
    found = PushSubscription.objects.usable().select_for_update(of=("self",)).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("")
    PushSubscription.objects.filter(endpoint_hash=keys.hash).exclude(pk=found.pk).delete()
    for name, value in keys.row.items():
        setattr(found, name, value)
    found.save(update_fields=list(keys.row))


def note_shown(token: str) -> None:
    """File that a phone has shown a message; of a bulletin nobody knows which person's phone.

    Raises:
        NotFound: no token of ours, too old, or of nothing that is kept.
    """
    _receive(_read(token, RECEIPT_SALT, SHOWN_FOR), "shown")


@transaction.atomic
def answer(token: str, action: str) -> None:
    """Take an answer that was pressed in a notification: once, within two hours, one of those that were offered.

    Raises:
        NotFound: no token of ours, used, too old, an answer that was not offered, or an account that was closed since.
    """
    read = _read(token, ANSWER_SALT, ANSWERED_FOR)
    if not (isinstance(read, list) and len(read) == 2 and action in read[1]):
        raise NotFound("")
    row = Delivery.objects.select_for_update(of=("self",)).select_related("user").filter(key=read[0], channel=CHANNEL.name).first()
    if row is None or row.answered_at is not None or row.user is None or not row.user.is_active:
        raise NotFound("")
    if row.state not in (DeliveryState.ACCEPTED, DeliveryState.WAITING):
        raise NotFound("")
    _receive(read[0], "answered", answer=action)


def _receive(key: Any, what: str, *, answer: str = "") -> None:
    """File a receipt by the delivery's key, also when the phone was quicker than the row of its sending."""
    Delivery.objects.filter(key=str(key), channel=CHANNEL.name, receipt_key="").update(receipt_key=str(key))
    if not receipts.receive(CHANNEL.name, str(key), what, answer=answer):
        raise NotFound("")


def _read(token: str, salt: str, most: timedelta | None) -> Any:
    if len(token) > 2000:
        raise NotFound("")
    try:
        return signing.loads(token, salt=salt, max_age=most)
    except (signing.BadSignature, ValueError):
        raise NotFound("") from None


def _chosen(wishes: Mapping[str, bool]) -> dict[str, bool]:
    chosen = {name: bool(wishes.get(name)) for name in WISHES}
    if not any(chosen.values()):
        raise Invalid(_("Choose of what this phone is told."), code="push_nothing")
    return chosen
