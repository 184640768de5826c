"""Accounts at providers: set up, tried out, switched on and off; what a piece costs. Secrets are written and never read back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.audit import services as audit
from liengia.broadcast import channels
from liengia.broadcast.channels.accounts import AccountChannel
from liengia.broadcast.channels.base import Accepted, DeliveryError, Message, Parcel
from liengia.broadcast.gateway import http
from liengia.broadcast.models import ChannelAccount, ProviderState, UnitCost
from liengia.broadcast.models.deliveries import fresh_key
from liengia.broadcast.wording import front
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.units.models import Unit

# What the channel itself writes into a configuration, and a form must not lose.
KEPT: Final = ("access_token", "access_until", "renewing_at", "renewed_at", "needs_grant", "refresh_token", "seen_groups")


def channel_of(account: ChannelAccount) -> AccountChannel:
    """Return the channel of an account.

    Raises:
        Refused: the channel is gone.
    """
    found = channels.get(account.channel)
    if not isinstance(found, AccountChannel):
        raise Refused(gettext_lazy("This channel is not here any more."), code="channel_gone")
    return found


@transaction.atomic
def keep_account(
    unit: Unit, channel: str, name: str, values: Mapping[str, Any], *, actor: Actor, account: ChannelAccount | None = None
) -> ChannelAccount:
    """Set an account up, or change it: a secret that is left empty stays. A new refresh token begins access anew.

    Raises:
        Refused: it was changed meanwhile (a token rotated); press once more.
    """
    row = ChannelAccount.objects.select_for_update().get(pk=account.pk) if account is not None else ChannelAccount(unit=unit, channel=channel)
    secrets = channel_of(row).secrets
    old = row.values if account is not None else {}
    new = {key: value for key, value in values.items() if not (key in secrets and not value)}
    merged = {**{key: old[key] for key in old if key in secrets or key in KEPT}, **new}
    if new.get("refresh_token"):
        for key in ("access_token", "access_until", "renewing_at", "needs_grant"):
            merged.pop(key, None)
    row.name, row.values, row.changed_at = " ".join(name.split())[:80], merged, clock.now()
    row.revision += 1 if account is not None else 0
    row.save()
    audit.record("broadcast.account_kept", actor=actor, about=row, unit=row.unit_id, facts={"channel": row.channel, "secrets_changed": sorted(secrets & set(new))})
    return row


@transaction.atomic
def switch(account: ChannelAccount, is_on: bool, *, actor: Actor) -> ChannelAccount:
    """Switch an account on or off; at most one of a channel is on in a unit.

    Raises:
        Refused: another one is on.
    """
    row = ChannelAccount.objects.select_for_update().get(pk=account.pk)
    row.is_on, row.changed_at = is_on, clock.now()
    try:
        with transaction.atomic():
            row.save(update_fields=["is_on", "changed_at"])
    except IntegrityError:
        raise Refused(gettext_lazy("Another account of this channel is switched on here. Switch that one off first."), code="another_is_on") from None
    audit.record("broadcast.account_switched", actor=actor, about=row, unit=row.unit_id, facts={"channel": row.channel, "on": is_on})
    return row


def try_out(account: ChannelAccount, address: str) -> str:
    """Send a test message to one address, whether the account is on or not; return what the provider said in words for people.

    It is called outside of any transaction.
    """
    now = clock.now()
    unit = str(account.unit)
    said = front("test") + _("this is a test of the message channel of %(unit)s. Nothing is to be done.") % {"unit": unit}
    message = Message(
        subject=f"test:{account.public_id}", msg_type="alert", mode="test", priority="normal", kind="notice", headline=said, text="",
        unit_name=unit, sent_at=now, short_text=said, spoken_text=said,
    )  # fmt: skip
    outcome = channel_of(account).try_one(account, Parcel(fresh_key(), address, account.public_id, message, 1))
    if isinstance(outcome, Accepted):
        return _("The provider took it. Whether it arrived, the phone says.")
    return _("It was not taken: %(why)s") % {"why": outcome.words}


def check(account: ChannelAccount) -> str:
    """Ask the provider whether the account works, and return its words for people."""
    try:
        return channel_of(account).check(account) or _("This provider cannot be asked; send a test message.")
    except DeliveryError as error:
        return error.words
    except http.NotReached:
        return _("The provider cannot be reached.")
    except http.Unclear:
        return _("The provider did not answer in time.")
    except http.NotAllowed as error:
        return _("The account's address is not allowed: %(why)s.") % {"why": error}


def failing(account: ChannelAccount) -> ProviderState | None:
    """Return how an account's provider fails, if it does."""
    return ProviderState.objects.filter(channel=account.channel, provider=account.public_id, failures__gt=0).first()


@transaction.atomic
def keep_cost(unit: Unit, channel: str, *, amount_vnd: int, valid_from: date, source: str, actor: Actor) -> UnitCost:
    """Say what one piece of a channel costs from a day on, as the contract says.

    Raises:
        Invalid: without a source, or too much to be one message.
    """
    source = " ".join(source.split())[:200]
    if not source:
        raise Invalid(gettext_lazy("Say where the price stands: a contract, its number and day."), code="empty", field="source")
    if not 0 <= amount_vnd <= 100_000:
        raise Invalid(gettext_lazy("A price for one message lies between 0 and 100 000 dong."), code="amount", field="amount_vnd")
    row, _new = UnitCost.objects.update_or_create(unit=unit, channel=channel, valid_from=valid_from, defaults={"amount_vnd": amount_vnd, "source": source})
    audit.record("broadcast.cost_kept", actor=actor, about=row, unit=unit, facts={"channel": channel, "amount": amount_vnd, "from": valid_from.isoformat()})
    return row
