"""Slips of writing that an editor is told of: quotation marks that are mixed, spaces, misspellings, missing credits.

They are warnings and never stand against a publication; what does is `ArticlePage.publication_problems`. Spaces and
quotation marks have one right form, so that one act mends them (`mended`); a misspelling is shown with what is meant,
and the writer decides, since a quotation may keep it.
"""

from __future__ import annotations

import csv
import functools
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.people.models import User

DATA: Final = Path(__file__).parent / "data" / "misspellings.csv"
# No-break, thin, zero-width and other spaces that look like one, or like none.
ODD_SPACES: Final = re.compile("[\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]")
DOUBLE: Final = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
BEFORE_MARK: Final = re.compile(r"(?<=\w) +(?=[,;!?…]|\.(?!\w)|:(?=\s))")
CURLY: Final = "“”"
OPENING: Final = re.compile(r"(^|[\s(\[–—-])[\"«„]")
MARKS: Final = {"curly": re.compile("[“”]"), "straight": re.compile('"'), "angle": re.compile("[«»]"), "low": re.compile("„")}
FEWEST_CAPITALS: Final = 8


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip: where, what, the words around it, and whether one act mends it."""

    where: str | Promise
    says: str | Promise
    words: str = ""
    is_mendable: bool = False


@dataclass(frozen=True, slots=True)
class Misspelling:
    """A wrong form with the right one and the source that says so."""

    wrong: str
    right: str
    source: str


@functools.cache
def misspellings() -> tuple[Misspelling, ...]:
    """Return the list of `data/misspellings.csv`."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return tuple(Misspelling(row["wrong"], row["right"], row["source"]) for row in csv.DictReader(file))


def slips_in(text: str, where: str | Promise) -> Iterator[Slip]:
    """Yield the slips of a text without markup."""
    text = unicodedata.normalize("NFC", text)
    for pattern, says in ((ODD_SPACES, _("a space that is none of the keyboard's")), (DOUBLE, _("two spaces")), (BEFORE_MARK, _("a space before a mark"))):
        if found := pattern.search(text):
            yield Slip(where, says, _around(text, found), is_mendable=True)
    kinds = [name for name, pattern in MARKS.items() if pattern.search(text)]
    if len(kinds) > 1 or (kinds and kinds != ["curly"]):
        first = min((found for name in kinds if name != "curly" and (found := MARKS[name].search(text))), key=lambda one: one.start())
        yield Slip(where, _("quotation marks: “…” throughout"), _around(text, first), is_mendable=_straighten(text) != text)
    for one in misspellings():
        if found := re.search(rf"(?<!\w){re.escape(one.wrong)}(?!\w)", text, re.IGNORECASE):
            yield Slip(where, _("“%(wrong)s” is written “%(right)s”") % {"wrong": found.group(), "right": one.right}, _around(text, found))


def _around(text: str, found: re.Match[str]) -> str:
    """Return a few words about a place; odd spaces are made to be seen."""
    piece = text[max(0, found.start() - 20) : found.end() + 20]
    return ODD_SPACES.sub("␣", piece).strip()


def is_shouted(title: str) -> bool:
    """Tell whether a title stands in capitals; an abbreviation does not make one."""
    letters = [letter for letter in title if letter.isalpha()]
    return len(letters) >= FEWEST_CAPITALS and all(letter.isupper() for letter in letters)


def mended(text: str) -> str:
    """Return a text with plain single spaces, none before a mark, and “…” as its quotation marks where they pair."""
    text = ODD_SPACES.sub(lambda found: "" if found.group() in "\u200b\u2060\ufeff" else " ", text)
    return _straighten(BEFORE_MARK.sub("", DOUBLE.sub(" ", text)))


def _straighten(text: str) -> str:
    """Make quotation marks “…” when they pair; leave them all as they are when they do not: 12" is an inch."""
    if re.search(r'\d"', text) and text.count('"') % 2:
        return text
    turned = OPENING.sub(r"\1“", text)
    turned = re.sub(r'[»"]', "”", turned).replace("«", "“").replace("„", "“")
    return turned if turned.count("“") == turned.count("”") else text


