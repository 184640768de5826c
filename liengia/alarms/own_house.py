"""A silent call is kept from everybody of the house that made it, whatever office they hold.

That is whoever lives there, and whoever did at any time since it was made: moving out on paper must not open it, nor must a house
whose data is deleted. Memberships say so as long as they stand; what a deleted one said stands in `Incident.kept_from`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.signals import pre_delete

from liengia.alarms.models import Incident
from liengia.people.models import Membership, User


def calls_of(user: User | int) -> QuerySet[Incident, int]:
    """Return the keys of the silent calls that nobody but others may show to this user."""
    homes = ("household__memberships", "presses__device__household__memberships")
    own = Q(kept_from=user)
    for home in homes:
        lived = Q(**{f"{home}__user": user, f"{home}__confirmed_at__isnull": False})
        own |= lived & (Q(**{f"{home}__ended_at": None}) | Q(**{f"{home}__ended_at__gt": F("opened_at")}))
    return Incident.objects.filter(own, is_silent=True).order_by().values_list("pk", flat=True)


def people_of(incidents: Collection[int]) -> dict[int, set[int]]:
    """Return the users from whom each silent call among these is kept."""
    silent = Incident.objects.filter(pk__in=incidents, is_silent=True).order_by()
    found: dict[int, set[int]] = {}
    for key, user in silent.exclude(kept_from=None).values_list("pk", "kept_from"):
        found.setdefault(key, set()).add(user)
    rows = silent.values_list("pk", "opened_at", "household", "presses__device__household")
    houses = {(key, at, house) for key, at, *both in rows for house in both if house}
    living = Membership.objects.exclude(confirmed_at=None).filter(household__in={house for _key, _at, house in houses})
    for home, user, ended in living.values_list("household", "user", "ended_at"):
        for key, at, house in houses:
            if house == home and (ended is None or ended > at):
                found.setdefault(key, set()).add(user)
    return found


def follow_deletions() -> None:
    """Keep what a membership says of silent calls when it is deleted; called from `AppConfig.ready`."""
    pre_delete.connect(_keep, sender=Membership, dispatch_uid="alarms.own_house")


def _keep(sender: Any, instance: Membership, **kwargs: Any) -> None:
    if instance.confirmed_at is None:
        return
    house = Q(household=instance.household_id) | Q(presses__device__household=instance.household_id)
    calls = Incident.objects.filter(house, is_silent=True)
    if instance.ended_at is not None:
        calls = calls.filter(opened_at__lt=instance.ended_at)
    for call in calls.distinct():
        call.kept_from.add(instance.user_id)
