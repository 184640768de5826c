"""What the worker repeats for this room: each channel has a thread of its own, so that one that hangs delays no other."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from liengia.broadcast import channels
from liengia.broadcast.services import by_hand, feeds, outbox, planning, push, recordings, retention
from liengia.broadcast.services.bulletins import DUE
from liengia.core.worker import chore


def register_channels() -> None:
    """Register a chore for each channel that sends by itself; called from `AppConfig.ready`."""
    for channel in channels.every().values():
        if channel.is_manual:
            continue
        for apart in (False, True) if channel.apart else (None,):
            chore(
                f"broadcast.send.{channel.name}{'.apart' if apart else ''}", every=timedelta(seconds=2), wakes_on=(outbox.POKE,), next_due=partial(_next_due, channel.name)
            )(partial(outbox.send_due, channel.name, apart=apart))


def _next_due(name: str, after: datetime) -> datetime | None:
    due = outbox.next_due_at(name)
    return due if due is not None and due > after else None


@chore("broadcast.recordings", every=timedelta(seconds=5), wakes_on=(recordings.POKE,))
def prepare_recordings() -> int:
    """Make recordings ready for loudspeakers."""
    return recordings.prepare_due()


@chore("broadcast.sounds", every=timedelta(hours=1))
def forget_unused_sounds() -> int:
    """Drop sounds and orders whose period is over."""
    return recordings.forget_unused()


@chore("broadcast.retention", every=timedelta(minutes=10))
def keep_periods() -> int:
    """Turn old deliveries into sums, and forget whom alarms were sent to."""
    return retention.fold_old() + retention.forget_people()


@chore("broadcast.plan", every=timedelta(seconds=5), wakes_on=(DUE,), next_due=planning.next_due_at)
def plan_due() -> int:
    """Turn dispatches that are due into deliveries."""
    return planning.plan_due()


@chore("broadcast.ahead", every=timedelta(minutes=1), wakes_on=(DUE,))
def order_ahead() -> int:
    """Order what loudspeakers play in the days to come."""
    return planning.order_ahead()


@chore("broadcast.settle", every=timedelta(seconds=5))
def settle() -> int:
    """Close what has gone out, and take back what was withdrawn."""
    return planning.settle_finished() + planning.take_back_withdrawn()


@chore("broadcast.by_hand", every=timedelta(minutes=1))
def expire_manual() -> int:
    """Give up what people did not post or call in time, and forget the fingerprints of old reports."""
    return by_hand.expire_manual() + by_hand.forget_reports()
@chore("broadcast.feeds", every=timedelta(seconds=20))
def look_at_feeds() -> int:
    """Look at the outside feeds of warnings that are due; what is new becomes a draft."""
    return feeds.look_due()


@chore("broadcast.push_accounts", every=timedelta(minutes=10))
def end_subscriptions_of_closed_accounts() -> int:
    """End push subscriptions of accounts that may not sign in any more, however they were closed."""
    return push.forget_closed()
