"""The private code by which a writer follows an opinion (`core.codes`), and the hash under which it is kept."""

from __future__ import annotations

from typing import Final

from liengia.core import codes
from liengia.core.codes import LENGTH, SYMBOLS, code_from, new_code, parse, shown

__all__ = ["LENGTH", "SYMBOLS", "code_from", "hash_of", "new_code", "parse", "shown"]

_KEY_FILE: Final = "opinion-codes.key"


def hash_of(code: str) -> str:
    """Return the keyed hash under which an opinion is found."""
    return codes.hash_of(code, _KEY_FILE)
