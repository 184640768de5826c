"""What a merit's text may not say: the name of whoever was pursued.

No list of names is complete, so the rule is wide and asks to write it otherwise: in a list of the pursuit no personal name
stands but the recipient's own; in any list nobody is named right after a word for a suspect.
"""

from __future__ import annotations

from typing import Final

import regex
from django.utils.translation import gettext_lazy as _

from liengia.commendations.models import name_key
from liengia.core.errors import Invalid
from liengia.core.text import nfc

# Family names that begin a name in two words; those that also begin a place's name count in three.
_FAMILY: Final = "Nguyễn|Trần|Phạm|Huỳnh|Hoàng|Phan|Võ|Vũ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Đinh|Trịnh|Đoàn|Trương|Quách|Tạ|Lưu|Triệu|Tăng|Lê|Lý"
_ALSO_PLACES: Final = "Cao|Châu|Hà|Thái|Mai|Kim|Lâm|Sơn|Thạch|Danh|La|Tô|Lương|Kiều|Vương|Văn|Tống|Đào|Lai|Từ|Hứa|Phùng|Nghiêm|Giang|Âu|Ung|Mạc"
_WORD: Final = r"\p{Lu}(?:\p{Ll}+|\.?)(?!\p{L})"
_NAME: Final = regex.compile(rf"(?<!\p{{L}})(?:(?:{_FAMILY})(?:\s+{_WORD})+|(?:{_ALSO_PLACES})(?:\s+{_WORD}){{2,}})")
_PLACE_BEFORE: Final = regex.compile(
    r"(?:đường|phố|trường|chợ|cầu|công viên|khu phố|ấp|xã|phường|huyện|tỉnh|thị trấn|quận|hẻm|kênh|rạch|bệnh viện|trường (?:tiểu học|thcs|thpt|mầm non|trung học cơ sở))\s*$",
    regex.IGNORECASE,
)
_SUSPECT: Final = regex.compile(
    r"(?<!\p{L})(?i:đối tượng|nghi phạm|nghi can|bị can|bị cáo|thủ phạm|hung thủ|kẻ gian|kẻ trộm|tên trộm|tên cướp|tội phạm)(?:\s+(?i:là|tên|tên là))?\s*[:“\"(]?\s*"
    rf"(?:\p{{Lu}}\p{{Ll}}+\s+\p{{Lu}}|(?:\p{{Lu}}\.){{2,}}|(?:{_FAMILY})\s)"
)
_REFUSED: Final = _(
    "This seems to name somebody who was pursued: “%(words)s”. Nobody but who is commended is named here. Write for example “the suspect” instead."
)


def check(text: str, *, is_pursuit: bool, own_name: str = "", field: str = "merit") -> str:
    """Return the text in NFC with single blanks.

    Raises:
        Invalid: it names somebody else in a list of the pursuit, or a suspect anywhere (code "names_somebody").
    """
    plain = nfc(text)
    found = _SUSPECT.search(plain)
    if found is None and is_pursuit:
        found = next((one for one in _NAME.finditer(plain) if not _is_harmless(one, plain, own_name)), None)
    if found is not None:
        raise Invalid(_REFUSED % {"words": found.group().strip()}, code="names_somebody", field=field)
    return plain


def _is_harmless(found: regex.Match[str], text: str, own_name: str) -> bool:
    if _PLACE_BEFORE.search(text[max(0, found.start() - 40) : found.start()]):
        return True
    own = name_key(own_name)
    return bool(own) and name_key(found.group()) in own
