"""Consent to SMS, calls and e-mail: given per kind by whoever gets them, withdrawn at once with all that still waits.

One row stands for a channel and person; a change of kinds ends it and begins another, so that it can be told what was agreed
to when. What waits of a kind that is still wanted goes all the same: channels ask for the row that stands.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.broadcast.channels.consent import ALARM, KINDS, kind_of
from liengia.broadcast.channels.email.channel import SALT
from liengia.broadcast.models import ChannelConsent, Delivery, DeliveryState
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound
from liengia.people.models import User

CHANNELS: Final = ("sms", "voice", "email")
# Nobody is told of an alarm by letter: it is too slow.
OFFERED: Final = {"sms": KINDS, "voice": KINDS, "email": tuple(kind for kind in KINDS if kind != ALARM)}


def standing(user: User) -> dict[str, list[str]]:
    """Return which kinds somebody wants by which channel."""
    return dict(ChannelConsent.objects.filter(user=user, withdrawn_at=None).values_list("channel", "kinds"))


@transaction.atomic
def set_consent(user: User, channel: str, kinds: Collection[str], *, actor: Actor) -> None:
    """Give consent to some kinds by a channel, and withdraw it for the others: waiting messages of those go at once.

    Raises:
        Invalid: a channel or kind that is not offered; no number or address to send to.
    """
    wanted = [kind for kind in KINDS if kind in set(kinds)]
    if set(kinds) - set(OFFERED.get(channel, ())) or channel not in OFFERED:
        raise Invalid(_("This cannot be chosen."), code="unknown_kind", field=channel)
    if wanted and not (user.email if channel == "email" else user.phone):
        raise Invalid(_("Your account has no phone number or e-mail address for this yet."), code="no_address", field=channel)
    row = ChannelConsent.objects.select_for_update().filter(user=user, channel=channel, withdrawn_at=None).first()
    had = list(row.kinds) if row is not None else []
    if set(wanted) == set(had):  # rows of before stand in another order
        return
    now = clock.now()
    if row is not None:
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
    if wanted:
        ChannelConsent.objects.create(user=user, channel=channel, kinds=wanted, given_at=now)
    if given := sorted(set(wanted) - set(had)):
        audit.record("broadcast.consent_given", actor=actor, about=user, facts={"channel": channel, "kinds": given})
    if lost := sorted(set(had) - set(wanted)):
        _withdraw_waiting(user, channel, set(lost))
        audit.record("broadcast.consent_withdrawn", actor=actor, about=user, facts={"channel": channel, "kinds": lost})


def withdraw_all(user: User, *, actor: Actor) -> None:
    """Withdraw every consent of somebody."""
    for channel in standing(user):
        set_consent(user, channel, (), actor=actor)


def holder_by_token(token: str) -> User:
    """Return whose consent a letter was sent by.

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
    return found.user


def end_by_token(token: str) -> User:
    """End letters by the link in one of them, however often it is pressed: also what was agreed to anew since that letter."""
    user = holder_by_token(token)
    set_consent(user, "email", (), actor=Actor.visitor())
    return user


def _withdraw_waiting(user: User, channel: str, kinds: set[str]) -> None:
    rows = Delivery.objects.waiting().filter(user=user, channel=channel).select_related("said")
    those = [row.pk for row in rows if kind_of(str(row.said.content.get("kind", ""))) in kinds]
    ended = Delivery.objects.waiting().filter(pk__in=those)
    ended.filter(keeps_person=True).update(state=DeliveryState.WITHDRAWN, claimed_until=None)
    ended.filter(keeps_person=False).update(state=DeliveryState.WITHDRAWN, claimed_until=None, address="", user=None, household=None)
