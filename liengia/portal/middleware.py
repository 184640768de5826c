"""A wall before the back office's pages, pictures and files: another commune's are 404, as if they did not exist.

Wagtail refuses by sending one to its first page with a sentence, which tells that the page exists, and lists the titles
of what one may not touch in a bulk action. This looks at the address before any of its views runs.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpRequest

from liengia.core.middleware import _Passing
from liengia.people.models import User
from liengia.portal import permissions

PAGES: Final = ("page_id", "parent_page_id", "page_to_move_id", "destination_id", "page_pk", "parent_page_pk")
WALKS: Final = ("wagtailadmin_explore", "wagtailadmin_explore_results", "wagtailadmin_choose_page_child")
FILES: Final = {
    ("wagtailimages", "image_id"): True, ("wagtailimages_chooser", "pk"): True, ("wagtaildocs", "document_id"): False,
    ("wagtaildocs", "doc_id"): False, ("wagtaildocs_chooser", "pk"): False,
}  # fmt: skip
BULK: Final = {"page": "page", "portalimage": "image", "portaldocument": "file"}
# Reports that name pages of everybody.
OPERATORS: Final = ("page_types_usage", "page_types_usage_results")


class OwnPagesMiddleware(_Passing):
    """Answers 404 for what is not the reader's own."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """Look at the numbers in the address."""
        match = request.resolver_match
        if match is None or not request.path.startswith("/quan-tri/"):
            return
        user = request.user
        if not isinstance(user, User) or user.is_superuser:
            return
        if match.url_name in OPERATORS or not all(self._sees(user, match, name, value, request) for name, value in kwargs.items()):
            raise Http404
        if match.url_name == "wagtail_bulk_action" and not self._sees_all(user, kwargs, request):
            raise Http404

    @staticmethod
    def _sees(user: User, match: Any, name: str, value: Any, request: HttpRequest) -> bool:
        is_image = FILES.get((match.namespace, name))
        if is_image is not None:
            return not str(value).isdecimal() or permissions.sees_file(user, int(value), is_image=is_image)
        if name not in PAGES or not str(value).isdecimal():
            return True
        return permissions.sees_page(user, int(value), is_walk=match.url_name in WALKS)

    @staticmethod
    def _sees_all(user: User, kwargs: dict[str, Any], request: HttpRequest) -> bool:
        kind = BULK.get(str(kwargs.get("model_name", "")).lower(), "")
        ids = [*request.GET.getlist("id"), *request.GET.getlist("childOf")]
        named = [int(one) for one in ids if one.isdecimal()]
        if kind == "page":
            return all(permissions.sees_page(user, one) for one in named)
        files = [int(one) for one in request.GET.getlist("id") if one.isdecimal() and kind]
        return all(permissions.sees_file(user, one, is_image=kind == "image") for one in files)
