"""Opinions, topics and rules go over to a unit's successor, so that its officers handle them and readers find them."""

from __future__ import annotations

from datetime import date
from typing import Final

from liengia.core import pagecache
from liengia.core.actor import Actor
from liengia.opinions import index
from liengia.opinions.models import Assignment, ForumState, ListeningForum, Opinion, OpinionRules, Topic
from liengia.opinions.services import forum_wall
from liengia.units.models import Level, Unit

CHUNK: Final = 50


def move_opinions(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move a chunk of a unit's opinions. One with a hamlet follows its hamlet, into whichever commune that goes.

    Code, number, history and due times stay as they are: what was promised before the reform is owed after it.
    """
    if old.level == Level.HAMLET:
        rows, commune = Opinion.all_.filter(hamlet=old), new.commune()
        changes = {"hamlet": new, **({"commune": commune} if commune is not None else {})}
    else:
        rows, changes = Opinion.all_.filter(commune=old, hamlet=None), {"commune": new}
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if not keys:
        return 0
    Opinion.all_.filter(pk__in=keys).update(**changes)
    for opinion in Opinion.public_.filter(pk__in=keys):
        index.renew(opinion)
    pagecache.bump()
    return len(keys)


def move_arrangements(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move a commune's topics and rules where the new one has none of its own, and what is given to the old unit."""
    own = list(Topic.objects.filter(unit=new).values_list("code", flat=True))
    moved = Topic.objects.filter(unit=old).exclude(code__in=own).update(unit=new)
    if not OpinionRules.objects.filter(unit=new).exists():
        moved += OpinionRules.objects.filter(unit=old).update(unit=new)
    given = Assignment.objects.filter(unit=old, ended_at=None).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    return moved + Assignment.objects.filter(pk__in=list(given)).update(unit=new)


def move_forums(old: Unit, new: Unit, *, on: date, actor: Actor) -> int:
    """Move a chunk of the sessions that are still to be held or signed; those that are signed stay where they were held.

    What was promised at an old unit's session comes back at its successor's: that is asked by the unit's whole lineage.
    """
    waiting = ListeningForum.objects.filter(unit=old).exclude(state=ForumState.SIGNED)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if not keys:
        return 0
    ListeningForum.objects.filter(pk__in=keys).update(unit=new)
    for key in keys:
        forum_wall.changed(key)
    pagecache.bump()
    return len(keys)
