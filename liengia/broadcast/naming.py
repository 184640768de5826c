"""Whether words look as though they made a private person known: for what one alone sends, which no second person reads before it goes out.

It marks too much rather than too little, since who sends it only says once more that nobody is named; names after a word of a place (street,
bridge, market, school) are streets and bridges. The room of opinions, above this one, looks closer, for a moderator.
"""

from __future__ import annotations

from typing import Final

import regex

from liengia.core.family_names import FAMILY

_NAME: Final = r"\p{Lu}\p{Ll}*"
_TITLE: Final = r"ông|bà|anh|chị|em|cô|chú|bác|dì|cậu|mợ|thím|dượng|cháu|thầy|hộ|chủ\s+hộ|gia\s+đình"
_SURNAME: Final = rf"{FAMILY}|Phùng|Lâm|Mai"
_PLACE: Final = r"(?:đường|hẻm|phố|cầu|chợ|trường|chùa|đình|rạch|kênh|sông|bến|cống|lộ|công\s+viên|ngã\s+ba|ngã\s+tư)\s+"
_NAMING: Final = regex.compile(
    # A form of address in small letters, or at the beginning: "Cầu Ông Thìn" is a bridge.
    rf"(?:^\s*(?i:{_TITLE})|(?<!\w)(?:{_TITLE}))\s+{_NAME}"
    rf"|(?<!(?i:{_PLACE}))(?<!\p{{Lu}}\p{{Ll}}*\s+)\b(?:{_SURNAME})(?:\s+{_NAME}){{1,4}}"
    r"|(?<!\d)(?:\+?84|0)(?:[\s.\-]?\d){9}(?!\d)|(?<!\d)\d(?:[\s.\-]?\d){11}(?!\d)"
)


def looks_named(text: str) -> bool:
    """Tell whether a text holds a name after a form of address or with a family name, a telephone number or an identity number."""
    return _NAMING.search(text) is not None
