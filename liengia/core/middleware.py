"""Middleware: addresses without NULs; rooms that are off are absent; errors of the domain become pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils import translation

from liengia.core import rooms
from liengia.core.errors import DomainError

type_response = HttpResponseBase | Awaitable[HttpResponseBase]


class _Passing:
    """A middleware that only looks at views and exceptions, and serves sync and async views alike."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], type_response]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> type_response:
        return self.get_response(request)


class LanguageMiddleware(LocaleMiddleware):
    """Vietnamese, unless somebody chose English here: many a phone in a hamlet is set to English by its maker."""

    def process_request(self, request: HttpRequest) -> None:
        """Take the language from the cookie that the switch sets, never from what the browser prefers."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()


# Programs are told that what they asked cannot be read: there every argument passes a form.
_TOLD_OF_NULS: Final = ("/open311/",)


class NoNulMiddleware(_Passing):
    """Leaves NULs out of what an address asks for, and answers 404 where its path has one: PostgreSQL takes them in no text.

    Forms refuse them; a view that reads `request.GET` itself would hand them on to the database.
    """

    def __call__(self, request: HttpRequest) -> type_response:
        """Leave them out before anybody reads the query."""
        query = request.META.get("QUERY_STRING", "")
        while "%00" in query and not request.path.startswith(_TOLD_OF_NULS):  # what is left may make up another
            query = query.replace("%00", "")
        request.META["QUERY_STRING"] = query
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Refuse a path before the view runs."""
        if "\0" in request.path:
            raise Http404


class RoomsMiddleware(_Passing):
    """Answers 404 for every page of a room that is off in this installation, or in the reader's commune."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Refuse before the view runs."""
        if not rooms.is_on_in(rooms.room_of(request), request):
            raise Http404


class DomainErrorMiddleware(_Passing):
    """The one place that maps a `DomainError` to HTML or JSON; absent and forbidden look the same."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn an error of the domain into a page, or into JSON for a caller that wants it."""
        if not isinstance(error, DomainError):
            return None
        if error.status == 404:
            raise Http404
        if request.headers.get("Accept", "").startswith("application/json"):
            body = {"code": error.detail_code, "message": str(error), **{k: str(v) for k, v in error.data.items()}}
            return JsonResponse(body, status=error.status)
        return render(request, "core/errors/error.html", {"error": error, "says": str(error)}, status=error.status)
