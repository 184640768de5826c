"""Secrets of this installation, made at first start and kept in files that only their owner reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEYS_DIR = Path("var/keys")


def secret(name: str, *, make: str | None = None) -> str:
    """Return the secret kept in the file `name`, making it (mode 0600) when there is none.

    Two processes that start at once agree: the file appears whole under its name, by a hard link that the
    second one fails to make.
    """
    path = KEYS_DIR / name
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    KEYS_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = make if make is not None else secrets.token_urlsafe(48)
    draft = KEYS_DIR / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(fresh + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    finally:
        draft.unlink()
    return fresh
