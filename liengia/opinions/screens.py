"""What templates show of an opinion: words for states, steps and due times; a chart as points of a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liengia.core import clock
from liengia.core.text import shown_day, shown_time
from liengia.opinions.audit_kinds import VERBS
from liengia.opinions.models import UNANSWERED, Opinion, OpinionEvent, State
from liengia.opinions.queries import Score

ICONS = {
    "filed": "send", "sorted": "list-details", "assigned": "user-check", "forwarded": "external-link", "verifying": "search",
    "asked": "message", "replied": "message-2", "answered_on_spot": "speakerphone", "answered_in_writing": "file-text",
    "text_published": "eye", "published": "eye", "evidence_added": "camera", "following_up": "tool", "closed": "flag",
    "refused": "ban", "merged": "git-merge", "moved_out": "arrow-right", "told": "phone-call", "rated": "star",
    "reopened": "arrow-back-up", "escalated": "alert-circle",
}  # fmt: skip
# Lines that say nothing to the public.
INNER = {"text_withdrawn", "referred", "asked", "replied", "told", "assigned"}
TONES = {State.CLOSED: "", State.REFUSED: "", State.FOLLOWING_UP: "info"}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the steps."""

    icon: str
    title: str
    when: str
    is_late: bool = False


def steps(opinion: Opinion, *, for_writer: bool = False) -> list[Step]:
    """Return the steps of an opinion, the oldest first; the writer sees the questions too."""
    hidden = INNER - {"asked", "replied"} if for_writer else INNER
    return [_step(event, opinion) for event in opinion.events.all() if event.verb not in hidden]


def _step(event: OpinionEvent, opinion: Opinion) -> Step:
    title = str(VERBS.get(event.verb, event.verb))
    if event.verb == "escalated" and opinion.about_officials:
        title = _("overdue: those who handle it were told")  # the chairman may be the one whom it concerns
    title = title[:1].upper() + title[1:]
    place = str(event.data.get("office") or event.by_office or "")
    when = shown_time(event.at) if event.at else shown_day(event.on)
    return Step(ICONS.get(event.verb, "circle-dashed"), title, f"{when}. {place}" if place else when, event.verb == "escalated")


@dataclass(frozen=True, slots=True)
class Due:
    """By when, in words."""

    title: str
    day: str
    left: str
    is_late: bool


def due(opinion: Opinion) -> Due | None:
    """Return by when it is to be answered; None when it has been."""
    if opinion.state not in UNANSWERED:
        return None
    at = opinion.intake_due_at if opinion.state == State.RECEIVED and opinion.intake_due_at < clock.now() else opinion.due_at
    day = clock.local(at).date()
    title = _("To be answered by") if at == opinion.due_at else _("To be taken in by")
    return Due(title, shown_day(day), days_left(at, is_private=opinion.about_officials), at < clock.now())


def days_left(at: datetime, *, is_private: bool = False) -> str:
    """Return "5 days left", "today", or "1 day late, put before the chairman" (not told where he may be whom it concerns)."""
    days = (clock.local(at).date() - clock.today()).days
    if at < clock.now():
        late = max(1, -days)
        if is_private:
            return ngettext("%(n)s day late", "%(n)s days late", late) % {"n": late}
        return ngettext("%(n)s day late, put before the chairman", "%(n)s days late, put before the chairman", late) % {"n": late}
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days} if days else _("today")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in points of its drawing: what was in time below, what was late on top."""

    label: str
    x: int
    in_time_y: int
    in_time_height: int
    late_y: int
    late_height: int
    total: int
    middle: int


def bars(scores: list[Score], *, height: int = 160, width: int = 44, gap: int = 20) -> list[Bar]:
    """Return the bars of scores: answered in time, and late or overdue."""
    most = max((score.in_time + score.late + score.overdue for score in scores), default=0) or 1
    found = []
    for place, score in enumerate(scores):
        late = score.late + score.overdue
        low, high = round(score.in_time / most * height), round(late / most * height)
        x = gap + place * (width + gap)
        found.append(Bar(score.label, x, 20 + height - low, low, 20 + height - low - high, high, score.in_time + late, x + width // 2))
    return found


def month_choices(firsts: list[date]) -> list[tuple[str, str]]:
    """Return months for a choice, the newest first."""
    return [(f"{first:%Y-%m}", f"{first:%m/%Y}") for first in reversed(firsts)]
