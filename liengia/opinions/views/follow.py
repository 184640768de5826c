"""Following by the private code. The code comes by POST and goes back as a hidden field: it is in no address or session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from liengia.core.errors import DomainError, NotFound
from liengia.core.limits import Limiter
from liengia.opinions import codes, papers, queries, screens, services
from liengia.opinions.forms import CodeForm, RatingForm, WordsForm
from liengia.opinions.models import Opinion
from liengia.people.policies import public

# Wrong codes of one address; the right one is not held up by others behind the same address for long.
wrong_limit = Limiter(most=20, per=timedelta(minutes=10))


def _ask(request: HttpRequest, form: CodeForm) -> HttpResponse:
    return render(request, "opinions/follow_ask.html", {"form": form}, status=200 if not form.errors else 404)


def _words(request: HttpRequest, act: Callable[[str], object]) -> str:
    form = WordsForm(request.POST)
    return _done(lambda: act(form.cleaned_data["words"])) if form.is_valid() else _("There are no words yet.")


def _done(act: Callable[[], object]) -> str:
    """Do it; return what is wrong, in words, or nothing."""
    try:
        act()
    except NotFound:
        raise
    except DomainError as error:
        return str(error)
    return ""


def _act(request: HttpRequest, opinion: Opinion) -> str:
    """Do what the pressed button says; return what is wrong."""
    deed = request.POST.get("do", "")
    if deed == "reply":
        return _words(request, lambda words: services.reply_by_code(opinion, text=words))
    if deed == "reopen":
        return _words(request, lambda words: services.reopen(opinion, words=words))
    if deed == "rate":
        form = RatingForm(request.POST)
        if not form.is_valid():
            return _("Choose one of the three.")
        return _done(lambda: services.rate(opinion, **form.cleaned_data))
    return ""


def _page(request: HttpRequest, opinion: Opinion, code: str, problem: str) -> HttpResponse:
    main = opinion.merged_into or opinion
    given = services.answers_for(opinion)
    context = {
        "opinion": opinion, "main": main, "code": code, "problem": problem, "steps": screens.steps(opinion, for_writer=True),
        "due": screens.due(main), "answers": given, "questions": opinion.questions.all(),
        "photo_count": opinion.photos.count(), "evidence": main.evidence.filter(is_public=True).defer("data"), "rating": RatingForm(),
        "may_rate": services.may_rate(opinion), "office_phone": queries.duty_phone(main.commune),
        "is_told_to_first_alone": main is not opinion and main.answered_at is not None and main.reason_id is None and not given,
        "may_reopen": services.may_reopen(opinion), "typed": request.POST.get("words", "") if problem else "",
        "did": request.POST.get("do", "") if not problem else "",
    }  # fmt: skip
    return render(request, "opinions/follow.html", context)


@public
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for the code; show the opinion to whoever has it, and do what they ask. Wrong, unknown and erased look the same."""
    form = CodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _ask(request, form)
    try:
        opinion = services.find_by_code(form.cleaned_data["code"])
    except NotFound:
        known = wrong_limit.allows(request)
        form.add_error("code", _("No opinion has this code. Look at each group once more.") if known else _("Too many tries. Wait ten minutes."))
        return _ask(request, form)
    problem = _act(request, opinion)
    opinion = services.find_by_code(form.cleaned_data["code"])
    return _page(request, opinion, codes.shown(codes.parse(form.cleaned_data["code"]) or ""), problem)


@public
@sensitive_post_parameters()
@never_cache
@require_POST
def paper(request: HttpRequest) -> HttpResponse:
    """Print the slip for whoever has the code."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        raise NotFound("")
    try:
        opinion = services.find_by_code(form.cleaned_data["code"])
    except NotFound:
        wrong_limit.allows(request)
        raise
    response = HttpResponse(papers.slip(opinion, form.cleaned_data["code"]), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="phieu-gop-y.pdf"'
    return response
