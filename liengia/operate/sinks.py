"""Where a player's sound goes: a sound card by ALSA's `aplay`, a WAV file that can be listened to and measured, or nowhere.

All take 16-bit mono at 22 050 Hz in pieces of a tenth of a second, as fast as it sounds, and fall silent at once.
"""

from __future__ import annotations

import array
import asyncio
import json
import math
import shutil
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

RATE: Final = 22_050
PIECE: Final = RATE // 10
# The kernel's least, a tenth of a second: a pipe of 64 KiB would hold a second and a half that nobody has heard, and an interruption would lose it.
PIPE_BYTES: Final = 4096
FINISH_S: Final = 6.0


class NoSound(Exception):
    """Nothing sounds; the sentence says why."""


class Sink(Protocol):
    """Where sound goes."""

    async def write(self, piece: bytes) -> None:
        """Play a piece; returns when no more than half a second of it is still to sound.

        Raises:
            NoSound: nothing sounds.
        """

    async def finish(self) -> None:
        """Let all that was given sound to its end, then let go of the card."""

    async def hush(self) -> None:
        """Fall silent at once, and let go of the card."""

    def note(self, **what: Any) -> None:
        """Write down what begins or ends here, where that can be read."""


def scaled(piece: bytes, volume: int) -> bytes:
    """Return a piece at a volume from 0 to 100: half is 12 dB less."""
    if volume >= 100:
        return piece
    factor = (volume / 100) ** 2
    samples = array.array("h", piece)
    if sys.byteorder == "big":
        samples.byteswap()
    quieter = array.array("h", [int(sample * factor) for sample in samples])
    if sys.byteorder == "big":
        quieter.byteswap()
    return quieter.tobytes()


def chime() -> bytes:
    """Return a chime of a second for a test of the cluster, drawn without any library."""
    samples = array.array("h")
    for at in range(RATE):
        t = at / RATE
        tone = math.sin(2 * math.pi * 587.33 * t) * math.exp(-3 * t)
        if t > 0.4:
            tone += math.sin(2 * math.pi * 880 * (t - 0.4)) * math.exp(-3 * (t - 0.4))
        samples.append(int(9000 * tone))
    return samples.tobytes()


def samples_of(wav: bytes) -> bytes:
    """Return the samples of a sound in our one format.

    Raises:
        ValueError: it is another format, or none.
    """
    if wav[:4] != b"RIFF" or wav[8:16] != b"WAVEfmt " or struct.unpack("<HHI", wav[20:28]) != (1, 1, RATE) or wav[34:36] != b"\x10\x00":
        raise ValueError("not 16-bit mono at 22050 Hz")
    if wav[36:40] != b"data":
        raise ValueError("no samples where they belong")
    size = int.from_bytes(wav[40:44], "little")
    return wav[44 : 44 + size // 2 * 2]


class Aplay:
    """ALSA's player, a process that lives as long as something sounds."""

    def __init__(self, device: str = "") -> None:
        """Play on a card; ALSA's default when none is named."""
        self.command = ["aplay", "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE), "--buffer-time=300000"]
        self.command += ["-D", device] if device else []
        self.process: asyncio.subprocess.Process | None = None

    async def write(self, piece: bytes) -> None:
        """Play a piece."""
        try:
            if self.process is None:
                if shutil.which("aplay") is None:
                    raise NoSound("aplay is not installed. On Debian: apt install alsa-utils")
                self.process = await asyncio.create_subprocess_exec(
                    *self.command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
                    pipesize=PIPE_BYTES,
                )  # fmt: skip
                assert self.process.stdin is not None
                self.process.stdin.transport.set_write_buffer_limits(0)
            assert self.process.stdin is not None
            self.process.stdin.write(piece)
            # A card that hangs must not hold what is urgent behind it.
            await asyncio.wait_for(self.process.stdin.drain(), 5)
            if self.process.returncode is not None:
                raise NoSound(f"aplay ended with code {self.process.returncode}")
        except (OSError, TimeoutError) as error:
            await self.hush()
            raise NoSound(f"the sound card does not take the sound ({type(error).__name__})") from error
        except NoSound:
            await self.hush()
            raise

    async def finish(self) -> None:
        """Say that no more comes, and wait until the process has played what it holds."""
        if self.process is not None and self.process.stdin is not None:
            with suppress(OSError, TimeoutError):
                self.process.stdin.close()
                await asyncio.wait_for(self.process.wait(), FINISH_S)
        await self.hush()

    async def hush(self) -> None:
        """End the process, and with it the sound."""
        process, self.process = self.process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    def note(self, **what: Any) -> None:
        """Write nothing down: it was heard."""


class WavFile:
    """A WAV file that grows by what is played, in real time; beside it `.jsonl` says what begins at which sample."""

    def __init__(self, path: Path) -> None:
        """Go on where an earlier life of the player ended."""
        self.path, self.log = path, path.with_name(f"{path.name}.jsonl")
        if not path.exists() or path.stat().st_size < 44:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36, b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16, b"data", 0))
        self.due = 0.0

    @property
    def samples(self) -> int:
        """How many samples stand in it."""
        return (self.path.stat().st_size - 44) // 2

    async def write(self, piece: bytes) -> None:
        """Append a piece, and rest as long as it sounds."""
        try:
            with self.path.open("r+b") as file:
                file.seek(0, 2)
                file.write(piece)
                size = file.tell() - 44
                file.seek(4)
                file.write((36 + size).to_bytes(4, "little"))
                file.seek(40)
                file.write(size.to_bytes(4, "little"))
        except OSError as error:
            raise NoSound(f"{self.path}: {error.strerror}") from error
        now = time.monotonic()
        self.due = max(self.due, now - 0.2) + len(piece) / 2 / RATE
        await asyncio.sleep(max(0.0, self.due - now))

    async def finish(self) -> None:
        """All of it stands in the file."""

    async def hush(self) -> None:
        """Nothing more comes."""

    def note(self, **what: Any) -> None:
        """Write down what happens at the sample that comes next."""
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"sample": self.samples, "at": round(time.time(), 3), **what}) + "\n")


class Nowhere:
    """Takes as long as the sound would, and is heard by nobody: for the demonstration and for trying a box without an amplifier."""

    def __init__(self) -> None:
        """Begin now."""
        self.due = 0.0

    async def write(self, piece: bytes) -> None:
        """Rest as long as a piece sounds."""
        now = time.monotonic()
        self.due = max(self.due, now - 0.2) + len(piece) / 2 / RATE
        await asyncio.sleep(max(0.0, self.due - now))

    async def finish(self) -> None:
        """Nothing sounds."""

    async def hush(self) -> None:
        """Nothing sounds."""

    def note(self, **what: Any) -> None:
        """Write nothing down."""


def open_sink(name: str) -> Sink:
    """Return the sink of a name: `aplay`, `aplay:DEVICE`, `file:PATH` or `none`.

    Raises:
        ValueError: it is none of these.
    """
    kind, _sep, rest = name.partition(":")
    if kind == "aplay" and not rest.startswith("-"):
        return Aplay(rest)
    if kind == "file" and rest:
        return WavFile(Path(rest))
    if name == "none":
        return Nowhere()
    raise ValueError(f"--sink: aplay, aplay:DEVICE, file:PATH or none is expected, not {name!r}")
