"""The addresses of GeoReport v2. Each view returns plain values; `endpoint` makes them an answer, and errors too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from liengia.api import formats, georeport, queries, repeats, services
from liengia.api.forms import QueryForm, ReportForm
from liengia.api.models import ApiKey
from liengia.core import pagecache, rooms
from liengia.core.errors import DomainError
from liengia.core.limits import Limiter
from liengia.opinions import queries as opinions
from liengia.opinions.models import Topic
from liengia.people.policies import public
from liengia.units.models import Unit

# So long a list or a page is served from memory; whatever is published empties it at once.
KEPT_S: Final = 60
filing_limit = Limiter(most=120, per=timedelta(hours=1))
wrong_key_limit = Limiter(most=20, per=timedelta(minutes=10))


class Problem(Exception):
    """An answer that is one or more errors of the standard."""

    def __init__(self, status: int, *words: str) -> None:
        """Keep the status and the words of each."""
        super().__init__(status)
        self.status, self.words = status, words


@dataclass(frozen=True, slots=True)
class Answer:
    """The root element's name, and what stands in it."""

    name: str
    value: Any
    status: int = 200
    is_kept: bool = False


def _answer(view: Callable[..., Answer], request: HttpRequest, methods: tuple[str, ...], **facts: Any) -> Answer:
    try:
        if request.method not in methods:
            raise Problem(405, _("This address is not for %(method)s.") % {"method": request.method})
        return view(request, **facts)
    except Problem as problem:
        return _errors(problem.status, problem.words)
    except DomainError as error:
        return _errors(404 if error.status == 404 else 400, (str(error) or _("It is not here."),))
    except (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError):
        return _errors(400, (_("The request cannot be read: it is too large, or broken."),))


def _errors(status: int, words: tuple[str, ...]) -> Answer:
    return Answer("errors", [{"code": status, "description": one} for one in words], status)


def endpoint(*methods: str) -> Callable[[Callable[..., Answer]], Callable[..., HttpResponse]]:
    """Make a view an address of the standard: `form` is xml or json; whatever fails is an array of errors."""

    def decorate(view: Callable[..., Answer]) -> Callable[..., HttpResponse]:
        @public
        @csrf_exempt  # whoever may write shows a key in the form itself; no cookie is read
        @sensitive_post_parameters()
        @wraps(view)
        def answering(request: HttpRequest, form: str, **facts: Any) -> HttpResponse:
            found = _answer(view, request, methods, **facts)
            response = formats.render(found.name, found.value, form, status=found.status)
            response["Access-Control-Allow-Origin"] = "*"
            if found.is_kept:
                pagecache.mark(response, seconds=KEPT_S)
            else:
                response["Cache-Control"] = "no-store"
            return response

        return answering

    return decorate


def jurisdiction(given: str) -> Unit:
    """Return the commune of a jurisdiction_id (its code), which may be left out where there is only one.

    Raises:
        Problem: 400 without one where there are several, 404 for one that is not here, or keeps opinions off.
    """
    among = [unit for unit in opinions.communes() if rooms.is_on("api", unit)]
    if not given and len(among) == 1:
        return among[0]
    if not given and among:
        raise Problem(400, _("jurisdiction_id was not provided: it is the code of a commune."))
    found = next((unit for unit in among if unit.code == given), None)
    if found is None:
        raise Problem(404, _("jurisdiction_id was not found."))
    return found


def _valid(form: forms.Form) -> None:
    if not form.is_valid():
        raise Problem(400, *[f"{name}: {words}" if name != "__all__" else str(words) for name, all_ in form.errors.items() for words in all_])


def _topic(commune: Unit, code: str) -> Topic:
    found = Topic.objects.all().of(commune).filter(code=code).first()
    if found is None:
        raise Problem(404, _("service_code was not found."))
    return found


@endpoint("GET", "HEAD")
def service_list(request: HttpRequest) -> Answer:
    """List the topics of a commune."""
    commune = jurisdiction(request.GET.get("jurisdiction_id", ""))
    return Answer("services", [georeport.service(one) for one in Topic.objects.all().of(commune)], is_kept=True)


@endpoint("GET", "HEAD")
def service_definition(request: HttpRequest, code: str) -> Answer:
    """Tell what may be said besides."""
    commune = jurisdiction(request.GET.get("jurisdiction_id", ""))
    return Answer("service_definition", georeport.definition(_topic(commune, code), commune), is_kept=True)


