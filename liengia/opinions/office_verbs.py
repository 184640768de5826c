"""What can be done with an opinion in the office: each verb with its capability, states, form and service.

A page shows the verbs that can be done now as buttons, and the others with the reason why not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liengia.core.actor import Actor
from liengia.core.errors import NotFound
from liengia.opinions import office_forms as forms
from liengia.opinions import policies, services
from liengia.opinions.capabilities import (
    ABOUT_OFFICIALS,
    ABOUT_OFFICIALS_FRONT,
    ANSWER,
    ASSIGN,
    ENTER,
    MODERATE,
    OVERSEE,
)
from liengia.opinions.models import ENDED, UNANSWERED, Opinion, State
from liengia.opinions.workflow import OPINION
from liengia.people.models import User

Words = str | Promise
Done = Callable[[Opinion, dict[str, Any], Actor, str], object]
EVERYBODY: Final = (MODERATE, ASSIGN, ANSWER, OVERSEE, ABOUT_OFFICIALS, ABOUT_OFFICIALS_FRONT)
_KNOWN: Final = (State.SORTED, State.FORWARDED, State.VERIFYING)


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: its address, its words, who may do it, and what does it."""

    slug: str
    label: Words
    help: Words
    capabilities: tuple[str, ...]
    states: tuple[str, ...]
    form: type[forms.ActForm]
    run: Done
    is_grave: bool = False
    lets_go: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A verb as the page of one opinion shows it; `reason` says why it cannot be done now."""

    verb: Verb
    reason: str = ""


def _from(code: str) -> tuple[str, ...]:
    """Return the states from which the workflow knows a verb."""
    return tuple(state for state in State.values if OPINION.allows(state, code))


def _sort(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    urgent = {"urgent": True, "ordinary": False}.get(data["urgency"])
    return services.sort(opinion, topic=data["topic"], hamlet=data["hamlet"], is_urgent=urgent, actor=actor, office=office)


def _assign(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.assign(opinion, actor=actor, office=office, **data)


def _forward(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.forward(opinion, actor=actor, office=office, **data)


def _verify(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.verify(opinion, actor=actor, office=office)


def _ask(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.ask_writer(opinion, text=data["text"], actor=actor, office=office)


def _answer(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.answer(opinion, actor=actor, **data)


def _refuse(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.refuse(opinion, actor=actor, office=office, **data)


def _move_out(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.move_out(opinion, actor=actor, office=office, **data)


def _refer(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.refer_to_officials(opinion, actor=actor, office=office, **data)


def _evidence(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.add_evidence(
        opinion, title=data["title"], data=data["file"].read(), kind=data["kind"], is_public=data["is_public"],
        actor=actor, office=office,
    )  # fmt: skip


def _publish(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.publish(opinion, actor=actor, office=office, **data["copy"])


def _follow_up(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.follow_up(opinion, actor=actor, office=office)


def _close(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.close(opinion, actor=actor, office=office)


def _told(opinion: Opinion, data: dict[str, Any], actor: Actor, office: str) -> object:
    return services.mark_told(opinion, how=data["how"], actor=actor, office=office)


VERBS: Final = (
    Verb(
        "phan-loai", gettext_lazy("Take in and sort"), gettext_lazy("Topic, hamlet, urgency; the due time follows the topic."),
        (MODERATE,), _from("sort"), forms.SortForm, _sort,
    ),
    Verb(
        "giao", gettext_lazy("Give it to somebody"), gettext_lazy("A person, an organisation or a unit; who had it before no longer has."),
        (ASSIGN,), _KNOWN, forms.AssignForm, _assign,
    ),
    Verb(
        "chuyen", gettext_lazy("Forward to the body that decides"), gettext_lazy("What is beyond the commune's authority; the due time stays the commune's."),
        (ASSIGN,), _from("forward"), forms.ForwardForm, _forward,
    ),
    Verb(
        "xac-minh", gettext_lazy("Verify on the spot"), gettext_lazy("Everybody reads that it is being verified."),
        (ANSWER, MODERATE), _from("verify"), forms.ActForm, _verify,
    ),
    Verb(
        "hoi-lai", gettext_lazy("Ask the writer back"), gettext_lazy("The question waits at the private code; the due time runs on."),
        (ANSWER, MODERATE), tuple(s for s in State.values if s not in ENDED), forms.WordsForm, _ask,
    ),
    Verb(
        "tra-loi", gettext_lazy("Answer"), gettext_lazy("On the spot or in writing, signed with a name and an office."),
        (ANSWER,), _from("answer_in_writing"), forms.AnswerForm, _answer,
    ),
    Verb(
        "bang-chung", gettext_lazy("Show what was done"), gettext_lazy("A photo or a document; closing needs one, or a written reply."),
        (ANSWER, MODERATE), tuple(s for s in State.values if s not in (State.RECEIVED, State.MERGED, State.MOVED_OUT)),
        forms.EvidenceForm, _evidence,
    ),
    Verb(
        "cong-khai-tra-loi", gettext_lazy("Make the answer public"), gettext_lazy("It stands beside the public copy, for everybody."),
        (MODERATE,), _from("publish"), forms.PublishForm, _publish,
    ),
    Verb(
        "theo-doi", gettext_lazy("Follow up"), gettext_lazy("What was promised is being carried out."),
        (MODERATE, ANSWER), _from("follow_up"), forms.ActForm, _follow_up,
    ),
    Verb(
        "da-bao", gettext_lazy("Record that the writer was told"), gettext_lazy("Only then does what a helper entered count as answered."),
        (MODERATE, ENTER), tuple(State.values), forms.ToldForm, _told,
    ),
    Verb(
        "dong", gettext_lazy("Close"), gettext_lazy("Only with a photo, a document or a written reply."),
        (MODERATE, ASSIGN), _from("close"), forms.ActForm, _close,
    ),
    Verb(
        "tu-choi", gettext_lazy("Do not take up"), gettext_lazy("A reason of the list, and words that the writer reads."),
        (MODERATE,), _from("refuse"), forms.RefuseForm, _refuse, is_grave=True,
    ),
    Verb(
        "chuyen-ra", gettext_lazy("Move out: complaint, denunciation, crime report"), gettext_lazy("The law has another way for these; the writer reads which."),
        (MODERATE,), _from("move_out"), forms.MoveOutForm, _move_out, is_grave=True,
    ),
    Verb(
        "lien-quan-can-bo", gettext_lazy("It concerns an officer"), gettext_lazy("Only the chairman and the Front handle it from here; the officer finds nothing."),
        (MODERATE, ABOUT_OFFICIALS), tuple(s for s in State.values if s not in (State.MERGED, State.MOVED_OUT)),
        forms.ReferForm, _refer, is_grave=True, lets_go=True,
    ),
)  # fmt: skip


def may(user: User, capabilities: tuple[str, ...], opinion: Opinion) -> bool:
    """Tell whether a user holds one of the capabilities for an opinion."""
    return any(policies.may(user, one, opinion) for one in capabilities)


def why_not(verb: Verb, opinion: Opinion) -> str:
    """Return why a verb cannot be done in this state; nothing when it can."""
    if opinion.state not in verb.states:
        return _wrong_state(verb, opinion)
    checks: dict[str, Callable[[Opinion], str]] = {"cong-khai-tra-loi": _unpublishable, "dong": _not_to_close, "da-bao": _nothing_to_tell}
    check = checks.get(verb.slug)
    return check(opinion) if check else ""


def _wrong_state(verb: Verb, opinion: Opinion) -> str:
    if opinion.has_ended:
        return _("It has ended.")
    if opinion.state == State.RECEIVED:
        return _("It is to be taken in and sorted first.")
    if opinion.state in UNANSWERED:
        return _("It has not been answered yet.")
    return _("It has been answered.")


def _unpublishable(opinion: Opinion) -> str:
    if opinion.is_private_person or opinion.about_officials:
        return _("This one is never public; the writer reads the answer by the code.")
    if not opinion.is_public:
        return _("There is no public copy yet: decide on the marked places first.")
    return ""


def _not_to_close(opinion: Opinion) -> str:
    return "" if services.has_proof(opinion) else _("Closing needs a photo, a document or a written reply.")


def _nothing_to_tell(opinion: Opinion) -> str:
    if opinion.entered_by_id is None:
        return _("The writer sent it and follows it by the code.")
    if (opinion.merged_into or opinion).answered_at is None:
        return _("It has not been answered yet.")
    return _("The writer has been told.") if opinion.told_on else ""


def offers(user: User, opinion: Opinion) -> tuple[list[Offer], list[Offer]]:
    """Return the verbs that a user may do now, and those that wait with their reason."""
    now: list[Offer] = []
    later: list[Offer] = []
    for verb in VERBS:
        if may(user, verb.capabilities, opinion):
            reason = why_not(verb, opinion)
            (later if reason else now).append(Offer(verb, reason))
    return now, later


def find(slug: str, user: User, opinion: Opinion) -> Verb:
    """Return a verb that a user may do with an opinion.

    Raises:
        NotFound: no such verb, or not for this user.
    """
    verb = next((one for one in VERBS if one.slug == slug), None)
    if verb is None or not may(user, verb.capabilities, opinion):
        raise NotFound("")
    return verb
