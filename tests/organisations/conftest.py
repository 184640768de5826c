"""The demonstration, loaded once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from liengia.organisations import demo
from liengia.units import demo as units_demo
from tests.harness.rows import laid


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Units and institutions of the demonstration, once a module; every test's own changes are taken back as usual."""
    with laid(django_db_blocker, units_and_institutions):
        yield


def units_and_institutions() -> None:
    """Load both."""
    units_demo.load()
    demo.load()
