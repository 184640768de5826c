"""Private links of guests: made of a key and the guest's id, kept nowhere; another round makes the old link worthless.

The part that only the guest has is 104 bits in 21 small letters and digits, so that it can be typed from paper; people use the
square code beside it. Links of before, of 43 characters, open as they did.
"""

from __future__ import annotations

import base64
import re
from typing import Final

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from liengia.festivals.models import GuestInvitation

_SALT: Final = "liengia.festivals.guest"
BYTES: Final = 13


def token(guest: GuestInvitation) -> str:
    """Return the part of the address that only the guest has."""
    made = salted_hmac(f"{_SALT}.short", f"{guest.public_id}:{guest.round}", algorithm="sha256").digest()[:BYTES]
    return base64.b32encode(made).decode().rstrip("=").lower()


def address(guest: GuestInvitation) -> str:
    """Return the whole address."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("festivals:answer", args=[guest.public_id, token(guest)])


def leads_to(guest: GuestInvitation, words: str) -> bool:
    """Tell whether words hold an address that opens for the guest today."""
    return any(opens(guest, given) for given in re.findall(_pattern(guest), words, re.ASCII))


def is_dead(guest: GuestInvitation, words: str) -> bool:
    """Tell whether words hold an address of the guest, and none that opens today."""
    return re.search(_pattern(guest), words, re.ASCII) is not None and not leads_to(guest, words)


def renewed(before: GuestInvitation, now: GuestInvitation, words: str) -> str:
    """Return words in which each address that opened before the guest's new round is the present one; all else stays."""
    return re.sub(_pattern(before), lambda found: found[0].replace(found[1], token(now)) if opens(before, found[1]) else found[0], words, flags=re.ASCII)


def _pattern(guest: GuestInvitation) -> str:
    return rf"/{re.escape(guest.public_id)}/([\w-]+)"


def opens(guest: GuestInvitation, given: str) -> bool:
    """Tell whether an address is the guest's own, of the present round; capitals do not matter, as it may be typed."""
    if constant_time_compare(given.lower(), token(guest)):
        return True
    try:
        return signing.Signer(salt=_SALT).unsign(f"{guest.public_id}:{guest.round}:{given}") == f"{guest.public_id}:{guest.round}"
    except signing.BadSignature:
        return False
