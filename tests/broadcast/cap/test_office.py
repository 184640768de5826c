"""Feeds of outside warnings in the back office: for who may set up, of their own units."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from liengia.broadcast.models import Bulletin, CapFeed
from liengia.broadcast.services import feeds
from tests.broadcast.cap.test_intake import Publisher, publisher, warning  # noqa: F401  (a fixture)
from tests.broadcast.given import Voice
from tests.cast import Cast
from tests.people.conftest import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/quan-tri/ban-tin/nguon-canh-bao/"


@pytest.fixture
def cast(scene: Voice) -> Cast:
    return scene.cast


def into(who: Any) -> Client:
    return signed_in(who, second_factor=True)


def test_a_feed_is_set_up_and_what_came_of_it_is_seen(cast: Cast, publisher: Publisher) -> None:  # noqa: F811
    client = into(cast.quan)
    typed = {"unit": cast.commune.pk, "name": "Đài KTTV", "url": "https://10.0.0.1/feed", "is_on": "on"}
    refused = client.post(PAGE, typed).content.decode()
    assert "https://10.0.0.1/feed" in refused and not CapFeed.objects.exists()
    assert client.post(PAGE, {**typed, "url": f"{publisher.url}/one"}).status_code == 302
    publisher.put("/one", warning())
    feeds.look_due()
    publisher.put("/one", warning("A2", msg_type="Cancel", references="kttv@example.vn,A1,2026-11-26T10:00:00+07:00", sent="2026-11-26T11:00:00+07:00"))
    feeds.look(CapFeed.objects.get())
    page = client.get(PAGE).content.decode()
    assert "Cảnh báo triều cường" in page and "Nơi gửi đã thu hồi" in page
    one = Bulletin.objects.get()
    assert "nơi gửi đã thu hồi" in client.get(f"/quan-tri/ban-tin/{one.public_id}/").content.decode()
    row = CapFeed.objects.get()
    client.post(f"{PAGE}{row.pk}/", {"off": "1"})
    row.refresh_from_db()
    assert not row.is_on
    client.post(f"{PAGE}{row.pk}/", {"remove": "1"})
    assert not CapFeed.objects.exists() and Bulletin.objects.exists()


def test_it_is_nobody_elses(cast: Cast, publisher: Publisher) -> None:  # noqa: F811
    row = CapFeed.objects.create(unit=cast.other_commune, name="x", url="https://example.org/feed")
    for who in (cast.quan, cast.truc, cast.lua):
        assert into(who).post(f"{PAGE}{row.pk}/", {"remove": "1"}).status_code in (302, 403, 404)
    assert CapFeed.objects.filter(pk=row.pk).exists()
    assert into(cast.truc).get(PAGE).status_code in (302, 404)
