"""Private codes by which somebody follows what they sent: typed by people, so made for their eyes and keyboards.

23 symbols of 22 (102 bits) and a check symbol, in six groups of four. The symbols have no vowel and no D or W, so that
neither Telex nor VNI ever makes one letter out of two; and none that looks like another: B is read as 8, G as 6, I and
1 as L, S as 5, Z as 2. Only a keyed hash of a code is kept, each room's under a key of its own.

Source: ISO/IEC 7064, the hybrid system (here MOD 23,22): it finds every wrong symbol and nearly every exchange of two.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from typing import Final

from liengia.core import keys

SYMBOLS: Final = "23456789CFHJKLMNPQRTVX"
LENGTH: Final = 24
_READ_AS: Final = str.maketrans({"B": "8", "G": "6", "I": "L", "1": "L", "|": "L", "S": "5", "Z": "2"})
_SEPARATORS: Final = frozenset(" -.–—_\t\n\r\u00a0\u200b")


def new_code(*, length: int = LENGTH) -> str:
    """Return a fresh code, as it is shown; a shorter one only where it stands on a paper and guessing is made dear."""
    body = "".join(secrets.choice(SYMBOLS) for _ in range(length - 1))
    return shown(body + _check(body))


def code_from(seed: bytes) -> str:
    """Return the code of a seed of 32 secret bytes, as it is shown: always the same one."""
    number, body = int.from_bytes(seed), ""
    while len(body) < LENGTH - 1:
        number, place = divmod(number, len(SYMBOLS))
        body += SYMBOLS[place]
    return shown(body + _check(body))


def shown(code: str) -> str:
    """Return a code in its groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def parse(raw: str, *, length: int = LENGTH) -> str | None:
    """Return the plain symbols of what somebody typed, or None when it is no code (a slip of the hand among them)."""
    if len(raw) > 200:
        return None
    upper = unicodedata.normalize("NFKC", raw).upper()
    plain = "".join(c for c in upper if c not in _SEPARATORS).translate(_READ_AS)
    if len(plain) != length or any(c not in SYMBOLS for c in plain):
        return None
    return plain if _check(plain[:-1]) == plain[-1] else None


def hash_of(code: str, key_file: str) -> str:
    """Return the keyed hash under which a thing is found (HMAC-SHA-256; the key is a file, not in the database)."""
    return hmac.new(keys.secret(key_file).encode(), code.encode(), hashlib.sha256).hexdigest()


def _check(body: str) -> str:
    size = len(SYMBOLS)
    product = size
    for char in body:
        total = (product + SYMBOLS.index(char)) % size or size
        product = total * 2 % (size + 1)
    return SYMBOLS[(size + 1 - product) % size]
