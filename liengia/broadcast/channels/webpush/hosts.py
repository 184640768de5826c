"""Which push services are known: a subscription of any other is refused, so that no browser can have us ask inside addresses.

Source: the services of Chromium (FCM), Firefox (autopush), Safari (Apple) and Edge (WNS), as their browsers give them.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult

from django.conf import settings

from liengia.core import outside

KNOWN: Final = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    ".push.apple.com",
    ".notify.windows.com",
)


def checked(endpoint: str) -> SplitResult:
    """Return the parts of an endpoint that may be asked.

    Raises:
        RefusedAddress: it is none of a push service that this installation knows.
    """
    return outside.checked(endpoint, hosts=(*KNOWN, *settings.PUSH_HOSTS), loopback=settings.OUTSIDE_LOOPBACK)


def origin(parts: SplitResult) -> str:
    """Return scheme and host, as the token of a push service names them."""
    return f"{parts.scheme}://{parts.netloc}"
