"""Questions of a session: taken in from the web, slips, phones and the spoken word; let in, put on the floor, answered.

Each is an opinion with its due time; a question that concerns an officer leaves the session at once and is handled by
those alone who handle such opinions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.audit import services as audit
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.opinions import redaction
from liengia.opinions.models import AnswerKind, Kind, Opinion, Source, State, ToldHow, Topic
from liengia.opinions.models.forums import CameBy, ForumQuestion, ForumState, ListeningForum, QuestionState
from liengia.opinions.services import answers, filing, office, publication
from liengia.opinions.services.forums import publish_change, take
from liengia.opinions.workflow import QUESTION
from liengia.people.models import User

LONGEST_QUESTION: Final = 1000
_TITLE_LETTERS: Final = 70


def ask(
    forum: ListeningForum, *, text: str, code: str, came_by: str, actor: Actor | None = None, helper: User | None = None,
    name: str = "", phone: str = "", slip_number: str = "", about_officials: bool = False, officers: Sequence[User] = (),
    officer_words: str = "", officials_to: str = "",
) -> Opinion:  # fmt: skip
    """Take a question in under a private code; the same code again returns the one that was taken (sent twice, or synced late).

    Slips are numbered from 1 in each hall. Who speaks stands before everybody and is asked for no name.

    Raises:
        Invalid: as `file_opinion`; a slip number that was entered in this session before. Refused: the session takes no
            questions; a slip is taken until the minutes are signed.
    """
    if (before := filing.filed_before(code)) is not None:
        return before
    row = ListeningForum.objects.select_related("unit", "topic").get(pk=forum.pk)
    late = came_by == CameBy.PAPER and row.state == ForumState.CLOSED
    if not row.takes_questions and not late:
        raise Refused(gettext_lazy("This forum takes no questions now. An opinion can be sent at any time."), code="not_now")
    commune = row.unit.commune()
    if commune is None:
        raise NotFound("")
    draft = filing.Draft(
        commune, text, kind=Kind.RECOMMENDATION, hamlet=row.unit if row.unit != commune else None, is_anonymous=not name.strip(),
        contact_name=name, contact_phone=phone, about_officials=about_officials, officers=officers, officer_words=officer_words,
        officials_to=officials_to, is_spoken=came_by == CameBy.SPOKEN,
    )  # fmt: skip
    by = actor or Actor.visitor()
    with transaction.atomic():
        if helper is not None:
            number = slip_number.strip()
            if number and ForumQuestion.objects.filter(forum=row, opinion__slip_number=number).exists():
                raise filing.slip_again(number)
            opinion = filing.file_for_another(
                draft, code=code, helper=helper, actor=by, slip_number=slip_number, source=Source.FORUM
            )
        else:
            opinion = filing.file_opinion(draft, code=code, source=Source.FORUM, actor=by)
        if not opinion.about_officials:
            fresh = QuestionState.IN_WRITING if late else QuestionState.WAITING
            ForumQuestion.objects.get_or_create(
                opinion=opinion, defaults={"forum": row, "came_by": came_by, "state": fresh}
            )
    return opinion


def suggested(question: ForumQuestion) -> tuple[str, str]:
    """Return title and text with every marked place covered: what a moderator looks over before it is shown."""
    words = question.opinion.text
    text = redaction.redact(words, publication.marks_of(question.opinion, words))
    first = text.split("\n")[0].split(". ")[0].strip()
    if len(first) > _TITLE_LETTERS:
        first = first[:_TITLE_LETTERS].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return first, text


def _take(question: ForumQuestion) -> ForumQuestion:
    """Return the question as it stands now; its session is locked, so that one question has the floor."""
    row = ForumQuestion.objects.standing().select_related("forum", "opinion__commune").filter(pk=question.pk).first()
    if row is None:
        raise NotFound("")
    row.forum = take(row.forum)
    if row.forum.state == ForumState.SIGNED:
        raise Refused(gettext_lazy("The minutes are signed: nothing of the session changes any more."), code="signed")
    return row


def _move(row: ForumQuestion, verb: str, *, actor: Actor, **changes: Any) -> ForumQuestion:
    row.state = QUESTION.after(row.state, verb)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *changes])
    facts = {"question": row.opinion.public_id, "state": row.state}
    audit.record("opinions.forum_question", actor=actor, about=row.forum, unit=row.forum.unit, facts=facts)
    publish_change(row.forum)
    return row


def _sorted(row: ForumQuestion, *, actor: Actor) -> None:
    """Take the opinion in, under the session's usual topic: an answer needs that."""
    if row.opinion.state == State.RECEIVED:
        other = Topic.objects.all().of(row.opinion.commune).filter(code="other").first()
        # A commune may keep "other" out of its own list; the shipped one is always there.
        topic = row.opinion.topic or row.forum.topic or other or Topic.objects.get(unit=None, code="other")
        row.opinion = office.sort(row.opinion, topic=topic, actor=actor)


@transaction.atomic
def let_in(
    question: ForumQuestion, *, title: str, text: str, actor: Actor, kept: Collection[str] = ()
) -> ForumQuestion:
    """Show a question in the hall and on the page, as the redacted copy that a moderator decided on; it joins the queue's end.

    After the session it is shown among those that are answered in writing.

    Raises:
        Invalid: no words. Refused: a marked place on which nobody decided (code "undecided"); or it is shown already.
    """
    row = _take(question)
    if row.state not in (QuestionState.WAITING, QuestionState.ASIDE, QuestionState.IN_WRITING):
        raise Refused(gettext_lazy("It is shown already."), code="shown_already")
    publication.publish_text(row.opinion, title=title, text=text, kept=kept, actor=actor)
    last = ForumQuestion.objects.filter(forum=row.forum).aggregate(last=Max("order"))["last"] or 0
    verb = "let_in" if row.forum.takes_questions else "show"
    return _move(row, verb, actor=actor, order=last + 1)


