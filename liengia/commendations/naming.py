"""Where a text names a person. No list of names is complete: family names and forms of address before capital letters, wide on purpose.

What is a place's or a body's name is left alone as far as the words before it, or a short list, tell so.
"""

from __future__ import annotations

from typing import Final

import regex

from liengia.core.family_names import ALSO_PLACES, FAMILY
from liengia.core.text import nfc

# A name begins with a family name; with one that also begins a place's name it counts in three words.
_WORD: Final = r"\p{Lu}(?:\p{Ll}+|\.?)(?!\p{L})"
NAME: Final = regex.compile(rf"(?<!\p{{L}})(?:(?:{FAMILY})(?:\s+{_WORD})+|(?:{ALSO_PLACES})(?:\s+{_WORD}){{2,}})")
_PLACES: Final = (
    "đường|phố|trường|chợ|cầu|công viên|khu phố|ấp|xã|phường|huyện|tỉnh|thị trấn|quận|hẻm|kênh|rạch|bệnh viện|"
    "trường (?:tiểu học|thcs|thpt|mầm non|trung học cơ sở)"
)
PLACE_BEFORE: Final = regex.compile(rf"(?:{_PLACES})\s*$", regex.IGNORECASE)
# What stands before a name in a title that is no private person's: places of nature and worship, prizes, those who died long ago.
_NO_ONE_BEFORE: Final = regex.compile(
    rf"(?<!\p{{L}})(?:{_PLACES}|thành phố|núi|sông|hồ|đảo|vịnh|chùa|đình|đền|miếu|khu di tích|giải|giải thưởng|quỹ|liệt s[ĩỹ]|anh hùng|mang tên)\s*$", regex.IGNORECASE
)
_NO_ONE: Final = regex.compile(r"Hồ Chí Minh|Bác Hồ|Hoàng Sa|Lý Sơn|Phan Thiết|Phan Rang|Đoàn (?:Thanh|Kinh|Trường|Viên|Thể|Xã|Phường)(?!\p{L})")
_FORMS: Final = "hộ|gia đình|ông|bà|anh|chị|em|cháu|bé|cô|chú|bác|cậu|dì|cụ"
_ADDRESSED: Final = regex.compile(rf"(?<!\p{{L}}|bảo |căn )(?i:{_FORMS})(?:\s+(?i:{_FORMS}))*(?:\s+{_WORD})+")
_BEGINS_AS_HOUSE: Final = regex.compile(rf"(?i:hộ|gia đình)\s+(?:(?i:{_FORMS})\s|{_WORD})")


def in_title(text: str) -> str:
    """Return the first words of a title that seem to name a person; empty when none do."""
    plain = nfc(text)
    found = [one for pattern in (_ADDRESSED, NAME) for one in pattern.finditer(plain)]
    told = (one.group() for one in found if not _NO_ONE.match(one.group()) and not _NO_ONE_BEFORE.search(plain[max(0, one.start() - 40) : one.start()]))
    return next(told, "")


def is_of_persons(name: str) -> bool:
    """Tell whether what is called a collective is a household or a person by its name: "Hộ ông Lê Văn Tám", "Bà Nguyễn Thị Bông", "Lê Văn Tám"."""
    plain = " ".join(nfc(name).split())
    if _BEGINS_AS_HOUSE.match(plain) or (_ADDRESSED.match(plain) and not _NO_ONE.match(plain)):
        return True
    return bool(NAME.fullmatch(plain)) and len(plain.split()) > 2
