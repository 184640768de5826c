"""What an office types: amounts in its own words ("3,5 triệu", "500 nghìn") and days without a year ("27/11").

A reading is one that a colleague would not ask about; where two readings are possible it is refused with words, never guessed.
`Heard` keeps how each was understood, so that the page says it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext as _

from liengia.core import clock
from liengia.core.errors import Invalid
from liengia.core.text import fold

MOST_DONG: Final = 10**13
# Below this a bare number of an office means thousands as often as dong.
LEAST_BARE_DONG: Final = 1_000
_SCALES: Final = {
    "ty": 10**9, "ti": 10**9, "trieu": 10**6, "tr": 10**6, "nghin": 10**3, "ngan": 10**3, "k": 10**3, "dong": 1, "d": 1, "vnd": 1, "": 1,
}  # fmt: skip
_TERM: Final = re.compile(r"(\d[\d.,]*)\s*(ty|ti|trieu|tr|nghin|ngan|k)?(?![a-z\d])", re.ASCII)
_TAIL: Final = re.compile(r"\s*(dong|vnd|d)$", re.ASCII)
_GROUPED: Final = re.compile(r"\d{1,3}(\.\d{3})+|\d{1,3}(,\d{3}){2,}|\d+", re.ASCII)
_PART: Final = re.compile(r"(\d+)[.,](\d{1,2}|\d{4,6})", re.ASCII)
_DAY: Final = re.compile(r"(\d{1,2})\s*(?:[/.-]|thang)\s*(\d{1,2})(?:\s*(?:[/.-]|nam)\s*(\d{4}|\d{2}))?", re.ASCII)
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


@dataclass(slots=True)
class Heard:
    """How what was typed was understood, where it could be said in more than one way."""

    said: list[tuple[str, str]] = field(default_factory=list)

    def note(self, typed: str, meant: str) -> None:
        """Keep one."""
        if (typed, meant) not in self.said:
            self.said.append((typed, meant))

    def words(self) -> Iterator[str]:
        """Return each as it is said back to the person."""
        for typed, meant in self.said:
            yield _("“%(typed)s” is taken as %(meant)s.") % {"typed": typed, "meant": meant}


def count(cell: str, *, most: int, heard: Heard | None = None) -> int | None:
    """Read how many: "100", "1.200", "2 nghìn"; empty is none.

    Raises:
        Invalid: as `dong`; a small number alone is what it says.
    """
    plain = "".join(cell.split())
    if re.fullmatch(r"\d{1,3}", plain, re.ASCII):
        return _within(int(plain), most, cell)
    return dong(cell, most=most, heard=heard, unit="")


def _within(number: int, most: int, typed: str) -> int:
    if number > most:
        raise _no_amount(typed)
    return number


def dong(cell: str, *, most: int = MOST_DONG, heard: Heard | None = None, unit: str = " đồng") -> int | None:
    """Read an amount in dong: "1.200.000", "3,5 triệu", "500 nghìn", "500k", "1,2 tỷ", "2 triệu rưỡi", "1 tỷ 200 triệu"; empty is none.

    Raises:
        Invalid: no amount, one that can be read in two ways ("500", "1,500"), a part of a dong, or beyond reason.
    """
    typed = " ".join(cell.split())
    plain = _TAIL.sub("", fold(typed)).strip()
    if not plain:
        return None
    is_half = plain.endswith(" ruoi")
    plain = plain.removesuffix(" ruoi")
    terms = _terms(plain, typed)
    amount = sum((Decimal(number) * scale for number, scale in terms), Decimal(0))
    if is_half:
        if terms[-1][1] == 1:
            raise _no_amount(typed)
        amount += Decimal(terms[-1][1]) / 2
    if amount != int(amount) or amount > most:
        raise _no_amount(typed)
    has_words = is_half or any(scale > 1 for _number, scale in terms)
    if not has_words and 0 < amount < LEAST_BARE_DONG and plain == fold(typed):
        raise Invalid(_("“%(cell)s”: dong or thousand dong? Write for example “%(thousands)s” or “%(dong)s”") % {"cell": typed[:20], "thousands": f"{int(amount)} nghìn", "dong": f"{int(amount)} đồng"}, code="two_readings")
    if has_words and heard is not None:
        heard.note(typed, f"{int(amount):,}{unit}".replace(",", "."))
    return int(amount)


def _terms(plain: str, typed: str) -> list[tuple[Decimal, int]]:
    """Return the numbers of an amount with their scales, the largest first."""
    terms: list[tuple[Decimal, int]] = []
    at = 0
    for one in _TERM.finditer(plain):
        if plain[at : one.start()].strip():
            raise _no_amount(typed)
        number = _number(one[1], one[2] or "", typed)
        if terms and terms[-1][1] > 1 and not one[2] and number < LEAST_BARE_DONG:
            # "2 triệu 5" is spoken for 2.500.000, never for 2.000.005.
            raise _two_readings(typed)
        terms.append((number, _SCALES[one[2] or ""]))
        at = one.end()
    if not terms or plain[at:].strip() or any(left <= right for (_a, left), (_b, right) in pairwise(terms)):
        raise _no_amount(typed)
    return terms


def _number(written: str, scale: str, typed: str) -> Decimal:
    """Read "1.200.000" or "3,5"; a part is taken before a word of scale only, and "1.500" there is two things."""
    if scale and re.fullmatch(r"\d{1,3}[.,]\d{3}", written, re.ASCII):
        raise _two_readings(typed)
    if not scale and re.fullmatch(r"\d+,\d{1,3}", written, re.ASCII):
        raise _two_readings(typed)
    if _GROUPED.fullmatch(written) and len(written) <= 20:
        return Decimal(re.sub(r"[.,]", "", written))
    if scale and (part := _PART.fullmatch(written)) and len(written) <= 20:
        return Decimal(f"{part[1]}.{part[2]}")
    raise _no_amount(typed)


def _two_readings(typed: str) -> Invalid:
    return Invalid(_("“%(cell)s” can be read in two ways; write the whole amount, for example 1.500.000") % {"cell": typed[:30]}, code="two_readings")


def _no_amount(typed: str) -> Invalid:
    return Invalid(_("“%(cell)s” is no amount; write for example %(examples)s") % {"cell": typed[:30], "examples": "500.000, 500 nghìn, 3,5 triệu"}, code="bad_number")


def day(cell: str, *, near: date | None = None, heard: Heard | None = None) -> date:
    """Read "6/8/2023", "6/8/23", "27/11" or "ngày 27 tháng 11"; without a year it is the one nearest to a day (today).

    Raises:
        Invalid: no such day, the month written first, or halfway between two years.
    """
    typed = " ".join(cell.split())
    plain = fold(typed).removeprefix("ngay ").strip()
    if iso := _ISO.fullmatch(plain):
        return _made(int(iso[1]), int(iso[2]), int(iso[3]), typed)
    found = _DAY.fullmatch(plain)
    if found is None:
        raise _no_day(typed)
    number, month = int(found[1]), int(found[2])
    if month > 12 and number <= 12:
        raise Invalid(_("“%(cell)s”: the day comes first here, then the month; write for example %(a)s/%(b)s") % {"cell": typed[:20], "a": month, "b": number}, code="month_first")
    if found[3]:
        year = int(found[3]) if len(found[3]) == 4 else 2000 + int(found[3])
        made = _made(year, month, number, typed)
    else:
        made = _nearest(month, number, near or clock.today(), typed)
    if (not found[3] or len(found[3]) == 2) and heard is not None:
        heard.note(typed, f"{made:%d/%m/%Y}")
    return made


def _nearest(month: int, number: int, near: date, typed: str) -> date:
    """Return the day of this month that lies nearest; a 29 February only in a year that has one."""
    choices = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            choices.append(date(year, month, number))
        except ValueError:
            continue
    if not choices:
        raise _no_day(typed)
    choices.sort(key=lambda one: abs((one - near).days))
    if len(choices) > 1 and abs((choices[1] - near).days) - abs((choices[0] - near).days) < 14:
        raise Invalid(_("“%(cell)s”: of which year? Write for example %(a)s") % {"cell": typed[:20], "a": f"{max(choices[:2]):%d/%m/%Y}"}, code="which_year")
    return choices[0]


def _made(year: int, month: int, number: int, typed: str) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise _no_day(typed) from None


def _no_day(typed: str) -> Invalid:
    return Invalid(_("“%(cell)s” is no day; write for example 27/11/2026 or 27/11") % {"cell": typed[:20]}, code="bad_day")
