"""The real units before and after the reform, loaded once for all tests of a module; a module uses one of the two."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from liengia.units import demo
from tests.harness.rows import laid


@pytest.fixture(scope="module")
def _loaded_2023(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with laid(django_db_blocker, lambda: demo.load(reform=False)):
        yield


@pytest.fixture(scope="module")
def _loaded_present(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with laid(django_db_blocker, demo.load):
        yield


@pytest.fixture
def year_2023(_loaded_2023: None, db: None) -> None:
    """The 17 units of 2023, before the reform."""


@pytest.fixture
def present(_loaded_present: None, db: None) -> None:
    """The 6 communes of today, after the reform."""
