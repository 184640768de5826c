"""What search finds of this room: the redacted copy and the published answer, never anything else."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.urls import reverse

from liengia.core import search
from liengia.opinions import queries
from liengia.opinions.models import Opinion

KIND = "opinions.opinion"


def entry_of(opinion: Opinion) -> search.Entry | None:
    """Return what is searched of a public opinion; None of any other."""
    text = opinion.current_text
    if not opinion.is_public or opinion.about_officials or opinion.is_private_person or text is None:
        return None
    answer = opinion.public_answer
    units = [opinion.commune, *opinion.commune.ancestors(), *([opinion.hamlet] if opinion.hamlet else [])]
    names = [name for unit in units for name in (unit.full_name, *unit.former_names)]
    return search.Entry(
        kind=KIND,
        key=opinion.public_id,
        title=text.title,
        body=" ".join(part for part in (text.text, text.place_words, answer.public_text if answer else "") if part),
        url=reverse("opinions:detail", args=[opinion.public_id]),
        published_at=text.made_at,
        unit_ids=tuple(unit.pk for unit in units),
        place_names=tuple(names),
    )


def renew(opinion: Opinion) -> None:
    """Put an opinion into the index, or take it out, as it now stands; in the verb's transaction."""
    row = Opinion.all_.select_related("commune__parent", "hamlet").get(pk=opinion.pk)
    entry = entry_of(row)
    if entry is None:
        search.remove(KIND, row.public_id)
    else:
        search.put(entry)


def entries() -> Iterator[search.Entry]:
    """Yield all entries, for `liengia reindex`."""
    for row in Opinion.public_.select_related("commune__parent", "hamlet").iterator(chunk_size=200):
        entry = entry_of(row)
        if entry is not None:
            yield entry


def switched_off(keys: Collection[str]) -> list[str]:
    """Return those whose commune has switched the room off."""
    without = queries.communes_without()
    return list(Opinion.public_.filter(public_id__in=keys, commune__in=without).values_list("public_id", flat=True)) if without else []
