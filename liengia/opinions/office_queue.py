"""The office's queue: its parts, what they hold for a reader, filters, counts, and the office hours that are left.

Everything begins with `policies.visible_to`: what concerns an officer is in no part and no count of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from liengia.core import clock
from liengia.core.text import fold
from liengia.opinions import policies
from liengia.opinions.models import (
    ENDED,
    UNANSWERED,
    Assignment,
    Opinion,
    OpinionQuerySet,
    Source,
    State,
    Topic,
    WriterQuestion,
)
from liengia.organisations.workdays import WorkCalendar, calendar_of
from liengia.people.models import User
from liengia.units.models import Level, Unit

SOON: Final = timedelta(days=2)
PARTS: Final[tuple[tuple[str, str | Promise, str | Promise], ...]] = (
    ("tiep-nhan", gettext_lazy("To take in"), gettext_lazy("Taken in within eight office hours, urgent ones within four.")),
    ("phan-cong", gettext_lazy("To give out"), gettext_lazy("Sorted, and nobody has it yet.")),
    ("cua-toi", gettext_lazy("Mine"), gettext_lazy("Given to you, to be answered.")),
    ("cho-dan", gettext_lazy("Waiting for the writer"), gettext_lazy("Asked back by the code; the due time runs on.")),
    ("sap-han", gettext_lazy("Due soon"), gettext_lazy("To be answered within two days.")),
    ("qua-han", gettext_lazy("Overdue"), gettext_lazy("Put before the chairman, and counted in public.")),
    ("cong-khai", gettext_lazy("To publish"), gettext_lazy("No public copy yet, or an answer that nobody reads yet.")),
    ("theo-doi", gettext_lazy("To follow up"), gettext_lazy("Promised and not yet shown, or the writer is still to be told.")),
    ("da-xong", gettext_lazy("Closed"), gettext_lazy("Closed, not taken up, joined or moved out.")),
    ("tat-ca", gettext_lazy("All"), gettext_lazy("All that you may see.")),
)
CODES: Final = frozenset(code for code, _label, _help in PARTS)
# What is put on lists of the day's work.
COUNTED: Final = ("tiep-nhan", "phan-cong", "cua-toi", "qua-han", "cong-khai")


def condition(part: str, user: User, now: datetime) -> Q:
    """Return the condition of a part of the queue."""
    waiting = Q(state__in=UNANSWERED)
    late = Q(state=State.RECEIVED, intake_due_at__lt=now) | Q(state__in=UNANSWERED, due_at__lt=now)
    given = Assignment.objects.filter(ended_at=None)
    asked = WriterQuestion.objects.filter(replied_on=None).values("opinion")
    answered = (State.ANSWERED_ON_SPOT, State.ANSWERED_IN_WRITING)
    unseen = Q(is_public=False, state__in=(State.SORTED, State.FORWARDED, State.VERIFYING))
    untold = Q(entered_by__isnull=False, answered_at__isnull=False, told_on=None)
    found = {
        "tiep-nhan": Q(state=State.RECEIVED),
        "phan-cong": Q(state=State.SORTED) & ~Q(pk__in=given.values("opinion")),
        "cua-toi": waiting & Q(pk__in=given.filter(person=user).values("opinion")),
        "cho-dan": ~Q(state__in=ENDED) & Q(pk__in=asked),
        "sap-han": waiting & Q(due_at__gte=now, due_at__lt=now + SOON) & ~late,
        "qua-han": late,
        "cong-khai": (Q(state__in=answered) | unseen) & Q(is_private_person=False, about_officials=False),
        "theo-doi": Q(state__in=(State.PUBLISHED, State.FOLLOWING_UP)) | untold,
        "da-xong": Q(state__in=ENDED),
    }
    return found.get(part, Q())


def counts(found: OpinionQuerySet, user: User) -> dict[str, int]:
    """Count every part at once, in one query."""
    now = clock.now()
    numbers = {code.replace("-", "_"): Count("pk", filter=condition(code, user, now)) for code, _l, _h in PARTS[:-1]}
    counted = found.aggregate(**numbers, tat_ca=Count("pk"))
    return {name.replace("_", "-"): number for name, number in counted.items()}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader of the queue asked for; what is no choice counts as nothing."""

    part: str
    commune: str = ""
    hamlet: str = ""
    topic: str = ""
    source: str = ""
    words: str = ""

    @classmethod
    def of(cls, asked: QueryDict, default: str) -> Wanted:
        """Read an address."""
        part = asked.get("phan", default)
        said = {name: asked.get(key, "").strip()[:80] for name, key in FIELDS.items()}
        return cls(part if part in CODES else default, **said)

    def narrow(self, found: OpinionQuerySet) -> OpinionQuerySet:
        """Apply the filters, but not the part, so that the parts' counts follow them."""
        if self.commune:
            found = found.filter(commune__code=self.commune)
        if self.hamlet:
            found = found.filter(hamlet__code=self.hamlet)
        if self.topic:
            found = found.filter(topic__code=self.topic)
        if self.source in Source.values:
            found = found.filter(source=self.source)
        if self.words:
            # Of what is not public only the number is searched: the original words are encrypted.
            said = Q(public_id__iexact=self.words) | Q(slip_number__iexact=self.words)
            rows = Opinion.all_.filter(public_texts__folded__contains=fold(self.words)).values("pk")
            found = found.filter(said | Q(pk__in=rows))
        return found

    def query(self) -> str:
        """Return the filters as an address, without the part."""
        query = QueryDict(mutable=True)
        query.update({key: getattr(self, name) for name, key in FIELDS.items() if getattr(self, name)})
        return query.urlencode()


