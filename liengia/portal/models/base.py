"""What all pages of the portal share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page

from liengia.portal.models.approval import TwoStepTester, tester

# Fields that every page has from Wagtail; none of them is made for words about a person.
OF_EVERY_PAGE = frozenset(
    {"title", "draft_title", "slug", "url_path", "seo_title", "search_description", "path", "translation_key",
     "latest_revision", "latest_revision_created_at"}
)

# What shows pages ("context", "listing", "feed") and keeps lists ("shelf"): filled in by `AppConfig.ready`, since reads stand on models.
SHOWN_BY: dict[str, Callable[..., Any]] = {}


class SitePage(Page):
    """A page of the portal. It is one with its children in the tree of addresses, and looks up nothing to know its own."""

    promote_panels: ClassVar = [
        MultiFieldPanel([FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")], _("Address and search"))
    ]

    # Whether addresses of the site stand on it, so that it is never deleted, taken down or moved.
    is_fixed: bool | property = False

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
        return "/" + self.url_path.split("/", 2)[2]

    def permissions_for_user(self, user: Any) -> TwoStepTester:
        """Return what a user may do with the page; publishing takes two."""
        return tester(self, user)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the page of this kind shows."""
        return super().get_context(request, *args, **kwargs) | SHOWN_BY["context"](self, request)
