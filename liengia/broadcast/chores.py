"""What of bulletins waits for somebody, for the list of the day's work: to approve, to review, to mend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.broadcast.capabilities import APPROVE, WRITE
from liengia.broadcast.models import Bulletin, BulletinState, Priority
from liengia.core import rooms
from liengia.people import policies as people
from liengia.people.menu import Chore
from liengia.people.models import User
from liengia.units import scope

MOST: Final = 5


def today(user: User) -> Iterator[Chore]:
    """Name the bulletins that wait for a user's approval or review, and the user's own drafts that were sent back."""
    if not rooms.is_on_for("broadcast", user):
        return
    if people.can(user, APPROVE):
        yield from _to_approve(user)
    if people.can(user, WRITE):
        for row in Bulletin.objects.filter(written_by=user, state=BulletinState.DRAFT).exclude(sent_back_words="").order_by("pk")[:MOST]:
            yield Chore(_("Sent back, to be mended: “%(headline)s”") % {"headline": row.headline}, _url(row))


def _to_approve(user: User) -> Iterator[Chore]:
    here = Bulletin.objects.filter(unit__in=scope.units_for(user, APPROVE))
    waiting = here.filter(state=BulletinState.SUBMITTED).exclude(written_by=user).exclude(changed_by=user).order_by("submitted_at", "pk")
    for row in waiting[:MOST]:
        words = _("The bulletin “%(headline)s” waits for approval") % {"headline": row.headline}
        yield Chore(words, _url(row), is_urgent=row.priority == Priority.URGENT, since=row.submitted_at)
    yield from _more(waiting)
    for row in here.live().filter(was_sent_alone=True, reviewed_at=None).exclude(approved_by=user).order_by("approved_at", "pk")[:MOST]:
        yield Chore(_("Sent by one alone, to be reviewed: “%(headline)s”") % {"headline": row.headline}, _url(row), since=row.approved_at)


def _more(waiting: QuerySet[Bulletin]) -> Iterator[Chore]:
    if (more := waiting.count() - MOST) > 0:
        words = ngettext("%(n)s more bulletin waits for approval", "%(n)s more bulletins wait for approval", more) % {"n": more}
        yield Chore(words, reverse("broadcast_office_register"))


def _url(row: Bulletin) -> str:
    return reverse("broadcast_office_bulletin", args=[row.public_id])
