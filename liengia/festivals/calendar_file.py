"""Days as a calendar file (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from liengia.core import clock
from liengia.festivals import times
from liengia.festivals.models import DayState, FestivalDay

MOST: Final = 500
# Nobody says when some days end; a calendar needs an end.
USUAL_LENGTH: Final = timedelta(hours=4)
LOOK_AGAIN: Final = timedelta(hours=6)


def calendar(days: Iterable[FestivalDay], *, name: str) -> bytes:
    """Return days as a calendar; times stand with Asia/Ho_Chi_Minh, so that a phone elsewhere shows the right ones."""
    made = Calendar()
    made.add("prodid", "-//Liên Gia//Ngày hội//VI")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", LOOK_AGAIN)
    for one in sorted(days, key=lambda day: (day.starts_at, day.pk)):
        made.add_component(_event(one))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(day: FestivalDay) -> Event:
    """Return a day; its stamp and sequence are its own, so that an unchanged day gives the same bytes, and one that was put off replaces the old."""
    begins = clock.local(day.starts_at)
    address = settings.PUBLIC_URL.rstrip("/") + reverse("festivals:day", args=[day.public_id])
    made = Event()
    made.add("uid", f"{day.public_id}@ngay-hoi.liengia")
    made.add("dtstamp", day.began_at or day.starts_at)
    made.add("sequence", day.revision)
    made.add("dtstart", begins)
    made.add("dtend", clock.local(day.ends_at) if day.ends_at else begins + USUAL_LENGTH)
    made.add("summary", f"{day.title}: {day.host_name}")
    made.add("location", f"{day.place}, {day.place_name}")
    made.add("url", address)
    made.add("status", "CANCELLED" if day.state == DayState.CANCELLED else "CONFIRMED")
    told = [times.lunar_words(day.day), day.season.theme, day.state_reason, address]
    made.add("description", "\n".join(line for line in told if line))
    return made
