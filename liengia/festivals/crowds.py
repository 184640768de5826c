"""How many people a place can have sent, so that a slip of the thumb ("75000" for 750) is asked about before it stands on the board.

The limits are data (`data/crowds.json`): people a household, and the most of a level whose size nobody has entered. The size is what the
office entered for reports, or the households on the platform where there are more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from liengia.core import sizes
from liengia.core.errors import Refused
from liengia.festivals.models import FestivalDay
from liengia.people.models import Household
from liengia.units.models import Unit

DATA: Final = Path(__file__).parent / "data" / "crowds.json"


@dataclass(frozen=True, slots=True)
class Crowd:
    """The most people that are believed without asking, and why."""

    place: str
    households: int | None
    most: int

    def question(self, number: int) -> str:
        """Return what is asked of a number beyond it; a likely slip is offered."""
        said = {"place": self.place, "n": _dotted(number), "households": _dotted(self.households or 0), "people": _dotted(self.most)}
        words = _("%(place)s has %(households)s households, about %(people)s people.") if self.households else _("%(place)s: so far at most some %(people)s people are expected at such a place.")
        meant = self.meant(number)
        ask = _("Did %(n)s people come, or %(meant)s?") % {**said, "meant": _dotted(meant)} if meant else _("Did %(n)s people really come?") % said
        return f"{words % said} {ask}"

    def meant(self, number: int) -> int | None:
        """Return the number without the noughts too many, if that makes one that can be."""
        while number > self.most and number % 10 == 0:
            number //= 10
        return number if 0 < number <= self.most else None


def crowd_of(day: FestivalDay) -> Crowd:
    """Return the most people that are believed of a day: of its unit, and of the units that hold it together."""
    return crowds_of([day])[day.pk]


def crowds_of(days: Sequence[FestivalDay]) -> dict[int, Crowd]:
    """Return the same of several days, by day; a unit is asked for once."""
    prefetch_related_objects(days, "parties__unit")
    here, entered = cache(_on_platform), cache(sizes.households)
    return {day.pk: _crowd(day, here, entered) for day in days}


def _crowd(day: FestivalDay, here: Callable[[Unit], int], entered: Callable[[Unit, date], int | None]) -> Crowd:
    units = [day.unit, *(one.unit for one in day.parties.all() if one.unit is not None)]
    known = [None if (number := entered(unit, day.day)) is None else max(number, here(unit)) for unit in units]
    settings = _settings()
    of_levels = sum(int(settings["most_by_level"].get(unit.level, settings["most_by_level"]["other"])) for unit in units)
    if any(number is None for number in known):
        on_platform = sum(here(unit) for unit in units)
        return Crowd(day.place_name, None, max(of_levels, on_platform * settings["people_per_household"]))
    total = sum(number or 0 for number in known)
    return Crowd(day.place_name, total, total * settings["people_per_household"])


def check(day: FestivalDay, number: int) -> None:
    """Ask back about a number that a place can hardly have sent.

    Raises:
        Refused: it is beyond the limit (code "unlikely"; taken when it is said to be sure).
    """
    crowd = crowd_of(day)
    if number > crowd.most:
        raise Refused(crowd.question(number), code="unlikely", field="number", meant=crowd.meant(number))


def _on_platform(unit: Unit) -> int:
    return Household.objects.filter(hamlet__in=Unit.objects.below_any(unit.lineage_ids()), is_active=True).count()


@cache
def _settings() -> dict[str, Any]:
    return dict(json.loads(DATA.read_text(encoding="utf-8")))


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")
