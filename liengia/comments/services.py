"""Writing, publishing, refusing and taking away comments; the writer's second look; the period of what was refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from liengia.audit import services as audit
from liengia.comments import policies
from liengia.comments.models import Comment, CommentState, Flag, Reason, Rule, SecondLook, Thread, Who
from liengia.comments.workflow import COMMENT
from liengia.comments.writing import clean_name, clean_text
from liengia.core import clock, pagecache
from liengia.core.actor import Actor
from liengia.core.errors import Invalid, NotFound, Refused
from liengia.people.models import User
from liengia.units.models import Unit

# The text of a comment that was not published is kept so long that its writer can ask again and be answered.
REFUSED_FOR: Final = timedelta(days=90)
# A thread with so many unread comments takes no more until they are read.
WAITING_MOST: Final = 300


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a form: the comment, and the writer's private code; the same when the form is sent again."""

    comment: Comment
    code: str


def thread_for(kind: str, key: str, *, unit: Unit | None, title: str, url: str, is_public: bool = True) -> Thread:
    """Return the thread of one thing, made or brought up to date; upper rooms call it when they publish."""
    thread, _made = Thread.objects.update_or_create(
        kind=kind, key=key, defaults={"unit": unit, "title": title, "url": url, "is_public": is_public}
    )
    return thread


def withdraw_thread(kind: str, key: str) -> None:
    """Hide the comments of a thing that is public no longer; they come back with it."""
    Thread.objects.filter(kind=kind, key=key).update(is_public=False)


def write_comment(
    thread: Thread,
    *,
    text: str,
    name: str = "",
    parent: Comment | None = None,
    user: User | None = None,
    form_id: str,
) -> Written:
    """Take a comment of a guest, or of somebody signed in (then under their own name).

    The same form sent again changes nothing. A guest's writing leaves no audit entry: it would keep the moment.

    Raises:
        Refused: comments are off or closed here, nobody moderates them, only named ones are taken, or too many wait to be read.
        Invalid: the text or the name cannot be taken (`writing`), or the comment replied to is a reply itself.
    """
    rule = _rule_for(thread, user)
    if parent is not None and (parent.thread_id != thread.pk or parent.parent_id or parent.state != CommentState.SHOWN):
        raise Invalid(_("The comment that you answer is no longer there."), code="parent")
    kept_text = clean_text(text)
    # The name to sign in with is most often a phone number: who has no other is a guest by name.
    kept_name = user.full_name if user else clean_name(name, thread)
    code = code_of(form_id)
    if before := Comment.objects.filter(form_id=form_id).first():
        return _again(before, code)
    if thread.comments.waiting().count() >= WAITING_MOST:
        raise Refused(_("Very many comments wait to be read here. Keep your words and send them later."), code="full")
    comment = Comment(
        thread=thread, parent=parent, text=kept_text, name=kept_name, user=user, writer_hash=hash_of(code), form_id=form_id,
        state=CommentState.WAITING if rule.is_moderated_first else CommentState.SHOWN,
    )  # fmt: skip
    try:
        _save_written(comment)
    except IntegrityError:  # the same form, sent twice at one instant
        return _again(Comment.objects.get(form_id=form_id), code)
    return Written(comment, code)


def _again(before: Comment, code: str) -> Written:
    """Return what a form gave the first time; of one that had another code it is known no more."""
    return Written(before, code if hmac.compare_digest(before.writer_hash, hash_of(code)) else "")


def _rule_for(thread: Thread, user: User | None) -> Rule:
    """Return the thread's rule when it lets this writer write."""
    rule = policies.rule_of(thread.unit)
    if not thread.is_public or not thread.is_open or rule.who == Who.OFF:
        raise Refused(_("This page takes no more comments. What you wrote is still here."), code="closed")
    if rule.who == Who.NAMED and user is None:
        raise Refused(_("Here people comment under their name: sign in first. What you wrote is still here."), code="named_only")
    if not policies.is_read(thread):
        raise Refused(_("Nobody reads comments here at present, so none are taken. What you wrote is still here."), code="unread")
    return rule


@transaction.atomic
def _save_written(comment: Comment) -> None:
    comment.save()
    if comment.user is not None:
        audit.record("comments.comment_written", actor=Actor.of(comment.user), about=comment, unit=comment.thread.unit)
    if comment.state == CommentState.SHOWN:
        pagecache.bump()


