"""A limit that lives in this process's memory: by a keyed hash of an address whose key dies with the process or the day.

Nothing of it is stored, logged or counted by key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from typing import Final

from django.http import HttpRequest

_MOST_KEYS: Final = 50_000
_DAY_S: Final = 86_400


class MemoryLimit:
    """At most `times` in `within_s` seconds for one address and one thing."""

    def __init__(self, times: int, within_s: float) -> None:
        """Set the limit."""
        self._times, self._within_s = times, within_s
        self._lock = threading.Lock()
        self._fresh()

    def _fresh(self) -> None:
        self._key, self._born = secrets.token_bytes(32), time.monotonic()
        self._seen: dict[bytes, list[float]] = {}

    def allows(self, request: HttpRequest, thing: str = "") -> bool:
        """Tell whether it is allowed once more, and count it."""
        now = time.monotonic()
        with self._lock:
            if now - self._born > _DAY_S or len(self._seen) > _MOST_KEYS:
                self._fresh()
            asked = f"{request.META.get('REMOTE_ADDR', '')} {thing}".encode()
            key = hmac.new(self._key, asked, hashlib.sha256).digest()[:16]
            times = [one for one in self._seen.get(key, []) if now - one < self._within_s]
            allowed = len(times) < self._times
            self._seen[key] = [*times, now] if allowed else times
        return allowed
