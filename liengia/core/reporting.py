"""What rooms say in the report to the people: sections of figures, charts, tables and promises, drawn from records.

A lower room registers a provider in `AppConfig.ready`; the reports room asks all of them for a unit and a period. Nobody
types a number: each figure says how it was counted, and its provider's `trace` brings the very records behind it, of the same
unit, period and condition, as far as a reader may see them; what a reader may not see is counted, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.utils.functional import Promise, lazy
from django.utils.timezone import get_current_timezone

from liengia.core import rooms

Words = str | Promise
# A cell: words, or a number that is written as each language writes it; None where nothing could be counted.
Cell = Words | float | None
# Fewer people than these are not counted in public: a small number points at somebody.
FEWEST_PEOPLE: Final = 5


def _filled(words: Words, **values: object) -> str:
    return str(words) % values


# Words with values in them, said in the language of whoever reads: a report is drawn once and told in each.
filled = lazy(_filled, str)


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both counted, in the local zone."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The instant it begins, and the one at which it is over."""
        zone = get_current_timezone()
        return (datetime.combine(self.first, time(), tzinfo=zone), datetime.combine(self.last + timedelta(days=1), time(), tzinfo=zone))

    def before(self) -> Period:
        """The one as long right before it."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a period: what it counts, and how.

    `value` is None where nothing could be counted (a median of nothing). `url`, where the provider has no `trace`, is a list for everybody of
    the very unit, period and condition. `is_about_people`: fewer than five are not shown.
    `fair` says that units of different size can only be compared by it per thousand households. `more_is_better` is None
    where neither is.
    """

    code: str
    label: Words
    value: float | None
    how: Words
    unit: Words = ""
    url: str = ""
    is_about_people: bool = False
    fair: bool = False
    more_is_better: bool | None = None
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars that read as a table too: a label and one value each, or two that are stacked (the second is the bad one).

    `source` says how they were counted; `figures` are the codes of those that it takes apart, whose records stand behind it.
    """

    title: Words
    rows: tuple[tuple[Words, float, float], ...]
    names: tuple[Words, ...] = ()
    source: Words = ""
    is_by_time: bool = False
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; the first column names the row. `note` says how they were counted; `figures` as of a chart."""

    title: Words
    head: tuple[Words, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Words = ""
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pledge:
    """Something that was promised: by whom, for when, and what became of it.

    `state` is one of kept, kept_late, open, late, given_up; `why` is the reason alone of one that was given up; `given` says
    when and where it was given.
    """

    text: str
    owner: str
    due_on: date
    state: str
    words: Words = ""
    url: str = ""
    why: str = ""
    given: Words = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one provider says."""

    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    pledges: tuple[Pledge, ...] = ()
    words: Words = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One record behind a number: what it is, its day, what it adds to the number, and its page where the reader may open it.

    `is_own` says that the reader sees it by a right of their own and not as everybody does.
    """

    words: str
    day: date | None = None
    note: Words = ""
    amount: float = 1
    url: str = ""
    is_own: bool = False


class Listed(Sequence[Record]):
    """Records that are read page by page: a queryset, and how a row of it becomes a record that adds one."""

    def __init__(self, found: Any, make: Callable[[Any], Record]) -> None:
        """Keep both; nothing is read yet."""
        self.found, self.make = found, make

    def __len__(self) -> int:
        """Count them in the database."""
        return int(self.found.count())

    def __getitem__(self, at: Any) -> Any:
        """Read a page of them, or one."""
        return [self.make(one) for one in self.found[at]] if isinstance(at, slice) else self.make(self.found[at])


@dataclass(frozen=True, slots=True)
class Records:
    """The records behind a number, for one reader.

    `value` is the number counted anew from them. What the reader may not open is `hidden`, with `why`. Where the number is no sum
    (a median, a share) `is_sum` is False: then `hidden` counts records, and the number stands beside them.
    """

    value: float | None
    rows: Sequence[Record] = ()
    hidden: float = 0
    why: Words = ""
    is_sum: bool = True


# Asked for a unit, a period, a figure's code and a reader.
Trace = Callable[[Any, Period, str, Any], Records | None]


@dataclass(frozen=True, slots=True)
class Provider:
    """A room's section: its code, title and place, its figures, and the records behind each; `is_fixed`: no editor can leave it out."""

    room: str
    code: str
    title: Words
    give: Callable[[Any, Period], Part | None]
    trace: Trace | None = None
    order: int = 100
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A section as it was drawn."""

    provider: Provider
    part: Part
    before: dict[str, float | None] = field(default_factory=dict)


_providers: dict[str, Provider] = {}
_anchors: list[tuple[str, Callable[[Any], Iterable[date]]]] = []
_published: list[Callable[[Any], Iterable[Period]]] = []


def register(provider: Provider) -> None:
    """Add a room's section; called from `AppConfig.ready`."""
    _providers[provider.code] = provider


def register_days(room: str, give: Callable[[Any], Iterable[date]]) -> None:
    """Let a room name the days of a unit on which reports are read: a period goes from one to the next."""
    _anchors.append((room, give))


def register_published(give: Callable[[Any], Iterable[Period]]) -> None:
    """Let the room of reports tell sections the periods of which a unit's reports are published."""
    _published.append(give)


def published_of(unit: Any) -> list[Period]:
    """Return the periods of which reports of a unit are published."""
    return [period for give in _published for period in give(unit)]


def providers(unit: Any) -> list[Provider]:
    """Return the sections of the rooms that are on in a unit, in their order."""
    found = [one for one in _providers.values() if rooms.is_on(one.room, unit)]
    return sorted(found, key=lambda one: (one.order, one.code))


def provider_of(code: str) -> Provider | None:
    """Return the provider of a section."""
    return _providers.get(code)


def is_traced(code: str) -> bool:
    """Tell whether a section's provider brings the records of its figures, of any period."""
    provider = _providers.get(code)
    return provider is not None and provider.trace is not None


def registered() -> list[str]:
    """Return the codes of all sections, whatever room is on where."""
    return sorted(_providers)


def days_of(unit: Any) -> list[date]:
    """Return the days on which reports are read in a unit, the earliest first."""
    return sorted({day for room, give in _anchors if rooms.is_on(room, unit) for day in give(unit)})


def draw(unit: Any, period: Period) -> list[Drawn]:
    """Ask all rooms for a unit and a period, and for the one before it; a section with nothing to say is left out."""
    drawn = []
    for provider in providers(unit):
        part = provider.give(unit, period)
        if part is None:
            continue
        earlier = provider.give(unit, period.before())
        before = {one.code: one.value for one in earlier.figures} if earlier is not None else {}
        drawn.append(Drawn(provider, part, before))
    return drawn
