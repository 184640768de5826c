"""What of this room waits for somebody, for the list of the day's work: to be published, answered, changed, reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.audit.models import Entry
from liengia.core import clock, rooms
from liengia.people import policies as people
from liengia.people.menu import Chore
from liengia.people.models import User
from liengia.practices.capabilities import DECIDE, EDIT
from liengia.practices.models import Practice, PracticeState, Question, Review, ReviewDecision, Revision
from liengia.units import scope

MOST: Final = 5


def today(user: User) -> Iterator[Chore]:
    """Yield what waits for a user: what to publish and to review for who decides; what was asked about, or owes a change, for who writes."""
    if not rooms.is_on_for("practices", user):
        return
    if people.can(user, DECIDE):
        yield from _to_publish(user)
        yield from _to_review(user)
    if people.can(user, EDIT):
        yield from _to_answer(user)
        yield from _to_change(user)


def _to_publish(user: User) -> Iterator[Chore]:
    """Name the running practices that wait to be published; one that was taken from the public on purpose waits for nothing, until an editor asks."""
    hidden = Entry.objects.filter(kind="practices.hidden", about_type=Practice._meta.label).values("about_id")
    waits = Q(state=PracticeState.RUNNING) & ~Q(public_id__in=hidden) | Q(publication_asked_on__isnull=False)
    rows = Practice.objects.filter(waits, unit__in=scope.units_for(user, DECIDE), is_public=False).order_by(F("publication_asked_on").asc(nulls_last=True), "changed_at", "pk")
    for row in rows[:MOST]:
        yield Chore(_("The practice “%(name)s” waits to be published") % {"name": row.name}, reverse("practices_office_practice", args=[row.public_id]), since=row.changed_at)
    if (more := rows.count() - MOST) > 0:
        words = ngettext("%(n)s more practice waits to be published", "%(n)s more practices wait to be published", more) % {"n": more}
        yield Chore(words, reverse("practices_office_register"))


def _to_answer(user: User) -> Iterator[Chore]:
    asked = Question.objects.filter(practice__unit__in=scope.units_for(user, EDIT), answered_on=None).select_related("practice").order_by("asked_on", "pk")
    for one in asked[:MOST]:
        words = _("“%(name)s” gave no sign since %(day)s: does it still run?") % {"name": one.practice.name, "day": f"{one.quiet_since:%d/%m/%Y}"}
        yield Chore(words, reverse("practices_office_practice", args=[one.practice.public_id]))


def _to_change(user: User) -> Iterator[Chore]:
    last = Review.objects.filter(practice=OuterRef("practice")).order_by("-year").values("pk")[:1]
    owed = Review.objects.filter(pk=last, decision=ReviewDecision.CHANGE, practice__unit__in=scope.units_for(user, EDIT)).exclude(practice__state=PracticeState.ENDED)
    owed = owed.exclude(Exists(Revision.objects.filter(practice=OuterRef("practice"), on__gte=OuterRef("on"))))
    for one in owed.select_related("practice").order_by("on", "pk")[:MOST]:
        words = _("The review of “%(name)s” asked for a change: upgrade it") % {"name": one.practice.name}
        yield Chore(words, reverse("practices_office_practice", args=[one.practice.public_id]))


def _to_review(user: User) -> Iterator[Chore]:
    """Say how many running practices of last year nobody has reviewed: of that year, or of this one."""
    year = clock.today().year - 1
    rows = Practice.objects.filter(state=PracticeState.RUNNING, unit__in=scope.units_for(user, DECIDE), started_on__lt=date(year + 1, 1, 1))
    if n := rows.exclude(reviews__year__gte=year).count():
        words = ngettext("%(n)s practice has no review of %(year)s yet", "%(n)s practices have no review of %(year)s yet", n) % {"n": n, "year": year}
        yield Chore(words, reverse("practices_office_register"))
