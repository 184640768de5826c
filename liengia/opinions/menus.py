"""The words of this room in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from liengia.core.menus import Item, register
from liengia.opinions.capabilities import ENTER
from liengia.people import policies as people


def _enters(request: HttpRequest) -> bool:
    return people.can(request.user, ENTER)


def register_all() -> None:
    """Register the items; called from `AppConfig.ready`."""
    register(Item("main", "opinions", _("Opinions"), "opinions:index", "message", 30))
    register(Item("resident", "opinions", _("Note for others"), "opinions:enter", "notebook", 50, shown_to=_enters))
    register(Item("today", "opinions", _("Write down for somebody"), "opinions:enter", "notebook", 10, shown_to=_enters))
    register(Item("main", "opinions", _("Listening forums"), "opinions:forums", "message", 35))
    register(Item("foot", "opinions", _("Follow by the private code"), "opinions:follow", "", 40))
    register(Item("foot", "opinions", _("Answer times"), "opinions:board", "", 41))
