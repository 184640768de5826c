"""The phone of those who run a day: what it sends, in what order, by whom, and what it keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liengia.festivals.models import ContestResult, DayEvent, DayPicture
from liengia.festivals.services import days
from liengia.people.models import User
from tests.festivals.given import Season1, at, fresh
from tests.festivals.test_live import _picture
from tests.people.conftest import signed_in

BASE = "/ngay-hoi/ghi/"
KEY = "phone-key-0001"


def send(client: Client, scene: Season1, kind: str, **fields: Any) -> Any:
    """Send one thing that was said, as the page's script does."""
    return client.post(f"{BASE}{scene.hamlet_day.public_id}/", {"key": KEY, "kind": kind, **fields})


def test_a_head_of_a_hamlet_tells_their_day_without_a_second_factor(scene: Season1) -> None:
    phone = signed_in(scene.head)
    page = phone.get(BASE).content.decode()
    assert "Khu phố 5" in page and "Báo cáo một năm" in page and scene.commune_day.public_id not in page
    answer = send(phone, scene, "begun", age_s="600")
    assert answer.json() == {"state": "live", "attendance": None, "item": None}
    assert fresh(scene.hamlet_day).began_at == at(8, 20)
    report = scene.item("Báo cáo một năm")
    assert send(phone, scene, "item", item=report.public_id, key="phone-key-0002").json()["item"] == report.public_id
    assert send(phone, scene, "count", number="340", key="phone-key-0003").json()["attendance"] == 340


def test_what_a_phone_sends_again_is_one(scene: Season1) -> None:
    phone = signed_in(scene.head)
    for _ in range(3):
        assert send(phone, scene, "count", number="10").status_code == 200
    assert DayEvent.objects.filter(day=scene.hamlet_day).count() == 1


def test_results_and_pictures(scene: Season1) -> None:
    phone = signed_in(scene.head)
    rope = scene.item("Kéo co")
    assert send(phone, scene, "result", item=rope.public_id, rows="Đội Ấp 1 | 2–0\nĐội Ấp 2").status_code == 200
    assert [(one.place, one.who, one.score) for one in ContestResult.objects.filter(item=rope)] == [(1, "Đội Ấp 1", "2–0"), (2, "Đội Ấp 2", "")]
    file = SimpleUploadedFile("x.jpg", _picture(), "image/jpeg")
    assert send(phone, scene, "picture", key="phone-key-0009", words="Kéo co", agreed="1", picture=file).status_code == 200
    assert DayPicture.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "count", "number": "rất đông"}, {"kind": "count", "number": "-4"}, {"kind": "note", "words": ""}, {"kind": "note", "words": "x" * 301},
        {"kind": "item", "item": "khongcoday"}, {"kind": "result", "rows": "A"}, {"kind": "picture", "words": "x", "agreed": "1"}, {"kind": "bay"},
        {"kind": "count", "number": "1", "key": "ngan"}, {"kind": "result", "rows": "1 | " + "x" * 400},
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_answered_with_words_and_not_kept(scene: Season1, fields: dict[str, str]) -> None:
    answer = send(signed_in(scene.head), scene, **fields)
    assert answer.status_code == 422 and answer.json()["problem"]
    assert not DayEvent.objects.filter(day=scene.hamlet_day).exists()


def test_nobody_else_tells_and_nobody_tells_another_unit_s_day(scene: Season1) -> None:
    for who in (scene.here.cast.lua, scene.here.cast.khach):
        assert signed_in(who).get(BASE).status_code == 404
        assert send(signed_in(who), scene, "begun").status_code == 404
    assert Client().get(BASE).status_code == 302
    assert signed_in(scene.head).post(f"{BASE}{scene.commune_day.public_id}/", {"key": KEY, "kind": "begun"}).status_code == 404
    with time_machine.travel(at(8, on=at(8).date().replace(day=25)), tick=False):
        assert send(signed_in(scene.head), scene, "begun").json()["code"] == "too_late", "what a phone kept is refused with words, so that what comes after it is sent"
    assert send(signed_in(scene.head), scene, "count", number="40", key="phone-key-0007").json()["attendance"] == 40
    days.postpone_day(scene.hamlet_day, starts_at=at(8, on=at(8).date().replace(day=20)), reason="Mưa lớn.", actor=scene.clerk)
    assert fresh(scene.hamlet_day).attendance is None, "who came on the old date did not come on the new one"
    days.cancel_day(scene.hamlet_day, reason="Mưa lớn.", actor=scene.clerk)
    assert send(signed_in(scene.head), scene, "begun").json()["code"] == "not_now"


def test_the_kept_page_and_its_worker_hold_nobody(scene: Season1) -> None:
    page = signed_in(scene.head).get(BASE, {"o-lai": "1"}).content.decode()
    assert scene.head.full_name not in page
    answer = Client().get(f"{BASE}sw.js")
    config = json.loads(answer.content.decode().split("const CONFIG = ", 1)[1].split(";\n", 1)[0])
    assert config["home"] == BASE and config["cache"] == "ngay-hoi" and answer["Content-Type"].startswith("text/javascript")
    assert "ghi-ho" in Client().get("/gop-y/ghi-ho/sw.js").content.decode(), "the other page keeps a cache of its own"


def test_the_menu_shows_the_page_only_when_there_is_something_to_tell(scene: Season1) -> None:
    head = User.objects.get(pk=scene.head.pk)
    assert BASE in signed_in(head).get(BASE).content.decode().split("<main", 1)[0] or BASE in signed_in(head).get("/nha/nhap/").content.decode()
    with time_machine.travel(at(8, on=at(8).date().replace(day=25)), tick=False):
        assert "Hiện" in signed_in(head).get(BASE).content.decode() or "không có ngày hội nào" in signed_in(head).get(BASE).content.decode()
