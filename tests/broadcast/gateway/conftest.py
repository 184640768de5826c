"""A provider on loopback, which accounts may name while these tests run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.broadcast.gateway.simulator import Provider, running


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    settings.GATEWAY_LOOPBACK = True
    with running() as found:
        yield found
