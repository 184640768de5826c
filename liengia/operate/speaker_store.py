"""What a loudspeaker's player keeps on its disk: its memory and its sounds."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

from liengia.operate.sinks import samples_of
from liengia.operate.speakers import Player

KEPT_S: Final = 7 * 24 * 3600


class Store:
    """What a box keeps: its memory and its sounds."""

    def __init__(self, folder: Path) -> None:
        """Make the folder."""
        self.folder = folder
        self.sounds = folder / "sounds"
        self.sounds.mkdir(parents=True, exist_ok=True)
        # What is urgent and found the disk full.
        self.held: dict[str, bytes] = {}
        self.present = {path.stem for path in self.sounds.glob("*.wav")}

    def read(self) -> Player:
        """Return the player as it was kept."""
        with suppress(OSError, ValueError):
            kept = json.loads((self.folder / "memory.json").read_text(encoding="utf-8"))
            if isinstance(kept, dict):
                return Player.from_memory(kept)
        return Player()

    def write(self, player: Player) -> None:
        """Keep the player, whole or not at all."""
        self._put(self.folder / "memory.json", json.dumps(player.memory()).encode())

    def put(self, sha256: str, data: bytes, *, wanted: Collection[str]) -> None:
        """Keep a sound; on a full disk those that nothing wants make room.

        Raises:
            OSError: it cannot be kept.
        """
        path = self.sounds / f"{sha256}.wav"
        try:
            self._put(path, data)
        except OSError:
            self.tidy(wanted, kept_s=0)
            self._put(path, data)
        self.present.add(sha256)

    def hold(self, sha256: str, data: bytes) -> None:
        """Keep a sound in memory, as long as something wants it."""
        self.held[sha256] = data
        self.present.add(sha256)

    def get(self, sha256: str) -> bytes:
        """Return a sound's samples; one that was damaged meanwhile is thrown away.

        Raises:
            ValueError: it is not what it was.
        """
        path = self.sounds / f"{sha256}.wav"
        try:
            data = self.held.get(sha256) or path.read_bytes()
            if hashlib.sha256(data).hexdigest() != sha256:
                raise ValueError("damaged")
            return samples_of(data)
        except (OSError, ValueError) as error:
            self.present.discard(sha256)
            self.held.pop(sha256, None)
            path.unlink(missing_ok=True)
            raise ValueError(str(error)) from error

    def tidy(self, wanted: Collection[str], *, kept_s: float = KEPT_S) -> None:
        """Drop sounds that nothing wants and that have lain a week."""
        for sha256 in self.held.keys() - wanted:
            del self.held[sha256]
            self.present.discard(sha256)
        for path in self.sounds.iterdir():
            with suppress(OSError):
                if path.stem not in wanted and path.stat().st_mtime <= time.time() - kept_s:
                    path.unlink()
                    self.present.discard(path.stem)

    def _put(self, path: Path, data: bytes) -> None:
        draft = path.with_name(f".{path.name}.new")
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
