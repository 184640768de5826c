"""Vietnamese text: one normal form, folding for search, collation for lists, dates in words.

Collation follows the dictionary order a ă â b c d đ e ê … o ô ơ … u ư, then the tones in the order
ngang, huyền, hỏi, ngã, sắc, nặng, compared after the letters of the whole word.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Final

import regex
from django.utils import dateformat, translation
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.errors import Invalid

_TONES: Final = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK: Final = {letter: rank for rank, letter in enumerate(_ALPHABET, start=40)}
_CLUSTER: Final = regex.compile(r"\X")
_WEEKDAYS: Final = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


# Neither XML nor a spreadsheet holds these signs: one of them, pasted, would break each document that quotes the text. Word's own
# breaks of a line and a page are line breaks; the sign for nothing at all stays, since it is refused where it is given.
_UNWRITABLE: Final = dict.fromkeys((*range(1, 9), *range(14, 32), 127, 0xFFFE, 0xFFFF)) | {11: "\n", 12: "\n"}


def nfc(value: str) -> str:
    """Return the text in NFC, the only form that is stored, without signs that no document can hold."""
    return unicodedata.normalize("NFC", value if value.isprintable() else value.translate(_UNWRITABLE))


def refuse_hidden(value: str, *, field: str) -> None:
    """Refuse a text with signs that nobody sees: of direction (U+202E turns round what follows), of no width, of control.

    Raises:
        Invalid: there is one (code "unprintable").
    """
    if any(not (sign.isprintable() or sign == "\n") for sign in value):
        raise Invalid(_("There is a sign in it that cannot be printed. Type the text anew."), code="unprintable", field=field)


def fold(value: str) -> str:
    """Return lower case without diacritics, đ as d, runs of blanks as one: "Cần  Đước" gives "can duoc"."""
    plain = unicodedata.normalize("NFD", value.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def sort_key(value: str) -> tuple[tuple[tuple[int, int, str], ...], tuple[int, ...]]:
    """Return a key that sorts as a Vietnamese dictionary does; numbers within names sort by value."""
    letters: list[tuple[int, int, str]] = []
    tones: list[int] = []
    digits = ""
    for char in nfc(value).lower() + "\0":
        if char.isascii() and char.isdigit():
            digits += char
            continue
        if digits:
            letters.append((2, int(digits), ""))
            digits = ""
        if char == "\0":
            break
        parts = unicodedata.normalize("NFD", char)
        tone = next((_TONES[c] for c in parts if c in _TONES), 0)
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES))
        if base in _RANK:
            letters.append((3, _RANK[base], ""))
            tones.append(tone)
        elif char.isspace():
            letters.append((0, 0, ""))
        else:
            letters.append((1, 0, char))
    return tuple(letters), tuple(tones)


# With these a name begins already when somebody wrote into it how they are addressed. With their accents: Chu, Cô and Bá are names.
_COURTESY: Final = (
    "ông", "bà", "anh", "chị", "cô", "chú", "bác", "cụ", "em", "đ/c", "đc", "đồng chí", "thượng tọa", "thượng toạ", "hòa thượng", "hoà thượng", "đại đức", "sư cô",
    "sư thầy", "sư cả", "ni sư", "ni trưởng", "linh mục", "mục sư", "cha xứ", "giám mục", "quý vị", "quý ông", "quý bà", "gia đình", "kính gửi", "kính mời", "nhà giáo", "bác sĩ",
    "tiến sĩ", "thạc sĩ", "ts", "ths", "bs", "luật sư", "nghệ nhân", "cựu chiến binh", "anh hùng", "mẹ", "má",
    *(f"{rank} {of}" for rank in ("đại", "thượng", "trung", "thiếu") for of in ("tá", "úy", "uý", "tướng")),
)  # fmt: skip


def addressed(salutation: str, name: str) -> str:
    """Return how somebody is addressed: "Ông Nguyễn Văn Mẫu", and no second "Ông" before "Ông Nguyễn Văn Mẫu" or "Đ/c Lê Thị Mẫu"."""
    called, plain = " ".join(nfc(salutation).split()), " ".join(nfc(name).split())
    if not called or _begins_with(plain, called):
        return plain
    is_title = called.lower().rstrip(".:") in _COURTESY and not called.lower().startswith("kính")
    return plain if is_title and any(_begins_with(plain, one) for one in _COURTESY) else f"{called} {plain}"


def _begins_with(words: str, first: str) -> bool:
    said, looked = words.lower(), first.lower().rstrip(".:")
    return said.startswith(looked) and said[len(looked) : len(looked) + 1] in (" ", ".", ":", ",")


def count_graphemes(value: str) -> int:
    """Return how many characters a reader sees (grapheme clusters of the NFC text), as `look.js` counts them while typing."""
    return sum(1 for _cluster in _CLUSTER.finditer(nfc(value)))


def weekday(day: date) -> str:
    """Return the Vietnamese name of the weekday."""
    return _WEEKDAYS[day.weekday()]


def date_words(day: date) -> str:
    """Return "Thứ Sáu 28/11/2025"."""
    return f"{weekday(day)} {day:%d/%m/%Y}"


def time_words(at: datetime) -> str:
    """Return "16:40 Thứ Sáu 28/11/2025" in local time."""
    here = clock.local(at)
    return f"{here:%H:%M} {date_words(here.date())}"


def shown_day(at: date | datetime) -> str:
    """Return the local day for a page: as `date_words`, with the English weekday for an English reader. Papers are Vietnamese."""
    day = clock.local(at).date() if isinstance(at, datetime) else at
    if (translation.get_language() or "vi").startswith("vi"):
        return date_words(day)
    return dateformat.format(day, "l d/m/Y")


def shown_time(at: datetime) -> str:
    """Return "16:40 Thứ Sáu 28/11/2025" for a page, with the weekday in the reader's language."""
    return f"{clock.local(at):%H:%M} {shown_day(at)}"


def list_words(items: list[str], last: str = "và") -> str:
    """Return "a, b và c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""
