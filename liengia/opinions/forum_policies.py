"""Who may do what at a listening forum. Absent and forbidden look the same."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from liengia.core import rooms
from liengia.core.errors import NotFound
from liengia.opinions.capabilities import ENTER, FORUM
from liengia.opinions.models.forums import ForumQuerySet, ForumQuestion, ListeningForum
from liengia.people import policies as people
from liengia.people.models import User
from liengia.units import scope
from liengia.units.models import Level, Unit, UnitQuerySet

Reader = User | AnonymousUser


def _ids(user: Reader, capability: str) -> list[int]:
    return sorted({key for unit in people.units_where(user, capability) for key in unit.lineage_ids()})


def held_by(user: Reader) -> ForumQuerySet:
    """Return the sessions that a user may hold."""
    return ListeningForum.objects.filter(unit__in=Unit.objects.below_any(_ids(user, FORUM)).values("pk"))


def units_of(user: Reader) -> UnitQuerySet:
    """Return the communes and hamlets that stand today in which a user may hold sessions."""
    found = scope.units_for(user, FORUM).current().filter(level__in=(Level.COMMUNE, Level.HAMLET))
    return found.select_related("parent").order_by("code")


def get_shown(public_id: str) -> ListeningForum:
    """Return a session that everybody may see.

    Raises:
        NotFound: it is not there, still being planned, or its commune keeps the room off.
    """
    found = ListeningForum.objects.all().shown().filter(public_id=public_id).select_related("unit__parent", "meeting").first()
    if found is None or not rooms.is_on("opinions", found.unit):
        raise NotFound("")
    return found


def get_held(user: Reader, public_id: str) -> ListeningForum:
    """Return a session that a user may hold.

    Raises:
        NotFound: it is not there, or not for this user.
    """
    found = held_by(user).filter(public_id=public_id).select_related("unit__parent", "committee", "meeting").first()
    if found is None:
        raise NotFound("")
    return found


def get_question(forum: ListeningForum, key: int) -> ForumQuestion:
    """Return a standing question of a session.

    Raises:
        NotFound: it is not there, or it concerns an officer and so is no question of the session.
    """
    found = ForumQuestion.objects.filter(forum=forum, pk=key).standing().select_related("opinion__commune", "forum").first()
    if found is None:
        raise NotFound("")
    return found


def may_enter(user: Reader, forum: ListeningForum) -> bool:
    """Tell whether a user may type in slips: who holds the session, or helps people of the same commune."""
    if people.can(user, FORUM, forum.unit) or people.can(user, ENTER, forum.unit):
        return True
    commune = forum.unit.commune()
    return any(unit.commune() == commune for unit in people.units_where(user, ENTER) if unit.commune() is not None)


def get_entered(user: Reader, public_id: str) -> ListeningForum:
    """Return a session whose slips a user may type in; once the minutes are signed, those that still wait in a phone are told apart.

    Raises:
        NotFound: it is not there, or not for this user.
    """
    found = ListeningForum.objects.all().shown().filter(public_id=public_id).select_related("unit__parent").first()
    if found is None or not may_enter(user, found):
        raise NotFound("")
    return found
