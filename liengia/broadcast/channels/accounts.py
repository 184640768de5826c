"""What channels share that speak through an account at a provider: which account serves whom, and handing over under a time limit."""

from __future__ import annotations

import logging
import time
from abc import abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import Any, ClassVar, Final

from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast.channels import consent
from liengia.broadcast.channels.base import (
    Accepted,
    Audience,
    Channel,
    DeliveryError,
    Failure,
    Outcome,
    Parcel,
    Recipient,
)
from liengia.broadcast.gateway import http
from liengia.broadcast.models import ChannelAccount, Delivery
from liengia.people.models import User
from liengia.units.models import Unit

logger = logging.getLogger(__name__)
# One `send` ends well before its lease does: what was not handed over by then waits for the next.
BUDGET_S: Final = 35.0


class Accounts:
    """The accounts of a channel that are on, and which of them serves a unit: its own, or that of the next unit above."""

    def __init__(self, channel: str) -> None:
        """Read them once."""
        rows = ChannelAccount.objects.filter(channel=channel, is_on=True).select_related("unit")
        self._by_unit = {row.unit.current().pk: row for row in rows}
        self._found: dict[int, ChannelAccount | None] = {}

    def of(self, unit_id: int) -> ChannelAccount | None:
        """Return the account that serves a unit."""
        if unit_id not in self._found:
            unit = Unit.objects.get(pk=unit_id).current() if self._by_unit else None
            line = [unit.pk, *(above.pk for above in unit.ancestors())] if unit is not None else []
            self._found[unit_id] = next((self._by_unit[key] for key in line if key in self._by_unit), None)
        return self._found[unit_id]


