"""Topics, and those who write: with or without an account, under a name or a pen name."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.core.fields import NameField
from liengia.units.models import Unit


class Topic(models.Model):
    """What articles are about; each has its page and its feeds."""

    name = NameField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    words = models.CharField(_("in a sentence"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    IMPERSONAL: ClassVar = {"name", "slug", "words"}

    class Meta:
        verbose_name = _("topic of news")
        verbose_name_plural = _("topics")
        ordering: ClassVar = ["order", "slug"]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Author(models.Model):
    """A byline: a name or a pen name; it needs no account and says nothing of who stands behind it."""

    name = NameField(_("name or pen name"), max_length=80)
    words = models.CharField(_("in a sentence"), max_length=160, blank=True, help_text=_("Such as: Đài truyền thanh xã"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("commune"), help_text=_("Empty: of the whole area.")
    )

    IMPERSONAL: ClassVar = {"words"}

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        """Return the name."""
        return self.name
