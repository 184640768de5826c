"""Engines that speak, found by name: one module each, with a class `Engine`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from liengia.broadcast.speech.engines.base import Speaker, SpeechError


@cache
def names() -> tuple[str, ...]:
    """Return the engines there are."""
    return tuple(sorted(one.name for one in pkgutil.iter_modules(__path__) if one.name != "base"))


def load(name: str) -> Speaker:
    """Return an engine by its name.

    Raises:
        SpeechError: there is none of this name.
    """
    if name not in names():
        raise SpeechError(f"There is no speech engine {name!r}. There are: {', '.join(names())}.")
    engine: Speaker = importlib.import_module(f"{__name__}.{name}").Engine()
    return engine


__all__ = ["Speaker", "SpeechError", "load", "names"]
