"""What a phone is shown: marks in front, and nothing cut inside a letter."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import translation

from liengia.broadcast.channels.webpush import payload
from liengia.broadcast.channels.webpush.encryption import MOST_PLAIN
from tests.broadcast.webpush.test_transport import message


def said(**changes: Any) -> dict[str, Any]:
    return dict(json.loads(payload.compose(message(**changes))))


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"mode": "drill", "subject": "incident:a", "kind": "fire"}, "DIỄN TẬP: Cúp"),
        ({"mode": "drill", "subject": "incident:a", "headline": "DIỄN TẬP: Cúp"}, "DIỄN TẬP: Cúp"),
        ({"mode": "test", "subject": "test:a"}, "THỬ CHUÔNG: Cúp"),
        ({"mode": "training"}, "TẬP HUẤN: Cúp"),
        ({"msg_type": "all_clear", "mode": "drill", "subject": "incident:a"}, "DIỄN TẬP: BÁO YÊN: Cúp"),
        ({"msg_type": "all_clear", "subject": "incident:a:end", "headline": "BÁO YÊN: Cúp"}, "BÁO YÊN: Cúp"),
        ({"msg_type": "all_clear", "mode": "drill", "subject": "incident:a:end", "headline": "DIỄN TẬP: BÁO YÊN: Cúp"}, "DIỄN TẬP: BÁO YÊN: Cúp"),
        ({"msg_type": "update", "headline": "ĐÍNH CHÍNH: Cúp"}, "ĐÍNH CHÍNH: Cúp"),
        ({"priority": "urgent"}, "KHẨN CẤP: Cúp"),
        ({"priority": "urgent", "mode": "training", "headline": "TẬP HUẤN: Cúp"}, "TẬP HUẤN: KHẨN CẤP: Cúp"),
    ],
)
def test_the_mark_stands_in_front_in_whatever_language_the_worker_runs(changes: dict[str, Any], title: str) -> None:
    with translation.override("en"):
        assert said(**changes)["title"].startswith(title)


def test_a_real_alarm_stays_and_shakes_and_a_bulletin_does_not() -> None:
    real, drill, bulletin = said(subject="incident:a"), said(subject="incident:a", mode="drill"), said()
    assert real["stays"] and len(real["shake"]) > len(drill["shake"]) > 0
    assert not bulletin["stays"] and not bulletin["shake"]
    assert not said(subject="incident:a", msg_type="all_clear")["stays"]


@pytest.mark.parametrize("letter", ["ệ", "e\u0302\u0323", "👨‍👩‍👧‍👦", "\"", "<", "\u0000", "\u202e", "\ud800"])
def test_a_megabyte_of_anything_fits_and_is_cut_between_letters(letter: str) -> None:
    found = payload.compose(message(headline=letter * 200_000, text=letter * 1_000_000), payload.Tokens("r" * 200, "a" * 300, (("coming", "Tôi đến"),)))
    assert len(found) <= MOST_PLAIN
    body = json.loads(found)["body"]
    assert "\u0000" not in body and "\u202e" not in body
    assert all(len(cluster) in (1, len(letter)) or cluster == "…" for cluster in payload._CLUSTER.findall(body.split("\n")[0].replace(" ", "")))


def test_an_update_takes_the_place_of_the_first() -> None:
    assert said(data={"chain": "bulletin:first"})["tag"] == "bulletin:first"


@pytest.mark.parametrize(
    ("short", "body"),
    [
        ("", "Từ 8 giờ."), ("Cúp nước", "Từ 8 giờ."), ("Cúp nước.", "Từ 8 giờ."), ("Cúp nước. Lý do: nhầm", "Lý do: nhầm"),
        ("Cúp nước máy cả xã", "Cúp nước máy cả xã"), ("Khác hẳn", "Khác hẳn"),
    ],
)  # fmt: skip
def test_the_words_below_the_title_do_not_say_it_again(short: str, body: str) -> None:
    found = said(headline="Cúp nước", short_text=short, text="Từ 8 giờ.", unit_name="xã Cần Đước")
    assert found["body"] == f"{body}\nxã Cần Đước"
