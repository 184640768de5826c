"""The telephone tree: a list of households that people call one after the other, ticking each; printed or on a phone.

The list is the channel's waiting deliveries. Of a bulletin an entry forgets its household as soon as it is ticked, and what is
left dies with the bulletin; counts stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import ClassVar, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from liengia.broadcast import audiences
from liengia.broadcast.channels.base import (
    Audience,
    Channel,
    DeliveryError,
    Failure,
    Message,
    Outcome,
    Parcel,
    Preview,
    Recipient,
)
from liengia.broadcast.gateway.segments import clean
from liengia.people.models import Household, Membership

MOST_CHARACTERS: Final = 400


class PhoneTreeChannel(Channel):
    """Calls by people."""

    name: ClassVar[str] = "phone_tree"
    label: ClassVar[str | Promise] = gettext_lazy("Telephone tree")
    help: ClassVar[str | Promise] = gettext_lazy("A list of households with their phones, to be called one after the other by people, and ticked.")
    icon: ClassVar[str] = "phone"
    receipts: ClassVar[frozenset[str]] = frozenset({"accepted", "heard"})
    is_manual: ClassVar[bool] = True
    nobody: ClassVar[str | Promise] = gettext_lazy("No household of those chosen has a telephone number in its record.")

    def left_by_hand(self, count: int) -> str:
        """Return how many households wait for somebody who calls."""
        return ngettext("%(n)s household waits for a call", "%(n)s households wait for a call", count) % {"n": count}

    def recipients(self, audience: Audience, kind: str) -> Iterator[Recipient]:
        """Yield the households of an audience that have a phone."""
        rows = audiences.told_households(audience).filter(phones__isnull=False).distinct().order_by("hamlet", "folded", "pk")
        for pk, public_id in rows.values_list("pk", "public_id").iterator(500):
            yield Recipient(public_id, household_id=pk)

    def to_users(self, user_ids: Collection[int], kind: str) -> Iterator[Recipient]:
        """Yield the households in which these people live, each once."""
        lived = Membership.objects.active().filter(user__in=list(user_ids)).values_list("household_id", flat=True)
        yield from self.to_households(set(lived))

    def to_households(self, household_ids: Collection[int]) -> Iterator[Recipient]:
        """Yield those of these households that have a phone: the list is for who has no other way."""
        rows = Household.objects.active().filter(pk__in=list(household_ids), phones__isnull=False).distinct().order_by("hamlet", "folded", "pk")
        for pk, public_id in rows.values_list("pk", "public_id"):
            yield Recipient(public_id, household_id=pk)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Nobody but people calls here."""
        return [DeliveryError(Failure.TEMPORARY, _("It waits for somebody who calls.")) for _parcel in parcels]

    def preview(self, message: Message) -> Preview:
        """Return what the caller says."""
        text = script(message)
        return Preview(_("What to say"), text, len(text), None, "characters")


def script(message: Message) -> str:
    """Return what a caller says: the short text, else headline and text; it begins with what it is if it is a drill."""
    short = message.short_text if message.short_text != message.headline else ""
    return clean(short or f"{message.headline}. {message.text}")[:MOST_CHARACTERS]


CHANNEL = PhoneTreeChannel()
