"""A report that a program sends again: recognised without keeping what was sent, or when.

A program that heard no answer sends its report once more. Private code and token are therefore not drawn but derived, so
that the same report has the same ones, and the intake finds what was filed under that code before:

1. with an `Idempotency-Key`, from the key and this word, for good; the token from the content too, so that the word used
   for another report is noticed;
2. without one, from the key and the content, under a salt that lives ten minutes and is deleted after twenty. Once it is
   gone nobody can find out by trying in which ten minutes an anonymous report came.

Source: draft-ietf-httpapi-idempotency-key-header-07 (the header, and 422 for a word that is used for something else).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from liengia.api.models import ApiKey, RepeatSalt
from liengia.core import clock, keys
from liengia.opinions import codes
from liengia.opinions.services import Draft

KEY_FILE: Final = "report-repeats.key"
WINDOW_S: Final = 600
LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Names:
    """Under what a report is filed: the writer's private code, and the program's token."""

    code: str
    token: str

    @property
    def code_hash(self) -> str:
        """Return the hash under which its opinion is found."""
        return codes.hash_of(codes.parse(self.code) or "")


def names_of(draft: Draft, *, key: ApiKey, word: str) -> Iterator[Names]:
    """Yield under what a report may have been filed before; it is filed under the last."""
    content = _digest(draft)
    if word:
        yield _derive(keys.secret(KEY_FILE), key, word, content)
        return
    window = int(clock.now().timestamp()) // WINDOW_S
    for row in RepeatSalt.objects.filter(window=window - 1):
        yield _derive(row.salt, key, content, "")
    row, _is_new = RepeatSalt.objects.get_or_create(window=window, defaults={"salt": secrets.token_hex(32)})
    yield _derive(row.salt, key, content, "")


def forget_salts() -> int:
    """Delete the salts of windows that are over."""
    return RepeatSalt.objects.filter(window__lt=int(clock.now().timestamp()) // WINDOW_S - 1).delete()[0]


def _derive(secret: str, key: ApiKey, name: str, content: str) -> Names:
    def seed(*parts: str) -> bytes:
        return hmac.digest(secret.encode(), json.dumps([key.key_hash, *parts]).encode(), "sha256")

    return Names(codes.code_from(seed("code", name)), seed("token", name, content).hex()[:40])


def _digest(draft: Draft) -> str:
    """Return a digest of what makes a report the same: the words, the topic, and the place."""
    point = [draft.point.lat, draft.point.lon] if draft.point is not None else []
    parts = [draft.text, draft.topic and draft.topic.pk, draft.place_words, draft.hamlet and draft.hamlet.pk, *point]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
