"""espeak-ng: small, quick and offline, with a southern Vietnamese voice. It sounds like a machine, and is understood.

It is Debian's program (GPL-3), called as a process of its own and never part of this package.
"""

from __future__ import annotations

import re
import shutil
from typing import Final

from django.conf import settings

from liengia.broadcast.speech.engines.base import SpeechError, run

PROGRAM: Final = "espeak-ng"
VOICES: Final = ("vi-vn-x-south", "vi", "vi-vn-x-central")
# Words a minute; loudspeakers outdoors are understood better slowly.
PACE: Final = 140


class Engine:
    """Debian's espeak-ng."""

    name = "espeak_ng"

    def __init__(self, voice: str = "") -> None:
        """Speak with a voice; the installation's own when none is named."""
        self.voice = voice or settings.SPEECH_VOICE

    def mark(self) -> str:
        """Return name, voice and pace."""
        return f"{self.name}:{self.voice}:{PACE}"

    def why_not(self) -> str:
        """Say what is missing."""
        if not re.fullmatch(r"[a-z]{2}[a-z0-9-]{0,30}", self.voice):
            return f"LIENGIA_SPEECH_VOICE: {self.voice!r} is no voice of espeak-ng, such as {', '.join(VOICES)}."
        if shutil.which(PROGRAM) is None:
            return "espeak-ng is not installed. On Debian and Ubuntu: apt install espeak-ng"
        return ""

    def speak(self, text: str) -> bytes:
        """Return a WAV file.

        Raises:
            SpeechError: it is not installed, or fails.
        """
        if why := self.why_not():
            raise SpeechError(why)
        return run(PROGRAM, ["-v", self.voice, "-s", str(PACE), "-b", "1", "--stdin", "--stdout"], text)
