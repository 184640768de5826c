"""Reads that join tables: who is on duty, gaps in the rota, who needs help to get out, the numbers to call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Forbidden
from liengia.people import policies
from liengia.people.models import (
    DutyPost,
    DutyShift,
    EmergencyNumber,
    EvacuationNeed,
    Household,
    HouseholdPhone,
    Membership,
    User,
)
from liengia.people.models.households import NEED_WORDING, HouseholdQuerySet
from liengia.units.models import Unit

GAP_WARNING = timedelta(hours=24)


def households_visible_to(user: User) -> HouseholdQuerySet:
    """Return those that a user may open: their own, those they lead, those of their units."""
    return Household.objects.filter(policies.households_of(user))


# Duty


def posts_of(unit: Unit) -> models.QuerySet[DutyPost]:
    """Return the open posts that answer for a unit: those of its commune (or of the unit itself above communes)."""
    standing = unit.current()
    commune = standing.commune() or standing
    return DutyPost.objects.filter(unit__in=commune.lineage_ids(), is_active=True)


def on_duty(unit: Unit, at: datetime | None = None, role: str | None = None) -> list[User]:
    """Return who is on duty for a unit at this very second; officers before commanders, each once.

    A shift of somebody who is no longer of the duty staff counts for nothing: the desk would not open to them.
    """
    shifts = DutyShift.objects.at(at or clock.now()).filter(post__in=posts_of(unit), user__is_active=True)
    if role is not None:
        shifts = shifts.filter(role=role)
    found: dict[int, User] = {}
    for shift in _of_the_staff(shifts.order_by("-role", "starts_at", "pk")):
        found.setdefault(shift.user_id, shift.user)
    return list(found.values())


def _of_the_staff(shifts: models.QuerySet[DutyShift]) -> list[DutyShift]:
    rows = shifts.select_related("user", "post__unit__parent__parent__parent__parent")
    return [shift for shift in rows if policies.can(shift.user, "people.duty", shift.post.unit)]


def next_on_duty(unit: Unit, at: datetime, *, within: timedelta = GAP_WARNING) -> list[User]:
    """Return whose shift at a post of a unit begins next, within a day; several where several begin together."""
    coming = DutyShift.objects.filter(post__in=posts_of(unit), user__is_active=True, starts_at__gt=at, starts_at__lte=at + within)
    found = _of_the_staff(coming.order_by("starts_at", "-role", "pk"))
    return list({shift.user_id: shift.user for shift in found if shift.starts_at == found[0].starts_at}.values())


@dataclass(frozen=True, slots=True)
class Gap:
    """A span without anyone on duty at a post."""

    post: DutyPost
    starts_at: datetime
    ends_at: datetime

    @property
    def is_now(self) -> bool:
        """Whether nobody is on duty at this moment."""
        return self.starts_at <= clock.now() < self.ends_at


def duty_gaps(post: DutyPost, start: datetime, end: datetime) -> list[Gap]:
    """Return the spans of `[start, end)` in which no officer or commander is on duty at a post.

    A shift covers no longer than its officer is of the duty staff: a role that has ended, or will have, leaves a gap.
    """
    shifts = DutyShift.objects.filter(post=post, user__is_active=True).overlapping(start, end)
    gaps: list[Gap] = []
    covered = start
    rows = list(shifts.order_by("starts_at").values_list("user", "starts_at", "ends_at"))
    until = policies.held_until("people.duty", {user for user, _begins, _ends in rows}, post.unit) if rows else {}
    for user, begins, ends in rows:
        ends = min(ends, until.get(user, begins) or ends)
        if ends <= begins:
            continue
        if begins > covered:
            gaps.append(Gap(post, covered, begins))
        covered = max(covered, ends)
    if covered < end:
        gaps.append(Gap(post, covered, end))
    return gaps


def coming_gaps(units: Iterable[Unit], *, within: timedelta = GAP_WARNING) -> list[Gap]:
    """Return the gaps that begin within 24 hours (or are now) at the open posts of units and what is below them."""
    now = clock.now()
    below = Unit.objects.below_any([unit.pk for unit in units])
    posts = DutyPost.objects.filter(unit__in=below, is_active=True).select_related("unit__parent__parent__parent__parent")
    return [gap for post in posts for gap in duty_gaps(post, now, now + within)]


# Help to get out


def evacuation_needs(
    households: Iterable[Household], *, actor: Actor, incident: models.Model, is_neighbour: bool = False
) -> dict[int, str]:
    """Return, by household key, who needs help to get out; only inside an open incident, and the reading is recorded.

    `incident` is a row of an upper room with `is_open`; its reader was admitted there, as a neighbour or (by default) as
    the group's leader or by duty: what was agreed to under older words is not for neighbours. Never printed or exported.

    Raises:
        Forbidden: the incident is not open.
    """
    if incident.pk is None or not getattr(incident, "is_open", False):
        raise Forbidden(_("This is shown only while an alarm is open."))
    keys = [household.pk for household in households]
    needs = EvacuationNeed.all_needs.filter(household__in=keys, is_open=True, consent__withdrawn_at=None)
    if is_neighbour:
        needs = needs.filter(consent__wording__gte=NEED_WORDING)
    found = {need.household_id: need.text for need in needs if need.text}
    for key in found:
        audit.record_read(
            "people.needs_read",
            actor=actor,
            about=("people.Household", str(key)),
            facts={"incident": f"{incident._meta.label}:{incident.pk}"},
        )
    return found


# Numbers and people


def emergency_numbers(unit: Unit | None = None) -> list[EmergencyNumber]:
    """Return the numbers to call today: the national ones, then those of the unit and what is above it."""
    numbers = EmergencyNumber.objects.on(clock.today())
    places = [] if unit is None else [unit.current().pk, *(above.pk for above in unit.current().ancestors())]
    return list(numbers.filter(models.Q(unit=None) | models.Q(unit__in=places)))


def active_memberships(user: User) -> models.QuerySet[Membership]:
    """Return a user's confirmed memberships with their households."""
    return Membership.objects.active().filter(user=user).select_related("household__hamlet", "room")


def waiting_for(user: User) -> list[Membership]:
    """Return those who joined and wait for this user's word."""
    from liengia.people import policies

    waiting = (
        Membership.objects.waiting()
        .select_related("user", "household__hamlet", "room")
        .order_by("invited_at")
    )
    mine = waiting.filter(household__in=Household.objects.filter(policies.households_of(user)))
    return [one for one in mine if policies.leads(user, one.household)]


@dataclass(frozen=True, slots=True)
class Typed:
    """One who waits, and whose the number is that they typed: nobody has checked it."""

    membership: Membership
    is_of_this_house: bool
    other_houses: tuple[Household, ...]
    has_other_account: bool


def typed_by_waiting(user: User) -> list[Typed]:
    """Return those who wait for this user's word, with the other households and accounts that have the number they typed."""
    waiting = waiting_for(user)
    numbers = {one.user.phone for one in waiting if one.user.phone}
    listed = HouseholdPhone.objects.filter(phone__in=numbers, household__is_active=True).select_related("household__hamlet")
    houses = [(row.phone, row.household) for row in listed.order_by("household__folded", "pk")]
    accounts = list(User.objects.filter(phone__in=numbers, is_active=True).values_list("pk", "phone"))
    return [
        Typed(
            one,
            any(phone == one.user.phone and house.pk == one.household_id for phone, house in houses),
            tuple(dict.fromkeys(house for phone, house in houses if phone == one.user.phone and house.pk != one.household_id)),
            any(phone == one.user.phone and pk != one.user_id for pk, phone in accounts),
        )
        for one in waiting
    ]
