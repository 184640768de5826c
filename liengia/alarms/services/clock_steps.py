"""A clock that was set back: what waits for an instant would wait so much longer, unless the instants are set back too.

Only setting back counts. A clock that jumped forward (a machine that slept, or was late) makes steps due at once, and early is the safe side.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from liengia.alarms.models import IncidentStep
from liengia.alarms.models.incidents import OPEN_STATES
from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.models import Sequence

logger = logging.getLogger(__name__)
# A clock that is only being slewed gains or loses far less than this between two looks.
LEAST_S: Final = 1.0
_FOLLOWED: Final = "alarms.clock"


class SetBack:
    """Notices that this machine's clock was set back since the last look."""

    def __init__(self) -> None:
        """Note how the two clocks stand to each other."""
        self._stands_at = time.time() - time.monotonic()

    def follow(self) -> int:
        """Set back the waiting steps if the clock was; return how many."""
        earlier, stands_at, later = time.monotonic(), time.time(), time.monotonic()
        if later - earlier > LEAST_S / 2:
            return 0  # this thread was held up between the two: the next look tells
        stands_at -= later
        back_s = self._stands_at - stands_at
        count = set_back(back_s, stands_at=stands_at) if back_s > LEAST_S else 0
        self._stands_at = stands_at  # only now: what failed is tried again
        return count


@transaction.atomic
def set_back(back_s: float, *, stands_at: float) -> int:
    """Set the steps of open incidents that wait back by so many seconds; return how many.

    `stands_at` (this machine's clock less its seconds since the start) says which step of the clock this is: each is
    followed once, however many workers see it.
    """
    Sequence.objects.get_or_create(name=_FOLLOWED)
    row = Sequence.objects.select_for_update().get(name=_FOLLOWED)
    if abs(row.last / 1000 - stands_at) < LEAST_S:
        return 0
    Sequence.objects.filter(pk=row.pk).update(last=round(stands_at * 1000))
    waiting = IncidentStep.objects.filter(ran_at=None, cancelled_at=None, incident__state__in=OPEN_STATES)
    count = waiting.update(due_at=F("due_at") - timedelta(seconds=back_s))
    logger.warning("the clock was set back by %.1f s; %s escalation steps follow it", back_s, count)
    if count:
        audit.record(
            "alarms.steps_set_back", actor=Actor.system("worker"), about=("alarms.IncidentStep", "waiting"), facts={"back_s": round(back_s, 1), "steps": count}
        )
    return count
