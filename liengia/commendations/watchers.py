"""Who follows the hand-out: rooms above learn which certificates were marked, in the transaction that marks them.

A festival's board counts what is given while it is given. Filled in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from liengia.commendations.models import Certificate

Watcher = Callable[[Sequence[Certificate]], None]
_watchers: list[Watcher] = []


def register(watcher: Watcher) -> None:
    """Add one; it may write, and never raises for what it does not know."""
    _watchers.append(watcher)


def tell(certificates: Sequence[Certificate]) -> None:
    """Tell all of them what changed, in the caller's transaction."""
    if certificates:
        for watcher in _watchers:
            watcher(certificates)
