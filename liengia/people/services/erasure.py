"""Deleting a household's data: at once, or when a call for help of the house has ended.

Whoever shares a house may be whom somebody in it calls against. Deleting would take address and phones from the
officer who comes; a refusal would tell of a silent call. So what was asked is always taken on with the same words,
the household always leaves at once, and the data goes as soon as nobody needs it to get there.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.people.models import EvacuationNeed, Household
from liengia.people.services.households import leave_household

_holders: list[Callable[[Household], bool]] = []


def hold_while(needed: Callable[[Household], bool]) -> None:
    """Have a higher room say for which household help is on its way; called from `AppConfig.ready`."""
    if needed not in _holders:
        _holders.append(needed)


def is_held(household: Household) -> bool:
    """Tell whether help needs the data of a household now."""
    return any(needed(household) for needed in _holders)


@transaction.atomic
def ask_erasure(household: Household, *, actor: Actor, reason: str) -> None:
    """Have a household leave, and its data deleted: now, or by the worker once no help needs it.

    Raises:
        Invalid: no reason.
    """
    _refuse_without(reason)
    held = is_held(household)
    if household.is_active:
        leave_household(household, actor=actor, keep_needs=held)
    if not held:
        erase_household(household, actor=actor, reason=reason)
        return
    household.erasure_asked_at, household.erasure_reason = clock.now(), reason.strip()
    household.save(update_fields=["erasure_asked_at", "erasure_reason"])
    audit.record("people.household_erasure_asked", actor=actor, about=household, unit=household.hamlet)


def _refuse_without(reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Say why the data is deleted; nothing was deleted."), code="reason_missing")


@transaction.atomic
def erase_household(household: Household, *, actor: Actor, reason: str) -> None:
    """Delete all personal data of a household; an empty row stays, so that counts and old incidents hold.

    Raises:
        Invalid: no reason.
    """
    _refuse_without(reason)
    if household.is_active:
        leave_household(household, actor=actor)
    household.phones.all().delete()
    household.rooms.all().delete()
    household.kit.all().delete()
    EvacuationNeed.all_needs.filter(household=household).delete()
    household.consents.all().delete()
    household.invitations.all().delete()
    household.memberships.all().delete()
    household.head_name = ""
    household.address_label = household.house_label = str(_("(deleted)"))
    household.landmark = household.truck_meets_at = household.water_source = ""
    household.lat = household.lon = None
    household.lane_width_m = None
    household.erased_at, household.erasure_reason = clock.now(), ""
    household.save()
    audit.erase(actor=actor, reason=reason, about=household)
    audit.record("people.household_erased", actor=actor, about=household, unit=household.hamlet)
