"""Pages, pictures and bylines of the portal."""

from liengia.portal.models.approval import DECIDED_BY, ApprovalTask
from liengia.portal.models.media import PortalDocument, PortalImage, PortalRendition, Rights
from liengia.portal.models.news import (
    ArticlePage,
    ArticleQuerySet,
    Byline,
    ChosenArticle,
    Erratum,
    NewsIndexPage,
)
from liengia.portal.models.pages import AreaHomePage, CommuneListPage, CommunePortalPage, PlainPage
from liengia.portal.models.requests import ArticleRequest, RequestKind, RequestRefusal, RequestState
from liengia.portal.models.shelf import ShelfCount, ShelfRow
from liengia.portal.models.snippets import Author, Topic

__all__ = [
    "DECIDED_BY",
    "ApprovalTask",
    "AreaHomePage",
    "ArticlePage",
    "ArticleQuerySet",
    "ArticleRequest",
    "Author",
    "Byline",
    "ChosenArticle",
    "CommuneListPage",
    "CommunePortalPage",
    "Erratum",
    "NewsIndexPage",
    "PlainPage",
    "PortalDocument",
    "PortalImage",
    "PortalRendition",
    "RequestKind",
    "RequestRefusal",
    "RequestState",
    "Rights",
    "ShelfCount",
    "ShelfRow",
    "Topic",
]
