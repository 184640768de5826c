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


def _free_name(campaign: Campaign, old: Unit, new: Unit) -> str:
    """Return the name under which a campaign stands with the successor: its own, or with where it is from, however long it is."""
    taken = set(Campaign.objects.filter(unit=new, year=campaign.year).values_list("name", flat=True))
    name, number = campaign.name, 1
    while name in taken:
        mark = f" ({old.full_name})" if number == 1 else f" ({old.full_name}, {number})"
        name, number = campaign.name[: 160 - len(mark)].rstrip() + mark, number + 1
    return name


def move_campaigns(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move what is still open of an old unit, and its exemplars: whoever agreed can take it back at the successor's office."""
    moved = 0
    for campaign in Campaign.objects.filter(unit=old, state=CampaignState.OPEN)[:CHUNK]:
        campaign.name = _free_name(campaign, old, new)
        campaign.unit = new
        campaign.save(update_fields=["unit", "name"])
        moved += 1
    keys = list(Exemplar.objects.filter(unit=old).values_list("pk", flat=True)[:CHUNK])
    return moved + Exemplar.objects.filter(pk__in=keys).update(unit=new)
