"""Requests about articles: the form, the private code that is shown once, and following. No code is in an address."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from liengia.core import codes, pagecache
from liengia.core.errors import DomainError, NotFound
from liengia.core.limits import Limiter
from liengia.people.policies import public
from liengia.portal import contexts, machine, news, queries, requests
from liengia.portal.request_forms import CodeForm, RequestForm, new_ticket

# Many people share the address of a village café: generous. It stops a programme, not a person.
asks = Limiter(most=20, per=timedelta(hours=1))
wrong_codes = Limiter(most=20, per=timedelta(minutes=10))


@public
@pagecache.cached_page(seconds=60)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Say how one asks, and how many asked, with what outcome; never who, nor about what."""
    return render(request, "portal/requests/index.html", _area() | {"months": requests.figures(), "overdue": requests.overdue_count()})


@public
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, page_id: int) -> HttpResponse:
    """Offer the form of an article, and file what is asked; sent twice it is one request."""
    article = get_object_or_404(news.published().select_related("unit"), pk=page_id)
    if request.method != "POST":
        return _form(request, RequestForm(article=article, initial={"ticket": new_ticket()}))
    form = RequestForm(request.POST, article=article)
    return _file(request, form) if form.is_valid() else _again(request, form)


def _area() -> dict[str, object]:
    return {"site_place": queries.place_words(None, list(queries.communes()))}


def _form(request: HttpRequest, form: RequestForm) -> HttpResponse:
    unit = form.article.unit
    due = {"due": requests.due_at(unit, is_urgent=False), "due_child": requests.due_at(unit, is_urgent=True)}
    context = contexts.place_of(form.article).context() | due | {"form": form, "article": form.article, "crumbs": [*news.crumbs(form.article), (form.article.address, form.article.title)]}
    return render(request, "portal/requests/form.html", context)


def _again(request: HttpRequest, form: RequestForm) -> HttpResponse:
    form.renew()
    return _form(request, form)


def _file(request: HttpRequest, form: RequestForm) -> HttpResponse:
    if not asks.allows(request):
        form.add_error(None, _("Many requests came from this network just now. What you wrote stays here: send it again later."))
        return _again(request, form)
    try:
        filed = requests.file_request(form.asked(), code=form.code)
    except DomainError as error:
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(error))
        return _again(request, form)
    follow = machine.absolute(reverse("portal:request_follow"))
    return render(request, "portal/requests/slip.html", _area() | {"filed": filed, "code": form.code, "follow": follow, "article": form.article})


@public
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for the code; tell whoever has it what became of the request. Wrong, unknown and erased look the same."""
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, form)
    try:
        found = requests.find_by_code(form.cleaned_data["code"])
    except NotFound as error:
        form.add_error("code", str(error) if wrong_codes.allows(request) else _("Too many tries. Wait ten minutes."))
        return _ask(request, form)
    shown = codes.shown(codes.parse(form.cleaned_data["code"]) or "")
    return render(request, "portal/requests/follow.html", _area() | {"filed": found, "code": shown})


def _ask(request: HttpRequest, form: CodeForm) -> HttpResponse:
    return render(request, "portal/requests/ask.html", _area() | {"form": form}, status=404 if form.errors else 200)
