"""Pictures and files of the portal, with who made them and whether they may be shown.

A picture on which a child can be recognised is shown only when a guardian has agreed: Law 91/2025/QH15 on personal
data, and the Law on Children 2016, article 21. The rule stands here, so that every page that shows pictures keeps it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition


class Rights(models.TextChoices):
    """On what ground a picture is shown."""

    OWN = "own", _("made by the commune")
    GIVEN = "given", _("given by its maker, with permission")
    LICENSED = "licensed", _("free licence or public domain")


class PortalImage(AbstractImage):
    """A picture, its alternative text (`description`), caption, maker, rights and source, and whose child it shows.

    The collection says which commune it belongs to. The original file never leaves the server: readers get copies
    without the camera's data (`views.pictures`).
    """

    caption = models.CharField(_("caption"), max_length=300, blank=True, help_text=_("Shown under the picture unless the article gives another."))
    credit = models.CharField(_("made by"), max_length=120, blank=True, help_text=_("Such as: Tranh: Liên Gia"))
    rights = models.CharField(_("rights"), max_length=10, choices=Rights, default=Rights.OWN)
    source = models.CharField(_("source"), max_length=250, blank=True, help_text=_("Where it comes from, or the licence's name."))
    shows_recognisable_child = models.BooleanField(_("a child can be recognised on it"), default=False)
    has_guardian_consent = models.BooleanField(
        _("the child's parent or guardian has agreed"),
        default=False,
        help_text=_("Without it the picture is shown nowhere. Keep the paper at the office; do not upload it."),
    )
    withdrawn_at = models.DateTimeField(_("taken down at somebody's request"), null=True, editable=False)

    admin_form_fields: ClassVar = (
        "title", "file", "description", "caption", "credit", "rights", "source", "shows_recognisable_child",
        "has_guardian_consent", "collection", "tags", "focal_point_x", "focal_point_y", "focal_point_width",
        "focal_point_height",
    )  # fmt: skip
    IMPERSONAL: ClassVar = {"title", "file", "file_hash", "description", "rights", "source"}

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        permissions: ClassVar = [("choose_image", "Can choose image")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Know the file by its hash, of which addresses of copies hold the beginning."""
        if not self.file_hash:
            self._set_file_hash()
        super().save(*args, **kwargs)

    @property
    def is_publishable(self) -> bool:
        """Tell whether it may be shown."""
        return self.withdrawn_at is None and (self.has_guardian_consent or not self.shows_recognisable_child)

    @property
    def default_alt_text(self) -> str:
        """The alternative text: what is seen on it, else its title."""
        return self.description or self.title

    def clean(self) -> None:
        """Refuse a source left out where the rights come from elsewhere."""
        super().clean()
        if self.rights == Rights.LICENSED and not self.source:
            raise ValidationError({"source": _("Say which licence, and where the picture comes from.")})


class PortalRendition(AbstractRendition):
    """A smaller copy of a picture, made when it is first asked for."""

    image = models.ForeignKey(PortalImage, models.CASCADE, related_name="renditions")

    IMPERSONAL: ClassVar = {"file", "filter_spec", "focal_point_key"}

    class Meta:
        verbose_name = _("copy of a picture")
        verbose_name_plural = _("copies of pictures")
        unique_together: ClassVar = [("image", "filter_spec", "focal_point_key")]
        default_permissions = ()


class PortalDocument(AbstractDocument):
    """A file that readers may take home: a decision, a form, a video with its captions."""

    source = models.CharField(_("source"), max_length=250, blank=True)
    withdrawn_at = models.DateTimeField(_("taken down at somebody's request"), null=True, editable=False)

    admin_form_fields: ClassVar = (*Document.admin_form_fields, "source")
    IMPERSONAL: ClassVar = {"title", "file", "file_hash", "source"}

    class Meta(AbstractDocument.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")
        permissions: ClassVar = [("choose_document", "Can choose document")]
