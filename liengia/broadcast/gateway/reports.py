"""What a provider reports to our address: proved first, then read by JSON pointers, its words for states mapped to ours."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from liengia.broadcast.channels.base import BadSignature, Event
from liengia.broadcast.gateway.answers import lines, point, words_of
from liengia.core import clock

OLD_S: Final = 300
MOST_EVENTS: Final = 500


def prove(body: bytes, headers: Mapping[str, str], query: Mapping[str, str], values: Mapping[str, Any], secret: str) -> None:
    """Check that a report is from the provider: a secret in a header or in the address, or an HMAC-SHA256 of the body.

    Raises:
        BadSignature: it is not.
    """
    way, name = str(values.get("report_proof", "")), str(values.get("report_header", ""))
    if not secret:
        raise BadSignature
    if way == "query":
        given, expected = query.get("k", ""), secret
    elif way == "header" and name:
        given, expected = headers.get(name.lower(), ""), secret
    elif way == "hmac" and name:
        given = headers.get(name.lower(), "").removeprefix("sha256=").lower()
        expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    else:
        raise BadSignature
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise BadSignature


def read(body: bytes, content_type: str, values: Mapping[str, Any]) -> list[Event]:
    """Return what a proved report says; what it does not say in the way that the account describes is left out."""
    document = _document(body, content_type)
    rows = point(document, str(values.get("report_list_at", "")))
    states = lines(str(values.get("report_states", "")))
    found = []
    for row in (rows if isinstance(rows, list) else [rows])[:MOST_EVENTS]:
        event = _event(row, values, states)
        if event is not None:
            found.append(event)
    return found


def _document(body: bytes, content_type: str) -> Any:
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100))
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _event(row: Any, values: Mapping[str, Any], states: Mapping[str, str]) -> Event | None:
    def said(name: str) -> str:
        pointer = str(values.get(name, ""))
        return words_of(point(row, pointer)) if pointer else ""

    number = said("report_number_at")
    key = said("report_key_at")
    state = said("report_state_at")
    at = _instant(said("report_time_at"))
    if not number:
        return None
    if key and key == str(values.get("acknowledge_key") or "1"):
        return Event(number, "answered", at, answer="1")
    what = states.get(state, "")
    return Event(number, what, at) if what else None


def _instant(raw: str) -> datetime:
    """Read seconds or milliseconds since 1970, or ISO 8601; anything else is now."""
    now = clock.now()
    try:
        if raw.isascii() and raw.isdigit() and len(raw) <= 14:
            return datetime.fromtimestamp(int(raw) / (1000 if len(raw) > 11 else 1), UTC)
        found = datetime.fromisoformat(raw)
    except (ValueError, OverflowError, OSError):
        return now
    return found if found.tzinfo is not None else now
