"""Whose rule holds, and who may moderate and answer where."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from liengia.comments.capabilities import ANSWER, MODERATE
from liengia.comments.models import Comment, Rule, Thread, Who
from liengia.core import rooms
from liengia.people import policies as people
from liengia.people.models import User
from liengia.units.models import Unit


def rule_of(unit: Unit | None) -> Rule:
    """Return the rule of a unit: its own, that of a unit above, the area's, or guests with moderation before."""
    places = [unit, *reversed(unit.ancestors())] if unit is not None else []
    found = {rule.unit_id: rule for rule in Rule.objects.filter(Q(unit=None) | Q(unit__in=[one.pk for one in places]))}
    return next((found[one.pk] for one in places if one.pk in found), None) or found.get(None) or Rule()


def is_on(thread: Thread) -> bool:
    """Tell whether a thread is shown: its thing is public, and its commune keeps the room on."""
    return thread.is_public and rooms.is_on("comments", thread.unit)


def _may(user: User | AnonymousUser, capability: str, thread: Thread) -> bool:
    if thread.unit is None:
        roots = {one.pk for one in Unit.objects.current().filter(parent=None)}
        return bool(roots & {one.pk for one in people.units_where(user, capability)})
    return people.can(user, capability, thread.unit)


def may_moderate(user: User | AnonymousUser, thread: Thread) -> bool:
    """Tell whether a user reads and decides comments of a thread; those of the whole area's pages are the area's."""
    return _may(user, MODERATE, thread)


def is_read(thread: Thread) -> bool:
    """Tell whether somebody moderates a thread: a person with that right, or the operator of the installation."""
    return has_moderator(thread.unit) or User.objects.filter(is_active=True, is_superuser=True).exists()


def has_moderator(unit: Unit | None) -> bool:
    """Tell whether anybody is charged with the comments of a unit (of the area as a whole, without one)."""
    places = [unit] if unit is not None else Unit.objects.current().filter(parent=None)
    return any(people.holders(MODERATE, one).exists() for one in places)


def unmoderated() -> list[Unit | None]:
    """Return the units (None: the area as a whole) in which comments are open and nobody is charged with them."""
    keys = set(Thread.objects.filter(is_public=True, is_open=True).order_by().values_list("unit", flat=True).distinct())
    places = [*([None] if None in keys else []), *Unit.objects.filter(pk__in=keys - {None}).order_by("code")]
    return [one for one in places if rooms.is_on("comments", one) and rule_of(one).who != Who.OFF and not has_moderator(one)]


def may_answer(user: User | AnonymousUser, thread: Thread) -> bool:
    """Tell whether a user may answer in the name of an office under a thread."""
    return _may(user, ANSWER, thread)


def moderated_by(user: User | AnonymousUser) -> QuerySet[Comment]:
    """Return the comments that a user moderates."""
    roots = people.units_where(user, MODERATE)
    if not roots:
        return Comment.objects.none()
    mine = Q(thread__unit__in=Unit.objects.below_any([one.pk for one in roots]))
    if any(one.parent_id is None for one in roots):
        mine |= Q(thread__unit=None)
    return Comment.objects.filter(mine)
