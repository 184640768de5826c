"""The feed of warnings in force, as Atom. Source: RFC 4287."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from lxml import etree

from liengia.broadcast.channels.cap import channel, document
from liengia.broadcast.models import CapAlert
from liengia.core import clock

ATOM: Final = "http://www.w3.org/2005/Atom"
LENGTH: Final = 100


def build(alerts: Sequence[CapAlert]) -> bytes:
    """Return the feed; it is as old as its newest warning."""
    here = f"{settings.PUBLIC_URL}{reverse('broadcast:cap_feed')}"
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM}, attrib={"{http://www.w3.org/XML/1998/namespace}lang": "vi"})
    _add(feed, "id", here)
    _add(feed, "title", "Liên Gia: cảnh báo đang có hiệu lực")
    _add(feed, "updated", document.time(alerts[0].sent_at if alerts else clock.now().replace(hour=0, minute=0, second=0)))
    etree.SubElement(feed, f"{{{ATOM}}}link", rel="self", href=here, type="application/atom+xml")
    _add(_add(feed, "author", ""), "name", "Liên Gia")
    for alert in alerts:
        entry = _add(feed, "entry", "")
        _add(entry, "id", f"urn:cap:{alert.identifier}")
        _add(entry, "title", document.plain(alert.bulletin.headline, 400))
        _add(entry, "updated", document.time(alert.sent_at))
        _add(entry, "published", document.time(alert.sent_at))
        _add(_add(entry, "author", ""), "name", document.plain(alert.bulletin.unit.full_name, 200))
        where = channel.address(alert)
        etree.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=where, type=document.CONTENT_TYPE)
        _add(entry, "summary", document.plain(alert.bulletin.short_text or alert.bulletin.text, 500))
    found: bytes = etree.tostring(feed, xml_declaration=True, encoding="UTF-8")
    return found


def _add(parent: Any, tag: str, text: str) -> Any:
    child = etree.SubElement(parent, f"{{{ATOM}}}{tag}")
    child.text = text or None
    return child
