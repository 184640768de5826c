"""How a provider's answer is read: a JSON pointer to what says success, to the message's number, to an error's code."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from liengia.broadcast.channels.base import Accepted, DeliveryError, Failure
from liengia.broadcast.gateway.http import Answer

# A code that nobody explained is tried so many times before the message is given up.
UNKNOWN_TRIES: Final = 5
_MISSING: Final = object()
# What of a provider's code may be repeated: too short for a phone number or a word of a text.
_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,8}", re.ASCII)


class BadPointer(ValueError):
    """A JSON pointer that is none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where an answer says what. `errors` maps a code to the kind of failure; RFC 6901 pointers, empty = not said."""

    success_at: str = ""
    success_values: tuple[str, ...] = ()
    number_at: str = ""
    error_at: str = ""
    errors: Mapping[str, Failure] = field(default_factory=dict)


def lines(text: str) -> dict[str, str]:
    """Return a table that is written as lines of `left = right`; what has no `=` is left out."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {left.strip(): right.strip() for left, right in pairs}


def point(document: Any, pointer: str) -> Any:
    """Return what a JSON pointer names, or None. Source: RFC 6901.

    Raises:
        BadPointer: it does not begin with "/".
    """
    if not pointer:
        return document
    if not pointer.startswith("/"):
        raise BadPointer(pointer)
    for raw in pointer[1:].split("/"):
        name = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list):
            document = document[int(name)] if name.isascii() and name.isdigit() and len(name) < 6 and int(name) < len(document) else _MISSING
        else:
            document = document.get(name, _MISSING) if isinstance(document, dict) else _MISSING
        if document is _MISSING:
            return None
    return document


def words_of(value: Any) -> str:
    """Return a JSON scalar as the words that tables are written in; true is "true"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or isinstance(value, dict | list) else str(value)[:120]


def read(answer: Answer, how: Reading, *, attempt: int = 1) -> Accepted:
    """Return what an answer accepts.

    Raises:
        DeliveryError: refused; its kind follows from the code table first, then from the HTTP status.
    """
    found = document(answer)
    code = words_of(point(found, how.error_at)) if how.error_at and found is not None else ""
    if code in how.errors:
        raise DeliveryError(how.errors[code], _("The provider answered with error %(code)s.") % {"code": code[:20]}, retry_after_s=answer.retry_after_s)
    if not 200 <= answer.status < 300:
        raise _by_status(answer)
    if found is None and (how.success_at or how.number_at):
        raise DeliveryError(Failure.TECHNICAL, _("The provider's answer cannot be read."), is_unclear=True)
    if how.success_at and words_of(point(found, how.success_at)) not in how.success_values:
        said = _("The provider did not take it (code %(code)s).") % {"code": code if _CODE.fullmatch(code) else "?"}
        raise DeliveryError(Failure.TEMPORARY if attempt < UNKNOWN_TRIES else Failure.PERMANENT, said)
    return Accepted(words_of(point(found, how.number_at)) if how.number_at else "")


def document(answer: Answer) -> Any:
    """Return an answer's JSON, or None when it is none."""
    try:
        return json.loads(answer.body) if answer.body else None
    except (ValueError, RecursionError):
        return None


def _by_status(answer: Answer) -> DeliveryError:
    said = _("The provider answered %(status)s.") % {"status": answer.status}
    if answer.status in (400, 413, 422):
        return DeliveryError(Failure.PERMANENT, said)
    if answer.status in (408, 409, 425):
        return DeliveryError(Failure.TEMPORARY, said, retry_after_s=answer.retry_after_s)
    # 429 and 5xx are the provider's, 3xx, 401, 403, 404 are our account's: all of its messages wait.
    return DeliveryError(Failure.TECHNICAL, said, retry_after_s=answer.retry_after_s, is_unclear=answer.status in (500, 502, 504))
