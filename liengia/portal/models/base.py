"""What all pages of the portal share."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import Resolver404
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page, PageViewRestriction

from liengia.portal.models.approval import TwoStepTester, tester

# Fields that every page has from Wagtail; none of them is made for words about a person.
OF_EVERY_PAGE = frozenset(
    {"title", "draft_title", "slug", "url_path", "seo_title", "search_description", "path", "translation_key",
     "latest_revision", "latest_revision_created_at"}
)

# What shows pages ("context", "listing", "feed") and keeps lists ("shelf"): filled in by `AppConfig.ready`, since reads stand on models.
SHOWN_BY: dict[str, Callable[..., Any]] = {}
# A tree's path holds no more levels than this (255 letters, four a level); a longer address is nobody's.
DEEPEST: Final = 63


class SitePage(Page):
    """A page of the portal. It is one with its children in the tree of addresses, and looks up nothing to know its own."""

    promote_panels: ClassVar = [
        MultiFieldPanel([FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")], _("Address and search"))
    ]

    # Whether addresses of the site stand on it, so that it is never deleted, taken down or moved.
    is_fixed: bool | property = False
    # What is read together with a page that is shown.
    SHOWN_WITH: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse to give a page of the site itself an end, or another address."""
        super().clean()
        if not self.is_fixed_as_stored():
            return
        if self.expire_at is not None:
            raise ValidationError({"expire_at": _("Other pages lead to this one: it cannot be taken down.")})
        if self.slug != type(self).objects.filter(pk=self.pk).values_list("slug", flat=True).first():
            raise ValidationError({"slug": _("Other pages lead to this one: its address stays.")})

    def is_fixed_as_stored(self) -> bool:
        """Tell whether the page, as it stands in the tree, is one of the site's own."""
        stored = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        return stored is not None and bool(stored.is_fixed)

    @property
    def plain_text(self) -> str:
        """The page's words without markup, for its length and for the search index."""
        blocks = getattr(self, "body", ())
        words = [getattr(self, "lead", ""), *(" ".join(block.block.get_searchable_content(block.value)) for block in blocks)]
        return re.sub(r"\s+", " ", strip_tags(" ".join(words))).strip()

    @property
    def address(self) -> str:
        """The page's path on this site: Wagtail's own way to it costs queries, and there is one site."""
        return _address(self.url_path)

    @cached_property
    def above(self) -> list[tuple[str, str]]:
        """The addresses and titles of the pages above it, below the front page, from the top."""
        found = self.get_ancestors().filter(depth__gt=2).values_list("url_path", "title")
        return [(_address(url_path), title) for url_path, title in found]

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Find the page at an address below this one, all the way down at once: Wagtail asks twice for each part of it.

        A page with addresses of its own (the news index, with topics and feeds) comes before pages below it, as with Wagtail.

        Raises:
            Http404: there is none.
        """
        if not path_components:
            return super().route(request, path_components)
        parts = path_components[:DEEPEST]
        wanted = {f"{self.url_path}{'/'.join(parts[:count])}/": count for count in range(1, len(parts) + 1)}
        # The short names have an index, the whole paths have none.
        found = Page.objects.filter(slug__in=parts, url_path__in=wanted).order_by("depth")
        line = [(*row, wanted[row[2]]) for row in found.values_list("pk", "content_type_id", "url_path", "title")]
        above = [*self.above, (self.address, self.title)] if self.depth > 2 else []
        for pk, type_id, url_path, title, count in line:
            model: Any = ContentType.objects.get_for_id(type_id).model_class()
            rest = path_components[count:]
            if not rest or _has_own_address(model, rest):
                page = model._default_manager.select_related(*model.SHOWN_WITH).get(pk=pk)
                page.above = above
                return page.route(request, rest)
            above.append((_address(url_path), title))
        raise Http404

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """Return what restricts the page. The platform makes no such rows (settings), so that whether there are any comes first."""
        found = PageViewRestriction.objects.all()
        return super().get_view_restrictions() if found.exists() else found.none()

    def permissions_for_user(self, user: Any) -> TwoStepTester:
        """Return what a user may do with the page; publishing takes two."""
        return tester(self, user)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the page of this kind shows."""
        return super().get_context(request, *args, **kwargs) | SHOWN_BY["context"](self, request)


def _address(url_path: str) -> str:
    return "/" + url_path.split("/", 2)[2]


def _has_own_address(model: Any, parts: Sequence[str]) -> bool:
    """Tell whether a kind of page answers what follows its own address by itself."""
    if not issubclass(model, RoutablePageMixin):
        return False
    try:
        model.get_resolver().resolve(f"/{'/'.join(parts)}/")
    except Resolver404:
        return False
    return True
