"""What of this room waits for somebody, for the list of the day's work: practices that nobody has shown to everybody yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.audit.models import Entry
from liengia.core import rooms
from liengia.people import policies as people
from liengia.people.menu import Chore
from liengia.people.models import User
from liengia.practices.capabilities import DECIDE
from liengia.practices.models import Practice, PracticeState
from liengia.units import scope

MOST: Final = 5


def today(user: User) -> Iterator[Chore]:
    """Name the running practices that wait to be published; one that was taken from the public on purpose waits for nothing, until an editor asks."""
    if not people.can(user, DECIDE) or not rooms.is_on_for("practices", user):
        return
    hidden = Entry.objects.filter(kind="practices.hidden", about_type=Practice._meta.label).values("about_id")
    waits = Q(state=PracticeState.RUNNING) & ~Q(public_id__in=hidden) | Q(publication_asked_on__isnull=False)
    rows = Practice.objects.filter(waits, unit__in=scope.units_for(user, DECIDE), is_public=False).order_by(F("publication_asked_on").asc(nulls_last=True), "changed_at", "pk")
    for row in rows[:MOST]:
        yield Chore(_("The practice “%(name)s” waits to be published") % {"name": row.name}, reverse("practices_office_practice", args=[row.public_id]), since=row.changed_at)
    if (more := rows.count() - MOST) > 0:
        words = ngettext("%(n)s more practice waits to be published", "%(n)s more practices wait to be published", more) % {"n": more}
        yield Chore(words, reverse("practices_office_register"))
