"""Work over many rows that an office asks for and watches: an import, the papers of many groups."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.core.fields import EncryptedBytesField, public_id


class BulkKind(models.TextChoices):
    """What is asked for."""

    IMPORT = "import", _("groups from a spreadsheet")
    PAPERS = "papers", _("sheets and cards as one PDF")


class BulkState(models.TextChoices):
    """Where it stands; `refused` has errors in words, `failed` is ours to look into. In both nothing was kept."""

    WAITING = "waiting", _("waits")
    RUNNING = "running", _("runs")
    DONE = "done", _("finished")
    REFUSED = "refused", _("refused")
    FAILED = "failed", _("failed")


class BulkStage(models.TextChoices):
    """The part of the work that runs, in the words of the page that is watched."""

    HOUSES = "houses", _("Writing the houses")
    GROUPS = "groups", _("Founding the groups")
    CARDS = "cards", _("Making the cards")
    PAPER = "paper", _("Setting the pages")


class BulkJob(models.Model):
    """One asked-for piece of long work, done by the worker and watched on a page of whoever asked.

    `made` holds the keys of the rows written so far, in the same transactions: a worker that died takes them back
    before it begins anew. File and paper stand encrypted; the file goes at the end, the paper after an hour.
    """

    public_id = models.CharField(max_length=10, unique=True, default=public_id, editable=False)
    kind = models.CharField(max_length=10, choices=BulkKind)
    state = models.CharField(max_length=10, choices=BulkState, default=BulkState.WAITING)
    stage = models.CharField(max_length=10, choices=BulkStage, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    commune = models.ForeignKey("units.Unit", models.CASCADE, null=True, related_name="+")
    language = models.CharField(max_length=8)
    file = EncryptedBytesField(null=True)
    paper = EncryptedBytesField(null=True)
    groups = models.JSONField(default=list)
    made = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    IMPERSONAL: ClassVar = {"language", "groups", "made"}

    class Meta:
        verbose_name = _("long work")
        verbose_name_plural = _("long works")
        ordering: ClassVar = ["asked_at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        """Return what it is and where it stands."""
        return f"{self.get_kind_display()}: {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be watched."""
        return self.state in (BulkState.WAITING, BulkState.RUNNING)

    @property
    def percent(self) -> int:
        """How much of it is done, over all its stages: houses and groups, cards and pages, are half each."""
        part = self.done / self.total if self.total else 0.0
        first = self.stage in ("", BulkStage.HOUSES, BulkStage.CARDS)
        share = 0.9 if self.kind == BulkKind.PAPERS else 0.6
        return round(100 * (part * share if first else share + part * (1 - share)))
