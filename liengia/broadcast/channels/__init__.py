"""Channels: each folder here with a `channel.py` is one, found by scanning; nothing else lists them."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from liengia.broadcast.channels.base import Channel


@cache
def every() -> dict[str, Channel]:
    """Return all channels by name.

    Raises:
        ImproperlyConfigured: a folder's channel bears another name.
    """
    from django.core.exceptions import ImproperlyConfigured

    found: dict[str, Channel] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        if not module.ispkg:
            continue
        channel = import_module(f"{__name__}.{module.name}.channel").CHANNEL
        if channel.name != module.name:
            raise ImproperlyConfigured(f"the channel in {module.name} calls itself {channel.name}")
        found[channel.name] = channel
    return found


def get(name: str) -> Channel | None:
    """Return a channel, or None when it is gone: its rows stay readable."""
    return every().get(name)
