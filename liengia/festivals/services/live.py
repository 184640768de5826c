"""The day itself: what phones and desks say of it, folded in the order in which it happened.

1. An event has a key that is made where it is typed in: sent twice, it is one event and the same answer.
2. It happened at the server's clock less the seconds that it waited: a phone's own clock may be wrong. What one phone says
   keeps its order all the same, however long the way to the server took each time.
3. After each new event the day is folded anew from all of its events, in the order of `in_time`. So whatever the order in which they
   come in (two phones, one of them without a network for an hour), the day ends up the same.

Source of the rule on clocks: docs/protocol.md (`age_s`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.core.images import Upload, reencode
from liengia.core.text import nfc, refuse_hidden
from liengia.festivals import crowds
from liengia.festivals.models import (
    DayEvent,
    DayPicture,
    DayState,
    EventKind,
    FestivalDay,
    ProgrammeItem,
    Season,
    SeasonState,
)
from liengia.festivals.services.base import take_day, tell
from liengia.festivals.times import EARLIEST, LATEST, of_its_date

# As long as anything can be told of: the time of what a phone kept is known for just as long, and never becomes "now" before it is too late.
LONGEST_WAIT: Final = EARLIEST + LATEST
MOST_PEOPLE: Final = 1_000_000
MOST_EVENTS: Final = 2_000
MOST_PICTURES: Final = 60
THUMBNAIL: Final = 480
LONGEST_EDGE: Final = 1600
LONGEST_KEY: Final = 40
_RANK: Final = {kind: place for place, kind in enumerate(EventKind)}


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says: `age_s` are the seconds that it waited before it was sent, `after` the key of what the phone said before it.

    `is_sure`: a number of people that is hardly possible was asked about and confirmed.
    """

    key: str
    kind: str
    item: ProgrammeItem | None = None
    number: int | None = None
    words: str = ""
    age_s: float = 0.0
    after: str = ""
    is_sure: bool = False


@dataclass(slots=True)
class Course:
    """What a day is after its events."""

    state: str
    began_at: datetime | None = None
    ended_at: datetime | None = None
    attendance: int | None = None


def tell_event(day: FestivalDay, told: Told, *, actor: Actor) -> DayEvent:
    """Write down an event and fold the day; sent twice it is one.

    Raises:
        Invalid: no key, no such kind, a number beyond reason, an item of another day, or words that lack. Refused: the
            day was not announced, is called off, its season is closed, it is too early or too late for it, or more people than the place can have sent (code
            "unlikely"; said to be sure, it is taken).
    """
    with transaction.atomic():
        row = take_day(day)
        known = known_event(row, told.key)
        if known is not None:
            return known
        event = _event(row, told, actor)
        if event.kind == EventKind.COUNT and not told.is_sure:
            crowds.check(row, event.number or 0)
        event.at = _after(row, told.after, event.at)
        if event.kind == EventKind.ENDED and row.state == DayState.LIVE and row.began_at is not None and event.at <= row.began_at:
            # A phone whose clock leapt while it waited; an end before the beginning would leave the day going on for ever.
            event.at = clock.now()
        _refuse_now(row, event)
        event.save(force_insert=True)
        refold(row)
        facts = {"what": event.kind, "number": event.number, "item": event.item.public_id if event.item else None}
        audit.record("festivals.day_told", actor=actor, about=row, at=clock.now(), unit=row.unit, facts=facts)
        tell(row)
    return event


def known_event(day: FestivalDay, key: str) -> DayEvent | None:
    """Return the event that was sent before under a key."""
    if not 8 <= len(key) <= LONGEST_KEY:
        raise Invalid(_("This entry has no key; open the page again."), code="no_key")
    found = DayEvent.objects.filter(key=key).first()
    if found is not None and found.day_id != day.pk:
        raise Invalid(_("This entry belongs to another day."), code="other_day")
    return found


