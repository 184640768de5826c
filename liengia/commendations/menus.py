"""The words of this room in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from liengia.commendations import policies
from liengia.commendations.capabilities import HAND_OUT
from liengia.core.menus import Item, register
from liengia.people import policies as people


def _hands_out(request: HttpRequest) -> bool:
    """Show the phone's page to those who have something to hand out."""
    return people.can(request.user, HAND_OUT) and policies.to_hand_out(request.user).waiting().exists()


def register_all() -> None:
    """Register the items; called from `AppConfig.ready`."""
    register(Item("main", "commendations", _("Commendations"), "commendations:roll", "award", 60))
    register(Item("today", "commendations", _("Hand out certificates"), "commendations:handing", "award", 6, shown_to=_hands_out))
    register(Item("foot", "commendations", _("Verify a certificate"), "commendations:verify", "", 45))
