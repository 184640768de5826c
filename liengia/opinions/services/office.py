"""What the office does with an opinion until it is answered: sort, give, forward, verify, ask back, join, refuse, move out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.opinions import officials
from liengia.opinions.models import (
    UNANSWERED,
    Assignment,
    Opinion,
    RefersToOfficer,
    RefusalReason,
    State,
    ToldHow,
    Topic,
    WriterQuestion,
)
from liengia.opinions.services.history import answer_due, due_times, move, note, take
from liengia.opinions.services.publication import make_unseen
from liengia.organisations.models import Organisation
from liengia.people.models import User
from liengia.units.models import Unit


@transaction.atomic
def sort(
    opinion: Opinion, *, topic: Topic, actor: Actor, hamlet: Unit | None = None, is_urgent: bool | None = None, office: str = ""
) -> Opinion:
    """Take an opinion in: topic, hamlet, urgency; due times follow the topic's objective, from the day of filing.

    An urgent one is due some office hours after it was sorted, since of an anonymous one no hour of filing is known.

    Raises:
        Refused: it has been answered or ended. Invalid: the hamlet is another commune's.
    """
    row = take(opinion, actor=actor)
    if hamlet is not None and hamlet.commune() != row.commune:
        raise Invalid(_("This hamlet belongs to another commune."), code="hamlet_elsewhere", field="hamlet")
    urgent = topic.is_urgent if is_urgent is None else is_urgent
    due = row.due_at
    if urgent and not row.is_urgent:
        due = due_times(commune=row.commune, topic=topic, at=clock.now(), is_urgent=True, rounded=row.is_anonymous)[1]
    elif not urgent and row.reopened_on is None and (row.is_urgent or topic.pk != row.topic_id):
        due = answer_due(commune=row.commune, topic=topic, filed_on=row.filed_on)
    # What was put before the chairman was the intake, or an earlier due time: another one that passes is put there again.
    is_told = row.escalated_at is not None and row.state != State.RECEIVED and due == row.due_at
    move(
        row, "sort", topic=topic, is_urgent=urgent, due_at=due, sorted_at=row.sorted_at or clock.now(),
        hamlet=hamlet or row.hamlet, was_late=row.was_late or row.is_overdue, escalated_at=row.escalated_at if is_told else None,
    )  # fmt: skip
    note(row, "sorted", actor=actor, data={"topic": topic.code}, office=office)
    return row


def _give(
    row: Opinion, *, unit: Unit | None, organisation: Organisation | None, person: User | None, note_words: str,
    is_forwarded: bool = False, document_number: str = "",
) -> Assignment:  # fmt: skip
    if unit is None and organisation is None and person is None:
        raise Invalid(_("Choose who is to answer."), code="nobody", field="person")
    if person is not None and row.about_officials and not officials.handlers(row).filter(pk=person.pk).exists():
        # Who gives it out may not learn more than that this cannot be.
        raise Invalid(_("It cannot be given to this person."), code="cannot_be_given", field="person")
    Assignment.objects.filter(opinion=row, ended_at=None).update(ended_at=clock.now())
    return Assignment.objects.create(
        opinion=row, unit=unit, organisation=organisation, person=person, note=note_words.strip(),
        is_forwarded=is_forwarded, document_number=document_number.strip(),
    )  # fmt: skip


def _take_back(keys: Collection[int]) -> None:
    """End the work that was given out: whoever had it no longer reads it."""
    Assignment.objects.filter(opinion__in=keys, ended_at=None).update(ended_at=clock.now())


@transaction.atomic
def assign(
    opinion: Opinion, *, actor: Actor, unit: Unit | None = None, organisation: Organisation | None = None,
    person: User | None = None, note_words: str = "", office: str = "",
) -> Assignment:  # fmt: skip
    """Give an opinion to a unit's office, an organisation or a person; whoever had it before no longer has.

    Raises:
        Invalid: nobody was named, or one whom it concerns. Refused: it waits for no answer.
    """
    row = take(opinion, actor=actor)
    if row.state not in UNANSWERED or row.state == State.RECEIVED:
        raise Refused(_("It is to be sorted first, or it has been answered."), code="not_sorted")
    given = _give(row, unit=unit, organisation=organisation, person=person, note_words=note_words)
    note(row, "assigned", actor=actor, data={"office": given.office}, office=office)
    return given


@transaction.atomic
def forward(
    opinion: Opinion, *, organisation: Organisation, actor: Actor, document_number: str = "", note_words: str = "",
    office: str = "",
) -> Assignment:  # fmt: skip
    """Forward what is beyond the commune's authority to the body that decides; the due time stays the commune's.

    Raises:
        Refused: not sorted yet, or answered.
    """
    row = take(opinion, actor=actor)
    move(row, "forward")
    given = _give(
        row, unit=None, organisation=organisation, person=None, note_words=note_words, is_forwarded=True,
        document_number=document_number,
    )  # fmt: skip
    note(row, "forwarded", actor=actor, data={"office": organisation.name, "letter": document_number}, office=office)
    return given


@transaction.atomic
def verify(opinion: Opinion, *, actor: Actor, office: str = "") -> Opinion:
    """Say that it is being verified on the spot.

    Raises:
        Refused: not sorted yet, or answered.
    """
    row = take(opinion, actor=actor)
    move(row, "verify")
    note(row, "verifying", actor=actor, office=office)
    return row


@transaction.atomic
def ask_writer(opinion: Opinion, *, text: str, actor: Actor, office: str = "") -> WriterQuestion:
    """Ask the writer back; the question waits at the code. The due time does not stop: the commune asked.

    Raises:
        Invalid: no words. Refused: an earlier question waits, or it has ended.
    """
    row = take(opinion, actor=actor)
    if not text.strip():
        raise Invalid(_("There are no words yet."), code="no_text", field="text")
    if row.has_ended or WriterQuestion.objects.filter(opinion=row, replied_on=None).exists():
        raise Refused(_("An earlier question waits for its reply, or it has ended."), code="question_waits")
    question = WriterQuestion.objects.create(opinion=row, text=text.strip(), by_office=office)
    note(row, "asked", actor=actor, office=office)
    return question


@transaction.atomic
def merge(opinion: Opinion, *, into: Opinion, actor: Actor, office: str = "") -> Opinion:
    """Join a duplicate with the one that stays: its support goes over, and its code leads to the other.

    Raises:
        Invalid: with itself, with one that was joined or moved out, of another commune, or of one that concerns an officer
            with one that does not.
    """
    # Always in the order of keys: two who join the same two the other way round would wait for each other.
    taken = {one.pk: take(one, actor=actor) for one in sorted((opinion, into), key=lambda one: one.pk)}
    row, other = taken[opinion.pk], taken[into.pk]
    fits = row.pk != other.pk and row.commune_id == other.commune_id
    fits = fits and (row.about_officials, row.officials_to) == (other.about_officials, other.officials_to)
    if not fits or other.state in (State.MERGED, State.MOVED_OUT):
        raise Invalid(_("These two cannot be joined."), code="cannot_merge", field="into")
    # Whatever was joined with this one follows it.
    Opinion.all_.filter(merged_into=row).update(merged_into=other)
    move(row, "merge", merged_into=other, ended_at=clock.now(), is_public=False, was_late=row.was_late or row.is_overdue)
    Opinion.all_.filter(pk=other.pk).update(support_count=F("support_count") + 1 + row.support_count)
    make_unseen(row)
    _take_back([row.pk])
    note(row, "merged", actor=actor, data={"into": other.public_id}, office=office)
    return row


@transaction.atomic
def refuse(opinion: Opinion, *, reason: RefusalReason, words: str, actor: Actor, office: str = "") -> Opinion:
    """Not take an opinion up: a reason of the list, and words that say why and where to go.

    Raises:
        Invalid: no words. Refused: it has been answered or has ended.
    """
    row = take(opinion, actor=actor)
    if not words.strip():
        raise Invalid(_("Say in words why, and where the writer can turn to."), code="no_text", field="words")
    if reason.is_elsewhere:
        raise Invalid(_("What belongs elsewhere by law is moved out, not refused."), code="move_out", field="reason")
    move(
        row, "refuse", reason=reason, reason_words=words.strip(), ended_at=clock.now(), answered_at=clock.now(),
        was_late=row.was_late or row.is_overdue,
    )  # fmt: skip
    _take_back([row.pk])
    note(row, "refused", actor=actor, data={"reason": reason.code}, office=office)
    return row


@transaction.atomic
def move_out(opinion: Opinion, *, reason: RefusalReason, actor: Actor, words: str = "", office: str = "") -> Opinion:
    """Take out what is a complaint, a denunciation or a crime report by law; the code tells where it belongs.

    It is out of every list, public or not counted as answered; its words are erased by the chore with the contact.

    Raises:
        Invalid: the reason is not one of those that belong elsewhere.
    """
    row = take(opinion, actor=actor)
    if not reason.is_elsewhere:
        raise Invalid(_("Choose where it belongs by law."), code="not_elsewhere", field="reason")
    move(row, "move_out", reason=reason, reason_words=words.strip(), ended_at=clock.now(), is_public=False)
    make_unseen(row)
    _take_back([row.pk])
    note(row, "moved_out", actor=actor, data={"reason": reason.code}, office=office)
    return row


@transaction.atomic
def refer_to_officials(
    opinion: Opinion, *, actor: Actor, officer: User | None = None, words: str = "", office: str = ""
) -> None:
    """Give what concerns an officer to those who handle it; whoever does this no longer sees it unless they are among them.

    What was joined with it goes along: it says the same of the same officer.

    Raises:
        Invalid: nobody was named, or nobody could handle it whom it does not concern.
    """
    row = take(opinion, actor=actor)
    if officer is None and not words.strip():
        raise Invalid(_("Say whom it concerns."), code="nobody", field="words")
    named = [*User.objects.filter(pk__in=row.officers.values("officer")), *([officer] if officer else [])]
    said = [*row.officers.values_list("words", flat=True), words]
    row.officials_to = officials.goes_to(row.commune, officers=named, words=said, wanted=row.officials_to)
    row.about_officials, row.is_public = True, False
    alike = [row, *Opinion.all_.filter(merged_into=row)]
    keys = [one.pk for one in alike]
    Opinion.all_.filter(pk__in=keys).update(about_officials=True, officials_to=row.officials_to, is_public=False)
    make_unseen(row)
    _take_back(keys)
    for one in alike:
        RefersToOfficer.objects.get_or_create(opinion=one, officer=officer, **({"defaults": {"words": words.strip()}} if officer else {"words": words.strip()}))
    note(row, "referred", actor=actor, office=office)


@transaction.atomic
def mark_told(opinion: Opinion, *, how: str, actor: Actor, office: str = "") -> Opinion:
    """Record how and when somebody without a phone was told; only then does it count as answered.

    Raises:
        Refused: not answered yet, told before, or nobody entered it for the writer. Invalid: no such way.
    """
    row = take(opinion, actor=actor)
    if how not in ToldHow.values:
        raise Invalid(_("Choose how the writer was told."), code="no_choice", field="how")
    if row.entered_by_id is None or (row.merged_into or row).answered_at is None or row.told_on is not None:
        raise Refused(_("It has not been answered, or the writer has been told."), code="nothing_to_tell")
    Opinion.all_.filter(pk=row.pk).update(told_how=how, told_on=clock.today())
    row.told_how, row.told_on = how, clock.today()
    note(row, "told", actor=actor, data={"how": how}, office=office)
    return row


def escalate_overdue(*, at: datetime | None = None, limit: int = 50) -> int:
    """Put what is overdue before those who oversee, once for each due time; counted and shown. The worker calls it."""
    moment = at or clock.now()
    late = Opinion.all_.all().overdue(moment).filter(escalated_at=None, erased_at=None)
    done = 0
    for opinion in list(late.order_by("due_at")[:limit]):
        done += _escalate(opinion)
    return done


@transaction.atomic
def _escalate(opinion: Opinion) -> int:
    worker = Actor.system("worker")
    try:
        row = take(opinion, actor=worker)
    except NotFound:
        return 0
    if Opinion.all_.filter(pk=row.pk, escalated_at=None).update(escalated_at=clock.now(), was_late=True) != 1:
        return 0
    note(row, "escalated", actor=worker, data={"was": "intake" if row.state == State.RECEIVED else "answer"})
    return 1