@transaction.atomic
def answer_officially(thread: Thread, *, text: str, parent: Comment | None, office: str, user: User) -> Comment:
    """Publish an answer in the name of an office; it is signed with the office and marked.

    Raises:
        NotFound: the user may not answer for the thread's unit.
        Invalid: the text cannot be taken, no office is named, or the comment answered is gone.
    """
    if not policies.may_answer(user, thread):
        raise NotFound(_("This page does not exist."))
    if parent is not None and (parent.thread_id != thread.pk or parent.state != CommentState.SHOWN):
        raise Invalid(_("The comment that you answer is no longer there."), code="parent")
    if not office.strip():
        raise Invalid(_("An official answer names its office."), code="office")
    answer = Comment.objects.create(
        thread=thread, parent=parent.parent or parent if parent else None, text=clean_text(text), name=office.strip(), user=user,
        is_official=True, state=CommentState.SHOWN, shown_at=clock.now(),
    )  # fmt: skip
    audit.record("comments.officially_answered", actor=Actor.of(user), about=answer, unit=thread.unit)
    pagecache.bump()
    return answer


def publish_comment(comment: Comment, *, user: User) -> Comment:
    """Show a comment; after a refusal this grants the writer's second look.

    Raises:
        NotFound: the user does not moderate the thread's unit.
        Refused: it is shown already, or a second look needs another moderator.
    """
    return _decide(comment, "publish", user=user)


def refuse_comment(comment: Comment, *, reason: str, words: str = "", user: User) -> Comment:
    """Leave a comment unpublished, with a reason that its writer reads.

    Raises:
        NotFound: the user does not moderate the thread's unit.
        Invalid: no reason of the list, or "another" without words.
        Refused: it is no longer waiting.
    """
    return _decide(comment, "refuse", user=user, reason=_reason(reason, words), words=words)


def remove_comment(comment: Comment, *, reason: str, words: str = "", user: User) -> Comment:
    """Take a shown comment away, with a reason; a stub stays. Errors as `refuse_comment`."""
    return _decide(comment, "remove", user=user, reason=_reason(reason, words), words=words)


@transaction.atomic
def uphold_decision(comment: Comment, *, user: User) -> Comment:
    """Let the refusal stand after a second look, by another moderator than the first.

    Raises:
        NotFound: the user does not moderate the thread's unit.
        Refused: no second look is asked for, or the user made the first decision.
    """
    locked = _locked(comment, user)
    if locked.second_look != SecondLook.ASKED:
        raise Refused(_("No second look is asked for."), code="not_asked")
    _by_another(locked, user)
    locked.second_look, locked.second_look_at = SecondLook.UPHELD, clock.now()
    locked.save(update_fields=["second_look", "second_look_at"])
    audit.record("comments.decision_upheld", actor=Actor.of(user), about=locked, unit=locked.thread.unit)
    return locked


@transaction.atomic
def ask_second_look(code: str) -> Comment:
    """Ask for another moderator, once, with the writer's private code.

    Raises:
        NotFound: nobody's code.
        Refused: nothing was refused, its text is erased, or it was asked before.
    """
    comment = written_with(code)
    locked = Comment.objects.select_for_update().get(pk=comment.pk)
    if locked.state not in (CommentState.REFUSED, CommentState.REMOVED) or locked.erased_at:
        raise Refused(_("There is nothing to look at again."), code="nothing_refused")
    if locked.second_look != SecondLook.NONE:
        raise Refused(_("A second look can be asked for once."), code="asked_before")
    locked.second_look = SecondLook.ASKED
    locked.save(update_fields=["second_look"])
    return locked


def may_ask(comment: Comment) -> bool:
    """Tell whether the writer may still ask for a second look."""
    is_out = comment.state in (CommentState.REFUSED, CommentState.REMOVED)
    return is_out and comment.second_look == SecondLook.NONE and comment.erased_at is None


def written_with(code: str) -> Comment:
    """Return the comment of a private code.

    Raises:
        NotFound: nobody's code.
    """
    found = Comment.objects.filter(writer_hash=hash_of(code)).select_related("thread__unit").first() if code else None
    if found is None:
        raise NotFound(_("This page does not exist."))
    return found


@transaction.atomic
def flag_comment(comment: Comment, *, reason: str) -> None:
    """Take a reader's report of a shown comment; of who reports nothing is kept.

    Raises:
        Invalid: no reason of the list.
    """
    if reason not in Reason.values:
        raise Invalid(_("Choose a reason."), code="reason")
    if comment.state == CommentState.SHOWN and comment.flags.filter(is_settled=False).count() < 20:
        Flag.objects.create(comment=comment, reason=reason)


@transaction.atomic
def settle_flags(comment: Comment, *, user: User) -> None:
    """Keep a reported comment: the reports are read and answered by that.

    Raises:
        NotFound: the user does not moderate the thread's unit.
    """
    locked = _locked(comment, user)
    count = locked.flags.filter(is_settled=False).update(is_settled=True)
    audit.record("comments.flags_settled", actor=Actor.of(user), about=locked, unit=locked.thread.unit, facts={"flags": count})


