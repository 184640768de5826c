"""What lower rooms show of this one: coming days on the front page, and the block of an article."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.core import front, linked
from liengia.core.errors import NotFound
from liengia.core.text import shown_day
from liengia.festivals import policies
from liengia.festivals.models import DayState
from liengia.units.models import Unit

NEXT: Final = 3


def register_own() -> None:
    """Add them; called from `AppConfig.ready`."""
    front.events.register("festivals", events)
    linked.register(linked.Kind("festivals.day", "festivals", gettext_lazy("Festival day"), card))


def events(unit: Unit | None) -> Iterator[front.Event]:
    """Give the next days of a commune, or of the whole area."""
    found = policies.shown_days().coming().filter(counted_in=None)
    for day in (found if unit is None else found.in_unit(unit))[:NEXT]:
        yield front.Event(
            title=day.title, starts_at=day.starts_at, place=f"{day.place}, {day.host_name}", url=reverse("festivals:day", args=[day.public_id]),
            words=_("It goes on now: watch the board.") if day.state == DayState.LIVE else day.season.theme,
        )  # fmt: skip


def card(key: str) -> linked.Card | None:
    """Return what an article shows of a day."""
    try:
        day = policies.get_shown(key)
    except NotFound:
        return None
    words = f"{shown_day(day.day)} · {day.place} · {day.host_name}"
    return linked.Card(title=day.title, url=reverse("festivals:day", args=[day.public_id]), words=words, icon="flag")
