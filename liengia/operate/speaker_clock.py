"""What time it is for a loudspeaker's player: a small box often has no clock that runs without power, and begins hours wrong."""

from __future__ import annotations

import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Final

# The server's whole seconds and the way there are no reason to leave the box's own clock.
OFF_LEAST_S: Final = 60.0
# Somebody set the box's clock: what was known of its error is over.
STEP_S: Final = 2.0
SURE_FOR_S: Final = 3600.0


class ServerClock:
    """The box's clock, put right by the `Date` of the server's answers."""

    def __init__(self) -> None:
        """Know nothing of the server's time yet."""
        self.off_s = 0.0
        self._read_at: float | None = None
        self._stood = time.time() - time.monotonic()

    def now_s(self) -> float:
        """Return the time, in seconds since 1970."""
        stands = time.time() - time.monotonic()
        if abs(stands - self._stood) > STEP_S:
            self.off_s, self._read_at = 0.0, None
        self._stood = stands
        return time.time() + self.off_s

    @property
    def is_sure(self) -> bool:
        """Whether the server was asked within the hour, and the clock was not set since."""
        self.now_s()
        return self._read_at is not None and time.monotonic() - self._read_at < SURE_FOR_S

    def take(self, date: str) -> None:
        """Go by an answer's `Date`; nonsense changes nothing."""
        with suppress(TypeError, ValueError):
            off = parsedate_to_datetime(date).timestamp() - time.time()
            self.now_s()
            self.off_s, self._read_at = off if abs(off) > OFF_LEAST_S else 0.0, time.monotonic()
