"""The hours of a programme beside those of its day: which items lie outside them, and all of them moved with the day's beginning."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid
from liengia.festivals import times
from liengia.festivals.models import FestivalDay, Parade, ProgrammeItem
from liengia.festivals.services.base import take_day, tell
from liengia.opinions.models import ListeningForum
from liengia.opinions.models.forums import ForumState
from liengia.opinions.services import forums


def outside(day: FestivalDay) -> list[ProgrammeItem]:
    """Return the items of a day that lie before it begins or after it ends; a day may end past midnight."""
    return [one for one in day.items.all() if one.starts_at is not None and not _is_inside(day, one)]


def _is_inside(day: FestivalDay, item: ProgrammeItem) -> bool:
    at = item.planned_at(day)
    if at is None or day.ends_at is None:
        return at is None or at >= day.starts_at
    return any(day.starts_at <= one <= day.ends_at for one in (at, at + timedelta(days=1)))


@transaction.atomic
def move_programme(day: FestivalDay, before: datetime, *, actor: Actor) -> None:
    """Move the hours of a day's programme and parade by as much as its beginning moved on the clock since `before`.

    Its forum moves as well; to another date it came along already, at its own hour.

    Raises:
        Invalid: an hour would lie on another day; nothing is moved then.
    """
    row = take_day(day)
    by = times.minutes(clock.local(row.starts_at).time()) - times.minutes(clock.local(before).time())
    if not by:
        return
    items = [one for one in row.items.all() if one.starts_at is not None]
    for one in items:
        if (at := times.moved(one.starts_at, by)) is None:
            raise Invalid(_("“%(what)s” would move past midnight. Take the tick away, then write the hours in the programme.") % {"what": one.title}, code="past_midnight", field="starts_at")
        one.starts_at = at
    ProgrammeItem.objects.bulk_update(items, ["starts_at"])
    for forum in ListeningForum.objects.filter(festival_item__day=row, state__in=(ForumState.PLANNED, ForumState.ASKING)):
        forums.change_forum(forum, starts_at=forum.starts_at + timedelta(minutes=by), actor=actor)
    for parade in Parade.objects.filter(day=row):
        for name in ("gathers_at", "starts_at"):
            before_at = getattr(parade, name)
            setattr(parade, name, times.moved(before_at, by))
            if before_at is not None and getattr(parade, name) is None:
                raise Invalid(_("“%(what)s” would move past midnight. Take the tick away, then write the hours in the programme.") % {"what": _("Parade")}, code="past_midnight", field="starts_at")
        parade.save(update_fields=["gathers_at", "starts_at"])
    row.revision += 1
    row.save(update_fields=["revision"])
    audit.record("festivals.programme_set", actor=actor, about=row, unit=row.unit, facts={"items": len(items)})
    tell(row)
