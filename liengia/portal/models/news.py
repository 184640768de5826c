"""News: the index of the area or of one commune, and articles with their bylines, corrections and related ones."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField
from wagtail.models import Orderable, PageManager, Revision
from wagtail.query import PageQuerySet

from liengia.core import clock
from liengia.core.text import nfc
from liengia.portal.blocks import ArticleBlocks
from liengia.portal.forms import ArticleForm
from liengia.portal.models.base import OF_EVERY_PAGE, SHOWN_BY, SitePage
from liengia.portal.models.media import PortalImage
from liengia.portal.models.snippets import Author, Topic
from liengia.units.models import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ViewT = TypeVar("ViewT")
# Vietnamese words are written by syllable; a practised reader takes some 220 of them in a minute.
SYLLABLES_A_MINUTE: Final = 220
# Publishing again within a minute corrects the first publication and is no later change.
SAME_PUBLICATION: Final = timedelta(minutes=1)


def _minute(at: datetime | None) -> datetime | None:
    """Return an instant as a form keeps it."""
    return at.replace(second=0, microsecond=0) if at is not None else None


def _route(pattern: str, name: str) -> Callable[[ViewT], ViewT]:
    """Add an address under the page; Wagtail's own decorator carries no types."""
    return path(pattern, name=name)


class NewsIndexPage(RoutablePageMixin, SitePage):
    """`/tin-tuc/`: all articles of the area, or of one commune, by topic, place and month, with feeds."""

    parent_page_types: ClassVar = ["portal.AreaHomePage", "portal.CommunePortalPage"]
    subpage_types: ClassVar = ["portal.ArticlePage"]
    template = "portal/news.html"
    is_fixed = True

    IMPERSONAL: ClassVar = OF_EVERY_PAGE

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")

    @_route("", name="index")
    def everything(self, request: HttpRequest) -> HttpResponse:
        """List all articles."""
        return SHOWN_BY["listing"](request, self)

    @_route("chu-de/<slug:topic>/", name="topic")
    def of_topic(self, request: HttpRequest, topic: str) -> HttpResponse:
        """List the articles of a topic."""
        return SHOWN_BY["listing"](request, self, topic=topic)

    @_route("rss/", name="rss")
    @_route("chu-de/<slug:topic>/rss/", name="topic_rss")
    def rss(self, request: HttpRequest, topic: str = "") -> HttpResponse:
        """Give the newest articles as RSS 2.0."""
        return SHOWN_BY["feed"](request, self, topic=topic, form="rss")

    @_route("atom/", name="atom")
    @_route("chu-de/<slug:topic>/atom/", name="topic_atom")
    def atom(self, request: HttpRequest, topic: str = "") -> HttpResponse:
        """Give the newest articles as Atom."""
        return SHOWN_BY["feed"](request, self, topic=topic, form="atom")


class ArticleQuerySet(PageQuerySet):
    """Reads of articles."""

    def published(self) -> ArticleQuerySet:
        """Those that everybody may read now, the newest first."""
        return self.live().filter(published_at__lte=clock.now()).order_by("-published_at", "-pk")

    def for_list(self) -> ArticleQuerySet:
        """With what a line of a list shows, and without the bodies."""
        return self.select_related("cover", "unit").defer("body", "search_description")


