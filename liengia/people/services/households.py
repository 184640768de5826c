"""Households: made, corrected, handed out, left and deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.core.fields import parse_phone
from liengia.core.text import fold, nfc
from liengia.people.models import (
    Consent,
    EvacuationNeed,
    Household,
    HouseholdPhone,
    HouseholdRoom,
    Invitation,
    KitItem,
    Membership,
    User,
)
from liengia.people.models.households import NEED_WORDING
from liengia.units.models import Unit

NEED_PURPOSE: Final = "evacuation_need"
CORRECTABLE: Final = frozenset(
    {
        "head_name",
        "address_label",
        "house_label",
        "landmark",
        "lane_width_m",
        "truck_meets_at",
        "water_source",
        "lat",
        "lon",
        "kind",
    }
)


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A number as given: called in the order in which the lines stand."""

    phone: str
    name: str = ""
    relation: str = ""


@dataclass(frozen=True, slots=True)
class KitLine:
    """A piece of kit as given."""

    kind: str
    count: int = 1
    expires_on: date | None = None


@transaction.atomic
def make_household(
    *,
    actor: Actor,
    hamlet: Unit,
    address_label: str,
    house_label: str,
    head_name: str = "",
    phones: Sequence[PhoneLine] = (),
    kit: Sequence[KitLine] = (),
    rooms: Sequence[str] = (),
    **facts: Any,
) -> Household:
    """Add a household with its phones, kit and rooms.

    Raises:
        Invalid: no address, no short name, a wrong phone, or an unknown fact.
    """
    household = Household(hamlet=hamlet)
    _fill(
        household,
        {"address_label": address_label, "house_label": house_label, "head_name": head_name, **facts},
    )
    household.save()
    _write_phones(household, phones)
    _write_kit(household, kit)
    _write_rooms(household, rooms)
    audit.record(
        "people.household_made", actor=actor, about=household, unit=hamlet, personal={"head_name": head_name}
    )
    return household


def _fill(household: Household, facts: dict[str, Any]) -> None:
    unknown = set(facts) - CORRECTABLE
    if unknown:
        raise Invalid(
            _("This cannot be written on a household: %(what)s.") % {"what": ", ".join(sorted(unknown))}
        )
    for name, value in facts.items():
        setattr(household, name, nfc(value).strip() if isinstance(value, str) else value)
    if not household.address_label:
        raise Invalid(_("The address is missing. Write the street or lane, as one says it to a driver."))
    if not household.house_label:
        raise Invalid(_("The short name of the house is missing. For example: House 9."))


@transaction.atomic
def correct_household(household: Household, *, actor: Actor, **facts: Any) -> None:
    """Correct what is written of a household; the old words stand in the erasable part of the entry.

    Raises:
        Invalid: no address, no short name, or an unknown fact.
    """
    before = {name: getattr(household, name) for name in facts if name in CORRECTABLE}
    _fill(household, facts)
    household.save()
    changed = {name: str(old) for name, old in before.items() if old != getattr(household, name)}
    if changed:
        audit.record(
            "people.household_changed",
            actor=actor,
            about=household,
            unit=household.hamlet,
            facts={"fields": sorted(changed)},
            personal=changed,
        )


def _write_phones(household: Household, lines: Sequence[PhoneLine]) -> None:
    written: set[str] = set()
    rows: list[HouseholdPhone] = []
    for line in lines:
        try:
            number = parse_phone(line.phone)
        except ValidationError as error:
            raise Invalid(f"{line.phone}: {' '.join(error.messages)}", code="phone") from error
        if number in written:
            continue
        written.add(number)
        rows.append(
            HouseholdPhone(
                household=household, order=len(rows) + 1, phone=number, name=line.name, relation=line.relation
            )
        )
    household.phones.all().delete()
    HouseholdPhone.objects.bulk_create(rows)


@transaction.atomic
def set_phones(household: Household, lines: Sequence[PhoneLine], *, actor: Actor) -> None:
    """Write the numbers of a household anew, in calling order.

    Raises:
        Invalid: a number that is none; the old ones stay.
    """
    before = list(household.phones.values_list("phone", flat=True))
    _write_phones(household, lines)
    audit.record(
        "people.household_changed",
        actor=actor,
        about=household,
        unit=household.hamlet,
        facts={"fields": ["phones"], "count": len(lines)},
        personal={"phone": ", ".join(before)},
    )


