"""What search finds of this room: public practices. Exemplars are in no index, so that a withdrawn one is nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.urls import reverse

from liengia.core import search
from liengia.practices.models import Practice, PracticeQuerySet

KIND = "practice"


def entry_of(practice: Practice) -> search.Entry:
    """Return what is searched of a public practice."""
    revision = practice.current_revision
    units = [] if practice.unit is None else [practice.unit, *practice.unit.ancestors()]
    names = [name for unit in units for name in (unit.full_name, *unit.former_names)]
    return search.Entry(
        kind=KIND, key=practice.public_id, title=f"{practice.name} ({practice.short_place})",
        body=" ".join(part for part in (practice.summary, revision.problem if revision else "", revision.how if revision else "") if part),
        url=reverse("practices:detail", args=[practice.public_id]), published_at=practice.changed_at,
        unit_ids=tuple(unit.pk for unit in units), place_names=(*names, *([practice.place_words] if practice.place_words else [])), known_as=(practice.name,),
    )  # fmt: skip


def renew(practice: Practice) -> None:
    """Put a practice into the index, or take it out, as it now stands; in the verb's transaction."""
    renew_all([practice.pk])


def renew_all(keys: list[int]) -> None:
    """Do so for many."""
    rows = list(_rows().filter(pk__in=keys))
    search.put_all([entry_of(row) for row in rows if row.is_public])
    for row in rows:
        if not row.is_public:
            search.remove(KIND, row.public_id)


def kin(keys: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return of which line each practice is, and where it runs: a page of results names each line once."""
    rows = Practice.objects.filter(public_id__in=keys).with_places()
    return {row.public_id: (str(row.family), row.short_place) for row in rows}


def entries() -> Iterator[search.Entry]:
    """Yield all entries, for `liengia reindex`."""
    for row in _rows().public().iterator(chunk_size=200):
        yield entry_of(row)


def _rows() -> PracticeQuerySet:
    return Practice.objects.all().with_places().prefetch_related("revisions")
