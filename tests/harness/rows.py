"""Rows that all tests of a module begin with, laid once: making the same people and places anew is a third of a run.

The fixture `lay` of a module, or of its folder, says who makes them; `laid_scene` keeps them around the module, and
each test's `scene` is a copy, so that what one test changes (rows or Python objects) the next never sees. Not for
modules with tests that really commit: these lay their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, TypeVar

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

Scene = TypeVar("Scene")


@contextmanager
def laid(blocker: DjangoDbBlocker, lay: Callable[[], Scene]) -> Iterator[Scene]:
    """Lay a scene in a transaction around a whole module, and take it back at the end."""
    with blocker.unblock(), transaction.atomic():
        yield lay()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def laid_scene(lay: Callable[[], Any], django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Any]:
    """Lay what the nearest `lay` makes."""
    with laid(django_db_blocker, lay) as found:
        yield found


@pytest.fixture
def scene(laid_scene: Any, db: None) -> Any:
    """Return this test's copy of the scene that its module lays."""
    return deepcopy(laid_scene)
