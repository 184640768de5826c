"""Read strange XML: a feed (Atom or RSS) that leads to warnings, and a warning in CAP 1.1 or 1.2.

No document type is taken (entities could grow without end, or read files), nothing is fetched by the parser, and size and
number of parts are limited. What is no warning is `Unreadable`; what is left out of a warning is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lxml import etree

from liengia.core.text import nfc

MOST_BYTES: Final = 1_000_000
MOST_ENTRIES: Final = 50
MOST_AREAS: Final = 100
_CAP: Final = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
_ATOM: Final = "http://www.w3.org/2005/Atom"


class Unreadable(ValueError):
    """No feed and no warning."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a feed: where its warning stands, and when it last changed as the feed says (as written, empty without)."""

    link: str
    updated: str


@dataclass(frozen=True, slots=True)
class Outside:
    """A warning of another body, in one language (Vietnamese where it has it)."""

    sender: str
    identifier: str
    sent: str
    sent_at: datetime
    status: str
    msg_type: str
    scope: str
    references: tuple[str, ...]
    sender_name: str
    event: str
    category: str
    headline: str
    text: str
    instruction: str
    web: str
    areas: tuple[str, ...]
    codes: tuple[str, ...]
    expires_at: datetime | None


def tree(document: bytes) -> Any:
    """Return the root of a document.

    Raises:
        Unreadable: too long, no XML, or with a document type.
    """
    if len(document) > MOST_BYTES:
        raise Unreadable("longer than 1 MB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Unreadable("no XML") from None
    if root is None or root.getroottree().docinfo.doctype:
        raise Unreadable("with a document type")
    return root


def entries(root: Any) -> list[Entry] | None:
    """Return the lines of a feed; None when the document is a warning itself."""
    tag = etree.QName(root)
    if tag.namespace in _CAP and tag.localname == "alert":
        return None
    if tag.namespace == _ATOM and tag.localname == "feed":
        return [one for part in root.findall(f"{{{_ATOM}}}entry")[:MOST_ENTRIES] if (one := _atom(part)).link]
    if tag.localname == "rss":
        parts = root.findall("./channel/item")[:MOST_ENTRIES]
        return [Entry(_text(part, "link", 500), _text(part, "pubDate", 40)) for part in parts if _text(part, "link")]
    raise Unreadable("no feed")


def _atom(part: Any) -> Entry:
    links = part.findall(f"{{{_ATOM}}}link")
    best = next((one for one in links if "cap+xml" in (one.get("type") or "")), None)
    if best is None:
        best = next((one for one in links if (one.get("rel") or "alternate") == "alternate"), None)
    return Entry((best.get("href") or "").strip()[:500] if best is not None else "", _text(part, f"{{{_ATOM}}}updated", 40))


def warning(root: Any) -> Outside:
    """Return a warning.

    Raises:
        Unreadable: it lacks what makes it one.
    """
    space = etree.QName(root).namespace
    if space not in _CAP or etree.QName(root).localname != "alert":
        raise Unreadable("no warning")

    def get(tag: str, parent: Any = root) -> str:
        return _text(parent, f"{{{space}}}{tag}")

    infos = root.findall(f"{{{space}}}info")[:20]
    info = next((one for one in infos if get("language", one).lower().startswith("vi")), infos[0] if infos else root)
    areas = info.findall(f"{{{space}}}area")[:MOST_AREAS]
    codes = [_text(code, f"{{{space}}}value", 40) for area in areas for code in area.findall(f"{{{space}}}geocode")[:20]]
    found = Outside(
        sender=get("sender")[:160], identifier=get("identifier")[:160], sent=get("sent")[:40], sent_at=_time(get("sent")),
        status=get("status"), msg_type=get("msgType"), scope=get("scope"), references=tuple(get("references").split()[:50]),
        sender_name=get("senderName", info)[:200], event=get("event", info)[:120], category=get("category", info)[:20],
        headline=get("headline", info)[:400], text=get("description", info), instruction=get("instruction", info),
        web=get("web", info)[:500], areas=tuple(get("areaDesc", one)[:300] for one in areas), codes=tuple(codes),
        expires_at=_time_or_none(get("expires", info)),
    )  # fmt: skip
    if not found.sender or not found.identifier or found.msg_type not in ("Alert", "Update", "Cancel"):
        raise Unreadable("no whole warning")
    return found


def reference_keys(references: Sequence[str]) -> list[tuple[str, str]]:
    """Return sender and identifier of each reference."""
    parts = [one.split(",") for one in references]
    return [(one[0][:160], one[1][:160]) for one in parts if len(one) == 3]


def _text(parent: Any, tag: str, most: int = 20_000) -> str:
    found = parent.find(tag)
    return nfc((found.text or "").strip()[:most]) if found is not None else ""


def _time(text: str) -> datetime:
    found = _time_or_none(text)
    if found is None:
        raise Unreadable("no time")
    return found


def _time_or_none(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
