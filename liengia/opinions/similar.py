"""How alike two texts are: for likely duplicates, and for an answer that was pasted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from liengia.core.text import fold

_SHINGLE: Final = 4
PASTED: Final = 0.75
ALIKE: Final = 0.34
# Words that are in every opinion; folded.
_COMMON: Final = frozenset(
    ["va", "la", "cua", "cho", "co", "cac", "nhung", "thi", "ma", "o", "tai", "trong", "ngoai", "tren", "duoi", "voi", "den", "tu", "ra", "vao", "nay", "do", "kia", "di", "lai", "bi", "duoc", "khong", "chua", "da", "dang", "se", "rat", "qua", "lam", "nua", "roi", "thoi", "mot", "hai", "nhieu", "may", "xa", "ap", "khu", "pho", "duong", "hem", "nha", "ba", "con", "toi", "chung", "anh", "chi", "ong", "xin", "mong", "de", "nghi", "kinh", "gui", "nguoi", "dan", "hom", "qua", "nay", "ngay", "thang", "nam", "tuan", "gan", "ben", "canh", "sau", "truoc", "khi", "luc", "vi", "nen", "neu", "thi", "het"]
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text to compare with, and what it belongs to."""

    key: str
    words: str
    place: str = ""


def words_of(text: str) -> frozenset[str]:
    """Return the folded words that tell a text from others; numbers stay."""
    plain = "".join(c if c.isalnum() else " " for c in fold(text))
    return frozenset(word for word in plain.split() if word not in _COMMON and (len(word) > 1 or word.isdigit()))


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of four folded words; of a short text, itself."""
    words = "".join(c if c.isalnum() else " " for c in fold(text)).split()
    if len(words) <= _SHINGLE:
        return frozenset({tuple(words)})
    return frozenset(tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1))


def pasted_from(text: str, others: Iterable[Candidate]) -> str | None:
    """Return the key of an earlier text that this one repeats: three quarters of their runs of words are the same."""
    mine = shingles(text)
    for other in others:
        theirs = shingles(other.words)
        if len(mine & theirs) >= PASTED * len(mine | theirs):
            return other.key
    return None


def likely(text: str, place: str, others: Iterable[Candidate], *, limit: int = 3) -> list[str]:
    """Return the keys of those most alike, by words and place; the best first, none that is only faintly so."""
    mine, where = words_of(text), words_of(place)
    scored: list[tuple[float, str]] = []
    for other in others:
        theirs, there = words_of(other.words), words_of(other.place)
        if not mine or not theirs:
            continue
        shared = len(mine & theirs) / min(len(mine), len(theirs))
        near = len(where & there) / min(len(where), len(there)) if where and there else 0.0
        score = 0.7 * shared + 0.3 * near
        if score >= ALIKE and len(mine & theirs) >= 2:
            scored.append((score, other.key))
    return [key for _score, key in sorted(scored, reverse=True)[:limit]]
