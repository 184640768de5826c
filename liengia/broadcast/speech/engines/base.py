"""What an engine is, and how a program is called that may see text of anybody.

A text reaches a program by its standard input alone. The command line is fixed by the engine and the installation's
settings, so that no text can be taken for an option, a file or an address.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import Final, Protocol

TIMEOUT_S: Final = 60.0
LONGEST: Final = 20_000


class SpeechError(Exception):
    """A text cannot be spoken here; the sentence says why, and what to install or set."""


class Speaker(Protocol):
    """A program that speaks."""

    name: str

    def mark(self) -> str:
        """Return what its sound depends on beside the text: name, voice, pace. It is part of the cache's key."""

    def why_not(self) -> str:
        """Return why it cannot speak here, with what to do; the empty string when it can."""

    def speak(self, text: str) -> bytes:
        """Return a WAV file of a text that is already in words (`reading.speakable`).

        Raises:
            SpeechError: it cannot; the sentence says why.
        """


def run(program: str, arguments: Sequence[str], text: str, *, timeout_s: float = TIMEOUT_S) -> bytes:
    """Run a program on a text by its standard input, and return what it writes.

    Raises:
        SpeechError: it is not there, fails, or takes longer than a minute.
    """
    if len(text) > LONGEST:
        raise SpeechError(f"The text has {len(text)} characters; {LONGEST} can be spoken at once.")
    try:
        done = subprocess.run(
            [program, *arguments], input=text.encode(), capture_output=True, timeout=timeout_s, check=False
        )
    except FileNotFoundError as error:
        raise SpeechError(f"The program {program} is not installed.") from error
    except OSError as error:
        raise SpeechError(f"The program {program} cannot be run: {error.strerror}.") from error
    except subprocess.TimeoutExpired as error:
        raise SpeechError(f"The program {program} did not end within {timeout_s:.0f} s.") from error
    if done.returncode:
        # What it says may repeat the text, so only its code is told.
        raise SpeechError(f"The program {program} ended with code {done.returncode}.")
    return done.stdout
