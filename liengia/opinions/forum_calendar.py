"""Sessions as a calendar file (iCalendar, RFC 5545): one session, or those of a commune to be followed by a phone's calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from liengia.core import clock
from liengia.opinions.models import ForumState, ListeningForum

# Nobody says when a session ends; a calendar needs an end.
USUAL_LENGTH: Final = timedelta(hours=2)
LOOK_AGAIN: Final = timedelta(hours=6)


def calendar(forums: Iterable[ListeningForum], *, name: str) -> bytes:
    """Return sessions as a calendar; times stand with Asia/Ho_Chi_Minh, so that a phone elsewhere shows the right ones."""
    made = Calendar()
    made.add("prodid", "-//Liên Gia//Diễn đàn//VI")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", LOOK_AGAIN)
    for one in forums:
        made.add_component(_event(one))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(forum: ListeningForum) -> Event:
    """Return a session; its stamp is its own beginning or plan, so that an unchanged session gives the same bytes."""
    begins = clock.local(forum.starts_at)
    ends = clock.local(forum.ended_at) if forum.ended_at and forum.ended_at > forum.starts_at else begins + USUAL_LENGTH
    address = settings.PUBLIC_URL.rstrip("/") + reverse("opinions:forum", args=[forum.public_id])
    event = Event()
    event.add("uid", f"{forum.public_id}@dien-dan.liengia")
    event.add("dtstamp", forum.began_at or forum.starts_at)
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("summary", f"{_('The police listen to the people')}: {forum.title}")
    event.add("location", f"{forum.place}, {forum.unit.place_name}")
    event.add("url", address)
    event.add("status", "CONFIRMED")
    asks = _("Questions can be asked before it: %(address)s") if forum.state == ForumState.ASKING else "%(address)s"
    event.add("description", asks % {"address": address})
    return event
