"""An automatic call: it reads the words, or plays a recording, and takes a key as "I have heard it"."""

from __future__ import annotations

from typing import ClassVar, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast.channels.base import Message, Preview
from liengia.broadcast.gateway import segments
from liengia.broadcast.gateway.channel import GatewayChannel
from liengia.broadcast.gateway.forms import VoiceForm
from liengia.broadcast.models import ChannelAccount

# What a reader says in a second, in characters: about 15 in Vietnamese, measured on the platform's own engine.
PER_SECOND: Final = 15
LONGEST: Final = 900


class VoiceChannel(GatewayChannel):
    """Automatic calls through a gateway."""

    name: ClassVar[str] = "voice"
    label: ClassVar[str | Promise] = gettext_lazy("Automatic call")
    help: ClassVar[str | Promise] = gettext_lazy("Calls those who asked for it and reads the message; they press 1 to say that they heard it. Each call costs.")
    icon: ClassVar[str] = "phone"
    receipts: ClassVar[frozenset[str]] = frozenset({"accepted", "delivered", "heard", "answered"})
    is_noisy: ClassVar[bool] = True
    config_form = VoiceForm

    def words(self, account: ChannelAccount, message: Message) -> dict[str, str]:
        """Return what is read, and where a recording lies when the message has one that providers may fetch."""
        return {"text": spoken(message, str(account.values.get("acknowledge_key") or "1")), "audio_url": str(message.data.get("audio_url", ""))}

    def preview(self, message: Message) -> Preview:
        """Return what is read, and about how long it takes."""
        text = spoken(message, "1")
        return Preview("", text, max(1, len(text) // PER_SECOND), None, "seconds")


def spoken(message: Message, key: str) -> str:
    """Return the words of a call: the message (whose first word says so if it is a drill), who calls, how to acknowledge."""
    text = segments.clean(message.spoken_text or f"{message.headline}. {message.text}")[:LONGEST]
    ask = _("If you have heard this, press %(key)s.") % {"key": key}
    return " ".join(f"{text} {segments.clean(message.unit_name)}. {ask}".split())


CHANNEL = VoiceChannel()
