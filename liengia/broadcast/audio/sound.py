"""A sound in memory, and WAV files in and out."""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from liengia.broadcast.audio import RATE
from liengia.broadcast.audio.errors import BadSound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sound:
    """One channel of samples from -1 to 1."""

    samples: Samples
    rate: int = RATE

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


def read_wav(data: bytes) -> Sound:
    """Read a WAV of 16 bits as an engine writes it: a pipe leaves the lengths of its header unset, so they are not believed.

    Raises:
        BadSound: it is no such WAV.
    """
    import numpy as np

    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadSound("unknown")
    at, channels, rate, bits = 12, 0, 0, 0
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"fmt " and at + 24 <= len(data):
            _kind, channels, rate, _bytes, _block, bits = struct.unpack("<HHIIHH", data[at + 8 : at + 24])
        if name == b"data":
            body = data[at + 8 : at + 8 + size]
            if channels < 1 or bits != 16 or not 8_000 <= rate <= 192_000:
                break
            frames = np.frombuffer(body[: len(body) // (2 * channels) * 2 * channels], dtype="<i2")
            return Sound(frames.reshape(-1, channels).mean(axis=1, dtype=np.float32) / np.float32(32768), rate)
        at += 8 + size + size % 2
    raise BadSound("broken")


def write_wav(sound: Sound) -> bytes:
    """Return a WAV of one channel and 16 bits; the same samples give the same bytes."""
    import numpy as np

    body = np.round(np.clip(sound.samples, -1, 1) * 32767).astype("<i2").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(body), b"WAVE", b"fmt ", 16, 1, 1,
                       sound.rate, sound.rate * 2, 2, 16, b"data", len(body))  # fmt: skip
    return head + body


def resampled(sound: Sound, rate: int = RATE) -> Sound:
    """Return a sound at our rate."""
    import soxr

    if sound.rate == rate:
        return sound
    return Sound(soxr.resample(sound.samples, sound.rate, rate, quality="HQ"), rate)


def to_mp3(sound: Sound) -> bytes:
    """Return an MP3, which players of other makes ask for."""
    import io

    import soundfile

    out = io.BytesIO()
    soundfile.write(out, sound.samples, sound.rate, format="MP3", subtype="MPEG_LAYER_III")
    return out.getvalue()


def peaks(sound: Sound, bars: int = 160) -> list[int]:
    """Return the heights of a drawing of the wave, 0 to 100."""
    import numpy as np

    if not len(sound.samples):
        return [0] * bars
    edges = np.linspace(0, len(sound.samples), bars + 1).astype(int)
    tops = [float(np.abs(sound.samples[a : max(b, a + 1)]).max(initial=0)) for a, b in itertools.pairwise(edges)]
    return [min(100, round(top * 100)) for top in tops]
