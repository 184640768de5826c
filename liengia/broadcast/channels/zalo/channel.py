"""Zalo by hand, the default: no official interface posts into groups that people made, so people post, and tick it.

A delivery a group waits until somebody says that it was posted, or why not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from liengia.broadcast.channels import zalo_groups
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


class ZaloChannel(Channel):
    """Posts in Zalo groups by hand."""

    name: ClassVar[str] = "zalo"
    label: ClassVar[str | Promise] = gettext_lazy("Zalo groups, by hand")
    help: ClassVar[str | Promise] = gettext_lazy("Whoever keeps a group copies the text and the picture into it on their phone, and ticks it here.")
    icon: ClassVar[str] = "message"
    is_manual: ClassVar[bool] = True
    nobody: ClassVar[str | Promise] = gettext_lazy("No Zalo group of those chosen is in the register yet: enter it under “Zalo groups”.")

    def left_by_hand(self, count: int) -> str:
        """Return how many groups wait for somebody who posts."""
        return ngettext("%(n)s Zalo group waits for somebody who posts", "%(n)s Zalo groups wait for somebody who posts", count) % {"n": count}

    def recipients(self, audience: Audience, kind: str) -> Iterator[Recipient]:
        """Yield the groups of an audience in which people post."""
        for key in zalo_groups.told_in(audience).by_hand().values_list("public_id", flat=True).iterator(500):
            yield Recipient(key)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Nobody but people posts here."""
        return [DeliveryError(Failure.TEMPORARY, _("It waits for somebody who posts it.")) for _parcel in parcels]

    def preview(self, message: Message) -> Preview:
        """Return the text as it is copied."""
        text = zalo_groups.words(message)
        most = zalo_groups.MOST_CHARACTERS
        warnings = (_("Longer than %(most)s characters: few read that in a group. Say the main thing first.") % {"most": most},) if len(text) > most else ()
        return Preview("", text, len(text), None, "characters", 1, warnings)


CHANNEL = ZaloChannel()