class _Parts(HTMLParser):
    """Takes the words of rich text apart from its tags and attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[bool, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((False, self.get_starttag_text() or ""))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        self.parts.append((False, f"</{tag}>"))

    def handle_data(self, data: str) -> None:
        self.parts.append((True, data))


def parts_of_html(html: str) -> list[tuple[bool, str]]:
    """Return rich text in its parts: words without markup, and tags as they stand."""
    parser = _Parts()
    parser.feed(html)
    parser.close()
    return parser.parts


def mended_html(html: str) -> str:
    """Return rich text with its words mended; a quotation may run through tags such as `<b>`."""
    return "".join(escape(mended(part), quote=False) if is_text else part for is_text, part in parts_of_html(html))


# Pages

PROSE: Final = frozenset({"caption", "alt", "credit", "text", "title", "transcript", "who", "role", "source"})
FIELDS: Final = ("title", "lead", "place", "cover_caption", "contributors", "source")
RICH: Final = "paragraph"


def of_page(page: Any) -> list[Slip]:
    """Return all slips of an article or plain page."""
    found: list[Slip] = []
    for name in FIELDS:
        if text := getattr(page, name, ""):
            found += slips_in(text, capfirst(page._meta.get_field(name).verbose_name))
    if is_shouted(page.title):
        found.append(Slip(_("Title"), _("all in capitals: hard to read, and read out letter by letter by screen readers"), page.title))
    for number, (_is_rich, text) in enumerate(_prose(page), start=1):
        found += slips_in(unescape(strip_tags(text)), _("Body, passage %(number)d") % {"number": number})
    return [*found, *_pictures(page)]


def _pictures(page: Any) -> Iterator[Slip]:
    """Yield what pictures lack: words for those who cannot see them, and who made them."""
    shown = [(page.cover, page.cover.description, page.cover.credit)] if getattr(page, "cover", None) else []
    for block in getattr(page, "body", ()):
        figures = [block.value] if block.block_type == "figure" else block.value["figures"] if block.block_type == "gallery" else []
        shown += [(one["image"], one["alt"] or one["image"].description, one.credit_text) for one in figures if one["image"]]
    for image, alt, credit in shown:
        if not alt:
            yield Slip(_("Picture"), _("no words for those who cannot see it"), image.title)
        if not credit:
            yield Slip(_("Picture"), _("it does not say who made it"), image.title)


def _prose(page: Any) -> Iterator[tuple[bool, str]]:
    for block in page.body.get_prep_value() if hasattr(page, "body") else ():
        yield from _texts(block["value"], is_rich=block["type"] == RICH)


def _texts(value: Any, *, is_rich: bool = False, key: str = RICH) -> Iterator[tuple[bool, str]]:
    """Yield the texts of a block's stored value, each with whether it holds markup."""
    if isinstance(value, str) and (key in PROSE or is_rich):
        yield is_rich, value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _texts(one, key=name)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, key=key)


def _mended_value(value: Any, *, is_rich: bool = False, key: str = RICH) -> Any:
    if isinstance(value, str):
        return mended_html(value) if is_rich else mended(value) if key in PROSE else value
    if isinstance(value, dict):
        return {name: _mended_value(one, key=name) for name, one in value.items()}
    return [_mended_value(one, key=key) for one in value] if isinstance(value, list) else value


@transaction.atomic
def mend(page: Any, *, user: User) -> int:
    """Mend the spaces and quotation marks of a page's newest text, as a new revision; return how many slips are gone.

    What is public stays as it is until it is approved.

    Raises:
        Refused: the page waits for approval, or is not the user's to write.
    """
    rights = page.permissions_for_user(user)
    if not rights.can_edit() or rights.page_locked():
        raise Refused(_("This text waits for approval, or it is not yours. Nothing was changed."), code="locked")
    draft = page.get_latest_revision_as_object()
    before = len(of_page(draft))
    for name in FIELDS:
        if text := getattr(draft, name, ""):
            setattr(draft, name, mended(text))
    if hasattr(draft, "body"):
        raw = [{**block, "value": _mended_value(block["value"], is_rich=block["type"] == RICH)} for block in draft.body.get_prep_value()]
        draft.body = json.dumps(raw)
    gone = before - len(of_page(draft))
    if gone:
        draft.save_revision(user=user, log_action=True)
        audit.record("portal.mended", actor=Actor.of(user), about=page, facts={"slips": gone})
    return gone