def _event(day: FestivalDay, told: Told, actor: Actor) -> DayEvent:
    if told.kind not in EventKind.values:
        raise Invalid(_("Nothing of that kind is told."), code="no_such_kind")
    if told.item is not None and told.item.day_id != day.pk:
        raise NotFound("")
    if told.kind == EventKind.ITEM and told.item is None:
        raise Invalid(_("Choose the item that begins."), code="no_item", field="item")
    if told.kind == EventKind.COUNT and (told.number is None or not 0 <= told.number <= MOST_PEOPLE):
        raise Invalid(_("Write how many people have come, as a number."), code="bad_count", field="number")
    words = nfc(" ".join(told.words.split()))
    refuse_hidden(words, field="words")
    if told.kind == EventKind.NOTE and not words:
        raise Invalid(_("Write a few words."), code="no_words", field="words")
    if len(words) > 300:
        raise Invalid(_("This is longer than %(n)s characters.") % {"n": 300}, code="too_long", field="words")
    return DayEvent(day=day, key=told.key, kind=told.kind, item=told.item, number=told.number, words=words, at=happened_at(told.age_s), by_id=actor.user_id)


def _after(day: FestivalDay, key: str, at: datetime) -> datetime:
    """Return an instant that lies after what the same phone said before."""
    before = DayEvent.objects.filter(day=day, key=key).values_list("at", flat=True).first() if key else None
    return at if before is None or before < at else before + timedelta(milliseconds=1)


def happened_at(age_s: float) -> datetime:
    """Return when something happened that waited so many seconds; nonsense is now."""
    age = timedelta(seconds=age_s) if 0 <= age_s <= LONGEST_WAIT.total_seconds() else timedelta()
    return clock.now() - age


def _refuse_now(day: FestivalDay, event: DayEvent) -> None:
    if day.state in (DayState.PLANNED, DayState.CANCELLED):
        raise Refused(_("This day is not announced, or was called off; nothing is told of it."), code="not_now")
    if Season.objects.filter(pk=day.season_id, state=SeasonState.CLOSED).exists():
        raise Refused(_("The season is closed and its numbers are reported; nothing more is told of its days."), code="season_closed")
    if event.at < day.starts_at - EARLIEST:
        raise Refused(_("It is too early: this can be told from the day before on."), code="too_early")
    if event.at > day.starts_at + LATEST:
        raise Refused(_("It is too late: this could be told for a week after the day."), code="too_late")
    if day.events.count() >= MOST_EVENTS:
        raise Refused(_("So much was told of this day already that nothing more is taken."), code="too_many")


def refold(day: FestivalDay) -> None:
    """Fold a day and its items from its events, in the caller's transaction with the day's row locked.

    Only what was told since the eve of its date counts: what was told of the date before it was put off is of no use for the new one.
    """
    events = in_time(day.events.filter(of_its_date()))
    course = fold(events, day.state)
    FestivalDay.objects.filter(pk=day.pk).update(
        state=course.state, began_at=course.began_at, ended_at=course.ended_at, attendance=course.attendance
    )  # fmt: skip
    day.state, day.began_at, day.ended_at, day.attendance = course.state, course.began_at, course.ended_at, course.attendance
    spans = spans_of(events, course)
    for item in day.items.all():
        began, ended = spans.get(item.pk, (None, None))
        if (item.began_at, item.ended_at) != (began, ended):
            ProgrammeItem.objects.filter(pk=item.pk).update(began_at=began, ended_at=ended)


def in_time(events: Iterable[DayEvent]) -> list[DayEvent]:
    """Return events in the order in which they happened; at one instant a beginning stands before an end."""
    return sorted(events, key=lambda one: (one.at, _RANK[EventKind(one.kind)], one.key))


def fold(events: Sequence[DayEvent], state: str) -> Course:
    """Return what a day is after events that stand in the order in which they happened.

    Anything that goes on in the yard begins the day; the last of "ended" and "goes on after all" decides. An item told after the end opens
    nothing again: it may have waited in a phone, and whoever means that the day goes on says so.
    """
    course = Course(DayState.ANNOUNCED if state in (DayState.LIVE, DayState.ENDED) else state)
    for one in events:
        if one.kind in (EventKind.BEGUN, EventKind.ITEM, EventKind.REOPENED) and course.began_at is None:
            course.began_at, course.state = one.at, DayState.LIVE
        if one.kind == EventKind.COUNT:
            course.attendance = one.number
        elif one.kind == EventKind.ENDED and course.began_at is not None:
            course.ended_at, course.state = one.at, DayState.ENDED
        elif one.kind == EventKind.REOPENED:
            course.ended_at, course.state = None, DayState.LIVE
    return course


