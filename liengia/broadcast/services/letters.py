"""Consent to a channel that needs no device of its own: given by kind, withdrawn at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from liengia.audit import services as audit
from liengia.broadcast.channels.email.channel import KINDS, SALT
from liengia.broadcast.models import ChannelConsent
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound
from liengia.people.models import User


def standing(user: User, channel: str) -> ChannelConsent | None:
    """Return what a person agreed to and has not withdrawn."""
    return ChannelConsent.objects.filter(user=user, channel=channel, withdrawn_at=None).first()


@transaction.atomic
def agree(user: User, channel: str, *, kinds: Sequence[str], actor: Actor) -> ChannelConsent | None:
    """Keep which kinds a person wants by a channel; none is a withdrawal.

    Raises:
        Invalid: e-mail without an address in the account.
    """
    chosen = [kind for kind in KINDS if kind in kinds]
    row = ChannelConsent.objects.select_for_update().filter(user=user, channel=channel, withdrawn_at=None).first()
    if not chosen:
        if row is not None:
            withdraw(row, actor=actor)
        return None
    if channel == "email" and not user.email:
        raise Invalid(_("Your account has no e-mail address yet. Write it there first."), code="no_email")
    if row is not None and row.kinds == chosen:
        return row
    if row is not None:
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
    made = ChannelConsent.objects.create(user=user, channel=channel, kinds=chosen, given_at=clock.now())
    audit.record("broadcast.consent_given", actor=actor, about=user, facts={"channel": channel, "kinds": chosen})
    return made


@transaction.atomic
def withdraw(row: ChannelConsent, *, actor: Actor) -> None:
    """Withdraw a consent; what waits in the outbox is not sent any more."""
    if ChannelConsent.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_at=clock.now()):
        audit.record("broadcast.consent_withdrawn", actor=actor, about=row.user, facts={"channel": row.channel})


def by_token(token: str) -> ChannelConsent:
    """Return the consent that a letter was sent by.

    Raises:
        NotFound: no token of ours, or a consent that is gone with its account.
    """
    try:
        key = signing.loads(token[:500], salt=SALT)
    except (signing.BadSignature, ValueError):
        raise NotFound("") from None
    found = ChannelConsent.objects.filter(pk=key, channel="email").select_related("user").first()
    if found is None:
        raise NotFound("")
    return found


def end_by_token(token: str) -> ChannelConsent:
    """Withdraw by the link in a letter, however often it is pressed: also what was agreed to anew since that letter."""
    found = by_token(token)
    now = standing(found.user, "email")
    if now is not None:
        withdraw(now, actor=Actor.visitor())
    return found
