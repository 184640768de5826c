"""Recordings as people bring them: WAV, MP3, OGG, FLAC by libsndfile; M4A and AMR of phones by ffmpeg.

What a file is, is judged by its first bytes, never by its name. ffmpeg (Debian's, GPL, a process of its own) sees only
files that begin as MP4 or AMR do, is told their kind, and may open nothing but that one file: a playlist inside a
"recording" would otherwise make it read other files or addresses.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from liengia.broadcast.audio import BIGGEST_BYTES, LONGEST_S, RATE
from liengia.broadcast.audio.errors import BadSound
from liengia.broadcast.audio.sound import Sound, resampled

FFMPEG: Final = "ffmpeg"
FFMPEG_TIMEOUT_S: Final = 120
_BLOCK: Final = 65_536


def kind(data: bytes) -> str:
    """Return what a file is by its first bytes: "sndfile", "mov", "amr" or "aac"; empty when it is no recording."""
    head = data[:16]
    if head[4:8] == b"ftyp":
        return "mov"
    if head.startswith(b"#!AMR"):
        return "amr"
    if head[:4] in (b"OggS", b"fLaC") or (head[:4] == b"RIFF" and head[8:12] == b"WAVE") or (head[:4] == b"FORM" and head[8:11] == b"AIF"):
        return "sndfile"
    if len(head) > 1 and head[0] == 0xFF and head[1] in (0xF1, 0xF9):
        return "aac"
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0):
        return "sndfile"
    return ""


def decode(data: bytes) -> Sound:
    """Return a recording as one channel at our rate.

    Raises:
        BadSound: empty, too big, too long, broken, or nothing that is known.
    """
    if not data:
        raise BadSound("empty")
    if len(data) > BIGGEST_BYTES:
        raise BadSound("too_big")
    found = kind(data)
    if not found:
        raise BadSound("unknown")
    return _by_libsndfile(data) if found == "sndfile" else _by_ffmpeg(data, found)


def _by_libsndfile(data: bytes) -> Sound:
    import numpy as np
    import soundfile
    import soxr

    parts = []
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if not (8_000 <= file.samplerate <= 192_000 and 1 <= file.channels <= 8):
                raise BadSound("broken")
            stream = soxr.ResampleStream(file.samplerate, RATE, 1, dtype="float32", quality="HQ")
            read = 0
            # By blocks and at our rate at once: a small file may unpack to hours.
            while len(block := file.read(_BLOCK, dtype="float32", always_2d=True)):
                read += len(block)
                if read > LONGEST_S * file.samplerate:
                    raise BadSound("too_long")
                parts.append(stream.resample_chunk(np.nan_to_num(block.mean(axis=1))))
            parts.append(stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
    except (soundfile.SoundFileError, ValueError, OSError) as error:
        if not parts:
            raise BadSound("broken") from error
        raise BadSound("broken") from error
    return Sound(np.concatenate(parts))


def _by_ffmpeg(data: bytes, form: str) -> Sound:
    import numpy as np

    if shutil.which(FFMPEG) is None:
        raise BadSound("no_decoder")
    with tempfile.TemporaryDirectory(prefix="liengia-sound-") as folder:
        path = Path(folder) / "recording"
        path.write_bytes(data)
        command = [FFMPEG, "-nostdin", "-v", "error", "-protocol_whitelist", "file", "-f", form, "-i", str(path),
                   "-map", "0:a:0", "-t", str(LONGEST_S + 1), "-ac", "1", "-ar", str(RATE), "-f", "f32le", "pipe:1"]  # fmt: skip
        # The output goes by a protocol of its own; the whitelist above is of what the input may open.
        try:
            done = subprocess.run(command, capture_output=True, timeout=FFMPEG_TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise BadSound("broken") from error
    if done.returncode or not done.stdout:
        raise BadSound("broken")
    samples = np.frombuffer(done.stdout[: len(done.stdout) // 4 * 4], dtype="<f4").astype(np.float32)
    if len(samples) > LONGEST_S * RATE:
        raise BadSound("too_long")
    return Sound(np.nan_to_num(samples))


__all__ = ["decode", "kind", "resampled"]
