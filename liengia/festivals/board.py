"""The live board of a date: a tile a day, the sums, what happened just now. One reading for pages, events and reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liengia.core import clock
from liengia.core.text import sort_key
from liengia.festivals import awards, policies
from liengia.festivals.awards import NONE, Given
from liengia.festivals.models import (
    DayEvent,
    DayPicture,
    DayQuerySet,
    DayState,
    EventKind,
    FestivalDay,
    Phase,
    ProgrammeItem,
    Season,
)
from liengia.festivals.times import of_its_date
from liengia.opinions.models import ForumQuestion
from liengia.units.models import Level

NEWS: Final = 8
PICTURES: Final = 12
_ICONS: Final = {
    Phase.PARADE: "flag", Phase.CEREMONY: "building", Phase.REPORT: "chart-bar", Phase.FORUM: "message-2", Phase.AWARDS: "certificate",
    Phase.FESTIVITIES: "users-group",
}  # fmt: skip
_NEWS_ICONS: Final = {
    EventKind.BEGUN: "flag", EventKind.ITEM: "calendar-event", EventKind.RESULT: "certificate", EventKind.PICTURE: "photo",
    EventKind.NOTE: "message-2", EventKind.ENDED: "check", EventKind.REOPENED: "refresh",
}  # fmt: skip
# Which state a part of a day is in on the board.
PAST, CURRENT, TO_COME, ABSENT, UNSAID = "past", "cur", "", "none", "unsaid"
NO_NEWS: Final = gettext_lazy("No news yet")


@dataclass(frozen=True, slots=True)
class Bar:
    """One of the six parts of a day."""

    phase: Phase
    state: str


@dataclass(slots=True)
class Tile:
    """A day as the board shows it."""

    day: FestivalDay
    bars: list[Bar]
    status: str | Promise
    icon: str
    tone: str
    opinions: int
    people: int | None
    item: ProgrammeItem | None
    name: str
    late_minutes: int = 0
    given: Given = NONE
    parts: list[Tile] = field(default_factory=list)

    @property
    def is_solid(self) -> bool:
        """Tell whether it asks for attention."""
        return self.tone == "attn"

    @property
    def total(self) -> int:
        """People of the day and of those counted in it, once."""
        return total_of(self.day.attendance, [part.total for part in self.parts])


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of a board: days that are no part of another."""

    places: int
    begun: int
    ended: int
    people: int
    opinions: int
    pictures: int
    given: Given


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened, in words."""

    at: datetime
    icon: str
    place: str
    words: str


@dataclass(slots=True)
class Board:
    """A date: tiles that are no part of another, those that are late first; and tiles of days counted in them."""

    day: date
    season: Season | None
    tiles: list[Tile]
    parts: list[Tile]
    sums: Sums
    news: list[News]

    @property
    def is_live(self) -> bool:
        """Tell whether something goes on now."""
        return any(tile.day.state == DayState.LIVE for tile in (*self.tiles, *self.parts))

    @property
    def is_over(self) -> bool:
        """Tell whether all is over."""
        return all(tile.day.state in (DayState.ENDED, DayState.CANCELLED) for tile in (*self.tiles, *self.parts))


def total_of(own: int | None, parts: Iterable[int]) -> int:
    """Return how many people a day had: its own count holds those of its parts, and is never less than they."""
    return max(own or 0, sum(parts))


def days_of(on: date, season: Season | None = None) -> DayQuerySet:
    """Return the days of a date that everybody sees, called-off ones too."""
    found = policies.shown_days().on(on)
    return found.filter(season=season) if season is not None else found


def board(on: date, season: Season | None = None) -> Board:
    """Return the board of a date, of one season or of all."""
    days = list(days_of(on, season).prefetch_related("items"))
    opinions = _opinions(days)
    names = names_of(days)
    tiles = {day.pk: tile_of(day, opinions.get(day.pk, 0), names[day.pk]) for day in days}
    given = awards.of_days(days)
    tops, parts = [], []
    for tile in tiles.values():
        tile.given = given.by_day.get(tile.day.pk, NONE)
        whole = tiles.get(tile.day.counted_in_id or 0)
        if whole is not None and whole.day.state != DayState.CANCELLED:
            whole.parts.append(tile)
            parts.append(tile)
        else:
            tops.append(tile)
    for whole in tops:
        whole.people = whole.total if whole.day.attendance is not None or whole.total else None
    held = [tile for tile in tops if tile.day.state != DayState.CANCELLED]
    sums = Sums(
        places=len(held), begun=sum(tile.day.began_at is not None for tile in held), ended=sum(tile.day.state == DayState.ENDED for tile in held),
        people=sum(tile.total for tile in held), opinions=sum(opinions.values()),
        pictures=DayPicture.objects.filter(of_its_date(), day__in=days, withdrawn_at=None).count(), given=given.total,
    )  # fmt: skip
    return Board(on, season, sorted(tops, key=_order), sorted(parts, key=_order), sums, news_of(days))


def _order(tile: Tile) -> Any:
    return (not tile.late_minutes, sort_key(tile.day.host_name))


def _opinions(days: Sequence[FestivalDay]) -> dict[int, int]:
    """Count the questions that everybody may read of the forums of days."""
    asked = ForumQuestion.objects.filter(forum__festival_item__day__in=days).shown().order_by()
    return dict(asked.values_list("forum__festival_item__day").annotate(n=Count("pk")))


def names_of(days: Sequence[FestivalDay]) -> dict[int, str]:
    """Return what days are called beside each other: hamlets without their commune where all are of one."""
    communes = {commune.pk if (commune := day.unit.commune()) is not None else None for day in days}
    if len(communes) > 1:
        return {day.pk: day.host_name for day in days}
    return {day.pk: day.unit.display_name if day.organisation is None and day.unit.level == Level.HAMLET else day.host_name for day in days}


def tile_of(day: FestivalDay, opinions: int = 0, name: str = "") -> Tile:
    """Return a day's tile; its items are prefetched."""
    items = list(day.items.all())
    current = next((item for item in items if item.is_on), None)
    late = _late(day)
    status, icon, tone = _status(day, current, late)
    return Tile(day, [_bar(phase, items, day) for phase in Phase], status, icon, tone, opinions, day.attendance, current, name or day.host_name, late)


