"""Practices and campaigns go over to a unit's successor, so that its office answers for them; their beginning stays."""

from __future__ import annotations

from datetime import date
from typing import Final

from liengia.core import pagecache
from liengia.core.actor import Actor
from liengia.practices import index
from liengia.practices.models import Campaign, CampaignState, Exemplar, Practice, PracticeState
from liengia.units.models import Unit

CHUNK: Final = 50


def move_practices(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move a chunk of a unit's practices that have not ended; those that have stay where they ran."""
    keys = list(Practice.objects.filter(unit=old).exclude(state=PracticeState.ENDED).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if not keys:
        return 0
    Practice.objects.filter(pk__in=keys).update(unit=new)
    index.renew_all(keys)
    pagecache.bump()
    return len(keys)


def move_campaigns(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move what is still open of an old unit, and its exemplars: whoever agreed can take it back at the successor's office."""
    moved = 0
    for campaign in Campaign.objects.filter(unit=old, state=CampaignState.OPEN)[:CHUNK]:
        if Campaign.objects.filter(unit=new, year=campaign.year, name=campaign.name).exists():
            campaign.name = f"{campaign.name} ({old.full_name})"[:160]
        campaign.unit = new
        campaign.save(update_fields=["unit", "name"])
        moved += 1
    keys = list(Exemplar.objects.filter(unit=old).values_list("pk", flat=True)[:CHUNK])
    return moved + Exemplar.objects.filter(pk__in=keys).update(unit=new)
