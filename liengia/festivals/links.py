"""Private links of guests: made of a key and the guest's id, kept nowhere; another round makes the old link worthless."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.core import signing
from django.urls import reverse

from liengia.festivals.models import GuestInvitation

_SALT: Final = "liengia.festivals.guest"


def token(guest: GuestInvitation) -> str:
    """Return the part of the address that only the guest has."""
    return signing.Signer(salt=_SALT).signature(f"{guest.public_id}:{guest.round}")


def address(guest: GuestInvitation) -> str:
    """Return the whole address."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("festivals:answer", args=[guest.public_id, token(guest)])


def opens(guest: GuestInvitation, given: str) -> bool:
    """Tell whether an address is the guest's own, of the present round."""
    try:
        return signing.Signer(salt=_SALT).unsign(f"{guest.public_id}:{guest.round}:{given}") == f"{guest.public_id}:{guest.round}"
    except signing.BadSignature:
        return False
