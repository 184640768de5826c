"""One letter: plain text first, simple HTML beside it, and headers by which a mail program ends it with one press.

Source: RFC 8058 (one-click unsubscribe), RFC 2369 (List-Unsubscribe), RFC 3834 (Auto-Submitted).
"""

from __future__ import annotations

import hashlib
from typing import Any, Final
from urllib.parse import urlsplit

import regex
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from liengia.broadcast import wording
from liengia.broadcast.channels.base import Message

LONGEST_SUBJECT: Final = 200
_CONTROL: Final = regex.compile(r"[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+")


def one_line(text: str, most: int = LONGEST_SUBJECT) -> str:
    """Return text fit for a header: one line, nothing that ends it."""
    return " ".join(_CONTROL.sub(" ", text[: most * 4]).split())[:most]


def subject(message: Message) -> str:
    """Return what stands in the list of letters: the headline with its mode in front, then who says it."""
    with translation.override(settings.LANGUAGE_CODE):
        mark = wording.front(message.mode)
        headline = message.headline if message.headline.startswith(mark) else mark + message.headline
    return one_line(f"{headline} ({message.unit_name})" if message.unit_name else headline)


def build(message: Message, *, to: str, unsubscribe: str, key: str, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """Return a letter to one address."""
    context: dict[str, Any] = {"message": message, "subject": subject(message), "text": wording.clean(message.text[:20_000]), "unsubscribe": unsubscribe}
    with translation.override(settings.LANGUAGE_CODE):
        plain = render_to_string("broadcast/email/letter.txt", context)
        html = render_to_string("broadcast/email/letter.html", context)
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    headers = {
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Message-ID": f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>",
    }
    letter = EmailMultiAlternatives(context["subject"], plain, settings.DEFAULT_FROM_EMAIL, [to], headers=headers, connection=connection)
    letter.attach_alternative(html, "text/html")
    return letter