def _bar(phase: Phase, items: Sequence[ProgrammeItem], day: FestivalDay) -> Bar:
    own = [item for item in items if item.phase == phase]
    if not own:
        return Bar(phase, ABSENT)
    if any(item.is_on for item in own):
        return Bar(phase, CURRENT)
    if day.state == DayState.ENDED:
        held = {item.was_held for item in own}
        return Bar(phase, PAST if True in held else UNSAID if None in held else ABSENT)
    return Bar(phase, PAST if any(item.began_at for item in own) else TO_COME)


def _late(day: FestivalDay) -> int:
    """Return by how many minutes a day of today that nobody heard of is late."""
    if day.state != DayState.ANNOUNCED or day.began_at is not None or day.day != clock.today():
        return 0
    return max(0, int((clock.now() - day.starts_at).total_seconds() // 60))


def _status(day: FestivalDay, current: ProgrammeItem | None, late: int) -> tuple[str | Promise, str, str]:
    if day.state == DayState.CANCELLED:
        return pgettext_lazy("day", "called off"), "x", ""
    if day.state == DayState.ENDED:
        return pgettext_lazy("day", "over"), "check", ""
    if day.state == DayState.LIVE:
        if current is None:
            return pgettext_lazy("day", "going on"), "flag", "info"
        return current.phase.label, _ICONS[current.phase], "info"
    if late or (day.began_at is None and day.day < clock.today()):
        return NO_NEWS, "clock-hour-4", "attn"
    return _("begins at %(time)s") % {"time": f"{clock.local(day.starts_at):%H:%M}"}, "clock-hour-4", ""


def news_of(days: Sequence[FestivalDay], most: int = NEWS) -> list[News]:
    """Return what happened last at days, the newest first; counts alone are no news, and of days that are over only what stays."""
    told = DayEvent.objects.filter(of_its_date(), day__in=days).exclude(kind=EventKind.COUNT).exclude(kind=EventKind.PICTURE, words="")
    if all(day.state in (DayState.ENDED, DayState.CANCELLED) for day in days):
        told = told.filter(kind__in=(EventKind.RESULT, EventKind.NOTE, EventKind.PICTURE))
    hosts = names_of(days)
    found = told.select_related("item").order_by("-at", "-key")[:most]
    return [News(one.at, _NEWS_ICONS[EventKind(one.kind)], hosts[one.day_id], words_of(one)) for one in found]


def words_of(event: DayEvent) -> str:
    """Return an event in words."""
    item = event.item.title if event.item is not None else ""
    words = {
        EventKind.BEGUN: _("begins"),
        EventKind.ITEM: item,
        EventKind.RESULT: _("%(item)s: first %(who)s") % {"item": item, "who": event.words},
        EventKind.PICTURE: _("picture: %(words)s") % {"words": event.words},
        EventKind.NOTE: event.words,
        EventKind.ENDED: _("is over"),
        EventKind.REOPENED: _("goes on after all"),
        EventKind.COUNT: _("%(n)s people") % {"n": event.number},
    }
    return words[EventKind(event.kind)]


def pictures_of(days: Iterable[FestivalDay], most: int = PICTURES) -> list[DayPicture]:
    """Return the newest pictures of days, without their points."""
    found = DayPicture.objects.filter(of_its_date(), day__in=list(days), withdrawn_at=None).defer("data", "thumbnail")
    return list(found.select_related("day__unit", "day__organisation").order_by("-at", "-pk")[:most])


def by_area(days: Iterable[FestivalDay]) -> dict[str, list[FestivalDay]]:
    """Return days under the name of their commune, in the dictionary's order."""
    found: dict[str, list[FestivalDay]] = defaultdict(list)
    for day in days:
        commune = day.unit.commune()
        found[(commune or day.unit).full_name].append(day)
    return {name: found[name] for name in sorted(found, key=sort_key)}
