"""Pictures of bulletins: clean copies under their fingerprint, so that what was approved cannot be exchanged."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from django.conf import settings

from liengia.core.images import Upload, reencode

LONGEST_EDGE: Final = 1600
_KEY: Final = re.compile(r"[0-9a-f]{64}\.jpeg")


def _folder() -> Path:
    return Path(settings.DATA) / "broadcast" / "pictures"


def keep_picture(upload: Upload | bytes) -> str:
    """Keep a clean copy of a picture and return its key.

    Raises:
        Invalid: it is no picture that can be read, or too large.
    """
    picture = reencode(upload, longest_edge=LONGEST_EDGE, kind="JPEG")
    key = f"{hashlib.sha256(picture.data).hexdigest()}.jpeg"
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / key).exists():
        part = folder / f".{key}.part"
        part.write_bytes(picture.data)
        part.replace(folder / key)
    return key


def picture_path(key: str) -> Path | None:
    """Return where a picture lies; None when it is gone or the key is none of ours."""
    path = _folder() / key
    return path if _KEY.fullmatch(key) and path.is_file() else None
