"""Piper: a voice close to a person's, with a voice file that the operator brings.

Its newer versions are GPL-3, so that it is no dependency: the operator installs it (`pipx install piper-tts`), and it is
called as a process of its own. No voice is fetched: the file is named in the settings with its checksum, because a
voice file is executed in a way, and a half-copied one babbles.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from liengia.broadcast.speech.engines.base import SpeechError, run


@lru_cache(maxsize=4)
def _checksum(path: Path, size: int, changed_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Engine:
    """Piper with the operator's voice."""

    name = "piper"

    def __init__(self) -> None:
        """Read the settings."""
        self.program, self.voice, self.checksum = settings.PIPER, settings.PIPER_VOICE, settings.PIPER_SHA256.lower()

    def mark(self) -> str:
        """Return name and the voice's checksum."""
        return f"{self.name}:{self.checksum}"

    def why_not(self) -> str:
        """Say what is missing: the program, the voice, its description, or the right checksum."""
        if not self.voice:
            return "LIENGIA_PIPER_VOICE names no voice file (.onnx)."
        path = Path(self.voice)
        if path.suffix != ".onnx" or not path.is_absolute():
            return f"LIENGIA_PIPER_VOICE: the whole path of an .onnx file is expected, not {self.voice!r}."
        if not path.is_file():
            return f"LIENGIA_PIPER_VOICE: there is no file {path}."
        if not path.with_name(f"{path.name}.json").is_file():
            return f"Beside {path} its description {path.name}.json is missing; both come with the voice."
        if len(self.checksum) != 64:
            return f"LIENGIA_PIPER_SHA256 is missing: `sha256sum {path}` prints it; compare it with its publisher's."
        state = path.stat()
        if _checksum(path, state.st_size, state.st_mtime_ns) != self.checksum:
            return f"{path} is not the file of LIENGIA_PIPER_SHA256: it was changed or copied in part."
        if shutil.which(self.program) is None:
            return f"The program {self.program} is not installed (pipx install piper-tts), or LIENGIA_PIPER names it wrongly."
        return ""

    def speak(self, text: str) -> bytes:
        """Return a WAV file.

        Raises:
            SpeechError: program or voice are missing or wrong, or it fails.
        """
        if why := self.why_not():
            raise SpeechError(why)
        with tempfile.TemporaryDirectory(prefix="liengia-piper-") as folder:
            out = Path(folder) / "spoken.wav"
            # A line is an utterance to it; the text is made one line.
            run(self.program, ["--model", self.voice, "--output_file", str(out)], " ".join(text.split()) + "\n")
            try:
                return out.read_bytes()
            except OSError as error:
                raise SpeechError(f"The program {self.program} wrote no sound.") from error
