"""Satisfaction slips: five answers are added to counts, and the slip is forgotten. Published without small numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.opinions.models.forums import (
    SURVEY_QUESTIONS,
    ForumState,
    ListeningForum,
    SurveyCount,
    SurveyLevel,
    SurveyPhase,
)
from liengia.opinions.services.forums import take

LEAST: Final = 5
MOST_AT_ONCE: Final = 2000
Tally = Mapping[tuple[int, str], int]


@transaction.atomic
def count_slip(forum: ListeningForum, *, phase: str, answers: Mapping[int, str]) -> None:
    """Add one slip from a phone. Nothing says when or from whom: there is no row of it and no audit entry.

    Raises:
        Invalid: not all five questions, or no such answer. Refused: not the time for it.
    """
    if set(answers) != set(SURVEY_QUESTIONS):
        raise Invalid(_("Answer all five questions."), code="unanswered")
    _add(take(forum), phase, dict.fromkeys(answers.items(), 1))


@transaction.atomic
def count_paper(forum: ListeningForum, *, phase: str, tally: Tally, actor: Actor) -> None:
    """Add the counts of a heap of paper slips.

    Raises:
        Invalid: nothing counted, a negative or too large number. Refused: not the time for it.
    """
    if not any(tally.values()):
        raise Invalid(_("Nothing was counted."), code="no_count")
    row = take(forum)
    _add(row, phase, tally)
    audit.record(
        "opinions.forum_survey_counted", actor=actor, about=row, unit=row.unit,
        facts={"phase": phase, "slips": max(sum(tally.get((n, level), 0) for level in SurveyLevel.values) for n in SURVEY_QUESTIONS)},
    )  # fmt: skip


def takes_slips(forum: ListeningForum, phase: str) -> bool:
    """Tell whether slips of a phase are taken: before, until the session ends; after, until the minutes are signed."""
    if phase == SurveyPhase.BEFORE:
        return forum.state in (ForumState.ASKING, ForumState.LIVE, ForumState.CLOSED)
    return forum.state in (ForumState.LIVE, ForumState.CLOSED)


def _add(row: ListeningForum, phase: str, tally: Tally) -> None:
    if phase not in SurveyPhase.values or not takes_slips(row, phase):
        raise Refused(_("Slips are not taken now."), code="not_now")
    for (number, level), count in tally.items():
        if number not in SURVEY_QUESTIONS or level not in SurveyLevel.values or not 0 <= count <= MOST_AT_ONCE:
            raise Invalid(_("A number is missing or too large."), code="bad_count")
        if count:
            SurveyCount.objects.get_or_create(forum=row, phase=phase, question=number, level=level)
            found = SurveyCount.objects.filter(forum=row, phase=phase, question=number, level=level)
            found.update(count=F("count") + count)


@dataclass(frozen=True, slots=True)
class Share:
    """One question of one phase: how many slips, and how many of each answer; None where a number would be too small."""

    number: int
    words: str
    total: int | None
    levels: dict[str, int | None]

    @property
    def percent_satisfied(self) -> int | None:
        """Whole percent of satisfied ones, where the numbers can be shown."""
        satisfied = self.levels[SurveyLevel.SATISFIED]
        return None if satisfied is None or not self.total else round(100 * satisfied / self.total)


def protected(counts: Mapping[str, int]) -> tuple[int | None, dict[str, int | None]]:
    """Return total and counts without any number from 1 to 4, and without any that could be reckoned from the rest.

    1. A total under 5 is not shown, nor anything of it. 2. Counts of 1 to 4 are hidden. 3. One hidden count alone could
    be reckoned from the total, and two could be narrowed to less than 5 together: then the smallest shown one, or a
    zero, is hidden too, until what is hidden sums up to 5 at least over two answers or more.
    """
    total = sum(counts.values())
    if total < LEAST:
        return None, dict.fromkeys(counts)
    hidden = {level for level, count in counts.items() if 0 < count < LEAST}
    while hidden and (len(hidden) < 2 or sum(counts[level] for level in hidden) < LEAST) and len(hidden) < len(counts):
        rest = {level: count for level, count in counts.items() if level not in hidden}
        hidden.add(min(rest, key=lambda level: (rest[level] == 0, rest[level])))
    return total, {level: None if level in hidden else count for level, count in counts.items()}


def published(forum: ListeningForum) -> dict[str, list[Share]]:
    """Return what is shown of the slips, by phase; nothing while any is taken (`takes_slips`), so that no two readings tell of one slip."""
    if forum.state != ForumState.SIGNED:
        return {}
    found: dict[str, dict[int, dict[str, int]]] = {}
    for row in forum.survey.all():
        found.setdefault(row.phase, {}).setdefault(row.question, {})[row.level] = row.count
    return {
        phase: [_share(number, by_question.get(number, {})) for number in SURVEY_QUESTIONS]
        for phase in SurveyPhase.values
        if (by_question := found.get(phase))
    }


def _share(number: int, counts: Mapping[str, int]) -> Share:
    total, levels = protected({level: counts.get(level, 0) for level in SurveyLevel.values})
    return Share(number, str(SURVEY_QUESTIONS[number]), total, levels)