FIELDS: Final = {"commune": "xa", "hamlet": "ap", "topic": "linh-vuc", "source": "nguon", "words": "q"}


def rows(found: OpinionQuerySet, wanted: Wanted, user: User) -> OpinionQuerySet:
    """Return a part of the queue, what presses first."""
    part = found.filter(condition(wanted.part, user, clock.now())).with_words().prefetch_related("assignments__person")
    if wanted.part in ("da-xong", "tat-ca", "theo-doi"):
        return part.order_by("-filed_on", "public_id")
    if wanted.part == "tiep-nhan":
        return part.order_by("-is_urgent", "intake_due_at", "public_id")
    return part.order_by("-is_urgent", "due_at", "public_id")


def choices(user: User) -> dict[str, object]:
    """Return what the filters offer: only communes, hamlets and topics of opinions that the reader may see."""
    seen = policies.visible_to(user)
    communes = Unit.objects.filter(pk__in=seen.values("commune")).order_by("code")
    here = Unit.objects.current().filter(parent__in=communes, level=Level.HAMLET)
    return {
        "communes": communes,
        "hamlets": here.select_related("parent").order_by("code"),
        "topics": Topic.objects.filter(pk__in=seen.values("topic")).order_by("order", "pk"),
        "sources": Source.choices,
    }


def hours_left(calendar: WorkCalendar, now: datetime, until: datetime) -> timedelta:
    """Return the office time between two instants; nothing when it is over."""
    here, end = clock.local(now), clock.local(until)
    left, day = timedelta(), here.date()
    while day <= end.date():
        for opens, closes in calendar.sessions(day):
            begins = max(datetime.combine(day, opens, tzinfo=here.tzinfo), here)
            ends = min(datetime.combine(day, closes, tzinfo=here.tzinfo), end)
            left += max(timedelta(), ends - begins)
        day += timedelta(days=1)
    return left


@dataclass(frozen=True, slots=True)
class Clock:
    """What runs down, in words."""

    words: str
    is_late: bool
    until: datetime


class Clocks:
    """The clocks of a list; each commune's calendar is read once."""

    def __init__(self) -> None:
        """Begin without any calendar."""
        self._calendars: dict[int, WorkCalendar] = {}
        self._now = clock.now()

    def of(self, opinion: Opinion) -> Clock | None:
        """Return what runs down for an opinion; None when nothing does."""
        if opinion.state not in UNANSWERED:
            return None
        is_intake = opinion.state == State.RECEIVED
        until = opinion.intake_due_at if is_intake else opinion.due_at
        if until < self._now:
            days = max(1, (clock.local(self._now).date() - clock.local(until).date()).days)
            words = ngettext("%(n)s day late", "%(n)s days late", days) % {"n": days}
            return Clock(words, True, until)
        return Clock(self._left(opinion, until, is_intake=is_intake), False, until)

    def _left(self, opinion: Opinion, until: datetime, *, is_intake: bool) -> str:
        days = (clock.local(until).date() - clock.local(self._now).date()).days
        if not is_intake and not opinion.is_urgent and days > 1:
            return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}
        calendar = self._calendars.get(opinion.commune_id)
        if calendar is None:
            calendar = self._calendars[opinion.commune_id] = calendar_of(opinion.commune)
        minutes = int(hours_left(calendar, self._now, until).total_seconds() // 60)
        return _("%(hours)s h %(minutes)s min of office time left") % {"hours": minutes // 60, "minutes": f"{minutes % 60:02}"}
