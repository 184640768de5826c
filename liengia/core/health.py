"""What `/health` asks: each room registers what must hold; one red line makes the whole red."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from liengia.core import clock
from liengia.core.models import Heartbeat

logger = logging.getLogger(__name__)
LATE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a component is well, and a sentence that says so."""

    ok: bool
    says: str


_checks: dict[str, Callable[[], Finding]] = {}
_kept: set[str] = set()


def register(name: str, check: Callable[[], Finding], *, for_operators: bool = False) -> None:
    """Add a component; called from `AppConfig.ready`. What not everybody may learn of is for operators alone."""
    _checks[name] = check
    if for_operators:
        _kept.add(name)


def findings(*, for_operators: bool = True) -> dict[str, Finding]:
    """Ask all components, or only those of which everybody may learn; one that cannot answer is red."""
    found: dict[str, Finding] = {}
    for name, check in _checks.items():
        if name in _kept and not for_operators:
            continue
        try:
            found[name] = check()
        except Exception as error:  # noqa: BLE001  (a broken check must not hide the others)
            logger.warning("health check %s failed: %s", name, error)
            found[name] = Finding(False, type(error).__name__)
    return found


def heartbeat_of(process: str) -> Callable[[], Finding]:
    """Return a check that a process of ours turned within the last 15 s."""

    def check() -> Finding:
        beat = Heartbeat.objects.filter(process=process).first()
        if beat is None:
            return Finding(False, _("has never run"))
        age = clock.now() - beat.at
        seconds = int(age.total_seconds())
        return Finding(age < LATE, _("last turn %(seconds)s s ago") % {"seconds": seconds})

    return check


def database() -> Finding:
    """Check that the database answers."""
    try:
        Heartbeat.objects.exists()
    except DatabaseError as error:
        return Finding(False, str(error))
    return Finding(True, _("answers"))
