"""Whose rule holds, and who may moderate and answer where."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from liengia.comments.capabilities import ANSWER, MODERATE
from liengia.comments.models import Comment, Rule, Thread
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
