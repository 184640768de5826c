"""What this room says in the report to the people: comments as counts, and what was not published."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from liengia.comments.models import Comment, CommentState, SecondLook
from liengia.core.reporting import Figure, Part, Period, Provider, register
from liengia.units.models import Unit


def register_own() -> None:
    """Register the section; called from `AppConfig.ready`."""
    register(Provider("comments", "comments", _("Readers' comments"), comments, order=60))


def comments(unit: Unit, period: Period) -> Part | None:
    """Count what readers wrote under the unit's texts."""
    here = Comment.objects.filter(
        thread__unit__in=Unit.objects.all().below_any(unit.lineage_ids()), is_official=False, written_on__gte=period.first, written_on__lte=period.last
    )
    counted = here.aggregate(
        written=Count("pk"), shown=Count("pk", filter=Q(state=CommentState.SHOWN)),
        refused=Count("pk", filter=Q(state__in=(CommentState.REFUSED, CommentState.REMOVED))), granted=Count("pk", filter=Q(second_look=SecondLook.GRANTED)),
    )  # fmt: skip
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
