"""The periods of this room: contact, point, held forms, words of what was moved out, photos that were never public."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.opinions.models import (
    Assignment,
    HeldPhoto,
    Opinion,
    Photo,
    Rating,
    RefersToOfficer,
    Reopening,
    State,
    WriterQuestion,
)
from liengia.people.services import retention as people

# A point expires by the platform's own word, and no row changes it (docs/ARCHITECTURE.md, refusal 10).
POINT_FOR: Final = timedelta(days=30)
HELD_FOR: Final = timedelta(days=1)
# Nothing obliges anybody to close what was answered: a year later it counts as ended.
LEFT_OPEN: Final = timedelta(days=365)
# Rows that an administrator may change: code, what, days, why.
PERIODS: Final = (
    ("opinion_contact", _("Name and phone of an opinion's writer, and its photos that nobody published"), 90, _("Counted from the opinion's end: it may be opened again, and asked about.")),
    ("opinion_words", _("The original words of an opinion, and what its writer said by the code"), 730, _("Counted from the opinion's end; the public copy and the answer stay.")),
)
CHUNK: Final = 100


def keep_periods(*, at: datetime | None = None) -> int:
    """Erase what is past its period, in chunks; return how many rows. The worker calls it until it is 0."""
    moment = at or clock.now()
    today = clock.local(moment).date()
    return (
        _forget_held(today - HELD_FOR)
        + _forget_points(today - POINT_FOR)
        + _forget_contacts(moment - people.period("opinion_contact"), today)
        + _forget_words(moment - people.period("opinion_words"), moment)
    )


def _forget_held(before: date) -> int:
    chosen = list(HeldPhoto.objects.filter(held_on__lt=before).values_list("pk", flat=True)[:CHUNK])
    HeldPhoto.objects.filter(pk__in=chosen).delete()
    return len(chosen)


def _forget_points(before: date) -> int:
    chosen = list(Opinion.all_.filter(filed_on__lt=before).exclude(point="").values_list("pk", flat=True)[:CHUNK])
    return Opinion.all_.filter(pk__in=chosen).update(point="") if chosen else 0


def _ended(before: datetime) -> Q:
    """Return the condition that an opinion ended before an instant; one that was answered and never closed, a year after its answer."""
    return Q(ended_at__lt=before) | Q(ended_at=None, answered_at__lt=before - LEFT_OPEN)


@transaction.atomic
def _forget_contacts(before: datetime, today: date) -> int:
    """Erase name, phone, point, and the photos that never became public, after the contact period; of what was moved out, all words."""
    due = Opinion.all_.filter(_ended(before), contact_erased_on=None, erased_at=None)
    keys = list(due.values_list("pk", flat=True)[:CHUNK])
    if not keys:
        return 0
    Photo.objects.filter(opinion__in=keys, is_public=False).delete()
    # Where it belongs, in `reason_words`, is read by the code until the period of words is over.
    _erase_words(list(Opinion.all_.filter(pk__in=keys, state=State.MOVED_OUT).values_list("pk", flat=True)))
    done = Opinion.all_.filter(pk__in=keys).update(contact_name="", contact_phone="", point="", contact_erased_on=today)
    _tell("contact", done)
    return done


@transaction.atomic
def _forget_words(before: datetime, moment: datetime) -> int:
    """Erase the original words and what the writer said by the code, after the period of words; the public copy stays.

    One without a public copy is gone with that: its code opens nothing any more.
    """
    due = Opinion.all_.filter(_ended(before), words_erased_on=None, erased_at=None)
    keys = list(due.values_list("pk", flat=True)[:CHUNK])
    if not keys:
        return 0
    _erase_words(keys)
    Opinion.all_.filter(pk__in=keys, is_public=False).update(erased_at=moment)
    Opinion.all_.filter(pk__in=keys).update(reason_words="", words_erased_on=clock.local(moment).date())
    _tell("words", len(keys))
    return len(keys)


def _erase_words(keys: list[int]) -> None:
    Opinion.all_.filter(pk__in=keys).update(text="", place_words="")
    WriterQuestion.objects.filter(opinion__in=keys).update(text="", reply="")
    Rating.objects.filter(opinion__in=keys).update(words="")
    Reopening.objects.filter(opinion__in=keys).update(words="")
    Assignment.objects.filter(opinion__in=keys).update(note="")
    RefersToOfficer.objects.filter(opinion__in=keys).update(words="")


def _tell(what: str, rows: int) -> None:
    audit.record(
        "opinions.period_kept", actor=Actor.system("worker"), about=("opinions.Opinion", what), facts={"rows": rows}
    )
