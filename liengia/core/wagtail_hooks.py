"""What the core room changes in the back office: rooms that are off leave no word in its menu."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from wagtail import hooks
from wagtail.admin.menu import MenuItem, SubmenuMenuItem

from liengia.core import rooms


@hooks.register("construct_main_menu")  # type: ignore[untyped-decorator]
def leave_out_rooms_that_are_off(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Drop the items that lead to a room that is off, with their whole group."""
    menu_items[:] = [item for item in menu_items if rooms.is_on_in(_room_of(item), request)]


def _room_of(item: MenuItem) -> str:
    """Return the room to which an item leads; a group is of one room, that of its first item."""
    if isinstance(item, SubmenuMenuItem):
        inside = item.menu.registered_menu_items
        return _room_of(inside[0]) if inside else ""
    try:
        return rooms.room_of_view(resolve(item.url).func)
    except Resolver404:
        return ""
