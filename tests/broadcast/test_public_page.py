"""What everybody reads: only what went out, with what became of it; kept pages without anything of a reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from lxml import etree

from liengia.broadcast import published
from liengia.broadcast.models import Bulletin, BulletinState, BulletinUnit, Dispatch, MsgType
from liengia.broadcast.services import planning
from liengia.broadcast.wording import fingerprint
from liengia.core import clock, front
from tests.cast import Cast, assemble

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lay() -> Callable[[], Cast]:
    return assemble


@pytest.fixture
def cast(scene: Cast) -> Cast:
    return scene


def bulletin(cast: Cast, headline: str = "Triều cường lên cao", *, goes: bool = True, after_s: int = 0, **values: Any) -> Bulletin:
    fields: dict[str, Any] = {"kind": "alert", "event": "flood", "text": "Kê cao đồ đạc.", "state": "approved", "sealed": "x", "channels": ["rss"]}
    made = Bulletin.objects.create(unit=cast.commune, headline=headline, **{**fields, **values})
    BulletinUnit.objects.create(bulletin=made, unit=cast.commune)
    Bulletin.objects.filter(pk=made.pk).exclude(sealed="").update(sealed=fingerprint(Bulletin.objects.get(pk=made.pk)))
    made.refresh_from_db()
    dispatch = Dispatch.objects.create(bulletin=made, due_at=clock.now())
    if goes:
        with time_machine.travel(clock.now() + timedelta(seconds=after_s), tick=False):
            assert planning.plan(dispatch)
    return made


def get(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200 and "X-Liengia-Keep" in answer and not answer.cookies
    return answer.content.decode()


def test_only_what_went_out_is_read(cast: Cast) -> None:
    out = bulletin(cast, "Đã phát")
    hidden = [bulletin(cast, "Chưa tới giờ", goes=False), bulletin(cast, "Chỉ nội bộ", is_public=False), bulletin(cast, "Tập huấn", is_training=True)]
    draft = Bulletin.objects.create(unit=cast.commune, headline="Bản nháp", text="x")
    page = get("/thong-bao/") + get("/thong-bao/rss/")
    assert page.count("Đã phát") >= 2
    for one in (*hidden, draft):
        assert one.headline not in page and Client().get(f"/thong-bao/{one.public_id}/").status_code == 404
    assert "Kê cao đồ đạc." in get(f"/thong-bao/{out.public_id}/")
    assert Client().get("/thong-bao/khong-co/").status_code == 404


def test_a_chain_is_shown_and_the_first_says_what_became_of_it(cast: Cast) -> None:
    first = bulletin(cast, "Nước lên 16 giờ")
    second = bulletin(cast, "Nước lên 17 giờ", follows=first, msg_type=MsgType.CORRECTION, after_s=5)
    page = get(f"/thong-bao/{first.public_id}/")
    assert "Có tin mới hơn" in page and f"/thong-bao/{second.public_id}/" in page
    assert "Có tin mới hơn" not in get(f"/thong-bao/{second.public_id}/")
    assert [one.pk for one in published.in_force(None)] == [second.pk]
    Bulletin.objects.filter(pk=first.pk).update(state=BulletinState.WITHDRAWN, withdrawn_why="Đọc nhầm giờ")
    page = get(f"/thong-bao/{first.public_id}/")
    assert "Đọc nhầm giờ" in page and "đã thu hồi" in page.lower()


def test_warnings_in_force_stand_on_the_front_page_of_their_commune(cast: Cast) -> None:
    made = bulletin(cast, expires_at=clock.now() + timedelta(hours=3))
    assert [one.headline for one in front.alerts.of(cast.commune)] == [made.headline]
    assert not front.alerts.of(cast.other_commune) and front.alerts.of(None)
    with time_machine.travel(clock.now() + timedelta(hours=4)):
        assert not front.alerts.of(cast.commune)
    clear = bulletin(cast, "Nước đã rút", follows=made, msg_type=MsgType.ALL_CLEAR, kind="all_clear", after_s=5)
    assert not front.alerts.of(cast.commune) and clear.headline in get("/thong-bao/")


def test_nothing_is_left_of_a_room_that_is_off(cast: Cast, settings: Any) -> None:
    made = bulletin(cast, expires_at=clock.now() + timedelta(hours=3))
    settings.ROOMS_OFF = ["broadcast"]
    for path in ("/thong-bao/", f"/thong-bao/{made.public_id}/", "/thong-bao/rss/", "/cap/feed.xml", "/nha/thong-bao/"):
        assert Client().get(path).status_code == 404
    assert not front.alerts.of(None)


@pytest.mark.parametrize("hostile", ["</title><script>alert(1)</script>", "]]>&<!ENTITY", "a\x07\x1bb", "\u202ex", "\uffff"])
def test_hostile_words_stay_words(cast: Cast, hostile: str) -> None:
    made = bulletin(cast, hostile, text=hostile)
    feed = etree.fromstring(Client().get("/thong-bao/rss/").content)
    assert len(feed.findall(".//item")) == 1
    assert "<script>alert" not in get("/thong-bao/") + get(f"/thong-bao/{made.public_id}/")