def _write_kit(household: Household, lines: Sequence[KitLine]) -> None:
    wrong = [line.kind for line in lines if line.kind not in KitItem.Kind.values]
    if wrong:
        raise Invalid(_("“%(what)s” is no kind of kit.") % {"what": wrong[0]})
    household.kit.all().delete()
    KitItem.objects.bulk_create(
        KitItem(household=household, kind=line.kind, count=line.count, expires_on=line.expires_on)
        for line in lines
    )


@transaction.atomic
def set_kit(household: Household, lines: Sequence[KitLine], *, actor: Actor) -> None:
    """Write anew what stands ready in a house.

    Raises:
        Invalid: an unknown kind; the old list stays.
    """
    _write_kit(household, lines)
    audit.record(
        "people.household_changed",
        actor=actor,
        about=household,
        unit=household.hamlet,
        facts={"fields": ["kit"], "count": len(lines)},
    )


def _write_rooms(household: Household, labels: Sequence[str]) -> None:
    wanted: dict[str, str] = {}
    for label in labels:
        if label.strip():
            wanted.setdefault(fold(label), nfc(label).strip())
    standing = {fold(room.label): room for room in household.rooms.all()}
    for key, room in standing.items():
        if key not in wanted:
            room.delete()
    HouseholdRoom.objects.bulk_create(
        HouseholdRoom(household=household, label=label)
        for key, label in wanted.items()
        if key not in standing
    )


@transaction.atomic
def set_rooms(household: Household, labels: Sequence[str], *, actor: Actor) -> None:
    """Write the rooms of a boarding house; one that goes away leaves its people in the house."""
    _write_rooms(household, labels)
    audit.record(
        "people.household_changed",
        actor=actor,
        about=household,
        unit=household.hamlet,
        facts={"fields": ["rooms"]},
    )


# Help needed to get out


@transaction.atomic
def write_need(household: Household, text: str, *, actor: Actor, how: str) -> EvacuationNeed:
    """Write down, with the family's consent, who needs help to get out; an earlier text is replaced.

    Raises:
        Invalid: no text, or no word on how the consent was given.
    """
    if not text.strip():
        raise Invalid(
            _("Who needs help is missing. For example: one person in a wheelchair, ground floor, back room.")
        )
    if not how.strip():
        raise Invalid(_("The family's consent is missing. Nothing was saved."), code="consent_missing")
    now = clock.now()
    _close_needs(household, now=now)
    consent = _consent(household, how=how, now=now)
    need = EvacuationNeed.all_needs.create(household=household, text=text.strip(), consent=consent)
    audit.record("people.need_written", actor=actor, about=household, unit=household.hamlet)
    return need


def _consent(household: Household, *, how: str, now: datetime) -> Consent:
    """Keep a consent under the words of today."""
    return Consent.objects.create(household=household, purpose=NEED_PURPOSE, how=how.strip()[:160], given_at=now, wording=NEED_WORDING)


@transaction.atomic
def agree_anew(household: Household, *, actor: Actor, how: str) -> None:
    """Keep what is written down under the words of today, which show it to more people than those it was agreed to under.

    Raises:
        Invalid: no word on how the consent was given. Refused: nothing is written, or it was agreed to under these words.
    """
    if not how.strip():
        raise Invalid(_("The family's consent is missing. Nothing was saved."), code="consent_missing")
    now = clock.now()
    need = EvacuationNeed.standing.filter(household=household).select_related("consent").first()
    if need is None or not need.consent.is_of_older_words:
        raise Refused(_("Nothing is written down for this household under older words."), code="no_need")
    Consent.objects.filter(pk=need.consent_id).update(withdrawn_at=now)
    EvacuationNeed.all_needs.filter(pk=need.pk).update(consent=_consent(household, how=how, now=now))
    audit.record("people.need_agreed", actor=actor, about=household, unit=household.hamlet)