@transaction.atomic
def take_spoken(forum: ListeningForum, *, text: str, code: str, actor: Actor, came_by: str = CameBy.SPOKEN) -> ForumQuestion | None:
    """Take down what somebody says aloud, at the end of the queue; None when it is handled elsewhere.

    Where something in it is marked (a name, a number, a house) it waits at the desk for somebody to decide on each.

    Raises:
        Invalid: no words. Refused: the session takes no questions.
    """
    opinion = ask(forum, text=text, code=code, came_by=came_by, actor=actor)
    question = ForumQuestion.objects.standing().filter(opinion=opinion).select_related("opinion__commune").first()
    if question is not None and question.state == QuestionState.WAITING:
        if publication.marks_of(question.opinion, question.opinion.text):
            return question
        title, words = suggested(question)
        question = let_in(question, title=title, text=words, actor=actor)
    return question


@transaction.atomic
def set_aside(question: ForumQuestion, *, actor: Actor) -> ForumQuestion:
    """Do not show a question in the hall; as an opinion it is still answered by its date.

    Raises:
        Refused: it has been answered.
    """
    return _move(_take(question), "set_aside", actor=actor)


@transaction.atomic
def give_floor(question: ForumQuestion, *, actor: Actor) -> ForumQuestion:
    """Put a question on the floor; the one that had it goes back to its place in the queue.

    Raises:
        Refused: it is not in the queue, or the session does not go on.
    """
    row = _take(question)
    if row.forum.state != ForumState.LIVE:
        raise Refused(gettext_lazy("The session does not go on."), code="not_live")
    before = ForumQuestion.objects.filter(forum=row.forum, state=QuestionState.FLOOR).exclude(pk=row.pk).first()
    if before is not None:
        _move(before, "give_back", actor=actor)
    return _move(row, "give_floor", actor=actor)


@transaction.atomic
def reorder(question: ForumQuestion, *, step: int, actor: Actor) -> ForumQuestion:
    """Move a question of the queue one place forward (step -1) or back (1); at the end nothing changes."""
    row = _take(question)
    queue = list(ForumQuestion.objects.standing().filter(forum=row.forum, state=QuestionState.QUEUED).order_by("order", "pk"))
    places = [one.pk for one in queue]
    if row.pk not in places:
        raise Refused(gettext_lazy("It is not in the queue."), code="not_queued")
    there = places.index(row.pk) + (1 if step > 0 else -1)
    if 0 <= there < len(queue):
        other = queue[there]
        mine, others = row.order, other.order
        ForumQuestion.objects.filter(pk=other.pk).update(order=mine)
        ForumQuestion.objects.filter(pk=row.pk).update(order=others)
        row.order = others
        facts = {"question": row.opinion.public_id, "step": step}
        audit.record("opinions.forum_question", actor=actor, about=row.forum, unit=row.forum.unit, facts=facts)
        publish_change(row.forum)
    return row


@transaction.atomic
def answer_now(
    question: ForumQuestion, *, text: str, signer_name: str, signer_office: str, actor: Actor, is_paste_meant: bool = False,
    kept: Collection[str] = (), was_heard: bool = False,
) -> ForumQuestion:  # fmt: skip
    """Answer on the spot, in public. Whoever asked aloud was there, and so has been told; of a slip, which may have been
    handed in before, somebody says so (`was_heard`), or its helper is still to tell.

    Raises:
        Invalid: no words or signer. Refused: not shown, answered before, the words of an earlier answer (code "pasted"),
            or a marked place on which nobody decided (code "undecided").
    """
    row = _take(question)
    done = _move(row, "answer", actor=actor)
    _sorted(done, actor=actor)
    answers.answer(
        done.opinion, kind=AnswerKind.ON_SPOT, text=text, signer_name=signer_name, signer_office=signer_office, actor=actor,
        is_paste_meant=is_paste_meant,
    )  # fmt: skip
    done.opinion = answers.publish(done.opinion, actor=actor, kept=kept, office=signer_office)
    is_told = was_heard or done.came_by == CameBy.SPOKEN
    if is_told and done.opinion.entered_by_id is not None and done.opinion.told_on is None:
        office.mark_told(done.opinion, how=ToldHow.MEETING, actor=actor)
    return done


@transaction.atomic
def promise(question: ForumQuestion, *, actor: Actor) -> ForumQuestion:
    """Promise an answer in writing by the opinion's due time, which stands beside it in public.

    Raises:
        Refused: it has been answered.
    """
    row = _move(_take(question), "promise", actor=actor)
    _sorted(row, actor=actor)
    return row


@transaction.atomic
def join(question: ForumQuestion, *, into: ForumQuestion, actor: Actor) -> ForumQuestion:
    """Join a question that asks the same with another of the session; the other counts one more who asks.

    Raises:
        Invalid: with itself, or of another session. Refused: it has been answered.
    """
    row, other = _take(question), _take(into)
    if row.pk == other.pk or row.forum_id != other.forum_id:
        raise Invalid(_("Choose another question of this session."), code="same", field="into")
    office.merge(row.opinion, into=other.opinion, actor=actor)
    ForumQuestion.objects.filter(pk=row.pk).update(state=QuestionState.ASIDE)
    publish_change(row.forum)
    return other
