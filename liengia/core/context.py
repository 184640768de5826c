"""What every template may use."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from liengia.core import clock


def site(request: HttpRequest) -> dict[str, object]:
    """Give the server's time (for clocks on phones that run wrong), and whether this is a demonstration."""
    return {"server_now": clock.now(), "is_demo": settings.DEMO, "public_url": settings.PUBLIC_URL}
