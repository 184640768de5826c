"""What an article may point to: a public decision. One of the pursuit that nobody opened shows nothing."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.commendations import queries
from liengia.commendations.models import Decision
from liengia.core import linked, rooms


def register_own() -> None:
    """Register the kind; called from `AppConfig.ready`."""
    linked.register(linked.Kind("commendations.decision", "commendations", _("Decision of commendation"), card))


def card(key: str) -> linked.Card | None:
    """Return the card of a public decision."""
    row = Decision.objects.all().public().filter(public_id=key).select_related("round__unit", "paper__issuer").first()
    if row is None or not rooms.is_on("commendations", row.round.unit.current()):
        return None
    counted = queries.roll_of(row).counts
    return linked.Card(str(row.round.public_title), reverse("commendations:decision", args=[row.public_id]), queries.list_words(counted), "award")
