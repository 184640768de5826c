"""Rooms that are off: in the whole installation by a setting, in one commune by a registered answer.

Three questions, one place: is a room on here (`is_on`), is it on for a reader (`is_on_for`: menus, addresses, the back
office), and is it on in a reader's request (`is_on_in`). What of a room that is on belongs to a commune without it is
left out by the room's own queries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

# `units` fills this in: (unit, room) -> whether the unit's commune keeps the room on.
_answers: list[Callable[[Any, str], bool]] = []
# `people` fills this in: (user, room) -> whether any commune to which the user belongs keeps the room on.
_readers: list[Callable[[Any, str], bool]] = []


def answer_by(function: Callable[[Any, str], bool]) -> None:
    """Register what tells whether a unit keeps a room on."""
    _answers.append(function)


def is_on(room: str, unit: Any = None) -> bool:
    """Tell whether a room is on in the installation, and in the commune of `unit` when one is given."""
    if room in settings.ROOMS_OFF:
        return False
    return unit is None or all(answer(unit, room) for answer in _answers)


def answer_for_readers_by(function: Callable[[Any, str], bool]) -> None:
    """Register what tells whether a room is on in any commune to which a user belongs."""
    _readers.append(function)


def is_on_for(room: str, user: Any) -> bool:
    """Tell whether a room is on for a user: in the installation, and in a commune where they live, lead or work.

    Who belongs to no commune (nobody signed in, an administrator of the installation) has all that the installation has.
    """
    return is_on(room) and all(answer(user, room) for answer in _readers)


def is_on_in(room: str, request: HttpRequest) -> bool:
    """Tell whether a room is on for whoever sends a request.

    Without a session's cookie nobody is signed in, and nobody is asked for: a page that is kept for all must not
    depend on who reads it.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return is_on(room)
    return is_on_for(room, getattr(request, "user", None))


def room_of(request: HttpRequest) -> str:
    """Return the room that answers a request."""
    return room_of_view(request.resolver_match.func) if request.resolver_match else ""


def room_of_view(view: Any) -> str:
    """Return the room of a view: that of the model it lists (the back office's views are Wagtail's), or its package."""
    model = getattr(view, "view_initkwargs", {}).get("model")
    found = model or getattr(view, "view_class", view)
    parts = str(getattr(found, "__module__", "")).split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "liengia" else ""