@endpoint("GET", "HEAD", "POST")
def service_requests(request: HttpRequest) -> Answer:
    """List public opinions, or file one with a key."""
    if request.method == "POST":
        return _file(request)
    commune, form = jurisdiction(request.GET.get("jurisdiction_id", "")), QueryForm(request.GET)
    _valid(form)
    return Answer("service_requests", [georeport.told(one) for one in queries.find(commune, form.asked())], is_kept=True)


@endpoint("GET", "HEAD")
def service_request(request: HttpRequest, number: str) -> Answer:
    """Tell one public opinion; one that is not public is not here."""
    commune = jurisdiction(request.GET.get("jurisdiction_id", ""))
    found = queries.find(commune, queries.Asked(numbers=(number,)))
    if not found:
        raise Problem(404, _("service_request_id was not found: it may not be public yet."))
    return Answer("service_requests", [georeport.told(found[0])], is_kept=True)


@endpoint("GET", "HEAD")
def token(request: HttpRequest, token: str) -> Answer:
    """Tell the number of what was filed, once everybody may read it."""
    commune = jurisdiction(request.GET.get("jurisdiction_id", ""))
    number = services.public_number(token, commune)
    if not number:
        raise Problem(404, _("token was not found: what was filed with it may not be public yet."))
    return Answer("service_requests", [{"service_request_id": number, "token": token}])


@endpoint("GET", "HEAD", "POST")
def unknown(request: HttpRequest) -> Answer:
    """Say that the standard has no such address."""
    raise Problem(404, _("GeoReport v2 has no such address."))


@endpoint("GET", "HEAD")
def discovery(request: HttpRequest) -> Answer:
    """Tell programs where the standard is spoken here, and how a key is had."""
    home = settings.PUBLIC_URL + reverse("api:discovery", args=["json"]).removesuffix("/discovery.json")
    forms_ = [kind.partition(";")[0] for kind in formats.TYPES.values()]
    here = {"specification": georeport.SPECIFICATION, "url": f"{home}/v2", "changeset": georeport.CHANGESET, "type": "production", "formats": forms_}
    told = {
        "changeset": georeport.CHANGESET, "contact": settings.PUBLIC_URL,
        "key_service": _("Ask the commune's People's Committee for a key.") if settings.OPEN311_POST else _("Filing by programs is not open here."),
        "endpoints": [here],
    }  # fmt: skip
    return Answer("discovery", told, is_kept=True)


def _file(request: HttpRequest) -> Answer:
    if not settings.OPEN311_POST:
        raise Problem(403, _("Filing by programs is not open here. Everybody may write at /gop-y/."))
    key, commune = _key(request)
    form = ReportForm(request.POST, request.FILES, commune=commune)
    if "service_code" in request.POST and form.topic is None:
        raise Problem(404, _("service_code was not found."))
    _valid(form)
    if not filing_limit.allows_thing(key.public_id):
        raise Problem(429, _("Many opinions came with this key just now. Send this one again in an hour."))
    word = request.headers.get("Idempotency-Key", "").strip()
    if len(word) > repeats.LONGEST or not word.isprintable():
        raise Problem(400, _("Idempotency-Key is too long, or no plain word."))
    try:
        filed = services.file_report(form.draft(), key=key, word=word)
    except services.UsedBefore as error:
        raise Problem(422, str(error)) from error
    notice = _("Private code to follow it at /gop-y/theo-doi/: %(code)s. Nobody can find it again. Answered by %(due)s.") % {
        "code": filed.code, "due": f"{georeport.w3(filed.opinion.due_at)}"
    }  # fmt: skip
    if request.POST.get("media_url"):
        notice += " " + _("A picture at an address (media_url) is not fetched; send it as the file media.")
    told = {"token": filed.token, "service_notice": notice, "account_id": None}
    return Answer("service_requests", [told], 201 if filed.is_new else 200)


def _key(request: HttpRequest) -> tuple[ApiKey, Unit]:
    """Return the key that was shown with its commune; a wrong one says nothing of communes."""
    commune = jurisdiction(request.POST.get("jurisdiction_id", ""))
    key = services.find_key(request.POST.get("api_key", ""), commune)
    if key is not None:
        return key, commune
    if not wrong_key_limit.allows(request):
        raise Problem(429, _("Too many wrong keys came from this network. Try again in ten minutes."))
    raise Problem(403, _("api_key is missing or is no key of this commune."))
