"""What is kept beside a listening forum: the place of its wall in the live order, the police's report as a
file, and what was signed of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.core import clock
from liengia.core.fields import TextField
from liengia.core.live import Positioned
from liengia.opinions.models.forums import ListeningForum
from liengia.opinions.models.opinions import AppendOnly


class WallEdition(Positioned):
    """The place of a session's wall in the live order: one row a session, moved to the end whenever the wall changes.

    It keeps no history and no instant, so that it tells nothing that the wall itself does not.
    """

    forum = models.OneToOneField(ListeningForum, models.CASCADE, related_name="wall_edition")

    class Meta:
        verbose_name = _("edition of a forum's wall")
        verbose_name_plural = _("editions of forums' walls")
        default_permissions = ()

    def __str__(self) -> str:
        """Return session and place."""
        return f"{self.forum_id}: {self.position}"


class ReportFile(models.Model):
    """The report before the people as its author wrote it: a PDF that was looked at, for everybody to download."""

    forum = models.OneToOneField(ListeningForum, models.CASCADE, related_name="report_file")
    data = models.BinaryField()
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64)
    put_at = models.DateTimeField(default=clock.now)

    IMPERSONAL: ClassVar = {"sha256"}

    class Meta:
        verbose_name = _("report of a forum as a file")
        verbose_name_plural = _("reports of forums as files")
        default_permissions = ()

    def __str__(self) -> str:
        """Return session and size."""
        return f"{self.forum_id}: {self.size}"


class SignedPaper(models.Model):
    """A signed paper of a session, byte for byte: version 1 is the minutes, each later one an addition to them.

    Never changed, whatever becomes of the record it was made from; the hashes stand in the audit log too.
    """

    forum = models.ForeignKey(ListeningForum, models.PROTECT, related_name="signed_papers")
    version = models.PositiveSmallIntegerField(_("version"))
    signed_on = models.DateField(_("signed on"))
    words = TextField(_("what is corrected or added, and why"), blank=True)
    pdf = models.BinaryField()
    docx = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    docx_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)

    IMPERSONAL: ClassVar = {"pdf_sha256", "docx_sha256"}

    class Meta:
        verbose_name = _("signed paper of a forum")
        verbose_name_plural = _("signed papers of forums")
        ordering: ClassVar = ["version"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forum", "version"], name="signed_paper_has_its_version_once"),
        ]

    def __str__(self) -> str:
        """Return session and version."""
        return f"{self.forum_id}: {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new paper; a signed one stays as it is.

        Raises:
            AppendOnly: it has been written before.
        """
        if not self._state.adding:
            raise AppendOnly("a signed paper is never changed")
        super().save(*args, **kwargs)