def spans_of(events: Iterable[DayEvent], course: Course) -> dict[int, tuple[datetime, datetime | None]]:
    """Return from when until when each item went on; one begins when the one before ends, and one that is begun again goes on.

    One that is told only after the day's end was held, and goes on no more.
    """
    spans: dict[int, tuple[datetime, datetime | None]] = {}
    running: int | None = None
    has_begun = is_over = False
    for one in events:
        has_begun = has_begun or one.kind in (EventKind.BEGUN, EventKind.ITEM, EventKind.REOPENED)
        is_over = (is_over or (one.kind == EventKind.ENDED and has_begun)) and one.kind != EventKind.REOPENED
        if one.kind == EventKind.ITEM and one.item_id is not None and is_over:
            spans.setdefault(one.item_id, (one.at, one.at))
        elif one.kind == EventKind.ITEM and one.item_id is not None and one.item_id != running:
            if running is not None:
                spans[running] = (spans[running][0], one.at)
            running = one.item_id
            spans[running] = (spans[running][0] if running in spans else one.at, None)
        elif one.kind == EventKind.ENDED and running is not None:
            spans[running] = (spans[running][0], one.at)
            running = None
    if running is not None and course.ended_at is not None:
        spans[running] = (spans[running][0], course.ended_at)
    return spans


def add_picture(day: FestivalDay, upload: Upload | bytes, *, caption: str, agreed: bool, told: Told, actor: Actor) -> DayPicture:
    """Put a picture on the board: made anew from its points. Whoever sends it says that those who can be recognised agreed.

    Raises:
        Invalid: nobody said so, no caption, no picture that can be read. Refused: too many, or as `tell_event`.
    """
    words = nfc(" ".join(caption.split()))
    if not agreed:
        raise Invalid(
            _("Whoever can be recognised must have agreed; of children, a parent. Choose a picture without faces, or ask first."),
            code="not_agreed", field="agreed",
        )  # fmt: skip
    if not words or len(words) > 200:
        raise Invalid(_("Say in a few words what the picture shows."), code="no_caption", field="caption")
    refuse_hidden(words, field="caption")
    known = DayPicture.objects.filter(key=told.key, day=day).first()
    if known is not None:
        return known
    large = reencode(upload, longest_edge=LONGEST_EDGE)
    small = reencode(large.data, longest_edge=THUMBNAIL)
    with transaction.atomic():
        row = take_day(day)
        again = DayPicture.objects.filter(key=told.key, day=row).first()
        if again is not None:
            return again
        if row.pictures.filter(withdrawn_at=None).count() >= MOST_PICTURES:
            raise Refused(_("This day has %(n)s pictures already.") % {"n": MOST_PICTURES}, code="too_many")
        event = tell_event(row, replace(told, kind=EventKind.PICTURE, number=None, words=words), actor=actor)
        made = DayPicture(
            day=row, key=told.key, data=large.data, thumbnail=small.data, width=large.width, height=large.height, caption=words, at=event.at
        )  # fmt: skip
        made.save(force_insert=True)
        audit.record("festivals.picture_added", actor=actor, about=made, unit=row.unit, facts={"day": row.public_id})
        tell(row)
    return made


@transaction.atomic
def withdraw_picture(picture: DayPicture, *, reason: str, actor: Actor) -> None:
    """Take a picture down: its points are forgotten, and its words leave the day's course.

    Raises:
        Invalid: no reason. Refused: it was taken down before.
    """
    row = take_day(picture.day)
    one = DayPicture.objects.select_for_update().get(pk=picture.pk)
    if one.withdrawn_at is not None:
        raise Refused(_("It was taken down before."), code="withdrawn")
    if not reason.strip():
        raise Invalid(_("Say why it is taken down."), code="no_reason", field="reason")
    DayPicture.objects.filter(pk=one.pk).update(withdrawn_at=clock.now(), withdrawn_reason=reason.strip(), data=b"", thumbnail=b"", caption="–")
    DayEvent.objects.filter(key=one.key).update(words="")
    audit.record("festivals.picture_withdrawn", actor=actor, about=one, unit=row.unit, facts={"day": row.public_id})
    tell(row)
