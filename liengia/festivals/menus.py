"""The words of this room in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from liengia.core.menus import Item, register
from liengia.festivals import policies
from liengia.festivals.capabilities import RUN
from liengia.people import policies as people


def _tells(request: HttpRequest) -> bool:
    """Show the phone's page to those who may tell of a day of about now."""
    return people.can(request.user, RUN) and policies.run_by(request.user).exists()


def register_all() -> None:
    """Register the items; called from `AppConfig.ready`."""
    register(Item("main", "festivals", _("Festival"), "festivals:index", "flag", 40))
    register(Item("resident", "festivals", _("Festival today"), "festivals:tell", "flag", 55, shown_to=_tells))
    register(Item("today", "festivals", _("Say how the festival goes"), "festivals:tell", "flag", 5, shown_to=_tells))
