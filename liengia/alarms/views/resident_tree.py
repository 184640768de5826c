"""The phone tree: whom a house calls when the network of bells is not enough, in order."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from liengia.alarms.models import GroupHousehold, NeighbourGroup
from liengia.people.models import Household, HouseholdPhone


@dataclass(frozen=True, slots=True)
class Contact:
    """One line of the phone tree: who, as what, the number to call, and further numbers."""

    name: str
    role: str
    phone: str
    others: list[HouseholdPhone]


def phone_tree(group: NeighbourGroup, places: list[GroupHousehold], *, own: Household) -> list[Contact]:
    """Return whom to call, in order: leader, deputy, then the houses by seat (not one's own)."""
    tree = [
        Contact(str(person), role, person.phone, [])
        for person, role in ((group.leader, _("Group leader")), (group.deputy, _("Deputy leader")))
        if person is not None and person.phone
    ]
    known = {contact.phone for contact in tree}
    for place in places:
        phones = [one for one in place.household.phones.all() if one.phone not in known]
        if place.household_id == own.pk or not phones:
            continue
        first, *others = phones
        name = first.name or place.household.head_name or place.household.house_label
        tree.append(Contact(name, place.household.house_label, first.phone, others))
    return tree
