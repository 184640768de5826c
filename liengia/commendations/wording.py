"""What a merit's text may not say: the name of whoever was pursued.

No list of names is complete, so the rule is wide and asks to write it otherwise: in a list of the pursuit no personal name
stands but the recipient's own; in any list nobody is named right after a word for a suspect.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import regex
from django.utils.translation import gettext_lazy as _

from liengia.commendations.models import name_key
from liengia.commendations.naming import NAME, PLACE_BEFORE, in_title
from liengia.core.errors import Invalid
from liengia.core.family_names import FAMILY
from liengia.core.text import nfc

_SUSPECT: Final = regex.compile(
    r"(?<!\p{L})(?i:đối tượng|nghi phạm|nghi can|bị can|bị cáo|thủ phạm|hung thủ|kẻ gian|kẻ trộm|tên trộm|tên cướp|tội phạm)(?:\s+(?i:là|tên|tên là))?\s*[:“\"(]?\s*"
    rf"(?:\p{{Lu}}\p{{Ll}}+\s+\p{{Lu}}|(?:\p{{Lu}}\.){{2,}}|(?:{FAMILY})\s)"
)
_REFUSED: Final = _(
    "This seems to name somebody who was pursued: “%(words)s”. Nobody but who is commended is named here. Write for example “the suspect” instead."
)

EXAMPLE: Final = "Thành tích đột xuất cứu người đuối nước, ấp 1"
_TITLED: Final = _(
    "The title stands in public, and seems to name a person: “%(words)s”. Whoever is commended is named in the list, with consent. Write what was done and where, for example: %(example)s."
)


def check(text: str, *, is_pursuit: bool, own_name: str = "", field: str = "merit") -> str:
    """Return the text in NFC with single blanks.

    Raises:
        Invalid: it names somebody else in a list of the pursuit, or a suspect anywhere (code "names_somebody").
    """
    plain = nfc(text)
    found = _SUSPECT.search(plain)
    if found is None and is_pursuit:
        found = next((one for one in NAME.finditer(plain) if not _is_harmless(one, plain, own_name)), None)
    if found is not None:
        raise Invalid(_REFUSED % {"words": found.group().strip()}, code="names_somebody", field=field)
    return plain


def check_title(text: str, *, names: Iterable[str] = (), field: str = "title") -> str:
    """Return a title in NFC; `names` are those of whoever is nominated in its list.

    Raises:
        Invalid: it names a person (code "titled_by_name"), or a suspect (code "names_somebody").
    """
    plain = check(text, is_pursuit=False, field=field)
    said = f" {name_key(plain)} "
    found = in_title(plain) or next((name for name in names if " " in (key := name_key(name)) and f" {key} " in said), "")
    if found:
        raise Invalid(_TITLED % {"words": found.strip(), "example": EXAMPLE}, code="titled_by_name", field=field)
    return plain


def _is_harmless(found: regex.Match[str], text: str, own_name: str) -> bool:
    if PLACE_BEFORE.search(text[max(0, found.start() - 40) : found.start()]):
        return True
    own = name_key(own_name)
    return bool(own) and name_key(found.group()) in own
