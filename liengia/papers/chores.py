"""What of this room waits for somebody, for the list of the day's work: drafts that are to be issued."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.core import rooms
from liengia.papers import kinds, policies
from liengia.papers.capabilities import ISSUE
from liengia.people import policies as people
from liengia.people.menu import Chore
from liengia.people.models import User

MOST: Final = 8


def today(user: User) -> Iterator[Chore]:
    """Name each draft that a user may issue, the oldest first; past some, how many more."""
    if not people.can(user, ISSUE) or not rooms.is_on_for("papers", user):
        return
    rows = policies.to_be_issued(user).order_by("made_at", "pk")
    for row in rows[:MOST]:
        kind = kinds.get(row.kind)
        words = _("%(kind)s “%(about)s” waits to be issued") % {"kind": kind.name if kind else row.kind, "about": row.about}
        yield Chore(words, reverse("papers_office_paper", args=[row.public_id]), since=row.made_at)
    if (more := rows.count() - MOST) > 0:
        words = ngettext("%(n)s more paper waits to be issued", "%(n)s more papers wait to be issued", more) % {"n": more}
        yield Chore(words, f"{reverse('papers_office_register')}?state=draft")
