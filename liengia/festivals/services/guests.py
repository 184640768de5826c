"""Guests: invited by name, answering by a private link; forgotten after their period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.core.text import fold, nfc, refuse_hidden
from liengia.festivals.models import Answer, DayState, FestivalDay, GuestInvitation
from liengia.festivals.services.base import take_day
from liengia.festivals.workflow import DAY
from liengia.people.services.retention import period

MOST_GUESTS: Final = 1000
MOST_PEOPLE: Final = 200
LONGEST_NAME: Final = 200
LONGEST_WORDS: Final = 300
CHUNK: Final = 200
PERIODS: Final = (
    ("festival_guest", _("A guest of a festival"), 365, _("Counted from the day of the festival, so that next year's list can begin with it.")),
)
ANSWERED_BY_OTHERS: Final = _("Somebody with this link answered meanwhile. Their answer is shown; change it if it is wrong.")
MOVED: Final = _("The day was put off since you opened this page. Look at the new date, then answer again.")


@transaction.atomic
def invite(day: FestivalDay, guests: Sequence[tuple[str, str]], *, actor: Actor) -> int:
    """Invite guests, each as (name, how addressed); who is on the list already, however it is written, is not put there twice.

    Raises:
        Invalid: a name that lacks or is too long, or too many. Refused: the day is over or called off.
    """
    row = take_day(day)
    if row.state not in (DayState.PLANNED, DayState.ANNOUNCED, DayState.LIVE):
        DAY.after(row.state, "change")
    known = {fold(name) for name in row.guests.values_list("name", flat=True)}
    made: list[GuestInvitation] = []
    for number, (name, salutation) in enumerate(guests, start=1):
        name, salutation = nfc(" ".join(name.split())), nfc(" ".join(salutation.split()))
        if not name or len(name) > LONGEST_NAME or len(salutation) > 60:
            raise Invalid(_("Line %(n)s: a name of at most 200 characters.") % {"n": number}, code="bad_name", field="guests")
        if fold(name) not in known:
            known.add(fold(name))
            made.append(GuestInvitation(day=row, name=name, salutation=salutation))
    if len(known) > MOST_GUESTS:
        raise Invalid(_("A list has at most %(n)s lines.") % {"n": MOST_GUESTS}, code="too_many", field="guests")
    GuestInvitation.objects.bulk_create(made)
    audit.record("festivals.guests_invited", actor=actor, about=row, unit=row.unit, facts={"guests": len(made)})
    return len(made)


@transaction.atomic
def answer(guest: GuestInvitation, *, comes: bool, people: int, words: str, seen: int, actor: Actor) -> GuestInvitation:
    """Take a guest's answer. Sent twice it is one; `seen` is how many answers the page had seen.

    Raises:
        Invalid: a number beyond reason, or too long words. Refused: the day has begun, is over or called off; or another
            answered with the same link since the page was drawn (code "answered"), or the day moved since (code "moved").
    """
    row = GuestInvitation.objects.select_for_update(of=("self",)).select_related("day__unit").filter(pk=guest.pk).first()
    if row is None:
        raise NotFound("")
    if row.day.state not in (DayState.PLANNED, DayState.ANNOUNCED):
        raise Refused(_("The festival has begun, is over or was called off: no answer is needed any more."), code="too_late")
    words = nfc(" ".join(words.split()))
    refuse_hidden(words, field="words")
    count = people if comes else 0
    if comes and not 1 <= people <= MOST_PEOPLE:
        raise Invalid(_("Write how many come, from 1 to %(n)s.") % {"n": MOST_PEOPLE}, code="bad_count", field="people")
    if len(words) > LONGEST_WORDS:
        raise Invalid(_("This is longer than %(n)s characters.") % {"n": LONGEST_WORDS}, code="too_long", field="words")
    wanted = (Answer.COMES if comes else Answer.CANNOT, count, words)
    if (row.answer, row.people, row.words) == wanted:
        return row
    if row.answered != seen:
        is_moved = row.answer == Answer.NONE and row.earlier_for is not None
        raise Refused(MOVED if is_moved else ANSWERED_BY_OTHERS, code="moved" if is_moved else "answered")
    row.answer, row.people, row.words = wanted
    row.answered, row.answered_on = row.answered + 1, clock.today()
    row.earlier_answer, row.earlier_for = Answer.NONE, None
    row.save(update_fields=["answer", "people", "words", "answered", "answered_on", "earlier_answer", "earlier_for"])
    facts = {"answer": row.answer, "people": row.people}
    audit.record("festivals.guest_answered", actor=actor, about=row, unit=row.day.unit, facts=facts)
    return row


def ask_anew(day: FestivalDay, before: date, *, actor: Actor) -> int:
    """Ask the guests of a day that moved anew: what they answered stands for its date of before and counts no more; return how many.

    Pages that were opened before are older than this. Number and words stay, for who answers the same again.
    """
    said = day.guests.exclude(answer=Answer.NONE)
    count = said.update(earlier_answer=F("answer"), earlier_for=before, answer=Answer.NONE, answered=F("answered") + 1)
    if count:
        audit.record("festivals.guests_asked_anew", actor=actor, about=day, unit=day.unit, facts={"guests": count})
    return count


@transaction.atomic
def renew_link(guest: GuestInvitation, *, actor: Actor) -> GuestInvitation:
    """Give a guest another link; the old one opens nothing any more."""
    row = GuestInvitation.objects.select_for_update(of=("self",)).select_related("day__unit").get(pk=guest.pk)
    row.round += 1
    row.save(update_fields=["round"])
    audit.record("festivals.guest_link_renewed", actor=actor, about=row, unit=row.day.unit, facts={"round": row.round})
    return row


@transaction.atomic
def remove(guest: GuestInvitation, *, actor: Actor) -> None:
    """Take a guest off the list; the row goes."""
    row = GuestInvitation.objects.select_related("day__unit").get(pk=guest.pk)
    audit.record("festivals.guest_removed", actor=actor, about=row, unit=row.day.unit)
    row.delete()


def forget_guests() -> int:
    """Delete the guests of festivals whose period is over; counts of who came stay with the day."""
    before = clock.now() - period("festival_guest")
    keys = list(GuestInvitation.objects.filter(day__starts_at__lt=before).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if not keys:
        return 0
    with transaction.atomic():
        GuestInvitation.objects.filter(pk__in=keys).delete()
        audit.record("festivals.period_kept", actor=Actor.system("worker"), about=("festivals.GuestInvitation", "period"), facts={"guests": len(keys)})
    return len(keys)


def last_list(day: FestivalDay) -> list[str]:
    """Return whom the unit invited to its last festival, as long as that list is kept."""
    since = day.starts_at - timedelta(days=800)
    last = FestivalDay.objects.filter(unit__in=day.unit.lineage_ids(), organisation=day.organisation, starts_at__lt=day.starts_at, starts_at__gt=since)
    found = last.exclude(pk=day.pk).filter(guests__isnull=False).order_by("-starts_at").first()
    return list(found.guests.values_list("name", flat=True)) if found else []
