"""The channel of the public feed (RSS 2.0): what it holds is there when it has been accepted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast.channels.base import (
    Accepted,
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
from liengia.broadcast.models import Bulletin
from liengia.core import pagecache


class Rss(Channel):
    """To whoever follows the commune's feed; nobody says who does."""

    name: ClassVar = "rss"
    label: ClassVar = gettext_lazy("Feed (RSS)")
    help: ClassVar = gettext_lazy("Readers’ programs and other sites fetch it. Only what is on the public page goes into it.")
    icon: ClassVar = "antenna-bars-5"
    receipts: ClassVar = frozenset({"accepted"})
    is_idempotent: ClassVar = True

    def recipients(self, audience: Audience, kind: str) -> Iterator[Recipient]:
        """Yield the feed."""
        yield Recipient("feed")

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Say that the feed shows them: it is drawn from the bulletins themselves."""
        keys = [one.message.subject.removeprefix("bulletin:") for one in parcels]
        public = set(Bulletin.objects.public().filter(public_id__in=keys).values_list("public_id", flat=True))
        if public:
            pagecache.bump()
        hidden = DeliveryError(Failure.PERMANENT, _("It is not for the public page, so it is not for the feed either."))
        return [Accepted() if key in public else hidden for key in keys]

    def preview(self, message: Message) -> Preview:
        """Return title and text."""
        return Preview(message.headline, message.text, len(message.text), None, "characters")


CHANNEL: Final = Rss()