class AccountChannel(Channel):
    """A channel that needs an account; a subclass says how one parcel is handed over."""

    needs_account: ClassVar[bool] = True
    batch: ClassVar[int] = 50
    # Names of the form's fields that are secrets: a page never shows them again.
    secrets: ClassVar[frozenset[str]] = frozenset()

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Hand parcels over one after the other; after a fault of the account or its provider, its others wait."""
        names = {parcel.provider for parcel in parcels}
        accounts = {row.public_id: row for row in ChannelAccount.objects.filter(channel=self.name, public_id__in=names, is_on=True)}
        broken: dict[str, DeliveryError] = {}
        until = time.monotonic() + BUDGET_S
        outcomes: list[Outcome] = []
        for parcel in parcels:
            account = accounts.get(parcel.provider)
            if account is None:
                outcomes.append(DeliveryError(Failure.PERMANENT, _("The account is switched off.")))
            elif parcel.provider in broken or time.monotonic() > until:
                said = broken.get(parcel.provider)
                words = said.words if said else _("It was not its turn yet.")
                outcomes.append(DeliveryError(Failure.TEMPORARY, words, was_asked=False))
            else:
                outcome = self.try_one(account, parcel)
                outcomes.append(outcome)
                if isinstance(outcome, Accepted) and outcome.receipt_key:
                    # At once, not with the batch: the key pressed in a call of an alarm may come before the batch is through.
                    # Without the database it is written with the batch; what was handed over never goes again for that.
                    with suppress(DatabaseError):
                        Delivery.objects.filter(key=parcel.key).update(receipt_key=outcome.receipt_key[:120])
                elif isinstance(outcome, DeliveryError) and outcome.failure is Failure.TECHNICAL:
                    broken[parcel.provider] = outcome
        return outcomes

    def try_one(self, account: ChannelAccount, parcel: Parcel) -> Outcome:
        """Hand one parcel over; whatever goes wrong becomes one of the three kinds of failure, in words without any of its contents."""
        try:
            return self.hand_over(account, parcel)
        except DeliveryError as error:
            return error
        except http.NotReached:
            return DeliveryError(Failure.TECHNICAL, _("The provider cannot be reached."))
        except http.Unclear:
            return DeliveryError(Failure.TECHNICAL, _("The provider did not answer in time."), is_unclear=True)
        except http.NotAllowed as error:
            return DeliveryError(Failure.TECHNICAL, _("The account's address is not allowed: %(why)s.") % {"why": error})
        except Exception as error:  # noqa: BLE001  (an exception's own words may hold a token or a text: its class alone is logged)
            logger.error("channel %s failed in its own code: %s", self.name, type(error).__name__)
            return DeliveryError(Failure.TECHNICAL, _("The channel broke off."))

    def missing(self, unit_id: int) -> str:
        """Return that no account serves a unit."""
        return "" if Accounts(self.name).of(unit_id) is not None else _("no account yet")

    def why_nobody(self, unit_id: int) -> str:
        """Return that no account is there, else what else may be."""
        if self.missing(unit_id):
            return _("No account of this channel is set up and switched on yet, so it reaches nobody.")
        return super().why_nobody(unit_id)

    @abstractmethod
    def hand_over(self, account: ChannelAccount, parcel: Parcel) -> Accepted:
        """Hand one parcel over.

        Raises:
            DeliveryError: it was not taken. NotReached, Unclear, NotAllowed: as `gateway.http.call`.
        """

    def check(self, account: ChannelAccount) -> str:
        """Ask the provider whether the account works, and return what it says in words for people; empty = it cannot be asked.

        Raises:
            DeliveryError: it does not work, and why. NotReached, Unclear, NotAllowed: as `gateway.http.call`.
        """
        return ""


class PhoneChannel(AccountChannel):
    """A channel to phone numbers of accounts, with their consent."""

    nobody = gettext_lazy("Nobody of those chosen has agreed to this channel yet; everybody does so by themselves, under “My home”.")

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Hand over what may still go: nobody is called who left, changed the number or wants no bulletin any more since it was planned."""
        gone = self._gone(parcels)
        outcomes = iter(super().send([one for one in parcels if one.key not in gone]))
        ended = DeliveryError(Failure.PERMANENT, _("Withdrawn since."))
        return [ended if one.key in gone else next(outcomes) for one in parcels]

    def _gone(self, parcels: Sequence[Parcel]) -> set[str]:
        planned = {one.key: one for one in parcels}
        rows = list(Delivery.objects.filter(key__in=planned, user__isnull=False).select_related("user"))
        keys = {row.user_id for row in rows if row.user_id is not None and row.dispatch_id is not None}
        kinds = {planned[row.key].message.kind for row in rows if row.dispatch_id is not None}
        # Of an alarm nothing is asked here: who withdraws takes it back at once, and who is on duty is called whatever they ticked.
        wanting = {kind: {user.pk for user in consent.wanting_of(self.name, keys, kind)} for kind in kinds}
        return {
            row.key for row in rows
            if row.user is None or not row.user.is_active or str(row.user.phone) != planned[row.key].address
            or (row.dispatch_id is not None and row.user_id not in wanting[planned[row.key].message.kind])
        }  # fmt: skip

    def recipients(self, audience: Audience, kind: str) -> Iterator[Recipient]:
        """Yield the phones of those of an audience who consented, by the account that serves where they live."""
        accounts = Accounts(self.name)
        seen: set[str] = set()
        for part in consent.wanting(self.name, audience, kind):
            for one in self._of(part, accounts):
                if one.address not in seen:  # a number is called once, whoever else has it
                    seen.add(one.address)
                    yield one

    def to_users(self, user_ids: Collection[int], kind: str) -> Iterator[Recipient]:
        """Yield the phones of these people, if they consented."""
        yield from self._of(consent.wanting_of(self.name, user_ids, kind), Accounts(self.name))

    def to_duty(self, user_ids: Collection[int], kind: str) -> Iterator[Recipient]:
        """Yield the phones of these people while they hold a duty: their office calls them, whatever they ticked for themselves."""
        yield from self._of(list(User.objects.filter(pk__in=list(user_ids), is_active=True)), Accounts(self.name))

    def places(self, rows: Sequence[Delivery]) -> dict[str, int]:
        """Return where those live who are called."""
        found = consent.places(User.objects.filter(pk__in=[row.user_id for row in rows if row.user_id is not None]))
        return {row.key: found[row.user_id] for row in rows if row.user_id in found}

    def _of(self, users: Sequence[User], accounts: Accounts) -> Iterator[Recipient]:
        places = consent.places(users)
        for user in users:
            account = accounts.of(places[user.pk]) if user.pk in places else None
            if user.phone and account is not None:
                yield Recipient(str(user.phone), account.public_id, user_id=user.pk)


def the_one(channel: str, hint: Any = None) -> ChannelAccount | None:
    """Return the account by which a preview is drawn: the given unit's, or the only one that is on."""
    if hint:
        return Accounts(channel).of(int(hint))
    rows = list(ChannelAccount.objects.filter(channel=channel, is_on=True)[:2])
    return rows[0] if len(rows) == 1 else None
