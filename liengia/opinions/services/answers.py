"""Answering, showing what was done, following up and closing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liengia.core import clock, images
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.opinions import index, similar
from liengia.opinions.models import Answer, AnswerKind, Evidence, EvidenceKind, Opinion, State
from liengia.opinions.services.history import move, note, take
from liengia.opinions.services.publication import decide_marks
from liengia.organisations import committee_services
from liengia.organisations.models import Task, TaskState

CHANGED: Final = _("Somebody changed what everybody reads, or answered anew, since you opened this page. Look at what stands now; what you typed is still here.")
LARGEST_DOCUMENT: Final = 10 * 1024 * 1024
# How many earlier answers of the commune a new one is compared with.
_COMPARED: Final = 300


@transaction.atomic
def answer(
    opinion: Opinion, *, kind: str, text: str, signer_name: str, signer_office: str, actor: Actor,
    document_number: str = "", promised_on: date | None = None, is_paste_meant: bool = False, joined_text: str = "",
) -> Answer:  # fmt: skip
    """Answer on the spot or in writing; the writer reads it at the code, everybody once it is published.

    Whose opinions were joined read `joined_text`, or the public copy: the answer itself was written to somebody else.

    Raises:
        Invalid: no words or no signer. Refused: the state does not allow it; or the words are those of an earlier answer
            (code "pasted", `other` is its opinion) and it was not confirmed that this is meant.
    """
    row = take(opinion, actor=actor)
    if not text.strip():
        raise Invalid(_("There are no words yet."), code="no_text", field="text")
    if not signer_name.strip() or not signer_office.strip():
        raise Invalid(_("An answer is signed with a name and an office."), code="no_signer", field="signer_name")
    other = similar.pasted_from(text, _earlier(row))
    if other is not None and not is_paste_meant:
        raise Refused(
            _("These are the words of an answer given before. Answer what was asked here, or confirm that they fit."),
            code="pasted",
            other=other,
        )
    verb = "answer_on_spot" if kind == AnswerKind.ON_SPOT else "answer_in_writing"
    move(row, verb, answered_at=row.answered_at or clock.now(), was_late=row.was_late or row.is_overdue)
    made = Answer.objects.create(
        opinion=row,
        version=row.answers.count() + 1,
        kind=kind,
        text=text.strip(),
        joined_text=joined_text.strip(),
        signer_name=signer_name.strip(),
        signer_office=signer_office.strip(),
        document_number=document_number.strip(),
        promised_on=promised_on,
    )
    row.assignments.filter(ended_at=None).update(ended_at=clock.now())
    note(row, row.state, actor=actor, data={"pasted_from": other} if other else {}, office=made.signer_office)
    return made


def _earlier(row: Opinion) -> Iterator[similar.Candidate]:
    answers = Answer.objects.filter(opinion__commune=row.commune_id, opinion__about_officials=row.about_officials)
    for one in answers.select_related("opinion").order_by("-answered_at")[:_COMPARED]:
        yield similar.Candidate(one.opinion.public_id, one.text)


def stand_of(opinion: Opinion) -> str:
    """Return a mark of what a public copy is made from: the answers there are, and the copies of them that stand."""
    parts = [f"{one.version}:{one.public_text}" for one in opinion.answers.all()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@transaction.atomic
def publish(
    opinion: Opinion, *, actor: Actor, text: str = "", kept: Collection[str] = (), began_from: str | None = None, office: str = ""
) -> Opinion:  # fmt: skip
    """Make the newest answer public beside the public text: as it is, or as the redacted copy `text`.

    `kept` are the marked words that the moderator decided to leave; `began_from` is the `stand_of` that they saw.

    Raises:
        Refused: there is no public text, or no answer; what was seen no longer stands (code "changed"); or a marked place on which nobody decided (code "undecided").
    """
    row = take(opinion, actor=actor)
    if not row.is_public:
        raise Refused(_("There is no public text yet: decide on the marked places first."), code="no_public_text")
    newest = row.answers.first()
    if newest is None:
        raise Refused(_("It has not been answered yet."), code="not_answered")
    if began_from is not None and began_from != stand_of(row):
        raise Refused(CHANGED, code="changed")
    newest.public_text = text.strip() or newest.text
    decide_marks(row, [newest.public_text], kept=kept)
    move(row, "publish")
    newest.save(update_fields=["public_text"])
    note(row, "published", actor=actor, office=office)
    index.renew(row)
    return row


def add_evidence(
    opinion: Opinion, *, title: str, data: bytes, actor: Actor, kind: str = EvidenceKind.PHOTO, is_public: bool = True,
    office: str = "",
) -> Evidence:  # fmt: skip
    """Add a photo (made anew from its points) or a document (PDF) that shows what was done.

    Raises:
        Invalid: no title, no picture or PDF, or too large. Refused: it has not been sorted, or was moved out.
    """
    if not title.strip():
        raise Invalid(_("Say what it shows."), code="no_title", field="title")
    if kind == EvidenceKind.PHOTO:
        clean = images.reencode(data)
        facts = {"data": clean.data, "content_type": clean.content_type, "width": clean.width, "height": clean.height}
    else:
        if len(data) > LARGEST_DOCUMENT:
            raise Invalid(_("This document is larger than 10 MB."), code="document_large", field="document")
        if not data.startswith(b"%PDF-"):
            raise Invalid(_("Only PDF documents are taken."), code="document_kind", field="document")
        facts = {"data": data, "content_type": "application/pdf"}
    with transaction.atomic():
        row = take(opinion, actor=actor)
        if row.state in (State.RECEIVED, State.MERGED, State.MOVED_OUT):
            raise Refused(_("It is to be sorted first, or it is not dealt with here."), code="not_sorted")
        made = Evidence.objects.create(opinion=row, kind=kind, title=title.strip(), is_public=is_public, **facts)
        note(row, "evidence_added", actor=actor, data={"kind": kind}, office=office)
    return made


@transaction.atomic
def follow_up(opinion: Opinion, *, actor: Actor, office: str = "") -> Opinion:
    """Say that what was promised is being carried out.

    Raises:
        Refused: it has not been answered, or has ended.
    """
    row = take(opinion, actor=actor)
    move(row, "follow_up")
    note(row, "following_up", actor=actor, office=office)
    return row


def has_proof(row: Opinion) -> bool:
    """Tell whether a written reply, a photo or a document stands for its end; what stood before it was opened again does not."""
    last = row.events.filter(verb="reopened").aggregate(last=Max("number"))["last"] or 0
    return row.events.filter(verb__in=("answered_in_writing", "evidence_added"), number__gt=last).exists()


@transaction.atomic
def close(opinion: Opinion, *, actor: Actor, office: str = "") -> Opinion:
    """Close it: only with a photo, a document or a written reply.

    Raises:
        Refused: nothing shows that it was done, or it has not been answered.
    """
    row = take(opinion, actor=actor)
    if not has_proof(row):
        raise Refused(_("Closing needs a photo, a document or a written reply."), code="no_evidence")
    move(row, "close", ended_at=clock.now())
    note(row, "closed", actor=actor, office=office)
    _finish_tasks(row, actor=actor)
    return row


def _finish_tasks(row: Opinion, *, actor: Actor) -> None:
    """Report the open task that it became at a session as done; of one task for many questions, when the last has ended.

    The task does not open again with the opinion: the committee's entry of that would tell when an anonymous writer came back.
    """
    for task in Task.objects.filter(questions__opinion=row, state=TaskState.OPEN):
        others = [one.opinion for one in task.questions.exclude(opinion=row).select_related("opinion")]
        if all(other.has_ended for other in others):
            result = gettext("The opinion that it came from was closed, with what shows that it was done.")
            committee_services.finish_task(task, result=result, actor=actor)
