"""Finds what could make a private person known in a text: for a moderator to decide on each, never to decide alone.

Marks phones (spaced, dotted, +84), number plates, 9- and 12-digit numbers, e-mail addresses, house numbers, and names:
known officers', those after a form of address, and those that begin with a Vietnamese family name, also in small letters
or without diacritics. It marks too much rather than too little. Positions are those of the text as given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.core.text import fold

PHONE, PLATE, NUMBER, EMAIL, HOUSE, NAME = "phone", "plate", "number", "email", "house", "name"
INSTEAD: Final = {
    PHONE: _("[phone number]"),
    PLATE: _("[number plate]"),
    NUMBER: _("[number]"),
    EMAIL: _("[e-mail]"),
    HOUSE: _("[house number]"),
    NAME: _("[name]"),
}
_ORDER: Final = (EMAIL, PLATE, PHONE, NUMBER, HOUSE, NAME)

_GAP: Final = r"[\s.\-–·,()]{0,3}"
_PATTERNS: Final = {
    EMAIL: re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"),
    # 51F-123.45, 62-B1 123.45, 62B1-12345, 62 LD 123.45, 80A 123.45; old ones with four digits.
    PLATE: re.compile(r"(?<![\w])\d{2}[\s.\-–]{0,2}[A-ZĐ]{1,2}\d?[\s.\-–]{0,3}(?:\d{3}[.\s]?\d{2}|\d{4})(?!\w)", re.IGNORECASE),
    PHONE: re.compile(rf"(?<![\w.])(?:\+?84|\(\+?84\)|0)(?:{_GAP}\d){{8,10}}(?!\d)"),
    # Identity papers: nine or twelve digits, often written in groups.
    NUMBER: re.compile(r"(?<!\d)\d(?:[\s.\-]?\d){11}(?!\d)|(?<!\d)\d(?:[\s.\-]?\d){8}(?!\d)"),
    HOUSE: re.compile(
        r"(?:(?<!\w)(?:số\s+nhà|nhà\s+số|nhà\s+của\s+số|sn|địa\s+chỉ(?:\s+số)?)\s*:?\s*\d+\w?(?:[/\-]\d+\w?)*)"
        # "nhà 45", "căn 12B", and not a house of two floors; "45 đường Trần Hưng Đạo".
        r"|(?:(?<!\w)(?:nhà|căn)\s+\d{1,4}[a-zđ]?(?:/\d{1,4}[a-z]?)*(?![\w/])(?!\s*(?:tầng|gian|căn|người|hộ|lầu|mét|m2|phòng|nhà|khẩu)\b))"
        r"|(?:(?<![\w/.,])\d{1,4}[a-zđ]?(?:/\d{1,4}[a-z]?)*(?=\s*,?\s+(?:đường|hẻm|ngõ|phố|đ\.)\s+(?:số\s+)?(?-i:[\dA-ZÀ-ỸĐ])))"
        r"|(?:(?<![\w/.])\d{1,4}[a-zđA-ZĐ]?(?:/\d{1,4}[a-zA-Z]?)+(?![\w/]))"
        r"|(?:(?<!\w)số\s+\d{1,4}[a-zA-Z]?(?:/\d{1,4}[a-zA-Z]?)*(?=\s*,?\s*(?:đường|hẻm|ngõ|phố|tổ|ấp|khu\s+phố)\b))",
        re.IGNORECASE,
    ),
}
# A date is written with strokes as a house number is, and is none.
_DATE: Final = re.compile(r"^(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])(?:/(?:19|20)?\d{2})?$|^(?:0?[1-9]|1[0-2])/(?:19|20)\d{2}$")
_SURNAMES: Final = frozenset(
    ["nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ", "ngô", "dương", "lý", "đinh", "đào", "đoàn", "trịnh", "trương", "lâm", "mai", "phùng", "tô", "tạ", "hà", "châu", "cao", "thái", "lưu", "quách", "vương", "tôn", "la", "kiều", "triệu", "thạch", "kim", "sơn", "danh", "tăng", "từ", "quan", "lục", "giang", "khưu", "mạc", "nghiêm", "tống", "diệp", "văn", "âu", "bành", "chung", "cù", "đàm", "điền", "doãn", "đồng", "đường", "giáp", "khương", "lại", "lương", "lều", "mã", "ninh", "ông", "phó", "phú", "quang", "thân", "thi", "tiêu", "tiết", "tòng", "uông", "viên"]
)
# Family names that are common words too: a name only when two more capitalised words follow.
_WORDS_TOO: Final = frozenset(["cao", "mai", "kim", "sơn", "danh", "hà", "từ", "quan", "giang", "văn", "chung", "đồng", "đường", "giáp", "quang", "thân", "thi", "viên", "ông", "phó", "phú", "lý", "châu", "điền", "vũ", "hồ", "la"])
# Family names that are no common words: after a form of address a name follows them, in small letters too.
_NAMES_ONLY: Final = frozenset(["nguyễn", "trần", "phạm", "hoàng", "huỳnh", "phan", "võ", "đặng", "ngô", "bùi", "trịnh", "trương", "phùng", "quách", "triệu", "nghiêm", "diệp"])
_MIDDLE: Final = frozenset(["văn", "thị"])
_MIDDLES: Final = _MIDDLE | frozenset(["hữu", "đức", "ngọc", "minh", "kim", "thanh", "hoàng", "xuân", "quốc", "công", "đình", "bá", "thế", "duy", "tấn", "thành", "phước", "mỹ", "bích", "hồng", "thu", "như", "quang", "trọng", "gia", "nhật", "tuấn"])
# What people are called in a hamlet, alone after a form of address and in small letters: by their rank among brothers and sisters, or by a
# given name that is no verb. Only with diacritics: "anh dung" may be "anh dùng".
_RANKS: Final = frozenset(["hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "út", "cả"])
_GIVEN: Final = frozenset(
    ["tèo", "tí", "tý", "tủn", "còm", "cò", "bông", "mận", "lúa", "hùng", "dũng", "tuấn", "cường", "phúc", "phước", "lộc", "thọ", "hải", "hưng", "huy", "khang", "khánh", "khoa", "kiên", "lâm", "loan", "lan", "luân", "mẫn", "my", "mỹ", "nga", "ngân", "nghĩa", "ngọc", "nguyên", "nhàn", "nhân", "nhung", "oanh", "phong", "phụng", "phượng", "phương", "quân", "quốc", "quý", "quyên", "quỳnh", "sơn", "tài", "tâm", "tân", "thảo", "thiện", "thịnh", "thoa", "thúy", "thuý", "thùy", "thuỳ", "thủy", "thuỷ", "tiến", "tín", "toàn", "trâm", "trinh", "trúc", "tú", "tùng", "tuyết", "uyên", "vân", "việt", "vinh", "vy", "yến", "đạt", "đức", "châu", "chiến", "cúc", "diễm", "diệu", "duyên", "giang", "hạnh", "hằng", "hân", "hiếu", "hiệp", "hoàng", "huệ", "hường", "huyền", "kiều", "lài", "liễu", "sương", "thơm", "xuyến"]
)
_CALLED: Final = frozenset(["ông", "bà", "anh", "chị", "cô", "chú", "bác", "dì", "cậu", "mợ", "thím", "dượng", "thằng"])
# "anh hùng", "bà ba con", "ông năm nay", "chị hai đứa": no name.
_NO_NAME: Final = frozenset(["anh hùng"])
_COUNTED: Final = frozenset(["nay", "trước", "ngoái", "sau", "con", "đứa", "người", "lần", "cái", "chiếc", "giờ", "tháng", "ngày", "mươi", "trăm", "ngàn", "triệu"])
_TITLE_WORDS: Final = frozenset(["ông", "bà", "anh", "chị", "em", "cô", "chú", "bác", "dì", "cậu", "mợ", "thím", "dượng", "thằng", "con", "cháu", "thầy", "hộ", "đình", "chí", "tên", "gái", "trai"])
_TITLES: Final = (
    "ông|bà|anh|chị|em|cô|chú|bác|dì|cậu|mợ|thím|dượng|thằng|con|cháu|thầy|thày|sư|hộ|chủ\\s+hộ|nhà\\s+ông|nhà\\s+bà|gia\\s+đình|"
    "đồng\\s+chí|đ/c|trưởng\\s+ấp|công\\s+an\\s+viên|cán\\s+bộ"
)
# In Unicode capitals and small letters of Vietnamese alternate, so that no range is one of capitals only.
_LATIN: Final = "".join(map(chr, (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA))))
_CAPITAL: Final = "[" + "".join(c for c in _LATIN if c.isupper()) + "]"
_WORD: Final = _CAPITAL + "[" + "".join(c for c in _LATIN if c.islower()) + "]*"
_AFTER_TITLE: Final = re.compile(rf"(?<!\w)(?i:{_TITLES})\s+((?:{_WORD})(?:\s+{_WORD}){{0,4}})")
_NICKNAME: Final = re.compile(r"(?<!\w)(?i:hai|ba|tư|năm|sáu|bảy|tám|chín|mười|út|cả)\s+" + rf"({_WORD})(?!\w)")
_CAPITALISED: Final = re.compile(rf"(?<!\w){_WORD}(?:\s+{_WORD}){{1,4}}(?!\w)")
# Capitalised rows that name no person.
_NO_PERSON: Final = frozenset(
    ["công an", "ủy ban", "uỷ ban", "mặt trận", "hội đồng", "khu phố", "trường tiểu", "trường trung", "trạm y", "bưu điện", "chợ", "cầu", "đường", "hẻm", "ấp", "xã", "phường", "thị trấn", "tỉnh", "huyện", "quốc lộ", "tỉnh lộ", "hương lộ", "chùa", "miếu", "đình", "nhà thờ", "sông", "rạch", "kênh", "bến", "điện lực", "hợp tác", "đoàn thanh", "hội phụ", "ban quản"]
)
_PLACE_BEFORE: Final = re.compile(
    r"(?:^|\W)(?:đường|hẻm|ngõ|cầu|chợ|xã|phường|thị\s+trấn|tỉnh|huyện|ấp|khu\s+phố|trường|chùa|miếu|đình|sông|rạch|kênh|bến|quán|cống|đập|lộ"
    r"|trạm|tiệm|công\s+ty|cua|ngã\s+ba|ngã\s+tư)\s+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place of a text, from `start` up to `end`, and what seems to stand there."""

    kind: str
    start: int
    end: int


