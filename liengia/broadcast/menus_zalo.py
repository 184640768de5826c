"""The words of Zalo, calls, accounts and consent in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from liengia.broadcast.capabilities import CONFIGURE, POST
from liengia.core.menus import Item, register
from liengia.people import menu
from liengia.people import policies as people
from liengia.people.admin import RoomItem


def _posts(request: HttpRequest) -> bool:
    return people.can(request.user, POST)


def _calls(request: HttpRequest) -> bool:
    from liengia.broadcast import posting

    return posting.may_call(request.user)


def register_all() -> None:
    """Register the phone's items and the day's work; called from `AppConfig.ready`."""
    from liengia.broadcast import chores, posting

    register(Item("resident", "broadcast", _("Post in Zalo groups"), "broadcast:zalo", "message", 60, shown_to=_posts))
    register(Item("leader", "broadcast", _("Zalo"), "broadcast:zalo", "message", 60, shown_to=_posts))
    register(Item("leader", "broadcast", _("Calls"), "broadcast:call_lists", "phone", 61, shown_to=_calls))
    menu.register_today(posting.chores)
    menu.register_today(chores.today)


def office_items() -> list[RoomItem]:
    """Return the back office's items."""
    return [
        RoomItem("broadcast", _("Zalo groups"), "broadcast_office_zalo", POST, CONFIGURE, name="broadcast-zalo", icon_name="group", order=60),
        RoomItem("broadcast", _("Accounts of channels"), "broadcast_office_accounts", CONFIGURE, name="broadcast-accounts", icon_name="key", order=70),
    ]
