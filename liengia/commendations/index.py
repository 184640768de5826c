"""What search finds of this room: public decisions with their collectives. No person's name is ever in the index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django.urls import reverse
from django.utils.timezone import get_current_timezone

from liengia.commendations.models import Certificate, Decision, RecipientKind
from liengia.core import search

KIND = "commendations.decision"


def entry_of(decision: Decision) -> search.Entry | None:
    """Return what is searched of a public decision; None of any other."""
    if not decision.is_public or decision.revoked_on is not None:
        return None
    row = decision.round
    units = [row.unit, *row.unit.ancestors()]
    names = Certificate.objects.filter(decision=decision, kind=RecipientKind.COLLECTIVE).on_roll().values_list("name", flat=True)
    return search.Entry(
        kind=KIND, key=decision.public_id, title=f"Khen thưởng {row.public_title}", body=" ".join([decision.paper.sign, *names]),
        url=reverse("commendations:decision", args=[decision.public_id]),
        published_at=datetime.combine(decision.decided_on, time(12), tzinfo=get_current_timezone()), unit_ids=tuple(unit.pk for unit in units),
        place_names=tuple(unit.full_name for unit in units),
    )  # fmt: skip


def renew(decision: Decision) -> None:
    """Put a decision into the index, or take it out, as it now stands; in the verb's transaction."""
    row = Decision.objects.select_related("round__unit__parent", "paper__issuer").get(pk=decision.pk)
    entry = entry_of(row)
    if entry is None:
        search.remove(KIND, row.public_id)
    else:
        search.put(entry)


def entries() -> Iterator[search.Entry]:
    """Yield all entries, for `liengia reindex`."""
    for row in Decision.objects.all().public().select_related("round__unit__parent", "paper__issuer"):
        entry = entry_of(row)
        if entry is not None:
            yield entry
