"""Menus: a lower room shows what upper rooms registered, and only while their room is on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from liengia.core import rooms


@dataclass(frozen=True, slots=True)
class Item:
    """One word of a menu; `shown_to` decides by the request (its user) when it is given."""

    slot: str
    room: str
    label: str | Promise
    url_name: str
    icon: str = ""
    order: int = 100
    shown_to: Callable[[HttpRequest], bool] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """An item as a template prints it."""

    label: str
    url: str
    icon: str
    is_current: bool


_items: list[Item] = []


def register(item: Item) -> None:
    """Add an item; called from `AppConfig.ready`."""
    if item not in _items:
        _items.append(item)


def items(slot: str, request: HttpRequest) -> list[Shown]:
    """Return what a slot shows to this request, in order."""
    shown: list[Shown] = []
    for item in sorted((i for i in _items if i.slot == slot), key=lambda i: i.order):
        if not rooms.is_on_in(item.room, request) or (item.shown_to is not None and not item.shown_to(request)):
            continue
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        shown.append(Shown(str(item.label), url, item.icon, False))
    # The page is under several items at times ("/truc/" and "/truc/lich-su/"): the longest address is the current one.
    above = [one.url for one in shown if request.path == one.url or (one.url != "/" and request.path.startswith(one.url))]
    longest = max(above, key=len, default="")
    return [replace(one, is_current=one.url == longest) for one in shown]
