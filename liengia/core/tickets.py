"""Signed tickets of public forms: which form it is and when it was drawn, stored nowhere.

A form sent sooner than anybody types is a programme's; one that stood open for long is drawn anew, with its words kept.
The value that a ticket carries (a private code, a number) makes a form that is sent twice one thing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SOONEST: Final = timedelta(seconds=3)
LATEST: Final = timedelta(days=2)


class TicketBook:
    """The tickets of one kind of form; those of another are not valid in it."""

    def __init__(self, salt: str) -> None:
        """Name the kind of form."""
        self._signer = signing.TimestampSigner(salt=salt)

    def draw(self, value: str) -> str:
        """Return a ticket that is drawn now."""
        return self._signer.sign(value)

    def value_of(self, ticket: str) -> str:
        """Return what a ticket of ours carries, however old; nothing when it is none."""
        try:
            return self._signer.unsign(ticket)
        except signing.BadSignature:
            return ""

    def read(self, ticket: str) -> str:
        """Return what a valid ticket carries.

        Raises:
            ValidationError: sent sooner than anybody types, after two days, or not by a form of ours.
        """
        try:
            value = self._signer.unsign(ticket, max_age=LATEST)
        except signing.SignatureExpired:
            raise ValidationError(_("This form was open for long. It is valid again now: send it once more."), code="late") from None
        except signing.BadSignature:
            raise ValidationError(_("This form is not valid any more. Send it once more."), code="ticket") from None
        try:
            self._signer.unsign(ticket, max_age=SOONEST)
        except signing.SignatureExpired:
            return value
        raise ValidationError(_("That was quick. Look it over once more, then send."), code="soon")
