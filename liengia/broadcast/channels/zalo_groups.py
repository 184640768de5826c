"""What the three ways into Zalo groups share: which groups an audience is, and the words as they stand in a group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import Q

from liengia.broadcast import audiences
from liengia.broadcast.channels.base import Audience, Message, Recipient
from liengia.broadcast.gateway.segments import clean
from liengia.broadcast.models import ZaloGroup, ZaloPost
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
    if audience.told is None:
        return of(audience)
    posted = Q(pk__in=ZaloPost.objects.filter(dispatch__bulletin__in=audience.chain, is_posted=True).values("group"))
    return ZaloGroup.objects.active().filter(posted if audience.only_told else posted | Q(pk__in=of(audience).values("pk")))


def through(channel: str, audience: Audience) -> Iterator[Recipient]:
    """Yield the groups of an audience that an account of a channel reaches."""
    rows = of(audience).filter(account__channel=channel, account__is_on=True).select_related("account")
    for row in rows.iterator(500):
        assert row.account is not None
        yield Recipient(row.remote_key, row.account.public_id)


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
