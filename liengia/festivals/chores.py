"""What of this room waits for whoever plans, for the list of the day's work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.core import clock, rooms
from liengia.festivals import policies, tied
from liengia.festivals.capabilities import PLAN
from liengia.festivals.models import DayState, PledgeProgress, PledgeState, ReportedAt
from liengia.people import policies as people
from liengia.people.menu import Chore
from liengia.people.models import User

SOON: Final = timedelta(days=14)
MOST: Final = 8


def today(user: User) -> Iterator[Chore]:
    """Name days of the next two weeks that nobody can see yet, papers that say an old date, and pledges to be answered for."""
    if not people.can(user, PLAN) or not rooms.is_on_for("festivals", user):
        return
    yield from _unseen(user)
    yield from _outdated(user)
    yield from _owed(user)


def _unseen(user: User) -> Iterator[Chore]:
    now = clock.now()
    soon = policies.planned_by(user).filter(state=DayState.PLANNED, starts_at__gte=now, starts_at__lt=now + SOON)
    for row in soon.order_by().values("season__public_id", "season__name").annotate(n=Count("pk")):
        words = ngettext("%(n)s day of “%(season)s” within two weeks is not announced yet", "%(n)s days of “%(season)s” within two weeks are not announced yet", row["n"])
        yield Chore(words % {"n": row["n"], "season": row["season__name"]}, reverse("festivals_office_announce", args=[row["season__public_id"]]))


def _outdated(user: User) -> Iterator[Chore]:
    found = tied.outdated_of(policies.planned_by(user))
    days = {one.day_id: one.day for one in found}
    for key, number in Counter(one.day_id for one in found).most_common(MOST):
        words = ngettext("%(n)s paper of the festival of %(name)s says the old date or place", "%(n)s papers of the festival of %(name)s say the old date or place", number)
        address = reverse("festivals_office_day", args=[days[key].public_id])
        yield Chore(words % {"n": number, "name": days[key].host_name}, f"{address}#ngay-cu")


def _owed(user: User) -> Iterator[Chore]:
    """Name pledges past the middle or the end of their term of which nobody said what became of them."""
    on = clock.today()
    said = {at: Exists(PledgeProgress.objects.filter(promise__pledge=OuterRef("pk"), at=at)) for at in ReportedAt.values}
    signed = policies.pledges_of(user).filter(state=PledgeState.SIGNED, valid_from__lt=on)
    for one in signed.filter(~said[ReportedAt.YEAR_END], valid_to__lte=on).order_by("valid_to", "pk")[:MOST]:
        yield Chore(_("Year's end of the pledge “%(title)s” is to be reported") % {"title": one.title}, reverse("festivals_office_pledge_report", args=[one.public_id, ReportedAt.YEAR_END]))
    for one in signed.filter(~said[ReportedAt.HALF_YEAR], ~said[ReportedAt.YEAR_END], valid_to__gt=on).order_by("valid_to", "pk")[:100]:
        if on >= one.valid_from + (one.valid_to - one.valid_from) / 2:
            yield Chore(_("Half-year of the pledge “%(title)s” is to be reported") % {"title": one.title}, reverse("festivals_office_pledge_report", args=[one.public_id, ReportedAt.HALF_YEAR]))
