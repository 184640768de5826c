"""What a comment may hold: plain text as a reader sees it, and a name that is nobody else's."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from liengia.comments.models import LONGEST, LONGEST_NAME, Thread
from liengia.core.confusables import skeleton
from liengia.core.errors import Invalid
from liengia.core.text import count_graphemes, nfc
from liengia.people.models import RoleAssignment
from liengia.units.models import Unit

LINKS_MOST: Final = 1
MARKS_MOST: Final = 2
# What nobody without an office may be called, word by word.
RESERVED: Final = tuple(
    tuple(words.split())
    for words in (
        "công an", "quản trị", "admin", "administrator", "moderator", "kiểm duyệt", "uỷ ban", "chủ tịch", "bí thư", "mặt trận",
        "đảng uỷ", "hội đồng nhân dân", "chính quyền", "cảnh sát", "tổng đài", "liên gia", "ban chỉ đạo", "trực ban", "văn phòng xã",
        "toà án", "viện kiểm sát",
    )
)  # fmt: skip
_MARKUP: Final = re.compile(r"<\s*/?\s*[a-z!?]|&#x?[0-9a-f]+;|\[/?(url|img|b)\b|javascript\s*:", re.IGNORECASE)
# Given names that look like the second word of "công an".
_GIVEN_NAMES: Final = frozenset({"ân", "ấn", "ẩn", "án"})
_LINK: Final = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|vn|info|xyz|top|club|online|site|shop|link|ly)\b\S*", re.IGNORECASE
)
# Signs that turn the direction of writing, or are not seen at all; families of emoji need the joiner, which stays.
_HIDDEN: Final = re.compile("[\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\u034f\u115f\u1160\u3164\ufff9-\ufffb]")


def clean_text(raw: str) -> str:
    """Return a comment's text as it is kept: NFC, without hidden signs, piled marks and empty lines.

    Raises:
        Invalid: empty, over 500 characters as a reader counts them, markup, or more than one link.
    """
    text = _plain(raw)
    if not text:
        raise Invalid(_("Nothing is written yet."), code="empty")
    used = count_graphemes(text)
    if used > LONGEST:
        raise Invalid(
            _("%(used)s characters are written, %(most)s are allowed. What you wrote is still here: shorten it a little.")
            % {"used": used, "most": LONGEST},
            code="too_long",
        )
    if _MARKUP.search(text):
        raise Invalid(_("Only plain words are taken, no HTML code. What you wrote is still here."), code="markup")
    if len(_LINK.findall(text)) > LINKS_MOST:
        raise Invalid(_("One link at most. What you wrote is still here: take the others out."), code="links")
    return text


def clean_name(raw: str, thread: Thread) -> str:
    """Return a guest's name as it is kept, or nothing, which is shown as "Guest".

    Raises:
        Invalid: too long, or a name that poses as an office or as one of its people.
    """
    name = " ".join(_plain(raw).split())
    if not any(char.isalnum() for char in name):
        return ""
    if count_graphemes(name) > LONGEST_NAME:
        raise Invalid(_("A name has %(most)s characters at most.") % {"most": LONGEST_NAME}, code="name_long")
    if _MARKUP.search(name) or _LINK.search(name):
        raise Invalid(_("Only plain words are taken as a name."), code="name_markup")
    if _names_an_office(name) or skeleton(name) in _officials(thread.unit):
        raise Invalid(
            _("This name belongs to an office or to one of its people, who sign in to write. Choose another one, or leave it empty."),
            code="name_reserved",
        )
    return name


def _names_an_office(name: str) -> bool:
    """Tell whether a name reads like a reserved one: its words whole, glued together, or letter by letter.

    "Nguyễn Công Anh" and "Thuỳ Băng" hold the letters of an office across their words, and are names.
    """
    seen = "".join(char for char in nfc(name) if unicodedata.category(char) != "Cf")
    # Points and strokes stand between words ("công-an") or inside them ("côn.g a.n"): both are read.
    for words in (seen.split(), re.findall(r"[^\s\-_.,;:/\\()\[\]?*#+~\"'“”‘’]+", seen)):
        looks = [skeleton(word) for word in words]
        is_spelled = sum(len(word) == 1 for word in looks) > 1
        for office in RESERVED:
            parts = [skeleton(word) for word in office]
            glued = "".join(parts)
            if any(glued in word for word in looks) or (is_spelled and glued in "".join(looks)):
                return True
            for place in range(len(looks) - len(parts) + 1):
                run = slice(place, place + len(parts))
                if looks[run] == parts and not all(map(_is_another_word, words[run], office)) and not _is_given_name(words, run):
                    return True
    return False


def _is_given_name(words: list[str], run: slice) -> bool:
    """Tell whether a run of words ends somebody's name: "Trần Công Ân" is a name, "Công an" never is."""
    return run.start > 0 and run.stop == len(words) and words[run.stop - 1].casefold() in _GIVEN_NAMES


def _is_another_word(word: str, like: str) -> bool:
    """Tell whether diacritics make a word another one than the one it looks like: "Quân" is not "quản"; "quan" may be."""
    marks = [char for char in unicodedata.normalize("NFD", word.casefold()) if unicodedata.combining(char)]
    return bool(marks) and marks != [char for char in unicodedata.normalize("NFD", like) if unicodedata.combining(char)]


def shown_text(text: str) -> SafeString:
    """Return the text for a page: escaped, paragraphs and line breaks alone; links stay text. A second wall stands behind."""
    return mark_safe(nh3.clean(linebreaks(text, autoescape=True), tags={"p", "br"}, attributes={}))  # noqa: S308


def _plain(raw: str) -> str:
    """Return the text in NFC without control and hidden signs, with two marks a letter at most and one empty line."""
    text = nfc(_HIDDEN.sub("", raw.replace("\r\n", "\n").replace("\r", "\n")))
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if category in ("Mn", "Me"):
            marks += 1
            if marks > MARKS_MOST:
                continue
        else:
            marks = 0
        if category in ("Cc", "Cs", "Co", "Cn") and char != "\n":
            continue
        kept.append(char)
    lines = "\n".join(" ".join(line.split()) for line in "".join(kept).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _officials(unit: Unit | None) -> set[str]:
    """Return the skeletons of the names of those who hold an office in the unit, its parts or above it."""
    held = RoleAssignment.objects.current().filter(role__needs_second_factor=True)
    if unit is not None:
        places = {unit.pk, *(above.pk for above in unit.ancestors())}
        held = held.filter(unit__in=[*places, *Unit.objects.below_any([unit.pk]).values_list("pk", flat=True)])
    return {skeleton(name) for name in held.values_list("user__full_name", flat=True) if name}
