"""What every template may use."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest

from liengia.core import clock

# Larger than normal; scripts keep theirs in the browser's own store, which goes before the cookie.
TEXT_SIZES: Final = ("2", "3")
TEXT_SIZE_COOKIE: Final = "co-chu"


def site(request: HttpRequest) -> dict[str, object]:
    """Give the server's time (for clocks on phones that run wrong), whether this is a demonstration, and the text size.

    Who has the cookie of a text size is answered by Django and not by the page cache.
    """
    size = request.COOKIES.get(TEXT_SIZE_COOKIE, "")
    return {"text_size": size if size in TEXT_SIZES else "", "server_now": clock.now(), "is_demo": settings.DEMO, "public_url": settings.PUBLIC_URL}
