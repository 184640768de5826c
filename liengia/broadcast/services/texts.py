"""Ready texts: kept by a unit, shared as files, shipped by the installation; and the rules of a commune's voice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.broadcast import wording
from liengia.broadcast.models import Event, Kind, ReadyText, VoiceRules
from liengia.broadcast.models.bulletins import LONGEST_HEADLINE, LONGEST_SHORT, LONGEST_SPOKEN, LONGEST_TEXT
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.core.text import count_graphemes
from liengia.units.models import Unit

FORMAT: Final = "liengia-ready-texts/1"
LARGEST_BYTES: Final = 1_000_000
MOST_TEXTS: Final = 500
_LONGEST: Final = {"headline": LONGEST_HEADLINE, "text": LONGEST_TEXT, "short_text": LONGEST_SHORT, "spoken_text": LONGEST_SPOKEN, "source": 250, "season": 80}
_SHIPPED: Final = Path(__file__).resolve().parent.parent / "ready_texts.json"


@transaction.atomic
def keep(row: ReadyText, *, actor: Actor, may_allow_alone: bool = False, was_alone: bool = False) -> ReadyText:
    """Keep a ready text; only who approves bulletins may let one be sent alone, and a change of its words asks for that anew.

    Raises:
        Invalid: a text too long or empty; it may be sent alone and whoever keeps it does not approve.
    """
    for name in _LONGEST:
        setattr(row, name, wording.clean(getattr(row, name)))
    row.headline = " ".join(row.headline.split())
    for name, most in _LONGEST.items():
        if count_graphemes(getattr(row, name)) > most:
            raise Invalid(_("This is too long: at most %(most)s characters.") % {"most": most}, code="too_long", field=name)
    if not row.headline or not row.text:
        raise Invalid(_("This may not be empty."), code="empty", field="text" if row.headline else "headline")
    if (row.may_be_sent_alone or was_alone) and not may_allow_alone:
        raise Invalid(_("Only who approves bulletins changes what may be sent alone."), code="not_approver", field="may_be_sent_alone")
    row.changed_at = clock.now()
    row.save()
    facts = {"alone": row.may_be_sent_alone}
    audit.record("broadcast.ready_text_kept", actor=actor, about=row, unit=row.unit_id, facts=facts)
    return row


@transaction.atomic
def withdraw_text(row: ReadyText, *, actor: Actor) -> None:
    """Offer a ready text no longer; bulletins made from it stay."""
    ReadyText.objects.filter(pk=row.pk).update(is_shown=False, may_be_sent_alone=False)
    audit.record("broadcast.ready_text_withdrawn", actor=actor, about=row, unit=row.unit_id)


def as_file(rows: Any) -> bytes:
    """Return ready texts as a file that another commune takes in."""
    texts = [{"kind": row.kind, "event": row.event, "as_of": row.as_of.isoformat() if row.as_of else None, "needs_check": row.needs_check, **{name: getattr(row, name) for name in _LONGEST}} for row in rows]
    return json.dumps({"format": FORMAT, "texts": texts}, ensure_ascii=False, indent=1).encode()


@transaction.atomic
def take_file(data: bytes, *, unit: Unit, actor: Actor) -> int:
    """Take ready texts from a file; all or none. What a unit has already, word for word, is left out. None of them may be sent alone.

    Raises:
        Invalid: not such a file, too large, or a text that cannot be kept; it says which.
    """
    found = [_row(text, number, unit) for number, text in enumerate(_texts(data), start=1)]
    known = set(ReadyText.objects.filter(unit=unit, is_shown=True).values_list("headline", "text"))
    fresh = [row for row in found if (row.headline, row.text) not in known]
    ReadyText.objects.bulk_create(fresh)
    audit.record("broadcast.ready_texts_imported", actor=actor, about=unit, unit=unit, facts={"count": len(fresh)})
    return len(fresh)


def _texts(data: bytes) -> list[Any]:
    if len(data) > LARGEST_BYTES:
        raise Invalid(_("This file is larger than 1 MB. Nothing was taken in."), code="file_large", field="file")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        content = None
    texts = content.get("texts") if isinstance(content, dict) and content.get("format") == FORMAT else None
    if not isinstance(texts, list) or not 0 < len(texts) <= MOST_TEXTS:
        raise Invalid(_("This is no file of ready texts. Nothing was taken in."), code="file_format", field="file")
    return texts


def _row(text: Any, number: int, unit: Unit | None) -> ReadyText:
    if not isinstance(text, dict):
        text = {}
    words = {name: wording.clean(str(text.get(name) or "")) for name in _LONGEST}
    kind, event = str(text.get("kind", "")), str(text.get("event", ""))
    day = _day(text.get("as_of"))
    fits = all(count_graphemes(words[name]) <= most and len(words[name]) <= 4 * most for name, most in _LONGEST.items())
    if not (fits and words["headline"] and words["text"] and kind in Kind.values and event in Event.values and day is not False):
        raise Invalid(_("Text %(number)s of the file cannot be kept. Nothing was taken in.") % {"number": number}, code="file_text", field="file")
    # A file of before says nothing of it: what cites something is then to be checked here.
    needs_check = bool(text.get("needs_check", bool(words["source"])))
    return ReadyText(unit=unit, kind=kind, event=event, as_of=day or None, needs_check=needs_check, **words)


def _day(raw: object) -> Any:
    if raw is None:
        return None
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        return False


def ensure_shipped() -> None:
    """Bring the shipped texts where they are missing or changed; which of them may be sent alone is shipped too."""
    for text in json.loads(_SHIPPED.read_bytes()):
        values: dict[str, Any] = {name: text.get(name, "") for name in (*_LONGEST, "kind", "event")}
        values |= {
            "as_of": date.fromisoformat(text["as_of"]) if text["as_of"] else None, "needs_check": text.get("needs_check", False),
            "may_be_sent_alone": text.get("may_be_sent_alone", False),
        }  # fmt: skip
        ReadyText.objects.update_or_create(unit=None, code=text["code"], defaults=values)


@transaction.atomic
def set_rules(row: VoiceRules, *, actor: Actor) -> VoiceRules:
    """Set the quiet hours, plays a day and training of a commune."""
    row.save()
    facts: Mapping[str, object] = {
        "quiet_from": f"{row.quiet_from:%H:%M}", "quiet_to": f"{row.quiet_to:%H:%M}", "most_a_day": row.most_a_day, "training": row.is_training,
    }  # fmt: skip
    audit.record("broadcast.rules_changed", actor=actor, about=row, unit=row.unit_id, facts=facts)
    return row
