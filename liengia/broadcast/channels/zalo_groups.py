"""What the three ways into Zalo groups share: which groups an audience is, and the words as they stand in a group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from liengia.broadcast import audiences
from liengia.broadcast.channels.accounts import AccountChannel
from liengia.broadcast.channels.base import Accepted, Audience, Message, Outcome, Parcel, Recipient
from liengia.broadcast.gateway.segments import clean
from liengia.broadcast.models import ChannelAccount, Dispatch, ZaloGroup, ZaloPost
from liengia.broadcast.models.zalo import ZaloGroupQuerySet
from liengia.core import clock
from liengia.units.models import Unit

# The Bot Platform's documented limit; of other ways none is documented, and what is longer is not read in a group.
MOST_CHARACTERS: Final = 2_000


def of(audience: Audience) -> ZaloGroupQuerySet:
    """Return the groups of an audience: those of its units and of all below them; a group of the past follows its unit's successor.

    Neighbour groups and roles have no Zalo groups here.
    """
    if not audience.unit_ids:
        return ZaloGroup.objects.none()
    return ZaloGroup.objects.active().filter(unit__in=Unit.objects.below_any(audiences.followed(audience.unit_ids)))


def told_in(audience: Audience) -> ZaloGroupQuerySet:
    """Return the groups in which people post: of what follows another also those in which that was posted, of a withdrawal those alone."""
    return _following(audience, ZaloPost.objects.filter(dispatch__bulletin__in=audience.chain, is_posted=True).values("group"))


def _following(audience: Audience, told: QuerySet[Any, Any]) -> ZaloGroupQuerySet:
    if audience.told is None:
        return of(audience)
    got = Q(pk__in=told)
    return ZaloGroup.objects.active().filter(got if audience.only_told else got | Q(pk__in=of(audience).values("pk")))


class GroupChannel(AccountChannel):
    """A way into Zalo groups through an account. Which groups it told is noted at the dispatch: what follows goes where the first did."""

    nobody = gettext_lazy("No Zalo group of those chosen is entered in the register with this account yet.")

    def recipients(self, audience: Audience, kind: str) -> Iterator[Recipient]:
        """Yield the groups of an audience that an account reaches, and those that got what this follows."""
        told = Dispatch.told_groups.through.objects.filter(dispatch__bulletin__in=audience.chain).values("zalogroup")
        rows = _following(audience, told).filter(account__channel=self.name, account__is_on=True).select_related("account")
        for row in rows.iterator(500):
            assert row.account is not None
            yield Recipient(row.remote_key, row.account.public_id)

    def try_one(self, account: ChannelAccount, parcel: Parcel) -> Outcome:
        """Hand one parcel over, and note which group got it, or may have."""
        outcome = super().try_one(account, parcel)
        if isinstance(outcome, Accepted) or outcome.is_unclear:
            dispatch = Dispatch.objects.filter(deliveries__key=parcel.key).first()
            group = ZaloGroup.objects.active().filter(account=account, remote_key=parcel.address).first()
            if dispatch is not None and group is not None:
                dispatch.told_groups.add(group)
        return outcome


def words(message: Message, *, most: int | None = None) -> str:
    """Return a message as it stands in a group: headline, text, where the whole stands, who speaks and on which day.

    With `most`, the text is cut at a blank so that address and sender stay.
    """
    head, text = clean(message.headline), clean(message.text)
    tail = f"{clean(message.unit_name)}, {clock.local(message.sent_at):%d/%m/%Y}"
    tail = f"{message.url}\n{tail}" if message.url else tail
    room = most - len(head) - len(tail) - 6 if most is not None else len(text)
    if len(text) > room:
        text = text[: max(0, room)].rsplit(None, 1)[0].rstrip(" ,.;:") + " …"
    return "\n\n".join(part for part in (head, text, tail) if part)
