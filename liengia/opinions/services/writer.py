"""What a writer does by the private code: follow, reply, rate, open again; and support by anybody, as a number."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.opinions import codes
from liengia.opinions.models import Answer, Opinion, Rating, Reopening, Satisfaction, State, WriterQuestion
from liengia.opinions.services.history import due_times, move, note, rules_of, take

WRITER = Actor.visitor()


def find_by_code(raw: str) -> Opinion:
    """Return the opinion of a private code.

    Raises:
        NotFound: no such code; mistyped, unknown and erased look the same.
    """
    symbols = codes.parse(raw)
    # A mistyped code costs as much as an unknown one.
    key = codes.hash_of(symbols or "")
    found = Opinion.all_.filter(code_hash=key, erased_at=None).select_related("commune", "topic", "merged_into").first()
    if symbols is None or found is None:
        raise NotFound("")
    return found


@transaction.atomic
def reply_by_code(opinion: Opinion, *, text: str) -> WriterQuestion:
    """Reply to the oldest open question; the day is kept.

    Raises:
        Invalid: no words. Refused: nothing was asked, or it was replied to.
    """
    row = take(opinion, actor=WRITER)
    if not text.strip():
        raise Invalid(_("There are no words yet."), code="no_text", field="text")
    question = WriterQuestion.objects.filter(opinion=row, replied_on=None).order_by("asked_at").first()
    if question is None:
        raise Refused(_("There is no open question. What you wrote was not sent."), code="nothing_asked")
    question.reply, question.replied_on = text.strip(), clock.today()
    question.save(update_fields=["reply", "replied_on"])
    note(row, "replied", actor=WRITER)
    return question


def answers_for(opinion: Opinion) -> list[tuple[Answer, str]]:
    """Return the answers that a writer reads, each with its words, the newest first.

    Whose opinion was joined reads what was written for those joined, or what everybody reads: nothing addressed to somebody else.
    """
    main = opinion.merged_into
    if main is None:
        return [(one, one.text) for one in opinion.answers.all()]
    out = main.public_answer if main.is_public and not main.about_officials else None
    told = [(one, one.joined_text or (one.public_text if one == out else "")) for one in main.answers.all()]
    return [(one, words) for one, words in told if words]


def may_rate(opinion: Opinion) -> bool:
    """Tell whether there is an answer that the writer has not rated; of one that was joined, the other's answer."""
    main = opinion.merged_into or opinion
    return main.answered_at is not None and not opinion.ratings.filter(is_after_reopening=main.reopened_on is not None).exists()


@transaction.atomic
def rate(opinion: Opinion, *, satisfaction: str, words: str = "") -> Rating:
    """Rate the answer, once, and once more after it was opened again.

    Raises:
        Invalid: no such choice. Refused: not answered yet, or rated before.
    """
    row = take(opinion, actor=WRITER)
    if satisfaction not in Satisfaction.values:
        raise Invalid(_("Choose one of the three."), code="no_choice", field="satisfaction")
    main = row.merged_into or row
    if main.answered_at is None:
        raise Refused(_("It has not been answered yet."), code="not_answered")
    again = main.reopened_on is not None
    if not may_rate(row):
        raise Refused(_("You have rated this answer already. Thank you."), code="rated")
    rating = Rating.objects.create(
        opinion=row, satisfaction=satisfaction, words=words.strip(), on=clock.today(), is_after_reopening=again
    )
    note(row, "rated", actor=WRITER, data={"satisfaction": satisfaction})
    return rating


def may_reopen(opinion: Opinion) -> bool:
    """Tell whether the writer may open it again: once, within the commune's period after it, or the one it was joined with, ended."""
    main = opinion.merged_into or opinion
    if opinion.reopened_on is not None or main.ended_at is None:
        return False
    last = main.ended_at + timedelta(days=rules_of(opinion.commune).reopen_days)
    return main.state in (State.CLOSED, State.REFUSED) and clock.now() <= last


@transaction.atomic
def reopen(opinion: Opinion, *, words: str) -> Reopening:
    """Open it again, once; it is due anew by the topic's objective. One that was joined stands by itself again, and is answered so.

    Raises:
        Invalid: no words. Refused: opened again before, too late, or it has not ended.
    """
    row = take(opinion, actor=WRITER)
    if not words.strip():
        raise Invalid(_("Write what is still open."), code="no_text", field="words")
    if not may_reopen(row):
        raise Refused(_("It can no longer be opened again. You may send a new opinion."), code="cannot_reopen")
    topic = row.topic or (row.merged_into.topic if row.merged_into else None)
    intake, due = due_times(
        commune=row.commune, topic=topic, at=clock.now(), is_urgent=row.is_urgent, rounded=row.is_anonymous
    )
    move(
        row, "reopen", reopened_on=clock.today(), intake_due_at=intake, due_at=due, answered_at=None, ended_at=None,
        escalated_at=None, told_how="", told_on=None, reason=None, reason_words="", merged_into=None, topic=topic,
    )  # fmt: skip
    made = Reopening.objects.create(opinion=row, words=words.strip(), on=clock.today())
    note(row, "reopened", actor=WRITER)
    return made


def support(opinion: Opinion) -> None:
    """Count one more who says "so do I"; nothing is kept of who it was (a limit in memory stands before this).

    Raises:
        Refused: it has ended.
    """
    if opinion.has_ended:
        raise Refused(_("It has been dealt with."), code="ended")
    Opinion.public_.filter(pk=opinion.pk).update(support_count=F("support_count") + 1)
