"""A push service on loopback, and this installation's key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from liengia.broadcast.channels.webpush import transport, vapid
from tests.broadcast.webpush.service import PushService


@pytest.fixture
def service(settings: object) -> Iterator[PushService]:
    """Return the service, which knows our key; loopback may be asked while it runs."""
    settings.OUTSIDE_LOOPBACK = True  # type: ignore[attr-defined]
    settings.PUSH_CONTACT = "mailto:truc@example.org"  # type: ignore[attr-defined]
    vapid.forget()
    found = PushService(key=vapid.public_key()).start()
    yield found
    transport.client.close()
    found.stop()
    vapid.forget()