@transaction.atomic
def set_open(thread: Thread, *, is_open: bool, user: User) -> Thread:
    """Open or close a thread for new comments; what is shown stays shown.

    Raises:
        NotFound: the user does not moderate the thread's unit.
    """
    if not policies.may_moderate(user, thread):
        raise NotFound(_("This page does not exist."))
    if Thread.objects.filter(pk=thread.pk).exclude(is_open=is_open).update(is_open=is_open):
        kind = "comments.thread_opened" if is_open else "comments.thread_closed"
        audit.record(kind, actor=Actor.of(user), about=thread, unit=thread.unit)
        pagecache.bump()
    thread.is_open = is_open
    return thread


@transaction.atomic
def set_rule(unit: Unit | None = None, *, who: str, is_moderated_first: bool, actor: Actor) -> Rule:
    """Set how a commune, or without a unit the area, takes comments."""
    rule, _made = Rule.objects.update_or_create(unit=unit, defaults={"who": who, "is_moderated_first": is_moderated_first})
    facts = {"who": who, "is_moderated_first": is_moderated_first}
    audit.record("comments.rule_set", actor=actor, about=rule, unit=unit, facts=facts)
    pagecache.bump()
    return rule


@transaction.atomic
def erase_due(*, chunk: int = 100) -> int:
    """Erase text and name of what was refused or taken away, after its period; the counted stub stays.

    One that waits for its second look has the period twice, and no longer.
    """
    before = clock.now() - REFUSED_FOR
    due = Comment.objects.filter(state__in=[CommentState.REFUSED, CommentState.REMOVED], decided_at__lt=before, erased_at=None)
    keys = list(due.exclude(second_look=SecondLook.ASKED, decided_at__gte=before - REFUSED_FOR).values_list("pk", flat=True)[:chunk])
    if keys:
        Comment.objects.filter(pk__in=keys).update(
            text="", name="", reason_words="", user=None, writer_hash="", form_id=None, erased_at=clock.now()
        )
        audit.record("comments.texts_erased", actor=Actor.system("worker"), about=("comments.Comment", ""), facts={"count": len(keys)})
    return len(keys)


def code_of(form_id: str) -> str:
    """Return the private code that a form gives: whoever lost the first answer gets it with the second."""
    made = hmac.new(settings.SECRET_KEY.encode(), b"comments.code:" + form_id.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made[:20]).decode().rstrip("=")


def hash_of(code: str) -> str:
    """Return the keyed hash under which a private code is kept."""
    return hmac.new(settings.SECRET_KEY.encode(), b"comments.writer:" + code.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def _decide(comment: Comment, verb: str, *, user: User, reason: str = "", words: str = "") -> Comment:
    locked = _locked(comment, user)
    state, now = COMMENT.after(locked.state, verb), clock.now()
    if locked.erased_at:
        raise Refused(_("Its text is erased by now; nothing can be published."), code="erased")
    if locked.second_look == SecondLook.ASKED:
        _by_another(locked, user)
        locked.second_look, locked.second_look_at = SecondLook.GRANTED, now
    locked.state, locked.decided_at, locked.decided_by = CommentState(state), now, user
    locked.reason, locked.reason_words = reason, words.strip()
    if state == CommentState.SHOWN:
        locked.shown_at = now
    locked.save()
    locked.flags.filter(is_settled=False).update(is_settled=True)
    audit.record(
        f"comments.comment_{'published' if verb == 'publish' else 'refused' if verb == 'refuse' else 'removed'}",
        actor=Actor.of(user), about=locked, unit=locked.thread.unit,
        facts={"reason": reason} if reason else None, personal={"words": words} if words else None,
    )  # fmt: skip
    pagecache.bump()
    return locked


def _locked(comment: Comment, user: User) -> Comment:
    locked = Comment.objects.select_for_update(of=("self",)).select_related("thread__unit").get(pk=comment.pk)
    if not policies.may_moderate(user, locked.thread):
        raise NotFound(_("This page does not exist."))
    return locked


def _by_another(comment: Comment, user: User) -> None:
    if comment.decided_by_id == user.pk:
        raise Refused(_("The second look is another moderator's: you decided the first time."), code="same_moderator")


def _reason(reason: str, words: str) -> str:
    if reason not in Reason.values:
        raise Invalid(_("Choose a reason."), code="reason")
    if reason == Reason.OTHER and not words.strip():
        raise Invalid(_("Say the reason in words."), code="reason_words")
    return reason
