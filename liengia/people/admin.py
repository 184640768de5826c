"""What rooms put into the back office's menu: a word for those who hold one of some capabilities, where the room is on for them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin.menu import MenuItem

from liengia.core import rooms
from liengia.people import policies


class RoomItem(MenuItem):
    """An item of a room's menu."""

    def __init__(self, room: str, label: Any, address: str, *capabilities: str, **options: Any) -> None:
        """Keep the room and the capabilities; `address` is the name of an address."""
        self.room, self.capabilities = room, capabilities
        super().__init__(label, reverse(address), **options)

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask for the room and for one of the capabilities."""
        return rooms.is_on_for(self.room, request.user) and any(policies.can(request.user, one) for one in self.capabilities)
