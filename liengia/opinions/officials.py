"""Whom an opinion about an officer concerns, and who handles it: the chairman or the Fatherland Front, never who is criticised."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from liengia.core.errors import Invalid
from liengia.core.text import fold
from liengia.opinions.capabilities import ABOUT_OFFICIALS, ABOUT_OFFICIALS_FRONT, ENTER
from liengia.opinions.models import OfficialsTo, Opinion, RefersToOfficer
from liengia.organisations.models import Organisation, OrganisationKind
from liengia.people import policies as people
from liengia.people.models import RoleAssignment, User
from liengia.units.models import Unit

_HOLD: Final = {OfficialsTo.CHAIRMAN: ABOUT_OFFICIALS, OfficialsTo.FRONT: ABOUT_OFFICIALS_FRONT}
# Words that name a side where no post was chosen; "Chủ tịch Mặt trận" is the Front's, and no chairman of the commune.
_FRONT: Final = re.compile(r"\bmat tran\b|\b(?:ub)?mttq(?:vn)?\b")
_FRONTS_HEAD: Final = re.compile(r"\bchu tich (?:cua )?(?:uy ban |ub )?(?:mat tran|(?:ub)?mttq)")
_CHAIRMAN: Final = re.compile(r"\bchu tich\b|\bctubnd\b|\bct (?:ubnd|xa|phuong)\b")


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the commune's office, or the head of a hamlet: its title, and all who hold it today."""

    key: str
    title: str
    holders: tuple[User, ...]


def posts(commune: Unit) -> list[Post]:
    """Return the posts that a writer may choose from, those of the commune first: by title, since everybody sees the form."""
    inside = Unit.objects.below_any(commune.lineage_ids()).values("pk")
    held = RoleAssignment.objects.current().filter(unit__in=inside, user__is_active=True).select_related("role", "unit", "user")
    found: dict[tuple[bool, int, str, int], list[RoleAssignment]] = {}
    for row in held.order_by("user__full_name", "pk"):
        if row.role.needs_second_factor or ENTER in row.role.capabilities:
            is_below = row.unit.current() != commune.current()
            found.setdefault((is_below, row.role_id, row.unit.code, row.unit_id), []).append(row)
    return [
        Post(f"{role}-{unit}", f"{rows[0].role.label}, {rows[0].unit.display_name}" if is_below else rows[0].role.label, tuple(row.user for row in rows))
        for (is_below, role, _code, unit), rows in sorted(found.items())
    ]


def answering_office(opinion: Opinion, user: User) -> str:
    """Return the office in whose name a user most likely answers: the Front's officer, the Front's."""
    commune = opinion.commune
    if people.can(user, ABOUT_OFFICIALS_FRONT, commune) and not people.can(user, ABOUT_OFFICIALS, commune):
        front = Organisation.objects.current().filter(unit__in=commune.lineage_ids(), kind=OrganisationKind.FATHERLAND_FRONT).first()
        return front.name if front is not None else _("Fatherland Front of %(place)s") % {"place": commune.full_name}
    return commune.full_name


def goes_to(commune: Unit, *, officers: Collection[User], words: Iterable[str], wanted: str = "") -> str:
    """Return who handles it: as the writer wished, but never the side that it is about; empty for either of the two.

    Raises:
        Invalid: nobody here could handle it without being the one whom it concerns.
    """
    keys = {user.pk for user in officers}
    holders = {side: set(people.holders(capability, commune).values_list("pk", flat=True)) for side, capability in _HOLD.items()}
    barred = {side for side, found in holders.items() if found & keys} | _named_in(words)
    able = [side for side, found in holders.items() if side not in barred and found - keys]
    if wanted and wanted not in barred:
        able = [side for side in able if side == wanted]
    if not able:
        raise Invalid(
            _("Nobody here handles this who is not concerned by it. Take it to the reception of citizens, or to the Fatherland Front of the province."),
            code="no_handler", field="officials_to",
        )  # fmt: skip
    return able[0] if wanted or barred else ""


def _named_in(words: Iterable[str]) -> set[OfficialsTo]:
    """Return the sides that lines of words name, each line by itself; one that names both bars both."""
    found: set[OfficialsTo] = set()
    for said in map(fold, words):
        if _FRONT.search(said):
            found.add(OfficialsTo.FRONT)
        if _CHAIRMAN.search(_FRONTS_HEAD.sub("", said)):
            found.add(OfficialsTo.CHAIRMAN)
    return found


def handlers(opinion: Opinion) -> QuerySet[User]:
    """Return the users who may handle an opinion about an officer: those of its side, without whoever it concerns."""
    sides = [opinion.officials_to] if opinion.officials_to else list(_HOLD)
    held = [people.holders(_HOLD[OfficialsTo(side)], opinion.commune).values("pk") for side in sides]
    found = User.objects.filter(pk__in=held[0])
    for more in held[1:]:
        found |= User.objects.filter(pk__in=more)
    named = RefersToOfficer.objects.filter(opinion=opinion, officer__isnull=False).values("officer")
    return found.exclude(pk__in=named).order_by("full_name", "pk")
