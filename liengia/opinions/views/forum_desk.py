"""The clerk's desk of a session: decide what is shown, order the queue, give the floor, answer, promise, join, conclude."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import DomainError, Invalid, NotFound
from liengia.core.text import nfc
from liengia.opinions import codes, forum_policies, forum_queries
from liengia.opinions.capabilities import ENTER, FORUM
from liengia.opinions.forum_forms import AmendForm, ConclusionForm, EntryForm, ForumForm, TallyForm
from liengia.opinions.models.forums import CameBy, ForumQuestion, ListeningForum
from liengia.opinions.services import (
    forum_minutes,
    forum_plans,
    forum_questions,
    forum_survey,
    forums,
    publication,
)
from liengia.opinions.views.forum import paper
from liengia.organisations.committee_services import Assignment
from liengia.people.models import User
from liengia.people.policies import requires

CODES_GIVEN: Final = 40
Deed = Callable[[ListeningForum, Any, Actor], object]


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _number(words: str) -> int:
    return int(words) if words.isascii() and words.isdigit() else -1


def _question(forum: ListeningForum, data: Any, name: str = "question") -> ForumQuestion:
    return forum_policies.get_question(forum, _number(data.get(name, "")))


def _let_in(forum: ListeningForum, data: Any, actor: Actor) -> object:
    kept = [line.strip() for line in data.get("kept", "").split("\n") if line.strip()]
    return forum_questions.let_in(_question(forum, data), title=data.get("title", ""), text=data.get("text", ""), kept=kept, actor=actor)


def _answer(forum: ListeningForum, data: Any, actor: Actor) -> object:
    return forum_questions.answer_now(
        _question(forum, data), text=nfc(data.get("text", "")), signer_name=data.get("signer_name", "") or forum.chair_name,
        signer_office=data.get("signer_office", "") or forum.chair_office, actor=actor, is_paste_meant="paste" in data, was_heard="heard" in data,
        kept=[nfc(one) for one in data.getlist("kept")],
    )  # fmt: skip


def _sign(forum: ListeningForum, data: Any, actor: Actor) -> object:
    number = _number(data.get("number", ""))
    day = parse_date(data.get("signed_on", "") or "")
    if day is None:
        raise Invalid(_("Write the day of signing."), code="no_day")
    return forum_minutes.sign_minutes(forum, signed_on=day, number=number if number > 0 else None, actor=actor)


def _amend(forum: ListeningForum, data: Any, actor: Actor) -> object:
    form = AmendForm(data, instance=ListeningForum.objects.get(pk=forum.pk))
    if not form.is_valid():
        raise Invalid(_("Say what is corrected or added, and why."), code="incomplete")
    return forum_minutes.amend_minutes(forum, actor=actor, **form.cleaned_data)


def _conclude(forum: ListeningForum, data: Any, actor: Actor) -> object:
    form = ConclusionForm(data, forum=forum)
    if not form.is_valid():
        raise Invalid(_("A conclusion needs words, a task, who answers for it, and a date."), code="incomplete")
    task = Assignment(form.cleaned_data["what"], form.cleaned_data["owner"], form.cleaned_data["due_on"])
    asked = form.cleaned_data["asked"]
    return forums.conclude(forum, text=form.cleaned_data["text"], tasks=[task], actor=actor, question=asked)


def _tally(forum: ListeningForum, data: Any, actor: Actor) -> object:
    form = TallyForm(data)
    if not form.is_valid():
        raise Invalid(_("A number is missing or too large."), code="bad_count")
    return forum_survey.count_paper(forum, phase=form.cleaned_data["phase"], tally=form.tally, actor=actor)


DEEDS: Final[dict[str, Deed]] = {
    "open": lambda forum, data, actor: forums.open_forum(forum, actor=actor),
    "begin": lambda forum, data, actor: forums.begin_forum(forum, actor=actor),
    "close": lambda forum, data, actor: forums.close_forum(forum, attendance=_number(data.get("attendance", "")), actor=actor),
    "sign": _sign,
    "amend": _amend,
    "spoken": lambda forum, data, actor: forum_questions.take_spoken(
        forum, text=data.get("text", ""), code=data.get("code", ""), actor=actor
    ),
    "let_in": _let_in,
    "aside": lambda forum, data, actor: forum_questions.set_aside(_question(forum, data), actor=actor),
    "floor": lambda forum, data, actor: forum_questions.give_floor(_question(forum, data), actor=actor),
    "up": lambda forum, data, actor: forum_questions.reorder(_question(forum, data), step=-1, actor=actor),
    "down": lambda forum, data, actor: forum_questions.reorder(_question(forum, data), step=1, actor=actor),
    "answer": _answer,
    "promise": lambda forum, data, actor: forum_questions.promise(_question(forum, data), actor=actor),
    "join": lambda forum, data, actor: forum_questions.join(_question(forum, data), into=_question(forum, data, "into"), actor=actor),
    "conclude": _conclude,
    "tally": _tally,
}


@requires(FORUM)
@never_cache
@require_GET
def desk(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the desk."""
    return _desk(request, forum_policies.get_held(request.user, public_id))


def _conclusion(forum: ListeningForum, typed: Any, problem: DomainError | None) -> ConclusionForm:
    """Return the empty form; or the one that was refused, with what was typed and what is wrong with it."""
    if problem is None or typed.get("do") != "conclude":
        return ConclusionForm(forum=forum)
    form = ConclusionForm(typed, forum=forum)
    if form.is_valid():
        form.add_error("due_on" if problem.detail_code == "due_too_early" else None, str(problem))
    return form


