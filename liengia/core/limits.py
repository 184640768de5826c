"""Limits on how often one address may do a thing, without keeping an address.

The key is an HMAC of the address under a salt that is drawn anew each day and in each process, and never leaves its
memory: it is in no database, log, counter or message, and cannot be joined with another day's. Each web process counts
for itself, so that the limit of an installation is the given one times its processes. Behind one address of a village
café sit many people: limits are generous, and what is refused can be sent again later, with its words kept.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import OrderedDict, deque
from datetime import timedelta
from typing import Final

from django.http import HttpRequest

from liengia.core import clock

MOST_KEYS: Final = 20_000


class Limiter:
    """At most `most` times in `per` for one address, or for one address and one thing."""

    def __init__(self, *, most: int, per: timedelta) -> None:
        """Set the limit."""
        self.most, self.per_s = most, per.total_seconds()
        self._seen: OrderedDict[bytes, deque[float]] = OrderedDict()
        self._salt, self._day = secrets.token_bytes(32), clock.today()
        self._lock = threading.Lock()

    def allows(self, request: HttpRequest, thing: str = "") -> bool:
        """Count one more of this request's address (and thing); False when it is one too many (which is not counted)."""
        return self.allows_thing(f"{request.META.get('REMOTE_ADDR', '')} {thing}")

    def allows_thing(self, thing: str) -> bool:
        """Count one more of a thing, whoever asks."""
        with self._lock:
            self._renew()
            key = hmac.digest(self._salt, thing.encode(), "sha256")
            times = self._seen.pop(key, deque())
            now = time.monotonic()
            while times and now - times[0] > self.per_s:
                times.popleft()
            is_allowed = len(times) < self.most
            if is_allowed:
                times.append(now)
            self._seen[key] = times
            while len(self._seen) > MOST_KEYS:
                self._seen.popitem(last=False)
            return is_allowed

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._seen.clear()

    def _renew(self) -> None:
        """Draw another salt each day: what was counted before belongs to nobody any more."""
        today = clock.today()
        if today != self._day:
            self._salt, self._day = secrets.token_bytes(32), today
            self._seen.clear()
