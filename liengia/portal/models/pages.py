"""The tree of the site: the area's front page, the communes' own portals, plain pages."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Collection

from liengia.portal import site_texts
from liengia.portal.blocks import PlainBlocks
from liengia.portal.models.base import OF_EVERY_PAGE, SitePage
from liengia.units.models import Unit


class FrontFields(models.Model):
    """What a front page says in its first lines; empty lines are the platform's own."""

    headline = models.CharField(_("first line"), max_length=120, blank=True, help_text=_("Empty: the platform's own."))
    lead = models.TextField(_("under it"), max_length=400, blank=True)
    imprint = models.TextField(
        _("who answers for this site"), max_length=400, blank=True, help_text=_("Office, who is responsible for the content, address; at the foot of each page.")
    )

    class Meta:
        abstract = True


class AreaHomePage(FrontFields, SitePage):
    """The area's front page: its subtree holds the area's pages and each commune's own portal."""

    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["portal.NewsIndexPage", "portal.PlainPage", "portal.CommuneListPage"]
    max_count = 1
    is_fixed = True
    template = "portal/home.html"
    content_panels: ClassVar = [*SitePage.content_panels, FieldPanel("headline"), FieldPanel("lead"), FieldPanel("imprint")]

    IMPERSONAL: ClassVar = OF_EVERY_PAGE | {"headline", "lead"}

    class Meta:
        verbose_name = _("front page of the area")
        verbose_name_plural = _("front pages of areas")


class CommuneListPage(SitePage):
    """`/xa/`: the communes of the area that have their own portal here."""

    parent_page_types: ClassVar = ["portal.AreaHomePage"]
    subpage_types: ClassVar = ["portal.CommunePortalPage"]
    max_count = 1
    is_fixed = True
    template = "portal/communes.html"

    IMPERSONAL: ClassVar = OF_EVERY_PAGE

    class Meta:
        verbose_name = _("list of communes")
        verbose_name_plural = _("lists of communes")


class CommunePortalPage(FrontFields, SitePage):
    """A commune's own portal, one a commune; its subtree and its collection are its editors' alone."""

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="portal", verbose_name=_("commune"))
    request_days = models.PositiveSmallIntegerField(
        _("working days for requests to take down or correct"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("Half of them where a child is concerned. Empty: as the installation has it."),
    )  # fmt: skip
    collection = models.ForeignKey(
        Collection, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("collection of pictures and files")
    )

    parent_page_types: ClassVar = ["portal.CommuneListPage"]
    subpage_types: ClassVar = ["portal.NewsIndexPage", "portal.PlainPage"]
    is_fixed = True
    template = "portal/home.html"
    content_panels: ClassVar = [
        *SitePage.content_panels, FieldPanel("unit", permission="superuser"), FieldPanel("collection", permission="superuser"), FieldPanel("headline"), FieldPanel("lead"),
        FieldPanel("imprint"), FieldPanel("request_days"),
    ]  # fmt: skip

    IMPERSONAL: ClassVar = OF_EVERY_PAGE | {"headline", "lead"}

    class Meta:
        verbose_name = _("portal of a commune")
        verbose_name_plural = _("portals of communes")

    def clean(self) -> None:
        """Refuse a unit that is no commune, and a second portal for one commune through its earlier units."""
        super().clean()
        if self.unit_id is None:
            return
        if self.unit.level != "commune":
            raise ValidationError({"unit": _("A portal belongs to a commune.")})
        if CommunePortalPage.objects.exclude(pk=self.pk).filter(unit__in=self.unit.lineage_ids()).exists():
            raise ValidationError({"unit": _("This commune has its portal already.")})


class PlainPage(SitePage):
    """A page that does not age like news: what this is, privacy, accessibility, how to reach an office."""

    lead = models.TextField(_("lead"), max_length=500, blank=True)
    body = StreamField(PlainBlocks(), verbose_name=_("body"), blank=True)

    parent_page_types: ClassVar = ["portal.AreaHomePage", "portal.CommunePortalPage", "portal.PlainPage"]
    subpage_types: ClassVar = ["portal.PlainPage"]
    template = "portal/plain.html"
    content_panels: ClassVar = [*SitePage.content_panels, FieldPanel("lead"), FieldPanel("body")]

    IMPERSONAL: ClassVar = OF_EVERY_PAGE | {"lead", "body"}

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")

    @property
    def is_fixed(self) -> bool:  # type: ignore[override]
        """Whether it is one of those that every installation has."""
        return self.depth == 3 and self.slug in site_texts.FIXED_PAGES

    def clean(self) -> None:
        """Refuse to leave out what the law or honesty wants told."""
        super().clean()
        if self.depth == 3:
            names = {block.value["text"] for block in self.body if block.block_type == "site_text"}
            if missing := site_texts.missing(self.slug, names):
                raise ValidationError({"body": _("This page must keep these sections: %(names)s.") % {"names": ", ".join(missing)}})
