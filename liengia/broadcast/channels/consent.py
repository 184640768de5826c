"""Who wants what by a channel that needs no device of its own: consent per channel and kind, and where people live.

Nothing is on by default. A consent names kinds: `alarm` (the bell of the neighbours, drills), `alert` (warnings and their
all-clear), `notice`, `reminder`, `law`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final

from liengia.broadcast import audiences
from liengia.broadcast.channels.base import Audience
from liengia.broadcast.models import ChannelConsent
from liengia.core import clock
from liengia.people.models import Membership, RoleAssignment, User

ALARM: Final = "alarm"
KINDS: Final = (ALARM, "alert", "notice", "reminder", "law")
_CHUNK: Final = 500


def kind_of(kind: str) -> str:
    """Return the kind of consent that a message's kind falls under: an alarm's own kinds are all `alarm`."""
    return "alert" if kind == "all_clear" else kind if kind in KINDS else ALARM


def wanting(channel: str, audience: Audience, kind: str) -> Iterator[list[User]]:
    """Yield the accounts of an audience that want a kind by a channel, in chunks."""
    asked = kind_of(kind)
    rows = ChannelConsent.objects.filter(channel=channel, withdrawn_at=None, user__in=audiences.users(audience))
    found = (row.user for row in rows.select_related("user").order_by("pk").iterator(_CHUNK) if asked in row.kinds)
    while part := list(islice(found, _CHUNK)):
        yield part


def wanting_of(channel: str, user_ids: Collection[int], kind: str) -> list[User]:
    """Return those of some accounts that want a kind by a channel."""
    asked = kind_of(kind)
    rows = ChannelConsent.objects.filter(channel=channel, withdrawn_at=None, user__in=list(user_ids), user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("pk") if asked in row.kinds]


def places(users: Collection[User]) -> dict[int, int]:
    """Return the unit in which each account lives, or else works."""
    keys = [user.pk for user in users]
    held = RoleAssignment.objects.at(clock.now()).filter(user__in=keys).order_by("-pk").values_list("user_id", "unit_id")
    lives = Membership.objects.active().filter(user__in=keys).order_by("-pk").values_list("user_id", "household__hamlet_id")
    return {**dict(held), **dict(lives)}
