"""States of a request about an article; docs/areas/portal.md has the same table for people."""

from __future__ import annotations

from liengia.core.workflow import Workflow
from liengia.portal.models import RequestState as S

REQUEST = Workflow(
    "portal.request",
    {
        S.RECEIVED: {"take_up": S.LOOKING},
        S.LOOKING: {"propose": S.LOOKING, "remove": S.REMOVED, "correct": S.CORRECTED, "refuse": S.REFUSED},
    },
)
