"""What this room says in the report to the people: comments as counts, and what was not published."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liengia.comments.models import Comment, CommentState, SecondLook, Thread
from liengia.core.reporting import Figure, Part, Period, Provider, Record, Records, register
from liengia.units import switches
from liengia.units.models import Unit

# What each figure counts, of the comments of the period.
_WHAT = {
    "written": Q(), "shown": Q(state=CommentState.SHOWN), "refused": Q(state__in=(CommentState.REFUSED, CommentState.REMOVED)),
    "granted": Q(second_look=SecondLook.GRANTED),
}  # fmt: skip


def register_own() -> None:
    """Register the section; called from `AppConfig.ready`."""
    register(Provider("comments", "comments", _("Readers' comments"), comments, trace, order=60))


def comments(unit: Unit, period: Period) -> Part | None:
    """Count what readers wrote under the unit's texts."""
    counted = _written(unit, period).aggregate(**{name: Count("pk", filter=what) for name, what in _WHAT.items()})
    if not counted["written"]:
        return None
    return Part(
        (
            Figure("comments.written", _("comments written"), counted["written"], _("Guests and members, by the day of writing, under texts of the unit."), fair=True),
            Figure("comments.shown", _("comments published"), counted["shown"], _("Of those that were written in the period.")),
            Figure("comments.refused", _("comments refused or taken away"), counted["refused"], _("Each with a reason that its writer can read by a private link.")),
            Figure("comments.granted", _("published after a second look"), counted["granted"], _("The writer had asked another moderator.")),
        )
    )


def trace(unit: Unit, period: Period, code: str, user: Any) -> Records | None:
    """Bring the texts under which the comments of a figure stand, each with how many; what was refused is nowhere readable."""
    what = _WHAT.get(code.removeprefix("comments."))
    if what is None:
        return None
    found = dict(_written(unit, period).filter(what).order_by().values_list("thread").annotate(n=Count("pk")))
    threads = Thread.objects.filter(pk__in=found, is_public=True).exclude(unit__in=switches.units_without("comments").values("pk")).order_by("title", "pk")
    rows = tuple(Record(one.title, amount=found[one.pk], url=reverse("comments:thread", args=[one.public_id])) for one in threads)
    hidden = sum(found.values()) - sum(row.amount for row in rows)
    return Records(sum(found.values()), rows, hidden, _("Under texts that are not public any more.") if hidden else "")


def _written(unit: Unit, period: Period) -> QuerySet[Comment]:
    return Comment.objects.filter(
        thread__unit__in=unit.ground(), is_official=False, written_on__gte=period.first, written_on__lte=period.last
    )
