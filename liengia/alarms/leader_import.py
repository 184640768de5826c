"""Groups and households from a spreadsheet: all or nothing, with every error in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from liengia.alarms import services
from liengia.alarms.models import GroupHousehold, NeighbourGroup
from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.people import services as people_services
from liengia.people.models import Household, User
from liengia.people.services import accounts
from liengia.people.services.imports import import_households, match_hamlets, standing_twice, undo_import
from liengia.people.services.joining import Issued
from liengia.people.spreadsheet import GROUP_COLUMNS, GROUPS, GroupRow, RowError, Sheet
from liengia.units.models import Unit

# Few enough that a transaction stays under 50 ms on a small machine.
HOUSES_AT_ONCE = 4


@dataclass(slots=True)
class Outcome:
    """What came of a file: the groups made, or the errors for which nothing was."""

    groups: list[NeighbourGroup] = field(default_factory=list)
    households: int = 0
    errors: list[RowError] = field(default_factory=list)


class Watched(Protocol):
    """Whoever watches an import: told inside each transaction what it writes, and of how many."""

    def houses(self, made: Sequence[Household], total: int) -> None:
        """Some more houses are written."""

    def group(self, made: NeighbourGroup, total: int) -> None:
        """One more group is founded."""


class _Unwatched:
    def houses(self, made: Sequence[Household], total: int) -> None:
        pass

    def group(self, made: NeighbourGroup, total: int) -> None:
        pass


def check(sheet: Sheet, commune: Unit) -> list[RowError]:
    """Return every error of a read file, also against what stands already; nothing is written."""
    return _checked(sheet, commune)[1]


def _checked(sheet: Sheet, commune: Unit) -> tuple[dict[int, Unit], list[RowError]]:
    hamlets, errors = match_hamlets(sheet, commune)
    errors = [*sheet.errors, *errors, *standing_twice(sheet, hamlets), *_standing_groups(sheet, hamlets), *_doubtful_leaders(sheet)]
    return hamlets, sorted(errors, key=lambda e: (e.sheet != GROUPS, e.row))


def import_groups(sheet: Sheet, commune: Unit, *, actor: Actor, watched: Watched | None = None) -> Outcome:
    """Write a read file: groups, households, places and leaders; nothing when a single row is wrong."""
    watched = watched or _Unwatched()
    hamlets, errors = _checked(sheet, commune)
    if errors:
        return Outcome(errors=errors)
    made = import_households(sheet.households, hamlets, actor=actor, wrote=watched.houses)
    try:
        groups = _found_all(sheet, hamlets, made, actor=actor, watched=watched)
    except BaseException:
        undo_import(list(made.values()))
        raise
    return Outcome(groups=groups, households=len(made))


def _standing_groups(sheet: Sheet, hamlets: dict[int, Unit]) -> list[RowError]:
    taken = set(
        NeighbourGroup.objects.active().of_households().filter(unit__in=hamlets.values()).values_list("unit", "number")
    )
    return [
        RowError(
            GROUPS,
            row.row,
            GROUP_COLUMNS["number"],
            _("Group %(number)s stands in this hamlet already.") % {"number": row.number},
            _("Give it another number, or delete the row."),
        )
        for row in sheet.groups
        if row.number in hamlets and (hamlets[row.number].pk, row.number) in taken
    ]


def _doubtful_leaders(sheet: Sheet) -> list[RowError]:
    """Return the rows whose leader's phone is a closed account's, or only written down in somebody's account."""
    phones = {row.leader_phone for row in sheet.groups if row.leader_phone}
    names = dict(User.objects.filter(username__in=phones).values_list("username", "is_active"))
    typed = set(User.objects.filter(phone__in=phones - set(names)).values_list("phone", flat=True))
    doubtful = {phone for phone in phones if not names.get(phone, True)} | typed
    return [
        RowError(
            GROUPS,
            row.row,
            GROUP_COLUMNS["leader_phone"],
            _("The account with this phone is closed, or signs in with another name."),
            _("Leave the leader's phone empty here, and choose the leader on the group's page afterwards."),
        )
        for row in sheet.groups
        if row.leader_phone in doubtful
    ]


def _found_all(
    sheet: Sheet, hamlets: dict[int, Unit], made: dict[int, Household], *, actor: Actor, watched: Watched
) -> list[NeighbourGroup]:
    """Found the groups one after another, a few houses a transaction: no alarm waits for a spreadsheet."""
    groups: list[NeighbourGroup] = []
    try:
        for row in sheet.groups:
            with transaction.atomic():
                groups.append(_found(row, hamlets[row.number], actor=actor))
                watched.group(groups[-1], len(sheet.groups))
            houses = [made[house.row] for house in sheet.households if house.group == row.number]
            for start in range(0, len(houses), HOUSES_AT_ONCE):
                with transaction.atomic():
                    for house in houses[start : start + HOUSES_AT_ONCE]:
                        services.add_household(groups[-1], household=house, actor=actor)
    except BaseException:
        undo_groups(groups, actor=actor)
        raise
    return groups


def _found(row: GroupRow, hamlet: Unit, *, actor: Actor) -> NeighbourGroup:
    return services.create_group(
        hamlet,
        name=row.name,
        number=row.number,
        leader=_leader(row, actor=actor),
        actor=actor,
        assembly_point=row.assembly_point,
        decision_number=row.decision_number,
        decision_on=row.decision_on,
    )


def undo_groups(groups: Sequence[NeighbourGroup], *, actor: Actor) -> None:
    """Take just-founded groups away again; nothing hangs on them yet but their places."""
    for group in groups:
        with transaction.atomic():
            GroupHousehold.objects.filter(group=group).delete()
            audit.record("alarms.import_undone", actor=actor, about=group, unit=group.unit, facts={"group": group.public_id})
            group.delete()


def _leader(row: GroupRow, *, actor: Actor) -> User | None:
    """Return the leader's account: the one that signs in with this phone, or a new one; without a phone there is none yet.

    Never one that merely says it has this phone: anybody may type any number on the page of their account.
    """
    if not row.leader_phone:
        return None
    known = User.objects.filter(username=row.leader_phone).first()
    return known or accounts.make_user(
        actor=actor, username=row.leader_phone, full_name=row.leader or row.leader_phone, phone=row.leader_phone
    )


def invite_all(groups: Sequence[NeighbourGroup], *, actor: Actor) -> dict[int, list[Issued]]:
    """Make the cards of whole groups, by group: one binds the leader's phone, one invites each house."""
    cards: dict[int, list[Issued]] = {}
    for group in groups:
        bind = [people_services.invite_to_bind(group.leader, actor=actor)] if group.leader else []
        places = GroupHousehold.objects.active().filter(group=group, household__is_active=True).select_related("household__hamlet").order_by("seat")
        houses = [people_services.invite_household(place.household, actor=actor) for place in places]
        cards[group.pk] = [*bind, *houses]
    return cards
