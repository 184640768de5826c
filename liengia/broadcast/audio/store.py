"""Files of sound, named by their content under `LIENGIA_DATA/sound`: the same sound is kept once, whoever made it."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path

from django.conf import settings


def folder() -> Path:
    """Return where sounds are kept."""
    return Path(settings.DATA) / "sound"


def path_of(sha256: str) -> Path:
    """Return where the sound of a hash stands, whether it is there or not.

    Raises:
        ValueError: it is no hash; nothing else ever becomes part of a path.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError("not a SHA-256")
    return folder() / sha256[:2] / f"{sha256}.wav"


def put(data: bytes) -> str:
    """Keep a sound, whole or not at all, and return its hash."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = path_of(sha256)
    if path.exists():
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{sha256[:16]}.{os.getpid()}.{secrets.token_hex(4)}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return sha256


def get(sha256: str) -> bytes | None:
    """Return a sound; None when it is not kept here."""
    try:
        return path_of(sha256).read_bytes()
    except FileNotFoundError:
        return None


def drop(sha256: str) -> None:
    """Forget a sound."""
    path_of(sha256).unlink(missing_ok=True)
