"""What machines read of an article: JSON-LD (schema.org NewsArticle) and social cards (Open Graph, Twitter).

The JSON stands in a data block, which browsers never run, so that the content security policy has nothing to allow;
"<", ">" and "&" are escaped all the same, since a title may hold "</script>".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from liengia.core import clock
from liengia.portal import pictures
from liengia.portal.models import ArticlePage, Erratum

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
CARD_WIDTH = 1280


def absolute(address: str) -> str:
    """Return an address as other sites use it."""
    return f"{settings.PUBLIC_URL}{address}"


def _cover(page: ArticlePage) -> tuple[str, int, int]:
    """Return the address and the size of the picture for cards; the platform's own where there is none."""
    image = page.cover
    if image is None or not image.is_publishable:
        return absolute(static("img/icon-512.png")), 512, 512
    width = max(w for w in pictures.widths_of(image) if w <= CARD_WIDTH)
    height = round(image.height * min(width, image.width) / image.width)
    return absolute(pictures.address(image, width, "jpg")), min(width, image.width), height


def structured(page: ArticlePage, authors: Sequence[str], errata: Sequence[Erratum]) -> SafeString:
    """Return the article as JSON-LD, with its authors' names and its corrections."""
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": page.title,
        "description": page.lead,
        "inLanguage": "vi",
        "url": absolute(page.address),
        "mainEntityOfPage": absolute(page.address),
        "image": [_cover(page)[0]],
        "author": [{"@type": "Person", "name": name} for name in authors],
        "publisher": {"@type": "GovernmentOrganization", "name": "Liên Gia", "url": absolute("/")},
        "wordCount": page.syllables,
    }
    if page.published_at is not None:
        found["datePublished"] = clock.local(page.published_at).isoformat()
        found["dateModified"] = clock.local(page.updated_at or page.published_at).isoformat()
    if page.place:
        found["contentLocation"] = {"@type": "Place", "name": page.place}
    if errata:
        found["correction"] = [{"@type": "CorrectionComment", "text": one.words} for one in errata]
    text = json.dumps(found, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(text)  # noqa: S308  nothing in it can end the data block


def social(page: ArticlePage) -> list[tuple[str, str, str]]:
    """Return the card's lines: attribute, name, content."""
    image, width, height = _cover(page)
    title = f"{page.place}: {page.title}" if page.place else page.title
    lines = [
        ("property", "og:type", "article"),
        ("property", "og:site_name", "Liên Gia"),
        ("property", "og:locale", "vi_VN"),
        ("property", "og:title", title),
        ("property", "og:description", page.lead),
        ("property", "og:url", absolute(page.address)),
        ("property", "og:image", image),
        ("property", "og:image:width", str(width)),
        ("property", "og:image:height", str(height)),
        ("name", "twitter:card", "summary_large_image" if page.cover else "summary"),
    ]
    if page.published_at is not None:
        lines.append(("property", "article:published_time", clock.local(page.published_at).isoformat()))
    return lines