class ArticlePage(SitePage):
    """An article: place and title, lead, body in blocks, who wrote it, what was corrected since.

    `published_at` is what readers see; Wagtail's own dates tell when this copy went live. A correction is a row that
    stays visible (`Erratum`); nothing is rewritten in silence.
    """

    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"), help_text=_("Where it happened. Empty: as the page above.")
    )
    place = models.CharField(_("place"), max_length=80, blank=True, help_text=_("Stands before the title, such as: Cần Đước"))
    lead = models.TextField(_("lead"), max_length=700)
    cover = models.ForeignKey(
        PortalImage, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("main picture")
    )
    cover_caption = models.CharField(_("caption of the main picture"), max_length=300, blank=True)
    body = StreamField(ArticleBlocks(), verbose_name=_("body"))
    topics = ParentalManyToManyField(Topic, blank=True, related_name="articles", verbose_name=_("topics"))
    contributors = models.CharField(
        _("with"), max_length=200, blank=True, help_text=_("Names or pen names of those who helped, with a comma between.")
    )
    source = models.CharField(_("source"), max_length=250, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, db_index=True, help_text=_("Empty: when it is published."))
    syllables = models.PositiveIntegerField(default=0, editable=False)

    parent_page_types: ClassVar = ["portal.NewsIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "portal/article.html"
    SHOWN_WITH: ClassVar = ("cover", "unit__parent")
    base_form_class = ArticleForm
    content_panels: ClassVar = [
        MultiFieldPanel([FieldPanel("place"), *SitePage.content_panels, FieldPanel("unit")], _("Place and title")),
        FieldPanel("lead"),
        MultiFieldPanel([FieldPanel("cover"), FieldPanel("cover_caption")], _("Main picture")),
        FieldPanel("body"),
        MultiFieldPanel(
            [InlinePanel("bylines", label=_("author")), FieldPanel("contributors"), FieldPanel("source"), FieldPanel("published_at", help_text=_("Empty: when it is published. An hour to come: it is published then."))],
            _("Who wrote it, and when"),
        ),
        FieldPanel("topics"),
        InlinePanel("errata", heading=_("Corrections"), label=_("correction")),
        InlinePanel("chosen_articles", heading=_("Related articles"), label=_("article"), max_num=4),
    ]

    objects = PageManager.from_queryset(ArticleQuerySet)()

    IMPERSONAL: ClassVar = (OF_EVERY_PAGE - {"title", "draft_title"}) | {"place", "source", "cover_caption"}

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes: ClassVar = [models.Index(fields=["unit", "-published_at"], name="portal_article_unit_at")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep one normal form of the text, the unit, the first publication, the length, and the article's place in the lists."""
        for name in ("title", "lead", "place"):
            setattr(self, name, nfc(getattr(self, name)))
        if self.live and self.published_at is None:
            self.published_at = clock.now()
        if self.unit_id is None and self.depth:
            self.unit = self._unit_above()
        self.syllables = len(self.plain_text.split())
        with transaction.atomic():
            super().save(*args, **kwargs)
            SHOWN_BY["shelf"](self.pk)

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """Keep a version; what is dated ahead goes live at its hour, whoever publishes it and by which button.

        Until then no address, search or comment tells of it. An hour that came of an earlier date goes with that date.
        """
        before = self.latest_revision
        if before is not None and _minute(self.go_live_at) == _minute(before.as_object().published_at):  # type: ignore[has-type]
            self.go_live_at = None
        if self.published_at is not None and self.published_at > clock.now():
            self.go_live_at = max(filter(None, (self.published_at, self.go_live_at)))
        return cast(Revision, super().save_revision(*args, **kwargs))

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> Any:
        """Publish; a version that was kept before dates ahead were held (0.1) is held here."""
        at = revision.as_object().published_at
        if at is not None and at > clock.now() and revision.as_object().go_live_at is None:
            revision.content |= {"go_live_at": at.isoformat()}
            revision.save(update_fields=["content"])
        return super().publish(revision, *args, **kwargs)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the article; one that a script dated ahead is not there yet."""
        if self.published_at is None or self.published_at > clock.now():
            raise Http404
        response: HttpResponse = super().serve(request, *args, **kwargs)
        return response

    def _unit_above(self) -> Unit | None:
        from liengia.portal.models.pages import CommunePortalPage

        above = CommunePortalPage.objects.ancestor_of(self).select_related("unit").first()
        return above.unit if above is not None else None

    def clean(self) -> None:
        """Refuse to go live with what may not be shown."""
        super().clean()
        if self.live and (problems := self.publication_problems()):
            raise ValidationError(problems)

    def publication_problems(self) -> list[str]:
        """Return a sentence for each thing that stands against publication; drafts may have them."""
        return [
            str(_("“%(picture)s” shows a child that can be recognised, and no parent or guardian has agreed. Tick it at the picture, or choose another.") % {"picture": image.title})
            for image in self.pictures()
            if not image.is_publishable
        ]

    def pictures(self) -> list[PortalImage]:
        """Return every picture of the article, each once."""
        found = {self.cover.pk: self.cover} if self.cover else {}
        for block in self.body:
            found |= {image.pk: image for image in _images(block)}
        return list(found.values())

    @property
    def minutes(self) -> int:
        """Minutes of reading, at least one."""
        return max(1, math.ceil(self.syllables / SYLLABLES_A_MINUTE))

    @property
    def updated_at(self) -> datetime | None:
        """When it was last changed after its publication; None when it was not."""
        last, first = self.last_published_at, self.first_published_at
        return last if last and first and last - first > SAME_PUBLICATION else None


def _images(block: Any) -> Iterator[PortalImage]:
    """Yield the pictures of one block of a body."""
    if block.block_type == "figure":
        yield from filter(None, [block.value["image"]])
    elif block.block_type == "gallery":
        yield from filter(None, (figure["image"] for figure in block.value["figures"]))
    elif block.block_type == "video":
        yield from filter(None, [block.value["poster"]])


class Byline(Orderable):
    """One of an article's authors, in their order."""

    article = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, models.PROTECT, related_name="bylines", verbose_name=_("author"))

    panels: ClassVar = [FieldPanel("author")]

    class Meta(Orderable.Meta):
        verbose_name = _("author of an article")
        verbose_name_plural = _("authors of articles")
        default_permissions = ()


class Erratum(Orderable):
    """What was wrong, and since when it stands right; shown on the article for good."""

    article = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="errata")
    corrected_at = models.DateTimeField(_("corrected at"), default=clock.now)
    words = models.TextField(_("what was wrong, what is right"), max_length=500)

    panels: ClassVar = [FieldPanel("corrected_at"), FieldPanel("words")]
    IMPERSONAL: ClassVar = {"words"}

    class Meta(Orderable.Meta):
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        default_permissions = ()


class ChosenArticle(Orderable):
    """An article that the editor set beside another."""

    article = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="chosen_articles")
    chosen = models.ForeignKey(ArticlePage, models.CASCADE, related_name="+", verbose_name=_("article"))

    panels: ClassVar = [PageChooserPanel("chosen", ["portal.ArticlePage"])]

    class Meta(Orderable.Meta):
        verbose_name = _("related article")
        verbose_name_plural = _("related articles")
        default_permissions = ()
