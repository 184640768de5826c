"""The comments of a thread: read, write, report; as a part of the page above or as a page of their own."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods

from liengia.comments import policies, queries, services
from liengia.comments.forms import CommentForm, FlagForm, OfficialForm
from liengia.comments.models import Comment, Thread, Who
from liengia.core.errors import DomainError, Invalid, Refused
from liengia.core.limits import Limiter
from liengia.people.models import User
from liengia.people.policies import public

writes = Limiter(most=20, per=timedelta(minutes=10))
flags = Limiter(most=10, per=timedelta(minutes=10))


@public
@never_cache
@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a thread with its form, or take a comment; asked for as a part, only the part comes."""
    found = _thread(public_id)
    form = CommentForm(
        request.POST or None, thread=found, is_named=_user(request) is not None, parent=request.GET.get("tra-loi", "")
    )
    written = _write(request, found, form) if request.method == "POST" else None
    if written is not None and not request.headers.get("HX-Request"):
        return redirect(_private(written.code) if written.code else reverse("comments:thread", args=[public_id]))
    if written is not None:
        form = CommentForm(thread=found, is_named=_user(request) is not None)
    return _page(request, found, form, written)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request: HttpRequest, public_id: str) -> HttpResponse:
    """Report a comment."""
    comment = get_object_or_404(Comment.objects.shown().select_related("thread__unit"), public_id=public_id)
    _thread(comment.thread.public_id)
    form = FlagForm(request.POST or None)
    is_sent = False
    if request.method == "POST" and form.is_valid():
        if not flags.allows(request):
            raise Refused(_("Many reports came from where you are. Try again in ten minutes."), code="rate")
        services.flag_comment(comment, reason=form.cleaned_data["reason"])
        is_sent = True
    return render(request, "comments/flag.html", {"comment": comment, "form": form, "is_sent": is_sent})


@public
@never_cache
@require_http_methods(["POST"])
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer in the name of an office."""
    found, user = _thread(public_id), _user(request)
    if user is None or not policies.may_answer(user, found):
        raise Http404
    form = OfficialForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("An official answer needs its text and its office."), code="official")
    data = form.cleaned_data
    parent = _parent(found, data["parent"])
    services.answer_officially(found, text=data["text"], parent=parent, office=data["office"], user=user)
    return redirect("comments:thread", public_id)


@public
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Show by month how many comments were published, refused and taken away, and why."""
    return render(request, "comments/figures.html", {"months": queries.figures()})


def _thread(public_id: str) -> Thread:
    found = get_object_or_404(Thread.objects.select_related("unit"), public_id=public_id)
    if not policies.is_on(found) or policies.rule_of(found.unit).who == Who.OFF:
        raise Http404
    return found


def _user(request: HttpRequest) -> User | None:
    user: User | AnonymousUser = request.user
    return user if isinstance(user, User) else None


def _parent(found: Thread, public_id: str) -> Comment | None:
    return found.comments.shown().filter(public_id=public_id).select_related("parent").first() if public_id else None


def _write(request: HttpRequest, found: Thread, form: CommentForm) -> services.Written | None:
    """Take a comment; None when the form goes back with what is wrong, and with what was typed."""
    if form.is_valid():
        try:
            if not writes.allows(request):
                raise Refused(_("Many comments came from where you are. What you wrote is still here: send it in ten minutes."), code="rate")
            data = form.cleaned_data
            parent = _parent(found, data["parent"])
            if data["parent"] and parent is None:
                raise Invalid(_("The comment that you answer is no longer there."), code="parent")
            return services.write_comment(
                found, text=data["text"], name=data.get("name", ""), parent=parent and (parent.parent or parent),
                user=_user(request), form_id=data["form_id"],
            )  # fmt: skip
        except DomainError as error:
            field = "name" if error.detail_code.startswith("name_") else "text"
            form.add_error(field, str(error))
    form.renew()
    return None


def _page(request: HttpRequest, found: Thread, form: CommentForm, written: services.Written | None) -> HttpResponse:
    number = request.GET.get("trang", "1")
    rule = policies.rule_of(found.unit)
    may_write = found.is_open and (rule.who == Who.GUESTS or _user(request) is not None)
    is_read = not may_write or policies.is_read(found)
    may_answer = policies.may_answer(request.user, found)
    context = {
        "thread": found,
        "talk": queries.conversation(found, page=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1),
        # What was refused goes back whatever has changed since the page was opened: its words are promised.
        "form": form if (may_write and is_read) or (form.is_bound and form.errors and written is None) else None,
        "is_read": is_read,
        "is_named_only": rule.who == Who.NAMED,
        "is_moderated_first": rule.is_moderated_first,
        "answering": _parent(found, form["parent"].value() or ""),
        "official": OfficialForm(auto_id="ct_%s") if may_answer else None,
        "written": written,
        "private_url": request.build_absolute_uri(_private(written.code)) if written and written.code else "",
    }
    name = "comments/part.html" if request.headers.get("HX-Request") else "comments/thread.html"
    return render(request, name, context)


def _private(code: str) -> str:
    return reverse("comments:mine", args=[code]) + "?moi=1"
