"""The telephone tree: who is called, and what came of it. Of a bulletin nothing of a household stays once it is ticked."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.broadcast.channels.base import Outcome
from liengia.broadcast.models import Delivery
from liengia.broadcast.services import by_hand
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused

CHANNEL: Final = "phone_tree"
AGAIN_MINUTES: Final = 10
WHAT: Final = ("told", "nobody", "left_out")


@transaction.atomic
def tick(key: str, what: str, *, actor: Actor) -> Delivery:
    """Tick an entry: told (it leaves the list), nobody answered (it comes again), left out (it leaves the list).

    Raises:
        Invalid: another word. Refused: the entry is ticked already, or its list is over.
    """
    if what not in WHAT:
        raise Invalid(_("This cannot be chosen."), code="unknown")
    row = Delivery.objects.waiting().select_for_update().filter(channel=CHANNEL, key=key).first()
    if row is None:
        raise Refused(_("Somebody ticked this one already, or the list is over."), code="nothing_waits")
    outcomes: dict[str, Outcome] = {"told": by_hand.done(), "nobody": by_hand.again_in(AGAIN_MINUTES), "left_out": by_hand.left_out()}
    unit = row.household.hamlet_id if row.household is not None else None
    by_hand.settle(CHANNEL, [row], outcomes[what])
    if what == "told":
        Delivery.objects.filter(pk=row.pk).update(heard_at=clock.now())
    kind, _colon, public_id = row.subject.partition(":")
    audit.record("broadcast.call_ticked", actor=actor, about=("broadcast.Bulletin" if kind == "bulletin" else "alarms.Incident", public_id.partition(":")[0]), unit=unit, facts={"what": what})
    return row
