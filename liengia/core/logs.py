"""What never reaches a log: codes that stand in addresses."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable


class MaskCodes(logging.Filter):
    """Writes `…` for what follows certain beginnings of addresses: an invitation's code opens a house until it is used.

    Django names the address of a request that failed (a form without its token, an error of ours): such a line must
    not be worth stealing. It masks every record and drops none.
    """

    def __init__(self, after: Iterable[str]) -> None:
        """Take the beginnings of addresses after which a code stands."""
        super().__init__()
        self._found = re.compile("(" + "|".join(re.escape(one) for one in after) + r")[^/\s\"'?]+")

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the message."""
        said = record.getMessage()
        if self._found.search(said):
            record.msg, record.args = self._found.sub(r"\1…", said), ()
        return True
