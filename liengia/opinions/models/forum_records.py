"""What is kept beside a listening forum: the place of its wall in the live order."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from liengia.core.live import Positioned
from liengia.opinions.models.forums import ListeningForum


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
