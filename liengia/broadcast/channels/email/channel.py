"""The channel of e-mail."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Collection, Iterator, Sequence
from typing import Any, ClassVar, Final

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import BadHeaderError, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast import audiences
from liengia.broadcast.channels.accounts import BUDGET_S
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
from liengia.broadcast.channels.consent import kind_of
from liengia.broadcast.channels.email import letter
from liengia.broadcast.models import ChannelConsent

SALT: Final = "broadcast.email.end"
WITHIN_S: Final = 20


class Email(Channel):
    """To those who asked for letters, by kind. The mail server says only that it has taken a letter."""

    name: ClassVar = "email"
    label: ClassVar = gettext_lazy("E-mail")
    help: ClassVar = gettext_lazy("To those who asked for letters. The operator sets the mail server; nothing goes out before.")
    icon: ClassVar = "mail"
    nobody: ClassVar = gettext_lazy("Nobody of those chosen has asked for letters of this kind.")

    def missing(self, unit_id: int) -> str:
        """Return that no mail server is set."""
        return "" if mail_server() else _("no mail server yet")

    def why_nobody(self, unit_id: int) -> str:
        """Return that no mail server is set, else that nobody asked."""
        return super().why_nobody(unit_id) if mail_server() else _("No mail server is set on this installation yet, so no letter goes out.")

    receipts: ClassVar = frozenset({"accepted"})
    batch: ClassVar = 50
    per_second: ClassVar = float(settings.MAIL_PER_SECOND)  # 20 unless set: what small offices' mail servers take without taking it for spam

    def recipients(self, audience: Audience, kind: str) -> Iterator[Recipient]:
        """Yield those of an audience who asked for this kind."""
        return _recipients(_consents().filter(user__in=audiences.users(audience)), kind)

    def to_users(self, user_ids: Collection[int], kind: str) -> Iterator[Recipient]:
        """Yield those of these people who asked for this kind; nobody is told of an alarm by letter."""
        return _recipients(_consents().filter(user__in=list(user_ids)), kind)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Hand letters to the mail server over one connection; whoever withdrew since gets none."""
        wanted = _wanted([_key(one.address) for one in parcels])
        connection = get_connection(**mail_server())
        try:
            if mail_server() and wanted:
                connection.open()
        except (OSError, smtplib.SMTPException):
            return [DeliveryError(Failure.TECHNICAL, _("The mail server does not answer."))] * len(parcels)
        outcomes: list[Outcome] = []
        until = time.monotonic() + BUDGET_S
        try:
            for parcel in parcels:
                last = outcomes[-1] if outcomes else None
                if isinstance(last, DeliveryError) and (last.failure is Failure.TECHNICAL or not last.was_asked):
                    # The connection is gone: the rest was never handed over, and is due once the server is asked again.
                    outcomes.append(DeliveryError(Failure.TEMPORARY, last.words, was_asked=False))
                elif time.monotonic() > until:
                    outcomes.append(DeliveryError(Failure.TEMPORARY, _("It was not its turn yet."), was_asked=False))
                else:
                    outcomes.append(self._one(parcel, wanted.get(parcel.address, {}).get(kind_of(parcel.message.kind)), connection))
        finally:
            connection.close()
        return outcomes

    def _one(self, parcel: Parcel, address: str | None, connection: BaseEmailBackend) -> Outcome:
        if not mail_server():
            return DeliveryError(Failure.TECHNICAL, _("No mail server is set."))
        if not address:  # withdrawn, or this kind no longer ticked
            return DeliveryError(Failure.PERMANENT, _("Withdrawn since."))
        try:
            validate_email(address)
            letter.build(parcel.message, to=address, unsubscribe=unsubscribe_url(parcel.address), key=parcel.key, connection=connection).send()
        except (ValidationError, BadHeaderError):
            return DeliveryError(Failure.PERMANENT, _("This is no e-mail address."))
        except (OSError, smtplib.SMTPException) as error:
            return failure_of(error)
        return Accepted()

    def preview(self, message: Message) -> Preview:
        """Return subject and text."""
        return Preview(letter.subject(message), message.text, len(message.text), None, "characters")


def _consents() -> QuerySet[ChannelConsent]:
    found = ChannelConsent.objects.filter(channel="email", withdrawn_at=None, user__is_active=True, user__closed_at=None)
    return found.exclude(user__email=None).exclude(user__email="")


def _wanted(keys: Collection[int]) -> dict[str, dict[str, str]]:
    """Return by outbox address and kind where a letter goes today: kinds that were changed since are another row of the same person."""
    holders = dict(ChannelConsent.objects.filter(pk__in=list(keys)).values_list("pk", "user_id"))
    standing = {row.user_id: {kind: str(row.user.email) for kind in row.kinds} for row in _consents().filter(user__in=set(holders.values())).select_related("user")}
    return {f"c{key}": standing.get(user, {}) for key, user in holders.items()}


def _recipients(found: QuerySet[ChannelConsent], kind: str) -> Iterator[Recipient]:
    """Yield consents, not addresses: an outbox row holds no e-mail address, and a letter goes where the account says today.

    A person's first consent, which stays the same: a change of kinds while a bulletin is being planned makes no second letter.
    """
    asked = kind_of(kind)
    first = ChannelConsent.objects.filter(channel="email", user=OuterRef("user")).order_by("pk").values("pk")[:1]
    for row in found.annotate(first=Subquery(first)).order_by("pk").iterator(chunk_size=500):
        if asked in row.kinds:
            yield Recipient(f"c{row.first}", "smtp", user_id=row.user_id)


def _key(address: str) -> int:
    return int(address[1:]) if address[:1] == "c" and address[1:].isdecimal() else 0


def mail_server() -> dict[str, Any]:
    """Return how the mail server is reached, as Django's backend wants it; empty when none is set."""
    return {**settings.MAIL_SERVER, "timeout": WITHIN_S} if settings.MAIL_SERVER else {}


def unsubscribe_url(address: str) -> str:
    """Return where this consent is ended, without signing in, by whoever has the letter."""
    token = signing.dumps(_key(address), salt=SALT)
    return f"{settings.PUBLIC_URL}{reverse('broadcast:email_end', args=[token])}"


def failure_of(error: Exception) -> DeliveryError:
    """Say what a mail server's answer means: 4xx is later, 5xx of an address is for ever, all else is the server's."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
        if code >= 500:
            return DeliveryError(Failure.PERMANENT, _("The mail server does not know this address."))
        return DeliveryError(Failure.TEMPORARY, _("The mail server asks to try later."))
    if isinstance(error, smtplib.SMTPResponseException) and not isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPAuthenticationError):
        kind = Failure.TEMPORARY if 400 <= error.smtp_code < 500 else Failure.PERMANENT
        return DeliveryError(kind, _("The mail server refuses the letter."))
    # Cut off or silent in the midst of a letter: it may have been taken.
    return DeliveryError(Failure.TECHNICAL, _("The mail server does not answer."), is_unclear=not isinstance(error, smtplib.SMTPResponseException))


CHANNEL: Final = Email()
