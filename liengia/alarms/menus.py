"""The words of this room in the menus."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from liengia.alarms import policies
from liengia.alarms.capabilities import CONSOLE, TODAY
from liengia.core.menus import Item, register
from liengia.people import office_home
from liengia.people import policies as people
from liengia.people.office_home import Often


def _at_desk(request: HttpRequest) -> bool:
    return people.can(request.user, CONSOLE)


def _leads(request: HttpRequest) -> bool:
    return policies.led_groups(request.user).exists()


def _lives_in_a_group(request: HttpRequest) -> bool:
    return policies.places_of(request.user).exists()


def _heads(request: HttpRequest) -> bool:
    return people.can(request.user, TODAY)


def register_all() -> None:
    """Register the items; called from `AppConfig.ready`."""
    register(Item("main", "alarms", _("Alarm"), "alarms:home", "urgent", 20))
    register(Item("mast", "alarms", _("My home"), "alarms:home", "home", 10))
    register(Item("resident", "alarms", _("Alarm"), "alarms:home", "bell-ringing", 10, shown_to=_lives_in_a_group))
    register(Item("resident", "alarms", _("Group"), "alarms:group", "users-group", 20, shown_to=_lives_in_a_group))
    register(Item("resident", "alarms", _("Lead"), "alarms:leader_home", "clipboard-check", 30, shown_to=_leads))
    register(Item("resident", "alarms", _("Today"), "alarms:today", "list-check", 40, shown_to=_heads))
    register(Item("console", "alarms", _("Duty desk"), "alarms:console", "urgent", 10, shown_to=_at_desk))
    register(Item("console", "alarms", _("History"), "alarms:console_history", "history", 20, shown_to=_at_desk))
    register(Item("foot", "alarms", _("Alarm of your house"), "alarms:home", "", 20))
    register(Item("foot", "alarms", _("Duty desk"), "alarms:console", "", 30))
    words = _("Groups, houses and phones from one file, then every card and sheet")
    office_home.register_often(Often("alarms", "people.import", "alarms:leader_import", _("Groups from a spreadsheet"), words, 35))
