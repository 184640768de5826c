"""What days still lack, whether their date is over, and what keeps them from being announced: for one day or a whole season in as few questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.core import clock
from liengia.festivals.models import (
    DayQuerySet,
    DayState,
    FestivalDay,
    GuestInvitation,
    ItemKind,
    Parade,
    ProgrammeItem,
)
from liengia.festivals.services import hours

FACTS, PROGRAMME, PARADE = "festivals_office_facts", "festivals_office_programme", "festivals_office_parade"
GUESTS, ORGANISERS = "festivals_office_guests", "festivals_office_organisers"
# Without these people who come are badly served: a day that lacks one is not chosen for them beforehand.
_WEIGHTY: Final = {FACTS, PROGRAMME, PARADE}


@dataclass(frozen=True, slots=True)
class Readiness:
    """A day before it is announced; `lacks` are words with the page on which each is written."""

    day: FestivalDay
    lacks: list[tuple[str, str]]
    outside: list[ProgrammeItem]
    is_past: bool
    holds_back: str

    @property
    def is_usual(self) -> bool:
        """Tell whether it needs no second look: nothing lacks that people who come would miss, and its hour is to come."""
        return not (self.holds_back or self.is_past or self.outside or any(address in _WEIGHTY for _words, address in self.lacks))


def of_days(days: DayQuerySet) -> list[Readiness]:
    """Return days in their order with what each lacks."""
    items = ProgrammeItem.objects.filter(day=OuterRef("pk"))
    has: dict[str, Any] = {
        "has_items": items, "has_parade_item": items.filter(kind=ItemKind.PARADE), "has_open_forum": items.filter(kind=ItemKind.FORUM, forum=None),
        "has_parade": Parade.objects.filter(day=OuterRef("pk")), "has_guests": GuestInvitation.objects.filter(day=OuterRef("pk")),
    }  # fmt: skip
    found = days.select_related("unit__parent__parent", "organisation", "season").prefetch_related("items").annotate(**{name: Exists(rows) for name, rows in has.items()})
    rows = list(found.order_by("starts_at", "pk"))
    crowded = _places(rows)
    return [Readiness(one, _lacks(one, crowded[_spot(one)] - 1), hours.outside(one), one.starts_at < clock.now(), _holds_back(one)) for one in rows]


def _spot(day: FestivalDay) -> tuple[int, object, str]:
    return day.season_id, day.day, day.place.casefold()


def _places(days: Iterable[FestivalDay]) -> Counter[tuple[int, object, str]]:
    """Count the days of each place and date that count for themselves: one who planned many at once may have left one place on all."""
    seasons = {one.season_id for one in days}
    apart = FestivalDay.objects.filter(season__in=seasons, counted_in=None).exclude(state=DayState.CANCELLED).only("season", "starts_at", "place")
    return Counter(_spot(one) for one in apart)


def _lacks(day: Any, others: int) -> list[tuple[str, str]]:
    elsewhere = ngettext("a place of its own: %(n)s other day is at the same", "a place of its own: %(n)s other days are at the same", others) % {"n": others} if others > 0 else ""
    asked = (
        (day.has_items, _("a programme"), PROGRAMME), (day.counted_in_id is not None or others < 1, elsewhere, FACTS),
        (day.ends_at is not None, _("when it ends"), FACTS), (bool(day.rain_plan), _("what is done when it rains"), FACTS),
        (bool(day.safety_plan), _("how order, traffic, fire safety and first aid are kept"), FACTS), (bool(day.contact_phone), _("an office phone for questions"), FACTS),
        (day.committee_id is not None, _("an organising committee"), ORGANISERS), (day.has_guests, _("guests"), GUESTS), (not day.has_open_forum, _("the forum's session"), PROGRAMME),
        (day.has_parade or not day.has_parade_item, _("the parade's order of march and route"), PARADE),
    )  # fmt: skip
    return [(words, address) for is_there, words, address in asked if not is_there]


def _holds_back(day: Any) -> str:
    if not day.has_items:
        return _("it has no programme yet")
    return "" if day.unit.stands_on(day.day) else _("its unit does not stand on that day")
