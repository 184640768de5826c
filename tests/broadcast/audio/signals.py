"""Signals of known loudness."""

from __future__ import annotations

import numpy as np

from liengia.broadcast.audio import RATE
from liengia.broadcast.audio.sound import Sound


def tone(seconds: float, dbfs: float, *, hz: float = 1000, rate: int = RATE) -> Sound:
    """A sine of a peak level."""
    t = np.arange(int(seconds * rate)) / rate
    return Sound((10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * t)).astype(np.float32), rate)


def voice(seconds: float = 4, dbfs: float = -25, seed: int = 5) -> Sound:
    """Noise in syllables: peaks stand far above the mean, as with speech."""
    noise = np.random.default_rng(seed).standard_normal(int(seconds * RATE))
    t = np.arange(len(noise)) / RATE
    shape = np.clip(np.sin(2 * np.pi * 2.1 * t), 0, 1) ** 3
    return Sound((noise * shape * 10 ** (dbfs / 20)).astype(np.float32))
