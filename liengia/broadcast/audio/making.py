"""From a recording or a spoken text to what a loudspeaker plays: trimmed, levelled, with a chime before it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from liengia.broadcast.audio import LEVEL_LUFS, RATE
from liengia.broadcast.audio.errors import BadSound
from liengia.broadcast.audio.loudness import levelled
from liengia.broadcast.audio.sound import Sound

if TYPE_CHECKING:
    import numpy as np

FRAME_S: Final = 0.02
MARGIN_S: Final = 0.15
QUIETEST_DBFS: Final = -55.0
BELOW_PEAK_DB: Final = 38.0
CHIME_PAUSE_S: Final = 0.4
# Hz and the second at which a note begins: G4 C5 E5 rising for a bulletin; a fifth that falls twice for what is urgent.
CHIMES: Final = {
    "bulletin": ((392.0, 0.0), (523.25, 0.35), (659.25, 0.7)),
    "urgent": ((880.0, 0.0), (587.33, 0.3), (880.0, 0.6), (587.33, 0.9)),
}
CHIME_S: Final = 1.8
# What the sound of an unchanged recording depends on; raised when the steps change, so that nothing stale is played.
RECIPE: Final = 1


def trimmed(sound: Sound) -> Sound:
    """Cut silence off both ends, leaving 150 ms.

    Raises:
        BadSound: nothing is heard in it.
    """
    import numpy as np

    frame = int(FRAME_S * sound.rate)
    count = len(sound.samples) // frame
    if not count:
        raise BadSound("too_short")
    power = (sound.samples[: count * frame].reshape(count, frame).astype(np.float64) ** 2).mean(axis=1)
    level = 10 * np.log10(power + 1e-12)
    heard = np.flatnonzero(level > max(QUIETEST_DBFS, float(level.max()) - BELOW_PEAK_DB))
    if not len(heard):
        raise BadSound("too_short")
    margin = int(MARGIN_S * sound.rate)
    begin, end = max(0, heard[0] * frame - margin), min(len(sound.samples), (heard[-1] + 1) * frame + margin)
    return Sound(sound.samples[begin:end], sound.rate)


def silence(seconds: float, rate: int = RATE) -> Sound:
    """Return silence."""
    import numpy as np

    return Sound(np.zeros(int(seconds * rate), dtype=np.float32), rate)


@cache
def chime(name: str, lufs: float = LEVEL_LUFS) -> Sound:
    """Return a chime, drawn here: struck notes with two overtones that die away."""
    import numpy as np

    out = np.zeros(int(CHIME_S * RATE), dtype=np.float32)
    for pitch_hz, begins_s in CHIMES[name]:
        at = int(begins_s * RATE)
        t = np.arange(len(out) - at) / RATE
        note = sum(part * np.sin(2 * np.pi * pitch_hz * times * t) * np.exp(-t * fade)
                   for times, part, fade in ((1, 1.0, 3.5), (2, 0.4, 6.0), (3, 0.15, 9.0)))  # fmt: skip
        out[at:] += (note * np.minimum(1, t / 0.004) * 0.3).astype(np.float32)
    # A little under the voice, so that nobody starts.
    return levelled(Sound(out), lufs=lufs - 2)


def joined(*sounds: Sound) -> Sound:
    """Return sounds one after another."""
    import numpy as np

    parts: list[np.ndarray] = [sound.samples for sound in sounds]
    return Sound(np.concatenate(parts).astype(np.float32), sounds[0].rate)


def finished(voice: Sound, *, chime_name: str = "bulletin", lufs: float = LEVEL_LUFS) -> Sound:
    """Return what a loudspeaker plays once: the chime, a rest, the voice trimmed and at its level.

    Raises:
        BadSound: nothing is heard in it.
    """
    body = levelled(trimmed(voice), lufs=lufs)
    if not chime_name:
        return body
    return joined(chime(chime_name, lufs), silence(CHIME_PAUSE_S), body)


def repeated(sound: Sound, *, times: int, pause_s: float) -> Sound:
    """Return a sound so many times with a pause between, for players that cannot repeat by themselves."""
    parts = [sound]
    for _turn in range(times - 1):
        parts += [silence(pause_s, sound.rate), sound]
    return joined(*parts)
