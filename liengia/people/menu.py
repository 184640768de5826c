"""What this room adds to menus, and what it puts on lists of the day's work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liengia.core import menus
from liengia.core.text import shown_time
from liengia.people import policies, queries
from liengia.people.models import User


@dataclass(frozen=True, slots=True)
class Chore:
    """One thing to do today: what, where to do it, how pressing."""

    text: str | Promise
    url: str
    is_urgent: bool = False
    since: datetime | None = None


_sources: list[Callable[[User], Iterable[Chore]]] = []


def register_today(source: Callable[[User], Iterable[Chore]]) -> None:
    """Add a source of the day's work ("Việc hôm nay", the console's head); called from `AppConfig.ready`."""
    if source not in _sources:
        _sources.append(source)


def today(user: User) -> list[Chore]:
    """Return all that a user should do today, the pressing first."""
    found = [chore for source in _sources for chore in source(user)]
    return sorted(found, key=lambda chore: not chore.is_urgent)


def rota_gaps(user: User) -> list[Chore]:
    """A span without anyone on duty within 24 hours is red for those who write the rota and those on duty."""
    units = policies.units_where(user, "people.duty_rota") or policies.units_where(user, "people.duty")
    said = {
        True: _("Nobody is on duty at %(post)s now, until %(until)s"),
        False: _("Nobody is on duty at %(post)s from %(from)s to %(until)s"),
    }
    return [
        Chore(
            said[gap.is_now]
            % {"post": gap.post.name, "from": shown_time(gap.starts_at), "until": shown_time(gap.ends_at)},
            reverse("people:rota", args=[gap.post.public_id]),
            is_urgent=True,
            since=gap.starts_at,
        )
        for gap in (queries.coming_gaps(units) if units else [])
    ]


def waiting_members(user: User) -> list[Chore]:
    """Those who used an invitation wait for the leader's word."""
    return [
        Chore(
            _("%(who)s says they belong to %(house)s. Do you know them?")
            % {"who": one.user, "house": one.household.house_label},
            reverse("people:waiting_members"),
            since=one.invited_at,
        )
        for one in queries.waiting_for(user)
    ]


def waiting_handovers(user: User) -> list[Chore]:
    """A handover offered to this user waits for the second signature."""
    from liengia.people.models import Handover

    return [
        Chore(
            _("%(who)s hands the shift over to you. Read it and sign.") % {"who": one.from_user},
            reverse("people:handover", args=[one.post.public_id]),
            is_urgent=True,
            since=one.at,
        )
        for one in Handover.objects.filter(to_user=user, accepted_at=None).select_related("from_user", "post")
    ]


def may(*capabilities: str) -> Callable[[HttpRequest], bool]:
    """Return a condition for a menu: the reader holds one of the capabilities."""
    return lambda request: any(policies.can(request.user, one) for one in capabilities)


def register_own() -> None:
    """Register this room's menu items and sources."""
    menus.register(
        menus.Item(
            "console",
            "people",
            _("Duty rota"),
            "people:posts",
            "calendar-event",
            50,
            may("people.duty", "people.duty_rota"),
        )
    )
    menus.register(menus.Item("office", "people", _("Accounts"), "people:account", "user", 90))
    for source in (rota_gaps, waiting_members, waiting_handovers):
        register_today(source)
