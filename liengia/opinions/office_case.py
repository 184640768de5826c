"""What the page of one opinion gathers: its history, likely duplicates, answers to what is alike; and the record of reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.text import shown_day, shown_time
from liengia.opinions import policies, similar
from liengia.opinions.audit_kinds import VERBS
from liengia.opinions.models import Answer, Opinion, OpinionEvent, State
from liengia.people.models import User

_COMPARED: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history, as the office reads it."""

    title: str
    when: str
    office: str
    who: str
    is_late: bool = False


def history(opinion: Opinion) -> list[Line]:
    """Return the history, the newest first."""
    return [_line(event) for event in opinion.events.select_related("user").order_by("-number")]


def _line(event: OpinionEvent) -> Line:
    title = str(VERBS.get(event.verb, event.verb))
    # What an anonymous writer does has a day and no instant.
    when = shown_time(event.at) if event.at else shown_day(event.on)
    office = str(event.data.get("office") or event.by_office or "")
    return Line(title[:1].upper() + title[1:], when, office, str(event.user or ""), event.verb == "escalated")


def record_read(opinion: Opinion, user: User) -> None:
    """Record that somebody read the original words. What concerns an officer belongs to no unit's log."""
    unit = None if opinion.about_officials else opinion.commune_id
    audit.record_read("opinions.read", actor=Actor.of(user), about=opinion, unit=unit)


def _alike(opinion: Opinion, user: User) -> list[Opinion]:
    seen = policies.visible_to(user).filter(commune=opinion.commune_id, about_officials=opinion.about_officials, erased_at=None)
    others = seen.exclude(pk=opinion.pk).exclude(state__in=(State.MERGED, State.MOVED_OUT))
    return list(others.with_words().order_by("-filed_on", "public_id")[:_COMPARED])


def likely(opinion: Opinion, user: User) -> tuple[list[Opinion], list[Answer]]:
    """Return up to three opinions that are likely the same, and the answers given to what is alike.

    Only among those that the reader may see: a specialist sees those given to them, and nothing that concerns others.
    """
    others = _alike(opinion, user)
    candidates = [similar.Candidate(one.public_id, one.text, one.place_words) for one in others]
    keys = similar.likely(opinion.text, opinion.place_words, candidates, limit=6)
    by_key = {one.public_id: one for one in others}
    found = [by_key[key] for key in keys]
    answers = Answer.objects.filter(opinion__in=found).select_related("opinion").order_by("-answered_at")
    newest = {one.opinion_id: one for one in reversed(answers)}
    return found[:3], list(newest.values())[:3]


def office_of(opinion: Opinion) -> str:
    """Return the office that lines of the history name."""
    return opinion.commune.full_name

