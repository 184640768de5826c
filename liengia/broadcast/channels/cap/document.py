"""Write one warning as CAP 1.2: a pure function of frozen facts, so that the same warning is the same bytes.

The tree is built, never put together from text: what people wrote cannot become markup. Characters that XML does not know
are left out, and what is longer than any receiver shows is cut.

Source: OASIS CAP 1.2 §3.2 (elements and their order), §3.3.2 (times with an offset; `Z` is not allowed).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import regex
from lxml import etree

from liengia.broadcast.channels.cap.words import Words
from liengia.core import clock

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
CONTENT_TYPE: Final = "application/cap+xml"
GEOCODE: Final = "VN-GSO"
_NOT_XML: Final = regex.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
_NOT_IN_NAMES: Final = regex.compile(r"[\s,<&>]+")
MOST: Final = {"headline": 400, "description": 12_000, "instruction": 4_000, "event": 120, "senderName": 200, "areaDesc": 300}


@dataclass(frozen=True, slots=True)
class Area:
    """A unit: its name, its code, and the box in which it lies (south, west, north, east in degrees) when that is known."""

    name: str
    code: str
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a document says. `references` are those of earlier warnings of the chain."""

    identifier: str
    sender: str
    sent_at: datetime
    status: str
    msg_type: str
    words: Words
    sender_name: str
    headline: str
    text: str
    effective_at: datetime
    expires_at: datetime
    areas: Sequence[Area]
    instruction: str = ""
    web: str = ""
    contact: str = ""
    source: str = ""
    note: str = ""
    references: Sequence[str] = ()
    is_all_clear: bool = False


def time(at: datetime) -> str:
    """Return an instant with the offset of Vietnam, in whole seconds."""
    return clock.local(at).strftime("%Y-%m-%dT%H:%M:%S+07:00")


def name(text: str) -> str:
    """Return text fit for identifiers and senders: no blank, comma, `<` or `&`."""
    return _NOT_IN_NAMES.sub("-", text)[:150] or "-"


def plain(text: str, most: int = 4_000) -> str:
    """Return text that XML can hold, cut to a length."""
    clean = _NOT_XML.sub("", text[: most * 4].replace("\r\n", "\n").replace("\r", "\n")).strip()
    return clean if len(clean) <= most else clean[: most - 1].rstrip() + "…"


def build(facts: Facts) -> bytes:
    """Return the document."""
    alert = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _add(alert, "identifier", name(facts.identifier))
    _add(alert, "sender", name(facts.sender))
    _add(alert, "sent", time(facts.sent_at))
    _add(alert, "status", facts.status)
    _add(alert, "msgType", facts.msg_type)
    _add(alert, "source", plain(facts.source, 400))
    _add(alert, "scope", "Public")
    _add(alert, "note", plain(facts.note, 400))
    _add(alert, "references", " ".join(facts.references))
    english = replace(
        facts,
        headline=f"{_mark(facts)}{facts.words.event_en}: {facts.sender_name}",
        text=f"[Vietnamese original]\n{facts.headline}\n{facts.text}",
        instruction="" if facts.is_all_clear else facts.words.do_en,
    )
    for language, said, event in (("vi-VN", facts, facts.words.event_vi), ("en", english, facts.words.event_en)):
        _info(alert, language, said, event)
    found: bytes = etree.tostring(alert, xml_declaration=True, encoding="UTF-8")
    return found


def _mark(facts: Facts) -> str:
    status = {"Exercise": "EXERCISE. ", "Test": "TEST. "}.get(facts.status, "")
    if facts.is_all_clear:
        return f"{status}All clear. "
    return status + {"Cancel": "Withdrawn. ", "Update": "Updated. "}.get(facts.msg_type, "")


def _info(alert: Any, language: str, said: Facts, event: str) -> None:
    info = _add(alert, "info", " ")
    info.text = None
    is_over = said.is_all_clear or said.msg_type == "Cancel"
    _add(info, "language", language)
    _add(info, "category", said.words.category)
    _add(info, "event", plain(event, MOST["event"]))
    _add(info, "responseType", "AllClear" if is_over else said.words.response)
    _add(info, "urgency", "Past" if is_over else said.words.urgency)
    _add(info, "severity", "Minor" if is_over else said.words.severity)
    _add(info, "certainty", "Observed" if is_over else said.words.certainty)
    _add(info, "effective", time(said.effective_at))
    _add(info, "onset", time(said.effective_at))
    _add(info, "expires", time(said.expires_at))
    _add(info, "senderName", plain(said.sender_name, MOST["senderName"]))
    _add(info, "headline", plain(said.headline, MOST["headline"]))
    _add(info, "description", plain(said.text, MOST["description"]))
    _add(info, "instruction", plain(said.instruction, MOST["instruction"]))
    _add(info, "web", said.web if said.web.startswith(("https://", "http://")) else "")
    _add(info, "contact", plain(said.contact, 200))
    for area in said.areas:
        one = _add(info, "area", " ")
        one.text = None
        _add(one, "areaDesc", plain(area.name, MOST["areaDesc"]) or "-")
        if area.box is not None:
            south, west, north, east = area.box
            corners = ((south, west), (south, east), (north, east), (north, west), (south, west))
            _add(one, "polygon", " ".join(f"{lat:.6f},{lon:.6f}" for lat, lon in corners))
        code = _add(one, "geocode", " ")
        code.text = None
        _add(code, "valueName", GEOCODE)
        _add(code, "value", plain(area.code, 40))


def _add(parent: Any, tag: str, text: str) -> Any:
    """Add an element with its text; an empty one is left out."""
    if not text:
        return None
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    child.text = text
    return child
