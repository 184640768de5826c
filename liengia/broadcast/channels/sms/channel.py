"""SMS: the short text, with marks or without as the account chose, counted as carriers count it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast.channels.accounts import the_one
from liengia.broadcast.channels.base import DeliveryError, Failure, Message, Preview
from liengia.broadcast.gateway import segments
from liengia.broadcast.gateway.channel import GatewayChannel
from liengia.broadcast.gateway.forms import SmsForm
from liengia.broadcast.models import ChannelAccount


class SmsChannel(GatewayChannel):
    """SMS through a gateway."""

    name: ClassVar[str] = "sms"
    label: ClassVar[str | Promise] = gettext_lazy("SMS")
    help: ClassVar[str | Promise] = gettext_lazy("To phones of those who asked for it, through a provider with a contract. Each message costs.")
    icon: ClassVar[str] = "message"
    receipts: ClassVar[frozenset[str]] = frozenset({"accepted", "delivered"})
    config_form = SmsForm

    def words(self, account: ChannelAccount, message: Message, wanted: Callable[[str], bool] = bool) -> dict[str, str]:
        """Return the text as it goes."""
        found = counted(message, account)
        if found.pieces > int(account.values.get("most_pieces") or 4):
            raise DeliveryError(Failure.PERMANENT, _("The text is longer than the account allows."))
        return {"text": "".join(found.parts), "is_unicode": "1" if found.alphabet == "UCS-2" else "0"}

    def preview(self, message: Message) -> Preview:
        """Return the text with its pieces, as the account that serves the unit sends it; without an account, without marks."""
        account = the_one(self.name, message.data.get("unit_id"))
        found, full = counted(message, account), segments.count(segments.clean(text_of(message)))
        warnings = []
        if text_of(message, most=None) != text_of(message):
            warnings.append(_("The text is cut off: write a short text."))
        if found.alphabet == "GSM-7" and full.alphabet == "UCS-2":
            warnings.append(_("It goes without marks. With marks it would be %(pieces)s messages.") % {"pieces": full.pieces})
        most = int(account.values.get("most_pieces") or 4) if account else 4
        if found.pieces > most:
            warnings.append(_("More than %(most)s messages: make it shorter, it will not go like this.") % {"most": most})
        one = segments.ONE_GSM if found.alphabet == "GSM-7" else segments.ONE_UCS2
        return Preview("", "".join(found.parts), found.length, one, "characters", found.pieces, tuple(warnings))


LONGEST: Final = 600


def text_of(message: Message, *, most: int | None = LONGEST) -> str:
    """Return what is sent: the short text, or else the headline; with the address of the whole where it is public."""
    text = segments.clean(message.short_text or message.headline)
    if most is not None and len(text) > most:
        text = text[: most - 1].rstrip() + "…"
    return f"{text} {message.url}".strip()


def counted(message: Message, account: ChannelAccount | None) -> segments.Counted:
    """Return the text as an account sends it, in its parts."""
    text = text_of(message)
    has_marks = account is not None and account.values.get("with_marks") == "yes"
    return segments.count(text if has_marks else segments.without_marks(text))


CHANNEL = SmsChannel()
