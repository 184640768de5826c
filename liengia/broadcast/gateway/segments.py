"""How many pieces an SMS is sent in, exactly: 3GPP TS 23.038 (alphabet) and TS 23.040 (parts).

In the GSM alphabet a message holds 160 septets, or 153 a part when it needs several; characters of the extension table take two
and are never parted. Anything else makes the whole message UCS-2: 70 units, or 67 a part; a surrogate pair is never parted.
Vietnamese marks need UCS-2 (the alphabet knows à, è, é, ì, ò, ù alone), hence the choice to send without marks.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from liengia.core.text import nfc

GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("\f^{}\\[~]|€")
ONE_GSM, PART_GSM, ONE_UCS2, PART_UCS2 = 160, 153, 70, 67
_PLAIN: Final = str.maketrans({
    "đ": "d", "Đ": "D", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "•": "-", "\u00a0": " ", "₫": "d",
    "→": "->", "×": "x", "÷": ":", "≤": "<=", "≥": ">=", "°": " do ", "²": "2", "³": "3", "½": "1/2",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    """A text as it goes: `length` in septets or UCS-2 units of its `alphabet`, and its parts, which together are the text."""

    alphabet: str
    length: int
    parts: tuple[str, ...]

    @property
    def pieces(self) -> int:
        """How many messages are paid for."""
        return len(self.parts)


def clean(text: str) -> str:
    """Return NFC text without control and direction characters: a phone shows what was read here, line breaks stay."""
    lines = nfc(text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")).strip()


def without_marks(text: str) -> str:
    """Return a text in plain ASCII: marks taken off, đ as d, typographic signs as plain ones; what has no plain form is left out."""
    plain = unicodedata.normalize("NFKD", clean(text).translate(_PLAIN))
    kept = (char for char in plain if char == "\n" or " " <= char <= "~")
    return "\n".join(" ".join(line.split()) for line in "".join(kept).split("\n")).strip()


def count(text: str) -> Counted:
    """Return how a text is cut into parts."""
    is_gsm = all(char in GSM or char in EXTENDED for char in text)
    sizes = [(2 if char in EXTENDED else 1) if is_gsm else (2 if ord(char) > 0xFFFF else 1) for char in text]
    one, part = (ONE_GSM, PART_GSM) if is_gsm else (ONE_UCS2, PART_UCS2)
    total = sum(sizes)
    parts = (text,) if total <= one else tuple(_cut(text, sizes, part))
    return Counted("GSM-7" if is_gsm else "UCS-2", total, parts)


def _cut(text: str, sizes: list[int], most: int) -> list[str]:
    parts, used, begins = [], 0, 0
    for at, size in enumerate(sizes):
        if used + size > most:
            parts.append(text[begins:at])
            begins, used = at, 0
        used += size
    return [*parts, text[begins:]]
