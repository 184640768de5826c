"""Sound: read, trimmed, levelled, joined with a chime, and kept by its content.

One format inside and on the players: WAV, one channel, 16 bits, 22 050 samples a second, which every sound card plays
without a decoder. numpy, soundfile and soxr are imported where they are used, so that web processes which make no
sound stay small.
"""

from __future__ import annotations

from typing import Final

RATE: Final = 22_050
LEVEL_LUFS: Final = -16.0
PEAK_DBTP: Final = -1.0
LONGEST_S: Final = 15 * 60
BIGGEST_BYTES: Final = 40 * 1024 * 1024
