"""Names and merits set on a paper: as large as they fit, and broken only where it reads well.

1. One line at the full size, if it fits. 2. One line at a smaller size, down to 85 %: a shorter line is better than a
broken one. 3. Else as many lines as are allowed, at the size at which breaks and size together cost least: a little smaller is
better than a bad break. 4. Down to the least size; what still does not fit is refused before anything is printed.

The best breaks are those of least cost over all ways to break (dynamic programming, as for paragraphs): lines of even
length, and dear places last: inside a personal or place name, after a form of address, after a word that asks for the next
("xã Tân Lân", "số 3", "ngày 14/5/2023"), and a single short word alone on a line. Widths are those of Liberation Serif.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from PIL import ImageFont

_FONTS: Final = settings.BASE_DIR / "core" / "typst" / "fonts"
_FILES: Final = {
    "bold": "LiberationSerif-Bold.ttf", "italic": "LiberationSerif-Italic.ttf", "bold_italic": "LiberationSerif-BoldItalic.ttf",
    "regular": "LiberationSerif-Regular.ttf",
}  # fmt: skip
_EM: Final = 1000
SMALLER_FIRST: Final = 0.85
STEP: Final = 0.02
# What setting smaller costs beside a bad place to break: a tenth smaller is worth one compound that stays whole.
DEAR_SIZE: Final = 9.0
LINE_COST: Final = 0.6
GOOD: Final = 0.6
_NEVER: Final = 1e9
_ASKS: Final = frozenset(
    ["ông", "bà", "ông/bà", "anh", "chị", "em", "cô", "chú", "bác", "ấp", "xã", "phường", "huyện", "tỉnh", "quận", "tổ", "số", "khu", "phố", "thị", "trấn", "ngày", "tháng", "năm", "đường", "hẻm", "và", "của", "tại", "cho", "với", "là", "đã", "các", "những", "một"]
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines and the size at which they fit."""

    lines: tuple[str, ...]
    size_mm: float


@cache
def _compounds() -> frozenset[tuple[str, ...]]:
    """Return the pairs of words that are one, from `data/compounds.csv`: a line does not end between them."""
    with (Path(__file__).parent / "data" / "compounds.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(tuple(row["words"].split()) for row in csv.DictReader(file))


@lru_cache(maxsize=4)
def _font(style: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / _FILES[style]), _EM, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=20_000)
def _width_em(words: str, style: str) -> float:
    return _font(style).getlength(words) / _EM


def width_mm(words: str, size_mm: float, style: str = "bold") -> float:
    """Return how wide words are at a size (the size is that of the font's em square)."""
    return _width_em(words, style) * size_mm


@lru_cache(maxsize=5_000)
def fit(text: str, *, width: float, size_mm: float, least_mm: float, most_lines: int, style: str = "bold") -> Fitted | None:
    """Return the lines and the size, or None where even the least size does not fit. No word is ever broken."""
    words = text.split()
    if not words:
        return Fitted((), size_mm)
    whole = " ".join(words)
    one_line = width / _width_em(whole, style)
    if one_line >= size_mm * SMALLER_FIRST and one_line >= least_mm:
        return Fitted((whole,), round(min(size_mm, one_line - 1e-6), 3))
    best: tuple[float, Fitted] | None = None
    size = size_mm
    while size >= least_mm - 1e-9:
        shrunk = DEAR_SIZE * (1 - size / size_mm)
        # Where no break is bad, nothing is gained by setting smaller.
        if best is not None and (best[0] - LINE_COST * len(best[1].lines) < GOOD or shrunk >= best[0]):
            break
        found = _broken(tuple(words), width / size, most_lines, style)
        if found is not None and (best is None or found[0] + shrunk < best[0]):
            best = found[0] + shrunk, Fitted(found[1], round(size, 3))
        size -= size_mm * STEP
    if best is not None:
        return best[1]
    return Fitted((whole,), round(one_line - 1e-6, 3)) if one_line >= least_mm else None


def _broken(words: tuple[str, ...], width_em: float, most_lines: int, style: str) -> tuple[float, tuple[str, ...]] | None:
    """Return the cheapest way to set words into lines of a width, with what it costs; or None."""
    count = len(words)
    # best[lines][end] = cost of setting the first `end` words into so many lines, and where the last of these begins.
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    dear = _dear(words)
    # Every run of words that fits into a line, with what it costs: its emptiness, a word alone, the place where it ends.
    runs = [(start, end, (1 - share) ** 2 + (2.0 if end - start == 1 and count > 2 else 0.0) + dear[end]) for start, end, share in _fitting(words, width_em, style)]
    for _line in range(most_lines):
        before = best[-1]
        after: dict[int, tuple[float, int]] = {}
        for start, end, own in runs:
            if start in before and before[start][0] + own < after.get(end, (_NEVER, 0))[0]:
                after[end] = (before[start][0] + own, start)
        best.append(after)
    ways = [(best[lines][count][0] + LINE_COST * lines, lines) for lines in range(1, most_lines + 1) if count in best[lines]]
    if not ways:
        return None
    found: list[str] = []
    end = count
    cost, chosen = min(ways)
    for lines in range(chosen, 0, -1):
        start = best[lines][end][1]
        found.insert(0, " ".join(words[start:end]))
        end = start
    return cost, tuple(found)


def _fitting(words: tuple[str, ...], width_em: float, style: str) -> list[tuple[int, int, float]]:
    """Return every run of words that fits into a line: where it begins and ends, and which share of the width it takes."""
    widths = [_width_em(word, style) for word in words]
    blank = _width_em(" ", style)
    found = []
    for start in range(len(words)):
        wide = -blank
        for end in range(start + 1, len(words) + 1):
            wide += widths[end - 1] + blank
            if wide > width_em:
                break
            found.append((start, end, wide / width_em))
    return found


def _dear(words: tuple[str, ...]) -> list[float]:
    """Return, for each number of words, what it costs to end a line after so many."""
    return [0.0, *(_ends(words[end - 1], words[end]) for end in range(1, len(words))), 0.0]


def _ends(last: str, following: str) -> float:
    """Return what it costs to end a line between two words."""
    if last.endswith((",", ";", ":", "–", ".")):
        return -0.15
    cost = 0.0
    if last.lower() in _ASKS:
        cost += 1.0
    if (last.lower(), following.lower().rstrip(",.;")) in _compounds():
        cost += 0.9
    if last[:1].isupper() and following[:1].isupper():
        cost += 1.5
    if following[:1].isdigit():
        cost += 1.0
    return cost
