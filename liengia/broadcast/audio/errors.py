"""What can be wrong with a recording, in words for the person who brought it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liengia.core.errors import Invalid

WORDS = {
    "empty": _("The file is empty."),
    "too_big": _("The file is too large: at most 40 MB. Record in shorter parts, or save it as MP3."),
    "too_long": _("The recording is longer than 15 minutes. Cut it into parts."),
    "too_short": _("Nothing is heard in the recording. Record it again, nearer to the microphone."),
    "unknown": _("This file is not a recording that can be read. Use WAV, MP3, OGG, FLAC or M4A."),
    "broken": _("The recording is broken or was copied only in part. Save it again and choose it anew."),
    "no_decoder": _("To read M4A and AMR, ffmpeg is needed on the server (apt install ffmpeg). Or save the recording as MP3."),
}


class BadSound(Invalid):
    """A recording that cannot be used; `code` says why."""

    def __init__(self, code: str) -> None:
        """Take the words of a code."""
        super().__init__(WORDS[code], code=code)
