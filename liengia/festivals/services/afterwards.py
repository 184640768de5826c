"""What the office says afterwards of a day's items: which were held and which were not, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.core.text import nfc
from liengia.festivals.models import Course, DayState, FestivalDay, ProgrammeItem
from liengia.festivals.services.base import take_day, tell

LONGEST_REASON: Final = 500


@transaction.atomic
def set_course(day: FestivalDay, said: Mapping[int, tuple[str, str]], *, actor: Actor) -> int:
    """Keep of items, by key, whether each was held ("held", "not_held", or "" as phones told it) and why not; return how many changed.

    Raises:
        Invalid: an item of another day, no such word, not held without a reason or with too long a one; not held although results stand.
        Refused: the day has not begun.
    """
    row = take_day(day)
    if row.state not in (DayState.LIVE, DayState.ENDED):
        raise Refused(_("The day has not begun: nothing can be said of its items yet."), code="not_begun")
    items = {one.pk: one for one in row.items.prefetch_related("results")}
    changed: dict[str, str] = {}
    for key, (course, words) in said.items():
        item = items.get(key)
        if item is None or (course and course not in Course.values):
            raise Invalid(_("Choose the item."), code="no_item")
        reason = _reason(item, course, words)
        if (item.course, item.course_reason) != (course, reason):
            ProgrammeItem.objects.filter(pk=key).update(course=course, course_reason=reason)
            changed[item.public_id] = course
    if changed:
        audit.record("festivals.course_set", actor=actor, about=row, unit=row.unit, facts={"items": changed})
        tell(row)
    return len(changed)


def _reason(item: ProgrammeItem, course: str, words: str) -> str:
    if course != Course.NOT_HELD:
        return ""
    field, reason = f"reason_{item.pk}", nfc(" ".join(words.split()))
    if item.results.all():
        raise Invalid(_("“%(what)s” has results, so it was held.") % {"what": item.title}, code="has_results", field=f"course_{item.pk}")
    if not reason:
        raise Invalid(_("Say why “%(what)s” was not held; the report says it.") % {"what": item.title}, code="no_reason", field=field)
    if len(reason) > LONGEST_REASON:
        raise Invalid(_("This is longer than %(n)s characters.") % {"n": LONGEST_REASON}, code="too_long", field=field)
    return reason
