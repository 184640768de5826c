"""Where things are in the repository, for the tests of its structure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "liengia"
DOCS = ROOT / "docs"
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def own_models() -> list[type[models.Model]]:
    """Return the models of our rooms."""
    return [model for model in apps.get_models() if model.__module__.startswith("liengia.")]


def python_files() -> Iterator[tuple[Path, ast.Module]]:
    """Yield our modules with their syntax trees."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def addresses(resolver: Any = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every address with its view."""
    for pattern in (resolver or get_resolver()).url_patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern.callback


def module_of(view: Any) -> str:
    """Return the module that wrote a view."""
    return str(getattr(view, "view_class", view).__module__)


def page(name: str) -> str:
    """Return a page of the documentation; its absence is the failure."""
    path = DOCS / name
    assert path.exists(), f"docs/{name} is missing"
    return path.read_text(encoding="utf-8")
