"""Rooms that are off: in the whole installation by a setting, in one commune by a registered answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

# `units` fills this in: (unit, room) -> whether the unit's commune keeps the room on.
_answers: list[Callable[[Any, str], bool]] = []


def answer_by(function: Callable[[Any, str], bool]) -> None:
    """Register what tells whether a unit keeps a room on."""
    _answers.append(function)


def is_on(room: str, unit: Any = None) -> bool:
    """Tell whether a room is on in the installation, and in the commune of `unit` when one is given."""
    if room in settings.ROOMS_OFF:
        return False
    return unit is None or all(answer(unit, room) for answer in _answers)


def room_of(request: HttpRequest) -> str:
    """Return the room that answers a request."""
    return room_of_view(request.resolver_match.func) if request.resolver_match else ""


def room_of_view(view: Any) -> str:
    """Return the room of a view: that of the model it lists (the back office's views are Wagtail's), or its package."""
    model = getattr(view, "view_initkwargs", {}).get("model")
    found = model or getattr(view, "view_class", view)
    parts = str(getattr(found, "__module__", "")).split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "liengia" else ""
