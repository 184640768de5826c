"""How a day stands in a paper's sentences: when, where, whose, for whom. The words of papers are Vietnamese."""

from __future__ import annotations

from liengia.core import clock
from liengia.core.text import addressed, date_words
from liengia.festivals import times
from liengia.festivals.models import FestivalDay, GuestInvitation


def when(day: FestivalDay) -> str:
    """Return hours and date, with the lunar one."""
    here = clock.local(day.starts_at)
    until = f" đến {clock.local(day.ends_at):%H giờ %M}" if day.ends_at else ""
    return f"{here:%H giờ %M}{until}, {date_words(day.day)} ({times.lunar_words(day.day)})"


def where(day: FestivalDay) -> str:
    """Return the place, with its unit once."""
    return day.place if day.place_name.lower() in day.place.lower() else f"{day.place}, {spoken(day.place_name)}"


def spoken(name: str) -> str:
    """Return a unit's name as it stands within a sentence: "xã Cần Đước"."""
    return f"{name[:1].lower()}{name[1:]}"


def host(day: FestivalDay) -> str:
    """Return who holds it."""
    return day.organisation.name if day.organisation is not None else spoken(day.place_name)


def name(day: FestivalDay) -> str:
    """Return its title with who holds it, once."""
    return f"{day.title} tại {host(day)}" if host(day).lower() not in day.title.lower() else day.title


def whom(guest: GuestInvitation | None) -> str:
    """Return who is invited; "Kính mời" stands on the paper already."""
    if guest is None:
        return "Quý đại biểu và bà con"
    return addressed("" if guest.salutation.lower().startswith("kính") else guest.salutation, guest.name)
