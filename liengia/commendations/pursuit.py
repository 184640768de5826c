"""Whether a merit reads like a pursuit of suspects: then the office is asked, since those lists are not public.

The words are a dated table (`data/pursuit-words.csv`): `alone` asks by itself; `with` asks when one of `whom` stands at most
six words away in the same sentence; `not` is taken out first ("bắt đầu", "bắt đèn", "phòng, chống tội phạm"). Nothing is refused: words
are no proof, and whoever keeps the list knows the deed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from liengia.core import clock
from liengia.core.text import nfc

NEAR: Final = 6
_SENTENCE: Final = re.compile(r"[.!?;\n]+")
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Entry:
    words: tuple[str, ...]
    says: str
    valid_from: date
    valid_to: date | None


@cache
def _table() -> tuple[_Entry, ...]:
    with (Path(__file__).parent / "data" / "pursuit-words.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            _Entry(tuple(_words(row["words"])), row["says"], date.fromisoformat(row["valid_from"]), date.fromisoformat(row["valid_to"]) if row["valid_to"] else None)
            for row in csv.DictReader(file)
        )


def _words(text: str) -> list[str]:
    return _WORD.findall(nfc(text).casefold())


def _in_force(says: str, on: date) -> list[tuple[str, ...]]:
    """Return the entries of a sort on a day, the longest first."""
    found = [one.words for one in _table() if one.says == says and one.valid_from <= on and (one.valid_to is None or one.valid_to > on)]
    return sorted(found, key=len, reverse=True)


def _places(words: list[str], entry: tuple[str, ...]) -> Iterator[int]:
    return (at for at in range(len(words) - len(entry) + 1) if tuple(words[at : at + len(entry)]) == entry)


def read_as_pursuit(text: str, *, on: date | None = None) -> str:
    """Return the words by which a text reads like a pursuit of suspects; empty when it does not."""
    day = on or clock.today()
    return next((found for sentence in _SENTENCE.split(text) if (found := _in_sentence(_words(sentence), day))), "")


def _in_sentence(words: list[str], day: date) -> str:
    for entry in _in_force("not", day):
        for at in list(_places(words, entry)):
            words[at : at + len(entry)] = ["\0"] * len(entry)
    alone = next((entry for entry in _in_force("alone", day) if any(True for _at in _places(words, entry))), None)
    if alone is not None:
        return " ".join(alone)
    whom = sorted((at, entry) for entry in _in_force("whom", day) for at in _places(words, entry))
    acts = ((at, entry) for entry in _in_force("with", day) for at in _places(words, entry))
    near = ((entry, other) for at, entry in acts for place, other in whom if -NEAR <= place - at - len(entry) < NEAR)
    return next((f"{' '.join(entry)} … {' '.join(other)}" for entry, other in near), "")
