"""The words of this room in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from liengia.broadcast.capabilities import SEND_ALONE
from liengia.core.menus import Item, register
from liengia.people import policies as people


def _sends_alone(request: HttpRequest) -> bool:
    return people.can(request.user, SEND_ALONE)


def register_all() -> None:
    """Register the items; called from `AppConfig.ready`."""
    register(Item("console", "broadcast", _("Emergency bulletin"), "broadcast:emergencies", "speakerphone", 25, shown_to=_sends_alone))
