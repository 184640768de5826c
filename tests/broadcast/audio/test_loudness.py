"""Loudness by ITU-R BS.1770, judged by the standard's table and by the conformance signals of EBU Tech 3341."""

from __future__ import annotations

import math

import numpy as np
import pytest

from liengia.broadcast.audio.loudness import filters, integrated, levelled, true_peak
from liengia.broadcast.audio.sound import Sound
from tests.broadcast.audio.signals import tone, voice

# EBU's signals are stereo with the same tone on both sides, which is 3.01 LU louder than one channel.
ONE_CHANNEL = 10 * math.log10(2)


def test_the_filters_at_48_khz_are_the_standards_own() -> None:
    shelf, high_pass = filters(48_000)
    assert shelf[0] == pytest.approx([1.53512485958697, -2.69169618940638, 1.19839281085285], abs=1e-9)
    assert shelf[1] == pytest.approx([1, -1.69065929318241, 0.73248077421585], abs=1e-9)
    assert high_pass[0] == [1, -2, 1]
    assert high_pass[1] == pytest.approx([1, -1.99004745483398, 0.99007225036621], abs=1e-9)


def parts(*levels: tuple[float, float], rate: int = 48_000) -> Sound:
    return Sound(np.concatenate([tone(s, db, rate=rate).samples for db, s in levels]), rate)


@pytest.mark.parametrize("rate", [22_050, 48_000])
@pytest.mark.parametrize(
    ("levels", "lufs"),
    [
        ([(-23, 20)], -23),  # case 1
        ([(-33, 20)], -33),  # case 2
        ([(-36, 10), (-23, 60), (-36, 10)], -23),  # case 3: the relative gate
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),  # case 4: both gates
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23),  # case 5: nothing is gated
    ],
)
def test_it_measures_the_signals_of_ebu_tech_3341(levels: list[tuple[float, float]], lufs: float, rate: int) -> None:
    assert integrated(parts(*levels, rate=rate)) + ONE_CHANNEL == pytest.approx(lufs, abs=0.1)


def test_silence_has_no_loudness_and_a_short_sound_has_one() -> None:
    assert integrated(Sound(np.zeros(22_050, np.float32))) == -math.inf
    assert integrated(tone(0.1, -20)) == pytest.approx(-23 - 10 * math.log10(4), abs=0.6)


def test_a_peak_between_samples_is_seen() -> None:
    """A quarter of the sampling rate, shifted by an eighth of its period, stands 3 dB above all of its samples (case 15)."""
    t = np.arange(48_000)
    sound = Sound((0.5 * np.sin(2 * np.pi * t / 4 + np.pi / 4)).astype(np.float32), 48_000)
    assert 20 * math.log10(np.abs(sound.samples).max()) == pytest.approx(-9.03, abs=0.05)
    assert true_peak(sound) == pytest.approx(-6.0, abs=0.4)


@pytest.mark.parametrize("dbfs", [-50, -30, -12, -3])
def test_a_voice_comes_to_the_level_whatever_it_was_recorded_at(dbfs: float) -> None:
    sound = levelled(voice(dbfs=dbfs))
    assert integrated(sound) == pytest.approx(-16, abs=0.5)
    assert true_peak(sound) <= -0.9


def test_silence_is_left_silent() -> None:
    assert not levelled(Sound(np.zeros(22_050, np.float32))).samples.any()