def _desk(request: HttpRequest, forum: ListeningForum, *, typed: Any = None, problem: DomainError | None = None) -> HttpResponse:
    hall = forum_queries.hall(forum)
    waiting = [(one, *forum_questions.suggested(one)) for one in forum_queries.waiting(forum)]
    context = {
        "forum": forum, "hall": hall, "waiting": waiting, "code": codes.new_code(), "typed": typed,
        "conclusions": forum_queries.conclusions(forum), "conclusion": _conclusion(forum, typed, problem), "tally": TallyForm(),
        "amend": AmendForm(instance=forum, initial={"signed_on": clock.today()}),
        "answer_marks": publication.marked_words(hall.floor.opinion, nfc(typed.get("text", ""))) if hall.floor and typed and typed.get("do") == "answer" else (),
        "today": clock.today(), "is_early": clock.today() < clock.local(forum.starts_at).date(), "earlier": [(t, *forum_queries.promise_words(t)) for t in forum_queries.earlier_promises(forum)],
    }  # fmt: skip
    return render(request, "opinions/forum/desk.html", context, status=problem.status if problem else 200)


@requires(FORUM)
@require_POST
def act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Do what the pressed button says, and show the desk again; a refusal is said there, and what was typed stays."""
    forum = forum_policies.get_held(request.user, public_id)
    deed = DEEDS.get(request.POST.get("do", ""))
    if deed is None:
        raise NotFound("")
    try:
        deed(forum, request.POST, Actor.of(_user(request)))
    except DomainError as error:
        if error.status == 404:
            raise
        if deed is not _conclude:  # which says it beside its form, far below
            messages.error(request, str(error))
        return _desk(request, forum, typed=request.POST, problem=error)
    return redirect("opinions:forum_desk", public_id)


@requires(FORUM)
@never_cache
@require_GET
def news(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return how many questions wait for a decision; the desk asks for it every few seconds."""
    forum = forum_policies.get_held(request.user, public_id)
    return render(request, "opinions/forum/parts/news.html", {"forum": forum, "count": len(forum_queries.waiting(forum))})


@requires(FORUM)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Plan a session, or correct one."""
    forum = forum_policies.get_held(request.user, public_id) if public_id else None
    form = ForumForm(request.POST or None, request.FILES or None, instance=forum)
    form.offer(forum_policies.units_of(request.user))
    if request.method == "POST" and form.is_valid():
        saved = _saved(form, forum, Actor.of(_user(request)))
        if saved is not None:
            return redirect("opinions:forum_desk", saved.public_id)
    return render(request, "opinions/forum/edit.html", {"form": form, "forum": forum})


def _saved(form: ForumForm, forum: ListeningForum | None, actor: Actor) -> ListeningForum | None:
    data = dict(form.cleaned_data)
    try:
        if forum is None:
            return forum_plans.plan(actor=actor, **data)
        return forum_plans.correct(ListeningForum.objects.get(pk=forum.pk), actor=actor, **data)
    except DomainError as error:
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(error))
        return None


@requires(FORUM)
@require_GET
def draft(request: HttpRequest, public_id: str, kind: str) -> HttpResponse:
    """Serve the minutes as they stand, as PDF or DOCX, to be read over and signed."""
    return paper(forum_policies.get_held(request.user, public_id), kind)


@requires(FORUM)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """List the sessions that the user may hold, with those still being planned."""
    found = forum_policies.held_by(request.user).select_related("unit__parent").order_by("-starts_at", "-pk")
    return render(request, "opinions/forum/mine.html", {"forums": found})


@requires(FORUM, ENTER)
@never_cache
@require_GET
def entry(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer the page on which paper slips are typed in; it goes on without network, under codes given beforehand."""
    forum = forum_policies.get_entered(request.user, public_id)
    return _entry(request, forum, EntryForm(forum=forum))


def _entry(request: HttpRequest, forum: ListeningForum, form: EntryForm, *, typed: Any = None, status: int = 200) -> HttpResponse:
    given = [codes.new_code() for _number_of in range(CODES_GIVEN)]
    return render(request, "opinions/forum/entry.html", {"forum": forum, "codes": given, "form": form, "typed": typed or {}}, status=status)


def _take_slip(request: HttpRequest, forum: ListeningForum, form: EntryForm) -> None:
    """Take the slip in, or raise what is wrong with it; one that another account typed on this phone is that account's to send."""
    user, data = _user(request), request.POST
    if data.get("who", str(user.pk)) != str(user.pk):
        raise NotFound("")
    if not form.is_valid():
        raise Invalid(" ".join(str(words) for lines in form.errors.values() for words in lines), code="whom")
    forum_questions.ask(
        forum, text=data.get("text", ""), code=data.get("code", ""), came_by=CameBy.PAPER, helper=user, actor=Actor.of(user),
        slip_number=data.get("slip_number", ""), name=data.get("name", ""), phone=data.get("phone", ""),
        **form.concern,
    )  # fmt: skip


@requires(FORUM, ENTER)
@require_POST
def take_slip(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take one slip in under its code; sent again it is the same one. Asked by a script it answers in JSON."""
    forum = forum_policies.get_entered(request.user, public_id)
    form, is_script = EntryForm(request.POST, forum=forum), request.headers.get("Accept", "").startswith("application/json")
    try:
        _take_slip(request, forum, form)
    except DomainError as error:
        if is_script or error.status == 404:
            raise
        messages.error(request, str(error))
        return _entry(request, forum, form, typed=request.POST, status=error.status)
    if is_script:
        return JsonResponse({"taken": True})
    messages.success(request, _("The slip has been taken in."))
    return redirect("opinions:forum_entry", public_id)
