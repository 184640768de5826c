"""What search finds of this room: days that everybody sees."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from liengia.core import search
from liengia.festivals.models import FestivalDay

KIND = "festivals.day"


def entry_of(day: FestivalDay) -> search.Entry | None:
    """Return what is searched of a day; None while it is being planned."""
    if not day.is_shown:
        return None
    units = [day.unit, *day.unit.ancestors()]
    items = day.items.values_list("title", flat=True)
    return search.Entry(
        kind=KIND,
        key=day.public_id,
        title=f"{day.title}, {day.host_name}",
        body=" ".join(part for part in (day.season.theme, day.place, *items, day.rain_plan) if part),
        url=reverse("festivals:day", args=[day.public_id]),
        published_at=day.starts_at,
        unit_ids=tuple(unit.pk for unit in units),
        place_names=tuple(name for unit in units for name in (unit.full_name, *unit.former_names)),
    )


def renew(day: FestivalDay) -> None:
    """Put a day into the index, or take it out, as it now stands; in the verb's transaction."""
    entry = entry_of(day)
    if entry is None:
        search.remove(KIND, day.public_id)
    else:
        search.put(entry)


def entries() -> Iterator[search.Entry]:
    """Yield all entries, for `liengia reindex`."""
    for row in FestivalDay.objects.all().shown().select_related("season", "unit__parent", "organisation").iterator(chunk_size=200):
        entry = entry_of(row)
        if entry is not None:
            yield entry
