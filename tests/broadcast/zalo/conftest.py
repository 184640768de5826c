"""Zalo on loopback, and the phones of those who post."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.broadcast.zalo.simulator import Bot, Oa, official_account, platform


@pytest.fixture
def oa(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Oa]:
    settings.GATEWAY_LOOPBACK = True
    with official_account() as found:
        monkeypatch.setattr("liengia.broadcast.channels.zalo_oa.channel.API", found.provider.url)
        monkeypatch.setattr("liengia.broadcast.channels.zalo_oa.tokens.OAUTH", found.provider.url)
        yield found


@pytest.fixture
def bot(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bot]:
    settings.GATEWAY_LOOPBACK = True
    with platform() as found:
        monkeypatch.setattr("liengia.broadcast.channels.zalo_bot.client.API", found.provider.url)
        yield found


