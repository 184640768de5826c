"""The place that a paper prints of whoever is commended: the unit of the nomination, once, whatever was typed beside it.

1. The places are the hamlet and its commune, or the commune alone. 2. One that the name or the typed words say already is left out;
"ấp 1" is not said by "ấp 10", nor "Long Hựu" by "Long Hựu Đông". 3. What is left follows what was typed. 4. Where the commune has several
of one name, "ấp 1" alone says none of them: the old commune is put beside what was typed, "ấp 1 (Tân Chánh cũ)".
"""

from __future__ import annotations

import re
from typing import Final

from django.utils import translation

from liengia.core.text import fold
from liengia.units.models import Level, Unit

LONGEST: Final = 200
_WORD: Final = re.compile(r"[^\W_]+")
_SHORT: Final = {"kp": ("khu", "pho"), "tt": ("thi", "tran"), "tx": ("thi", "xa"), "tp": ("thanh", "pho")}
_KINDS: Final = (("khu", "pho"), ("thi", "tran"), ("thi", "xa"), ("thanh", "pho"), ("dac", "khu"), ("ap",), ("xa",), ("phuong",), ("huyen",), ("quan",), ("tinh",))


def printed_place(words: str, unit: Unit, name: str = "") -> str:
    """Return what stands under a name on papers: the typed words with the unit's place, said once."""
    with translation.override("vi"):  # papers are Vietnamese, whoever draws them up
        words = _told_apart(words, unit)
        missing = [_small(one) for one in _places(unit) if _said_until(_tokens(words), one) is None and (_said_until(_tokens(name), one) is None or _apart(one, name))]
        return ", ".join(part for part in (words.strip().rstrip(",;"), *missing) if part)


def _told_apart(words: str, unit: Unit) -> str:
    """Return typed words with what tells their hamlet from others of its name: "Trưởng ấp 1" as "Trưởng ấp 1 (Tân Chánh cũ)"."""
    end = _said_until(_tokens(words), unit)
    apart = _apart(unit, words)
    return words if end is None or not apart else f"{words[:end]} {apart}{words[end:]}"


def _apart(unit: Unit, said: str) -> str:
    """Return what tells a hamlet from others of its name, "(Tân Chánh cũ)"; nothing where it needs none, or where it is said."""
    if unit.level != Level.HAMLET or not unit.shares_name or (unit.origin and f" {fold(unit.origin)} " in f" {' '.join(_WORD.findall(fold(said)))} "):
        return ""
    return unit.display_name.removeprefix(unit.full_name).strip()


def _places(unit: Unit) -> list[Unit]:
    """Return the unit and, of one below a commune, its commune."""
    commune = unit.commune()
    return [unit] if commune is None or commune.pk == unit.pk else [unit, commune]


def _small(unit: Unit) -> str:
    """Return a place inside a line: "khu phố 5", "ấp 1 (Long Sơn cũ)", "xã Cần Đước"."""
    shown = unit.display_name if unit.level in (Level.HAMLET, Level.SELF_MANAGED_GROUP) else unit.full_name
    return f"{shown[:1].lower()}{shown[1:]}"


Token = tuple[str, bool, bool, int]


def _tokens(text: str) -> list[Token]:
    """Return the words of a text: folded, whether it begins with a capital, whether nothing but a blank stands before it, where it ends."""
    found: list[Token] = []
    end = 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        word, is_capital, is_close = match.group(), match.group()[:1].isupper(), between.strip() == "" or (between.strip() == "." and word_is_short(found))
        end = match.end()
        for number, part in enumerate(_parts(word)):
            found.append((part, is_capital and not number, is_close or bool(number), end))
    return found


def word_is_short(found: list[Token]) -> bool:
    """Tell whether the word before a full stop is an abbreviation of a kind of place: "KP. 5", "X. Cần Đước"."""
    return bool(found) and found[-1][0] in ("pho", "x", "tran", "p", "h", "xa")


def _parts(word: str) -> tuple[str, ...]:
    """Return a word folded, with abbreviations of kinds written out: "KP5" as "khu", "pho", "5"."""
    plain = fold(word)
    short = re.fullmatch(r"(kp|tt|tx|tp)(\d*)", plain)
    if short is None:
        return ("xa",) if plain == "x" else (plain,)
    return (*_SHORT[short[1]], short[2]) if short[2] else _SHORT[short[1]]


def _said_until(tokens: list[Token], unit: Unit) -> int | None:
    """Return where in a text a unit is named, to its end, by its kind and name, or by a name of two words that stands for no other kind."""
    kind, name = fold(unit.kind).split(), _WORD.findall(fold(unit.name))
    if name[: len(kind)] == kind and len(name) > len(kind):
        name = name[len(kind) :]
    folded = [token[0] for token in tokens]
    for start in range(len(tokens) - len(name) + 1):
        end = start + len(name)
        if folded[start:end] != name or _goes_on(tokens, end, is_number=name[-1].isdigit()):
            continue
        before = next((one for one in _KINDS if folded[max(0, start - len(one)) : start] == list(one)), None)
        if before == tuple(kind) or (before is None and len(name) > 1):
            return tokens[end - 1][3]
    return None


def _goes_on(tokens: list[Token], place: int, *, is_number: bool) -> bool:
    """Tell whether the name is only the beginning of a longer one: "Long Hựu Đông", "ấp 1 A"."""
    if place >= len(tokens):
        return False
    word, is_capital, is_close, _end = tokens[place]
    if is_number:
        return is_close and len(word) == 1 and is_capital
    return is_close and (is_capital or word.isdigit())