def find(text: str, *, names: Iterable[str] = ()) -> list[Mark]:
    """Return the marks of a text in order, none over another; `names` are those to be found wherever they stand."""
    found: list[Mark] = []
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            if kind == HOUSE and _DATE.match(match.group()):
                continue
            found.append(Mark(kind, match.start(), match.end()))
    found += _known(text, names)
    found += _names(text)
    found += _plain_names(text)
    return _apart(found)


def redact(text: str, marks: Iterable[Mark]) -> str:
    """Return the text with words such as "[phone number]" in place of the marks."""
    for mark in sorted(marks, key=lambda one: one.start, reverse=True):
        text = f"{text[: mark.start]}{INSTEAD[mark.kind]}{text[mark.end :]}"
    return text


def _apart(marks: list[Mark]) -> list[Mark]:
    """Return marks that do not overlap: the earlier and longer one stays, and grows over what it touched."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda one: (one.start, -(one.end - one.start), _ORDER.index(one.kind))):
        if kept and mark.start < kept[-1].end:
            last = kept[-1]
            kept[-1] = Mark(last.kind, last.start, max(last.end, mark.end))
        else:
            kept.append(mark)
    return kept


def _letters(text: str) -> tuple[str, list[int]]:
    """Return the folded letters of a text, one blank between words, and where each stood."""
    plain: list[str] = []
    where: list[int] = []
    for place, char in enumerate(text):
        base = [c for c in unicodedata.normalize("NFD", char.casefold().replace("đ", "d")) if not unicodedata.combining(c)]
        for letter in base:
            if not letter.isalnum():
                letter = " "
            if letter == " " and (not plain or plain[-1] == " "):
                continue
            plain.append(letter)
            where.append(place)
    return "".join(plain), where


def _known(text: str, names: Iterable[str]) -> list[Mark]:
    """Find known names, with or without diacritics, whole or without the family name when two words are left."""
    plain, where = _letters(text)
    found = []
    for name in names:
        words = _letters(name)[0].split()
        forms = {" ".join(words)} | ({" ".join(words[1:])} if len(words) >= 3 else set())
        for form in forms:
            if len(form) < 5:
                continue
            for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", plain):
                end = where[match.end() - 1] + 1
                while end < len(text) and unicodedata.combining(text[end]):
                    end += 1
                found.append(Mark(NAME, where[match.start()], end))
    return found


def _names(text: str) -> list[Mark]:
    found = []
    for pattern in (_AFTER_TITLE, _NICKNAME):
        for match in pattern.finditer(text):
            if match.group(1).casefold() not in _SPOKEN:
                found.append(Mark(NAME, match.start(1), match.end(1)))
    for match in _CAPITALISED.finditer(text):
        words = [word.casefold() for word in unicodedata.normalize("NFC", match.group()).split()]
        for place, word in enumerate(words[:-1]):
            enough = len(words) - place >= (3 if word in _WORDS_TOO else 2)
            if _is_in(word, _SURNAMES) and enough and not _is_place(text, match.start(), words):
                found.append(Mark(NAME, _word_at(match, place), match.end()))
                break
    return found


def _is_in(word: str, words: frozenset[str]) -> bool:
    """Tell whether a word is one of some, as it is or typed without any diacritics."""
    return word in words or (word.isascii() and word in _bare(words))


@cache
def _bare(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(fold, words))


def _plain_names(text: str) -> list[Mark]:
    """Find names in small letters or without diacritics: "ông nguyễn văn tèo", "Nguyen Van Teo", "chi tran hai".

    A family name, with "văn" or "thị" after it or a form of address before it, middle names, and one word; or what somebody is
    called by alone after a form of address ("ông tèo", "bà tư").
    """
    words = list(re.finditer(r"[^\W\d_]+[\u0300-\u036f]*(?:[^\W\d_]+[\u0300-\u036f]*)*", text))
    said = [unicodedata.normalize("NFC", one.group()).casefold() for one in words]
    found = []
    for place, word in enumerate(said):
        if place and said[place - 1] in _CALLED and _touch(text, words, place) and _is_called(word, said[place - 1], said[place + 1] if place + 1 < len(said) else ""):
            found.append(Mark(NAME, words[place].start(), words[place].end()))
        if not _is_in(word, _SURNAMES):
            continue
        end = place + 1
        while end < len(said) - 1 and end < place + 4 and _is_in(said[end], _MIDDLES) and _touch(text, words, end):
            end += 1
        if end >= len(said) or not all(_touch(text, words, one) for one in range(place + 1, end + 1)):
            continue
        is_sure = _is_in(word, _NAMES_ONLY) or not word.isascii() or words[place].group()[0].isupper()
        has_middle = end > place + 1 and _is_in(said[place + 1], _MIDDLE) and is_sure
        is_addressed = place > 0 and _is_in(said[place - 1], _TITLE_WORDS) and (_is_in(word, _NAMES_ONLY) or end > place + 1)
        if has_middle or is_addressed:
            found.append(Mark(NAME, words[place].start(), words[end].end()))
    return found


def _is_called(word: str, address: str, after: str) -> bool:
    """Tell whether somebody is called so after a form of address: "ông tèo", "bà tư" before "đầu hẻm", but not "ông năm nay"."""
    return (word in _RANKS and after not in _COUNTED) or (word in _GIVEN and f"{address} {word}" not in _NO_NAME)


def _touch(text: str, words: list[re.Match[str]], place: int) -> bool:
    """Tell whether nothing but blanks stands before a word."""
    return not text[words[place - 1].end() : words[place].start()].strip()


# Words that begin with a capital after "chị", "con" and the like and are no name.
_SPOKEN: Final = frozenset(["xã", "ấp", "tổ", "công", "an", "ủy", "ban"])


def _word_at(match: re.Match[str], place: int) -> int:
    return match.start() + [one.start() for one in re.finditer(r"\S+", match.group())][place]


def _is_place(text: str, start: int, words: list[str]) -> bool:
    two = " ".join(words[:2])
    return bool(_PLACE_BEFORE.search(text[max(0, start - 16) : start])) or any(two.startswith(no) for no in _NO_PERSON)
