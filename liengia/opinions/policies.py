"""Who may see and handle which opinion. Absent and forbidden look the same.

What concerns an officer goes only to those who hold `opinions.about_officials` (the chairman) or
`opinions.about_officials_front` (the Fatherland Front) by a role of their own in the commune, as the writer chose (a
superuser's power over everything does not count), and never to the officer named: no page, no count, no notice.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from liengia.core.errors import NotFound
from liengia.opinions.capabilities import (
    ABOUT_OFFICIALS,
    ABOUT_OFFICIALS_FRONT,
    ANSWER,
    ASSIGN,
    ENTER,
    MODERATE,
    OVERSEE,
)
from liengia.opinions.models import (
    Assignment,
    OfficialsTo,
    Opinion,
    OpinionEvent,
    OpinionQuerySet,
    RefersToOfficer,
)
from liengia.people import policies as people
from liengia.people.models import User
from liengia.units.models import Unit

_SEE_ALL = (MODERATE, ASSIGN, OVERSEE)
# What the history calls an answer.
_ANSWERED = ("answered_on_spot", "answered_in_writing")


def _ground(units: list[Unit]) -> Q:
    """Return the condition that an opinion belongs to units, by rows of any time."""
    ids = {key for unit in units for key in unit.lineage_ids()}
    return Q(commune__in=Unit.objects.below_any(sorted(ids)).values("pk")) if ids else Q(pk__in=[])


def _by_own_role(user: User, capability: str) -> list[Unit]:
    return [grant.unit for grant in people.grants(user) if capability in grant.capabilities]


def _special(user: User) -> Q:
    """Return the condition on opinions about officers that a user handles: those of the user's side, or of either."""
    chairman = _ground(_by_own_role(user, ABOUT_OFFICIALS)) & ~Q(officials_to=OfficialsTo.FRONT)
    front = _ground(_by_own_role(user, ABOUT_OFFICIALS_FRONT)) & ~Q(officials_to=OfficialsTo.CHAIRMAN)
    return chairman | front


def visible(user: User | AnonymousUser, *, to_act: bool = False) -> Q:
    """Return the condition on opinions that a user may open in the office, or handle there (`to_act`).

    Whoever answered one keeps sight of it, to read what became of the answer; the work itself has been given back.
    """
    if not isinstance(user, User) or not user.is_active:
        return Q(pk__in=[])
    units = {unit.pk: unit for capability in _SEE_ALL for unit in people.units_where(user, capability)}
    ordinary = _ground(list(units.values()))
    if people.can(user, ANSWER):
        given = Assignment.objects.filter(person=user, ended_at=None)
        ordinary |= Q(pk__in=given.values("opinion"))
        if not to_act:
            ordinary |= Q(pk__in=OpinionEvent.objects.filter(user=user, verb__in=_ANSWERED).values("opinion"))
    if people.can(user, ENTER):
        ordinary |= Q(entered_by=user)
    seen = Q(Q(about_officials=False) & ordinary) | Q(Q(about_officials=True) & _special(user))
    return seen & ~Q(pk__in=RefersToOfficer.objects.filter(officer=user).values("opinion"))


def handled_by(user: User | AnonymousUser) -> OpinionQuerySet:
    """Return the opinions that a user may handle: those on their list of the day's work."""
    return Opinion.all_.filter(visible(user, to_act=True))


def visible_to(user: User | AnonymousUser) -> OpinionQuerySet:
    """Return the opinions that a user of the office may open; what concerns an officer is not among that officer's."""
    return Opinion.all_.filter(visible(user))


def get_for(user: User | AnonymousUser, public_id: str) -> Opinion:
    """Return an opinion that a user of the office may open.

    Raises:
        NotFound: it is not there, or not for this user.
    """
    found = visible_to(user).filter(public_id=public_id).select_related("commune", "topic").first()
    if found is None:
        raise NotFound("")
    return found


def may(user: User | AnonymousUser, capability: str, opinion: Opinion) -> bool:
    """Tell whether a user may do something with an opinion; whoever sees one about an officer is the one who handles it."""
    row = handled_by(user).filter(pk=opinion.pk).select_related("commune").first()
    return row is not None and (row.about_officials or people.can(user, capability, row.commune))


def refuse_concerned(opinion: Opinion, user_id: int | None) -> None:
    """Refuse a user whom an opinion concerns, or who may not handle what concerns officers; services ask this too.

    Raises:
        NotFound: for them the opinion does not exist.
    """
    if user_id is None:
        return
    if RefersToOfficer.objects.filter(opinion=opinion, officer=user_id).exists():
        raise NotFound("")
    if opinion.about_officials:
        user = User.objects.filter(pk=user_id, is_active=True).first()
        special = _special(user) if user else Q(pk__in=[])
        if not Opinion.all_.filter(special, pk=opinion.pk).exists():
            raise NotFound("")