def _close_needs(household: Household, *, now: Any) -> int:
    """Withdraw the standing need: the text goes at once, the consent stays as proof that there was one."""
    standing = list(EvacuationNeed.all_needs.filter(household=household, is_open=True))
    for need in standing:
        Consent.objects.filter(pk=need.consent_id, withdrawn_at=None).update(withdrawn_at=now)
        EvacuationNeed.all_needs.filter(pk=need.pk).update(is_open=False, text="")
    return len(standing)


@transaction.atomic
def withdraw_need(household: Household, *, actor: Actor) -> None:
    """Withdraw the consent: the text is deleted at once.

    Raises:
        Refused: nothing was written.
    """
    if not _close_needs(household, now=clock.now()):
        raise Refused(_("Nothing is written down for this household."), code="no_need")
    audit.record("people.need_withdrawn", actor=actor, about=household, unit=household.hamlet)


# Law 91/2025/QH15: a copy, a correction, a deletion


_MEMBERSHIP: Final = ("user__full_name", "user__phone", "invited_at", "confirmed_at", "ended_at")


def export_membership(household: Household, *, reader: User) -> dict[str, object]:
    """Return what is kept of one person in a household: for a tenant, to whom the neighbours' names are not handed out."""
    mine = household.memberships.filter(user=reader)
    audit.record_read("people.household_exported", actor=Actor.of(reader), about=household, unit=household.hamlet)
    return {"made_at": clock.now().isoformat(), "people": list(mine.values(*_MEMBERSHIP, "room__label"))}


def export_household(household: Household, *, reader: User) -> dict[str, object]:
    """Return all that is kept of a household, for its people to take along; the reading is recorded.

    Who needs help to get out is handed to the family alone: for everybody else it opens only in an alarm.
    """
    is_family = Membership.objects.active().filter(user=reader, household=household).exists()
    needs = EvacuationNeed.all_needs.filter(household=household, is_open=True) if is_family else ()
    data: dict[str, object] = {
        "made_at": clock.now().isoformat(),
        "house": {name: getattr(household, name) for name in sorted(CORRECTABLE)},
        "hamlet": household.hamlet.place_name,
        "phones": list(household.phones.values("order", "phone", "name", "relation")),
        "rooms": list(household.rooms.values_list("label", flat=True)),
        "kit": list(household.kit.values("kind", "count", "expires_on")),
        "people": list(household.memberships.values(*_MEMBERSHIP)),
        "consents": list(household.consents.values("purpose", "how", "given_at", "withdrawn_at", "wording")),
        "help_to_get_out": [need.text for need in needs],
    }
    audit.record_read("people.household_exported", actor=Actor.of(reader), about=household, unit=household.hamlet)
    return data


_on_leaving: list[Callable[[Household, Actor], None]] = []


def on_leaving(follower: Callable[[Household, Actor], None]) -> None:
    """Have a higher room end what hangs on a household that leaves, in the same transaction; called from `AppConfig.ready`."""
    if follower not in _on_leaving:
        _on_leaving.append(follower)


@transaction.atomic
def leave_household(household: Household, *, actor: Actor, on: date | None = None, keep_needs: bool = False) -> None:
    """Note that a household has gone: memberships and invitations end; its data goes after the period.

    Who needs help to get out stays noted with `keep_needs`, for help that is on its way.

    Raises:
        Refused: it has left already.
    """
    if not household.is_active:
        raise Refused(_("This household has left already."), code="household_left")
    now = clock.now()
    household.is_active, household.left_on = False, on or clock.today()
    household.save(update_fields=["is_active", "left_on"])
    Membership.objects.filter(household=household, ended_at=None).update(ended_at=now)
    Invitation.objects.filter(household=household, used_at=None, revoked_at=None).update(revoked_at=now)
    if not keep_needs:
        _close_needs(household, now=now)
    for follower in _on_leaving:
        follower(household, actor)
    audit.record("people.household_left", actor=actor, about=household, unit=household.hamlet)


def lane_words(width_m: Decimal | None) -> str:
    """Return "2,5 m" as people write it."""
    return "" if width_m is None else f"{width_m.normalize():f} m".replace(".", ",")
