"""What the office says afterwards: that a day of some time ago took place, which of its items were held, and which not and why."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.core.text import nfc
from liengia.festivals import crowds, times
from liengia.festivals.models import Course, DayEvent, DayState, EventKind, FestivalDay, ProgrammeItem
from liengia.festivals.services import live
from liengia.festivals.services.base import take_day, tell

LONGEST_REASON: Final = 500
# A day whose end was not planned ended by noon, as ceremonies that begin in the morning do.
USUAL_LENGTH: Final = timedelta(hours=4)


def is_past(day: FestivalDay) -> bool:
    """Tell whether a day was announced, nobody told that it began, and it is past for phones: one of an earlier year, or of which only a count was told."""
    return day.state == DayState.ANNOUNCED and day.starts_at + times.LATEST < clock.now()


@transaction.atomic
def note_held(day: FestivalDay, *, number: int | None, is_sure: bool, actor: Actor) -> None:
    """Note that a past day took place, from its hour to its end, with how many came where that was counted.

    What phones told of it stays: notes, an end, and a count where no other number is given.

    Raises:
        Refused: it is not past, or it was told to begin; or more people than the place can have sent (code "unlikely").
    """
    row = take_day(day)
    if not is_past(row):
        raise Refused(_("Only of a day more than a week ago, of which nobody told that it began, can this be said at once."), code="not_past")
    if number is not None and not is_sure:
        crowds.check(row, number)
    told = dict(row.events.filter(times.of_its_date()).order_by().values_list("kind").annotate(last=Max("at")))
    said: list[tuple[EventKind, datetime, int | None]] = [(EventKind.BEGUN, row.starts_at, None)]
    if number is not None:
        last = told.get(EventKind.COUNT)
        said.append((EventKind.COUNT, row.starts_at if last is None else max(row.starts_at, last + timedelta(milliseconds=1)), number))
    if told.get(EventKind.ENDED, row.starts_at) <= row.starts_at:
        said.append((EventKind.ENDED, row.ends_at or row.starts_at + USUAL_LENGTH, None))
    for kind, at, counted in said:
        DayEvent.objects.create(day=row, key=uuid.uuid4().hex, kind=kind, number=counted, at=at, by_id=actor.user_id)
        audit.record("festivals.day_told", actor=actor, about=row, at=clock.now(), unit=row.unit, facts={"what": kind, "number": counted, "item": None})
    live.refold(row)
    tell(row)


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
