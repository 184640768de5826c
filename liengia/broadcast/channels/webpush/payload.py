"""What the service worker gets: words to show, what to ring with, where to lead, and tokens to answer by.

The mode stands as a word at the front of the title, since colour and sound are lost in a phone's list of notifications.
What is too long is cut at the end of a character as readers see it (grapheme), never inside one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

import regex
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from liengia.broadcast import wording
from liengia.broadcast.channels.base import Message
from liengia.broadcast.channels.webpush.encryption import MOST_PLAIN

TITLE_LETTERS: Final = 120
CUT: Final = "…"
_CLUSTER: Final = regex.compile(r"\X")
_CONTROL: Final = regex.compile(r"[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]+")
# Milliseconds on, off, on…: a real alarm shakes for 12 s, a drill once, everything else as the phone does by itself.
REAL_SHAKE: Final = [400, 200] * 20
DRILL_SHAKE: Final = [300, 300, 300]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one browser may answer by: `answer` names the person's delivery, `receipt` nobody."""

    receipt: str = ""
    answer: str = ""
    actions: tuple[tuple[str, str], ...] = field(default=())


def is_alarm(message: Message) -> bool:
    """Tell whether a message belongs to an incident."""
    return message.subject.startswith("incident:")


def title(message: Message) -> str:
    """Return the headline; of a bulletin it bears its mark already, of an alarm and a test the mode is put in front of it."""
    with translation.override(settings.LANGUAGE_CODE):
        headline = one_line(message.headline)
        mark = wording.front(message.mode)
        if message.subject.startswith("bulletin:"):
            first = f"{pgettext('before a headline', 'URGENT')}: " if message.priority == "urgent" and message.msg_type == "alert" else ""
        else:
            first = wording.front(message.mode, message.msg_type)
            headline = headline.removeprefix(first)  # the end of an alarm bears its mark already
        if mark and headline.startswith(mark):
            headline, first = headline.removeprefix(mark), mark + first.removeprefix(mark)
        elif mark and not first.startswith(mark):
            first = mark + first
        return cut_letters(first + headline, TITLE_LETTERS)


def body(message: Message) -> str:
    """Return the words below the title: what the short text says beyond it, else the text; and who says it."""
    words = _beyond(message) or one_line(message.text) or one_line(message.short_text)
    with translation.override(settings.LANGUAGE_CODE):
        if message.mode == "drill":
            words = f"{_('This is a drill.')} {words}"
        elif message.mode == "test":
            words = f"{_('This is a test.')} {words}"
    return f"{words}\n{one_line(message.unit_name)}" if message.unit_name else words


def _beyond(message: Message) -> str:
    """Return the short text without the headline before it, which stands as the title: "A. B" under "A" is "B", and nothing is left of "A"."""
    words, head = one_line(message.short_text), one_line(message.headline)
    rest = words.removeprefix(head)
    said_already = words.startswith(head) and (not rest or rest[0] in ".:;,!?") and not title(message).endswith(CUT)
    return rest.lstrip(".:;,!? ") if said_already else words


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is the same for all who get a message."""

    fixed: dict[str, Any]
    body: str


def prepare(message: Message) -> Prepared:
    """Return what all devices get."""
    is_real = message.mode == "real"
    alarm = is_alarm(message) and message.msg_type in ("alert", "update")
    found: dict[str, Any] = {
        "title": title(message),
        "body": "",
        "url": message.url,
        "tag": message.data.get("chain") or message.subject,
        "mode": message.mode,
        "stays": alarm,
        "shake": (REAL_SHAKE if is_real else DRILL_SHAKE) if alarm else [],
        "at": int(message.sent_at.timestamp() * 1000),
    }
    if message.expires_at is not None:
        found["until"] = int(message.expires_at.timestamp() * 1000)
    return Prepared(found, body(message))


def fill(prepared: Prepared, tokens: Tokens) -> bytes:
    """Return one device's message as JSON of at most 3,993 bytes."""
    found = dict(prepared.fixed)
    if tokens.receipt:
        found["receipt"] = tokens.receipt
    if tokens.answer and tokens.actions:
        found["answer"] = tokens.answer
        found["actions"] = [{"action": code, "title": words} for code, words in tokens.actions]
    found["body"] = cut_bytes(prepared.body, MOST_PLAIN - len(_json(found)))
    return _json(found)


def compose(message: Message, tokens: Tokens | None = None) -> bytes:
    """Return a message as one device gets it."""
    return fill(prepare(message), tokens or Tokens())


def one_line(text: str) -> str:
    """Return text without control and direction characters, and without broken halves of letters."""
    return " ".join(_CONTROL.sub(" ", text[:20_000]).split())


def cut_letters(text: str, most: int) -> str:
    """Return at most so many characters as readers see them."""
    clusters = _CLUSTER.findall(text[: most * 20])
    return text if len(clusters) <= most and len(text) <= most * 20 else "".join(clusters[: most - 1]).rstrip() + CUT


def cut_bytes(text: str, most: int) -> str:
    """Return as much as fits into so many bytes of JSON, cut at the end of a character as readers see it."""
    if _size(text) <= most:
        return text
    left, kept = most - _size(CUT), []
    for cluster in _CLUSTER.findall(text):
        left -= _size(cluster)
        if left < 0:
            break
        kept.append(cluster)
    return "".join(kept).rstrip() + CUT if most >= _size(CUT) else ""


def _size(text: str) -> int:
    return len(_json(text)) - 2


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
