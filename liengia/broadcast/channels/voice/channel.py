"""An automatic call: it reads the words, or plays a sound of ours, and takes a key as "I have heard it".

Where the account's template asks for `{audio_url}`, the provider fetches a WAV that was made here (`sounds.of_call`): the platform's own
voice, or the bulletin's recording, and then how to acknowledge. Its address is signed, names no word of the message and ends after
`AUDIO_HOLDS_S`; one that is wrong, over or gone is the same 404, and nothing lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from django.conf import settings
from django.core import signing
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.broadcast.channels.base import Message, Preview
from liengia.broadcast.channels.loudspeaker import sounds
from liengia.broadcast.gateway import segments
from liengia.broadcast.gateway.channel import GatewayChannel
from liengia.broadcast.gateway.forms import VoiceForm
from liengia.broadcast.models import ChannelAccount

# What a reader says in a second, in characters: about 15 in Vietnamese, measured on the platform's own engine.
PER_SECOND: Final = 15
LONGEST: Final = 900
# A provider fetches within seconds of taking the call, again for a call that it repeats; an hour is more than any of them needs.
AUDIO_HOLDS_S: Final = 3600
_SALT: Final = "broadcast.call"


class VoiceChannel(GatewayChannel):
    """Automatic calls through a gateway."""

    name: ClassVar[str] = "voice"
    label: ClassVar[str | Promise] = gettext_lazy("Automatic call")
    help: ClassVar[str | Promise] = gettext_lazy("Calls those who asked for it and reads the message; they press 1 to say that they heard it. Each call costs.")
    icon: ClassVar[str] = "phone"
    receipts: ClassVar[frozenset[str]] = frozenset({"accepted", "delivered", "heard", "answered"})
    is_noisy: ClassVar[bool] = True
    config_form = VoiceForm

    def words(self, account: ChannelAccount, message: Message, wanted: Callable[[str], bool] = bool) -> dict[str, str]:
        """Return what is read, and where its sound is fetched when the template asks for that.

        Raises:
            DeliveryError: nobody can speak here, or the recording is not ready: without its sound the call would be silent.
        """
        key = str(account.values.get("acknowledge_key") or "1")
        return {"text": spoken(message, key), "audio_url": audio_url(message, key) if wanted("audio_url") else ""}

    def preview(self, message: Message) -> Preview:
        """Return what is read, and about how long it takes."""
        text = spoken(message, "1")
        return Preview("", text, max(1, len(text) // PER_SECOND), None, "seconds")


def spoken(message: Message, key: str) -> str:
    """Return the words of a call: the message (whose first word says so if it is a drill), who calls, how to acknowledge."""
    text = segments.clean(message.spoken_text or f"{message.headline}. {message.text}")[:LONGEST]
    return " ".join(f"{text} {_closing(message, key)}".split())


def _closing(message: Message, key: str) -> str:
    """Return who calls and how to acknowledge: it stands after a recording too."""
    ask = _("If you have heard this, press %(key)s.") % {"key": key}
    return f"{segments.clean(message.unit_name)}. {ask}"


def audio_url(message: Message, key: str) -> str:
    """Make the sound of a call, once whoever is called, and return where a provider fetches it for an hour.

    Raises:
        DeliveryError: as `sounds.of_call`.
    """
    audio = sounds.of_call(message, _closing(message, key) if message.recording else spoken(message, key))
    return f"{settings.PUBLIC_URL}/noi/am-thanh/{signing.dumps(audio.sha256, salt=_SALT)}.wav"


def sound_of(token: str) -> str | None:
    """Return the hash of the sound that an address names; None when it is wrong or over."""
    try:
        return str(signing.loads(token, salt=_SALT, max_age=AUDIO_HOLDS_S))
    except signing.BadSignature:
        return None


CHANNEL = VoiceChannel()
