"""What all verbs of this room do alike: lock, look at words and days, note a sign of life, tell the public pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.core.models import Sequence
from liengia.core.text import nfc
from liengia.practices import index
from liengia.practices.models import Practice

EARLIEST: Final = date(1975, 4, 30)
LONGEST_TEXT: Final = 8_000
_LINEAGE: Final = "practices.lineage"


def locked(practice: Practice, *, also_elsewhere: bool = False) -> Practice:
    """Return the row, locked; one that runs elsewhere is changed by a file alone, unless it is `also_elsewhere`.

    Raises:
        NotFound: it is gone. Refused: it runs elsewhere (code "elsewhere").
    """
    row = Practice.objects.select_for_update(of=("self",)).filter(pk=practice.pk).first()
    if row is None:
        raise NotFound("")
    if not row.is_here and not also_elsewhere:
        raise Refused(_("This practice runs elsewhere and came as a file: it is changed where it runs."), code="elsewhere")
    return row


def lock_lineage() -> None:
    """Let one after the other change who came from whom: two at once could close a circle that neither sees."""
    Sequence.objects.get_or_create(name=_LINEAGE)
    Sequence.objects.select_for_update().get(name=_LINEAGE)


def words(value: str, field: str, *, longest: int = LONGEST_TEXT, required: bool = True) -> str:
    """Return a text in NFC without blanks around it.

    Raises:
        Invalid: empty where it may not be, longer than may be kept, or with characters that no text has.
    """
    text = nfc(value).replace("\r\n", "\n").strip()
    if required and not text:
        raise Invalid(_("This may not be empty."), code="empty", field=field)
    if len(text) > longest:
        raise Invalid(_("This is too long: at most %(most)s characters.") % {"most": longest}, code="too_long", field=field)
    if any(sign < " " and sign not in "\n\t" for sign in text):
        raise Invalid(_("This holds characters that no text has."), code="bad_characters", field=field)
    return text


def past_day(on: date, field: str, *, since: date | None = None) -> date:
    """Return a day that has come.

    Raises:
        Invalid: a day to come, one before the country's communes kept such registers, or before `since`.
    """
    if on > clock.today():
        raise Invalid(_("This day has not come yet."), code="future", field=field)
    if on < EARLIEST:
        raise Invalid(_("This day is too long ago. Check the year."), code="too_early", field=field)
    if since is not None and on < since:
        raise Invalid(_("This is before the practice began on %(day)s.") % {"day": f"{since:%d/%m/%Y}"}, code="before_start", field=field)
    return on


def noted(practice: Practice, kind: str, *, actor: Actor, facts: Mapping[str, object] | None = None, sign_on: date | None = None) -> None:
    """End a verb: an audit entry, a sign of life on a day (today), and public pages that show it."""
    practice.last_sign_on = max(practice.last_sign_on, sign_on or clock.today())
    practice.changed_at = clock.now()
    practice.save(update_fields=["last_sign_on", "changed_at"])
    audit.record(f"practices.{kind}", actor=actor, about=practice, unit=practice.unit_id, facts=facts or {})
    index.renew(practice)
    pagecache.bump()
