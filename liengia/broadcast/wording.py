"""What each message says at its front, and the words of a bulletin as one frozen message."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liengia.broadcast.channels.base import Message
from liengia.broadcast.models import Bulletin, MsgType
from liengia.core import clock

# Before anything of a message that is not what it sounds like, on every channel.
MODES: Final = {"drill": pgettext_lazy("mode", "DRILL"), "test": pgettext_lazy("mode", "BELL TEST"), "training": pgettext_lazy("mode", "TRAINING")}
FRONTS: Final = {
    MsgType.UPDATE: gettext_lazy("UPDATE"), MsgType.CORRECTION: gettext_lazy("CORRECTION"), MsgType.CANCEL: gettext_lazy("WITHDRAWN"),
    MsgType.ALL_CLEAR: gettext_lazy("ALL CLEAR"),
}  # fmt: skip
_BLANK: Final = re.compile(r"\{([^{}\n]{1,40})\}")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def front(mode: str, msg_type: str = MsgType.ALERT) -> str:
    """Return the words that stand first: of the mode, then of what the message does to the one before it."""
    words = [str(MODES[mode])] if mode in MODES else []
    if msg_type in FRONTS:
        words.append(str(FRONTS[MsgType(msg_type)]))
    return "".join(f"{word}: " for word in words)


def clean(text: str) -> str:
    """Return text without control characters and invisible marks that change what is read; line breaks stay."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def blanks(text: str) -> list[str]:
    """Return the names of a template's blanks, each once, in order."""
    return list(dict.fromkeys(_BLANK.findall(text)))


def fill(text: str, values: dict[str, str]) -> str:
    """Fill a template's blanks; what is filled in is never read as a template."""
    return _BLANK.sub(lambda found: values.get(found[1], found[0]), text)


def message_of(bulletin: Bulletin, *, at: datetime) -> Message:
    """Return a bulletin as every channel is given it, in the language of the people."""
    with translation.override(settings.LANGUAGE_CODE):
        mode = "training" if bulletin.is_training else "real"
        first = front(mode, bulletin.msg_type)
        short = bulletin.short_text or bulletin.headline
        spoken = bulletin.spoken_text or f"{bulletin.headline}.\n{bulletin.text}"
        follows = [bulletin.follows.public_id] if bulletin.follows is not None else []
        return Message(
            subject=f"bulletin:{bulletin.public_id}",
            msg_type="update" if bulletin.msg_type == MsgType.CORRECTION else bulletin.msg_type,
            mode=mode,
            priority=bulletin.priority,
            kind=bulletin.kind,
            headline=f"{first}{bulletin.headline}",
            text=bulletin.text,
            short_text=f"{first}{short}",
            spoken_text=f"{first}{spoken}",
            unit_name=bulletin.unit.full_name,
            sent_at=at,
            expires_at=bulletin.expires_at,
            url=f"{settings.PUBLIC_URL}{public_path(bulletin)}" if bulletin.is_public and not bulletin.is_training else "",
            recording=bulletin.recording,
            picture=bulletin.picture,
            data={"unit_id": bulletin.unit_id, "event": bulletin.event, "follows": follows, "issuing_body": bulletin.issuing_body, "issuing_number": bulletin.issuing_number},
        )


def public_path(bulletin: Bulletin) -> str:
    """Return where anybody reads it."""
    return f"/thong-bao/{bulletin.public_id}/"


def fingerprint(bulletin: Bulletin) -> str:
    """Return the fingerprint of all that was approved: words, files, audience, channels, times."""
    said = {
        name: getattr(bulletin, name)
        for name in (
            "public_id", "unit_id", "is_training", "priority", "kind", "msg_type", "follows_id", "event", "headline", "text", "short_text",
            "spoken_text", "recording", "picture", "issuing_body", "issuing_number", "names_a_person", "legal_basis", "channels", "groups", "roles",
            "is_public", "repeats", "weekdays", "lunar_days", "at_time", "first_on", "expires_at",
        )
    }  # fmt: skip
    said["units"] = sorted(bulletin.areas.values_list("unit_id", flat=True))
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


def day_words(bulletin: Bulletin) -> str:
    """Return what stands for a headline that is not to be repeated."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Our message of %(day)s") % {"day": f"{clock.local(bulletin.approved_at or clock.now()):%d/%m/%Y}"}


def withdrawal_words(bulletin: Bulletin, why: str, *, hides: bool = False, is_short: bool = False) -> str:
    """Return the text of a withdrawal; without the headline where that named somebody. The short one stands behind the mark: it says what and why."""
    with translation.override(settings.LANGUAGE_CODE):
        if is_short:
            return _("%(message)s. Why: %(why)s") % {"message": day_words(bulletin) if hides else bulletin.headline, "why": why}
        if hides:
            return _("%(message)s no longer holds. Why: %(why)s") % {"message": day_words(bulletin), "why": why}
        return _("Our message “%(headline)s” no longer holds. Why: %(why)s") % {"headline": bulletin.headline, "why": why}
