"""Engines: found by name, called by standard input alone, and plain about what is missing."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from liengia.broadcast.audio.loudness import integrated
from liengia.broadcast.audio.sound import read_wav
from liengia.broadcast.speech.engines import SpeechError, base, load, names


def program(folder: Path, name: str, body: str) -> Path:
    """Put a program on a path of its own."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def test_both_are_found_and_no_other() -> None:
    assert names() == ("espeak_ng", "piper")
    with pytest.raises(SpeechError, match="espeak_ng, piper"):
        load("base")


def test_espeak_speaks_vietnamese() -> None:
    sound = read_wav(load("espeak_ng").speak("Có cháy tại ấp Long Hòa, gần chợ Kinh."))
    assert 2 < sound.seconds < 8
    assert -35 < integrated(sound) < -5


def test_espeak_is_missed_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpeechError, match="apt install espeak-ng"):
        load("espeak_ng").speak("xin chào")


@pytest.mark.parametrize("voice", ["-w /etc/x", "vi --stdin", "../vi", "vi\n", ""])
def test_a_voice_is_a_voices_name(voice: str, settings: Any) -> None:
    settings.SPEECH_VOICE = voice
    assert "LIENGIA_SPEECH_VOICE" in load("espeak_ng").why_not()


@pytest.mark.parametrize(
    "text",
    ["-w /tmp/stolen.wav xin chào", "--phonout=/tmp/stolen", "$(touch /tmp/stolen)", "`id`; rm -rf x", "<speak><audio src='file:///etc/passwd'/></speak>", "\x00\x1b[2J"],
)  # fmt: skip
def test_a_text_never_reaches_the_command_line(text: str, on_path: Path, tmp_path: Path) -> None:
    seen, heard = tmp_path / "arguments", tmp_path / "input"
    program(on_path, "espeak-ng", f'printf "%s\\n" "$@" > {seen}; cat > {heard}; printf RIFF')
    load("espeak_ng").speak(text)
    assert seen.read_text(encoding="utf-8").split("\n")[:-1] == ["-v", "vi-vn-x-south", "-s", "140", "-b", "1", "--stdin", "--stdout"]
    assert heard.read_text(encoding="utf-8") == text


def test_a_program_that_fails_or_hangs_says_no_word_of_the_text(on_path: Path) -> None:
    program(on_path, "fails", 'cat >&2; exit 3')
    with pytest.raises(SpeechError, match="code 3") as caught:
        base.run("fails", [], "bí mật")
    assert "bí mật" not in str(caught.value)
    program(on_path, "hangs", "exec sleep 30")
    with pytest.raises(SpeechError, match="did not end"):
        base.run("hangs", [], "x", timeout_s=0.2)
    with pytest.raises(SpeechError, match="not installed"):
        base.run("liengia-no-such-program", [], "x")
    with pytest.raises(SpeechError, match="can be spoken at once"):
        base.run("fails", [], "x" * 1_000_000)


@pytest.fixture
def voice(tmp_path: Path, settings: Any) -> Path:
    path = tmp_path / "vi.onnx"
    path.write_bytes(b"a voice")
    path.with_name("vi.onnx.json").write_text("{}", encoding="utf-8")
    settings.PIPER, settings.PIPER_VOICE = "piper", str(path)
    settings.PIPER_SHA256 = hashlib.sha256(b"a voice").hexdigest()
    return path


def test_piper_speaks_with_the_operators_voice(voice: Path, on_path: Path, tmp_path: Path) -> None:
    spoken = tmp_path / "spoken.wav"
    spoken.write_bytes(b"RIFF....WAVE")
    program(on_path, "piper", f'[ "$1 $2 $3" = "--model {voice} --output_file" ] || exit 9; cat > {tmp_path}/heard; cp {spoken} "$4"')
    assert load("piper").speak("xin chào\n-w bà con") == b"RIFF....WAVE"
    assert (tmp_path / "heard").read_text(encoding="utf-8") == "xin chào -w bà con\n"


def test_piper_says_what_is_missing(voice: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert "not installed" in load("piper").why_not()
    voice.write_bytes(b"half a voi")
    assert "copied in part" in load("piper").why_not()
    settings.PIPER_SHA256 = ""
    assert "LIENGIA_PIPER_SHA256 is missing" in load("piper").why_not()
    voice.with_name("vi.onnx.json").unlink()
    assert "vi.onnx.json is missing" in load("piper").why_not()
    voice.unlink()
    assert "there is no file" in load("piper").why_not()
    settings.PIPER_VOICE = "vi.onnx"
    assert "whole path" in load("piper").why_not()
    settings.PIPER_VOICE = ""
    with pytest.raises(SpeechError, match="names no voice file"):
        load("piper").speak("xin chào")
