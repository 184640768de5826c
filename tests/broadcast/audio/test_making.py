"""Recordings read, trimmed, joined; files kept by content."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from liengia.broadcast.audio import LONGEST_S, RATE, decoding, store
from liengia.broadcast.audio.decoding import decode
from liengia.broadcast.audio.errors import BadSound
from liengia.broadcast.audio.loudness import integrated
from liengia.broadcast.audio.making import (
    CHIME_S,
    CHIMES,
    chime,
    finished,
    joined,
    repeated,
    silence,
    trimmed,
)
from liengia.broadcast.audio.sound import Sound, peaks, read_wav, resampled, to_mp3, write_wav
from tests.broadcast.audio.signals import tone, voice


def packed(sound: Sound, form: str, *, subtype: str | None = None, channels: int = 1) -> bytes:
    out = io.BytesIO()
    samples = np.repeat(sound.samples[:, None], channels, axis=1)
    soundfile.write(out, samples, sound.rate, format=form, subtype=subtype)
    return out.getvalue()


@pytest.mark.parametrize(
    ("form", "subtype", "rate", "channels"),
    [("WAV", "PCM_16", 48_000, 2), ("WAV", "FLOAT", 22_050, 1), ("WAV", "PCM_24", 8_000, 1), ("OGG", "VORBIS", 44_100, 2),
     ("OGG", "OPUS", 48_000, 1), ("FLAC", "PCM_16", 16_000, 1), ("MP3", None, 44_100, 1)],
)  # fmt: skip
def test_a_recording_is_read_at_our_rate(form: str, subtype: str | None, rate: int, channels: int) -> None:
    sound = decode(packed(tone(2, -12, hz=440, rate=rate), form, subtype=subtype, channels=channels))
    assert sound.rate == RATE
    assert sound.seconds == pytest.approx(2, abs=0.1)
    assert integrated(sound) == pytest.approx(integrated(tone(2, -12, hz=440)), abs=0.5)


@pytest.mark.parametrize("ending", ["m4a", "aac"])
def test_a_phones_recording_is_read_by_ffmpeg(ending: str, tmp_path: Path) -> None:
    wav, packed_file = tmp_path / "a.wav", tmp_path / f"a.{ending}"
    wav.write_bytes(write_wav(tone(2, -12, hz=440)))
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-i", str(wav), str(packed_file)], check=True)
    sound = decode(packed_file.read_bytes())
    assert sound.seconds == pytest.approx(2, abs=0.15)
    assert integrated(sound) == pytest.approx(integrated(tone(2, -12, hz=440)), abs=0.7)


def test_without_ffmpeg_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(BadSound) as caught:
        decode(b"\x00\x00\x00\x20ftypM4A " + bytes(100))
    assert caught.value.detail_code == "no_decoder"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "unknown"),
        (b"<svg xmlns='x'/>", "unknown"),
        (b"PK\x03\x04" + bytes(100), "unknown"),
        (b"\x55" + b"\x00" * 50, "unknown"),
        (b"RIFF\xff\xff\xff\xffWAVE" + b"fmt " + bytes(60), "broken"),
        (b"OggS" + bytes(500), "broken"),
        (b"ID3" + bytes(500), "broken"),
        (b"\x00\x00\x00\x20ftypM4A " + bytes(1000), "broken"),
        (b"#!AMR\n" + b"\xff" * 40, "broken"),
    ],
)
def test_what_is_no_recording_is_refused_in_words(data: bytes, code: str) -> None:
    with pytest.raises(BadSound) as caught:
        decode(data)
    assert caught.value.detail_code == code
    assert str(caught.value)


def test_a_half_copied_recording_is_refused_or_read_as_far_as_it_goes() -> None:
    whole = packed(tone(4, -12, hz=440), "FLAC")
    try:
        assert decode(whole[: len(whole) // 2]).seconds <= 4.1
    except BadSound as error:
        assert error.detail_code == "broken"


def test_a_small_file_of_hours_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed(silence(LONGEST_S + 30, 8_000), "FLAC")
    assert len(bomb) < 2_000_000
    with pytest.raises(BadSound) as caught:
        decode(bomb)
    assert caught.value.detail_code == "too_long"
    monkeypatch.setattr(decoding, "BIGGEST_BYTES", 10)
    with pytest.raises(BadSound) as caught:
        decode(bomb)
    assert caught.value.detail_code == "too_big"


def test_a_wav_from_a_pipe_is_read_although_its_header_lies() -> None:
    data = bytearray(write_wav(tone(1, -12)))
    data[4:8] = data[40:44] = struct.pack("<I", 0x7FFFF000)
    assert read_wav(bytes(data)).seconds == pytest.approx(1, abs=0.001)
    with pytest.raises(BadSound):
        read_wav(bytes(data[:30]))
    with pytest.raises(BadSound):
        read_wav(b"MThd")


def test_silence_is_cut_off_at_both_ends() -> None:
    sound = trimmed(joined(silence(2), voice(3), silence(4)))
    assert sound.seconds == pytest.approx(3, abs=0.8)
    with pytest.raises(BadSound) as caught:
        trimmed(silence(3))
    assert caught.value.detail_code == "too_short"
    with pytest.raises(BadSound):
        trimmed(silence(0.001))


@pytest.mark.parametrize("name", sorted(CHIMES))
def test_a_chime_sounds_and_dies_away(name: str) -> None:
    sound = chime(name)
    assert sound.seconds == pytest.approx(CHIME_S, abs=0.01)
    assert integrated(sound) == pytest.approx(-18, abs=0.7)
    assert np.abs(sound.samples[-RATE // 50 :]).max() < 0.1


def test_a_finished_sound_is_chime_then_voice_at_its_level() -> None:
    sound = finished(joined(silence(1), voice(4, dbfs=-40), silence(1)))
    assert sound.seconds == pytest.approx(CHIME_S + 0.4 + 4, abs=0.8)
    body = Sound(sound.samples[int((CHIME_S + 0.4) * RATE) :])
    assert integrated(body) == pytest.approx(-16, abs=0.5)
    assert finished(voice(4), chime_name="").seconds < 4.4


def test_repeats_have_pauses_between_and_none_after() -> None:
    sound = repeated(tone(1, -12), times=3, pause_s=2)
    assert sound.seconds == pytest.approx(3 + 4, abs=0.01)
    assert np.abs(sound.samples[int(1.1 * RATE) : int(2.9 * RATE)]).max() == 0
    assert np.abs(sound.samples[-RATE // 2 :]).max() > 0.2


def test_the_same_sound_gives_the_same_bytes_and_one_file(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    data = write_wav(finished(voice()))
    assert data == write_wav(finished(voice()))
    key = store.put(data)
    assert store.put(data) == key
    assert [path.name for path in (tmp_path / "sound").rglob("*.wav")] == [f"{key}.wav"]
    assert store.get(key) == data
    store.drop(key)
    assert store.get(key) is None
    for name in ("../../etc/passwd", "A" * 64, "", "a" * 63):
        with pytest.raises(ValueError, match="SHA-256"):
            store.path_of(name)


def test_a_drawing_follows_the_wave() -> None:
    drawn = peaks(joined(tone(1, -6), silence(1)), bars=10)
    assert drawn[:5] == [50] * 5
    assert drawn[6:] == [0] * 4
    assert peaks(silence(0)) == [0] * 160


def test_players_of_other_makes_get_mp3() -> None:
    sound = finished(voice())
    data = to_mp3(sound)
    assert len(data) < len(write_wav(sound)) / 2
    assert decode(data).seconds == pytest.approx(sound.seconds, abs=0.2)
    assert resampled(sound).samples is sound.samples
