"""Guests and their private links: answered once, replayed, by two at once, with hostile words; forgotten in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client

from liengia.core.actor import Actor
from liengia.core.errors import Invalid, Refused
from liengia.festivals import links, queries
from liengia.festivals.models import FestivalDay, GuestInvitation
from liengia.festivals.services import days, guests
from liengia.festivals.views import guest as page
from tests.festivals.given import Season1, at, say
from tests.people.conftest import signed_in

HOSTILE = '"><script>alert(1)</script> {{ 7*7 }} {% load x %}'


@pytest.fixture(autouse=True)
def unlimited() -> None:
    """Let each test begin with a limiter that has seen nobody."""
    page.answer_limit.forget()


def guest(scene: Season1, name: str = "Trường Tiểu học Mẫu") -> GuestInvitation:
    """Invite one."""
    guests.invite(scene.hamlet_day, [(name, "Kính gửi")], actor=scene.clerk)
    return GuestInvitation.objects.select_related("day").get(name=name)


def address(one: GuestInvitation) -> str:
    """Return the path of a guest's link."""
    return "/ngay-hoi/" + links.address(one).split("/ngay-hoi/", 1)[1]


def typed(**changes: Any) -> dict[str, Any]:
    """Return an answer."""
    return {"comes": "comes", "people": "3", "words": "Hiệu phó đi thay", "seen": "0", **changes}


def test_a_guest_answers_by_the_link_alone_and_changes_their_mind(scene: Season1) -> None:
    one = guest(scene)
    assert "Trường Tiểu học Mẫu" in Client().get(address(one)).content.decode()
    answer = Client().post(address(one), typed())
    assert answer.status_code == 200 and "Xin cảm ơn" in answer.content.decode()
    assert answer["Referrer-Policy"] == "same-origin" and "noindex" in answer["X-Robots-Tag"]
    one.refresh_from_db()
    assert (one.answer, one.people, one.words, one.answered) == ("comes", 3, "Hiệu phó đi thay", 1)
    assert Client().post(address(one), typed(comes="cannot", seen="1")).status_code == 200
    one.refresh_from_db()
    assert (one.answer, one.people) == ("cannot", 0)


def test_a_link_can_be_typed_and_an_old_long_one_still_opens(scene: Season1) -> None:
    one = guest(scene)
    given = links.token(one)
    assert len(given) == 21 and given.isalnum() and given == given.lower(), "104 bits, to be typed from paper"
    assert links.opens(one, given.upper())
    old = signing.Signer(salt="liengia.festivals.guest").signature(f"{one.public_id}:{one.round}")
    assert len(old) == 43 and links.opens(one, old)
    assert Client().get(f"/ngay-hoi/moi/{one.public_id}/{old}/").status_code == 200


def test_an_answer_that_is_replayed_changes_nothing_and_an_old_page_does_not_overwrite(scene: Season1) -> None:
    one = guest(scene)
    for _ in range(3):
        assert Client().post(address(one), typed()).status_code == 200
    one.refresh_from_db()
    assert one.answered == 1
    late = Client().post(address(one), typed(comes="cannot", words="", seen="0"))
    assert late.status_code == 422 and "vừa trả lời" in late.content.decode()
    one.refresh_from_db()
    assert one.answer == "comes", "who holds the same link did not see the newer answer"


def test_a_page_that_was_refused_shows_the_newer_answer_and_can_be_sent(scene: Season1) -> None:
    one = guest(scene)
    Client().post(address(one), typed())
    late = Client().post(address(one), typed(comes="cannot", words="Bận họp", seen="0"))
    assert late.context["form"]["seen"].value() == 1 and late.context["form"]["comes"].value() == "comes"
    assert "Hiệu phó đi thay" in late.content.decode() and "Bận họp" not in late.content.decode()
    assert Client().post(address(one), typed(comes="cannot", seen="1")).status_code == 200


def test_an_answer_for_the_old_date_is_asked_for_anew(scene: Season1) -> None:
    one, other, silent = guest(scene), guest(scene, "Chùa Mẫu"), guest(scene, "Công ty Mẫu")
    Client().post(address(one), typed())
    Client().post(address(other), typed(comes="cannot"))
    days.postpone_day(scene.hamlet_day, starts_at=at(9), reason="Chờ đoàn.", actor=scene.clerk)
    assert queries.counted(scene.hamlet_day)["come"] == 1, "another hour of the same date asks nobody anew"
    days.postpone_day(scene.hamlet_day, starts_at=at(8) + timedelta(days=1), reason="Mưa lớn.", actor=scene.clerk)
    old = f"{at(8):%d/%m/%Y}"
    assert queries.counted(scene.hamlet_day) == {"invited": 3, "come": 0, "people": 0, "cannot": 0, "waiting": 3, "anew": 2}
    office = signed_in(scene.here.duyen, second_factor=True).get(f"/quan-tri/ngay-hoi/ngay/{scene.hamlet_day.public_id}/khach/").content.decode()
    assert f"đã trả lời cho ngày cũ ({old}): đến dự" in office and "2 nơi đã trả lời cho ngày cũ" in office
    page = Client().get(address(one)).content.decode()
    assert f"Quý vị đã trả lời cho ngày cũ, {old}: đến dự." in page and "ngày cũ" not in Client().get(address(silent)).content.decode()
    stale = Client().post(address(one), typed(seen="1", words="Trang mở từ hôm trước"))
    assert stale.status_code == 422 and "được dời từ lúc quý vị mở trang" in stale.content.decode() and stale.context["form"]["seen"].value() == 2
    assert Client().post(address(one), typed(people="4", seen="2")).status_code == 200
    one.refresh_from_db()
    assert (one.answer, one.people, one.earlier_answer, one.earlier_for) == ("comes", 4, "none", None)
    assert "ngày cũ" not in Client().get(address(one)).content.decode()
    assert queries.counted(scene.hamlet_day)["people"] == 4 and queries.counted(scene.hamlet_day)["anew"] == 1


@pytest.mark.parametrize(
    "changes", [{"people": "0"}, {"people": "-3"}, {"people": "9999999999"}, {"people": "ba"}, {"words": "x" * 2000}, {"comes": "maybe"}, {"seen": ""}]
)
def test_an_answer_that_cannot_be_is_refused_and_nothing_is_kept(scene: Season1, changes: dict[str, str]) -> None:
    one = guest(scene)
    assert Client().post(address(one), typed(**changes)).status_code == 422
    one.refresh_from_db()
    assert (one.answer, one.answered) == ("none", 0)


def test_links_open_only_for_whom_they_are(scene: Season1) -> None:
    one, other = guest(scene), guest(scene, "Chùa Mẫu")
    for wrong in (links.token(other), "x", links.token(one)[:-1], links.token(one) + "A", "a:b:c"):
        assert Client().get(f"/ngay-hoi/moi/{one.public_id}/{wrong}/").status_code == 404
    old = address(one)
    guests.renew_link(one, actor=scene.clerk)
    assert Client().get(old).status_code == 404
    one.refresh_from_db()
    assert Client().get(address(one)).status_code == 200
    guests.remove(one, actor=scene.clerk)
    assert Client().get(address(one)).status_code == 404


def test_hostile_words_are_words(scene: Season1) -> None:
    one = guest(scene, HOSTILE)
    html = Client().post(address(one), typed(words=HOSTILE)).content.decode()
    assert "<script>alert" not in html and "&lt;script&gt;" in html and "{{ 7*7 }}" in html


def test_nobody_answers_when_the_day_has_begun(scene: Season1) -> None:
    one = guest(scene)
    say(scene, "begun")
    answer = Client().post(address(one), typed())
    assert answer.status_code == 422 and "không cần trả lời nữa" in answer.content.decode()
    with pytest.raises(Refused):
        guests.answer(one, comes=True, people=1, words="", seen=0, actor=Actor.visitor())
    other = guest(scene, "Người đến sau")
    assert "không cần trả lời nữa" in Client().get(address(other)).content.decode()


def test_the_same_guest_under_two_spellings_is_invited_once(scene: Season1) -> None:
    assert guests.invite(scene.hamlet_day, [("Hội Nông dân xã", ""), ("HOI  NONG DAN XA", ""), ("Hội Nông dân\u00a0xã", "")], actor=scene.clerk) == 1
    with pytest.raises(Invalid, match="Dòng 2"):
        guests.invite(scene.hamlet_day, [("Ban A", ""), ("x" * 2000, "")], actor=scene.clerk)
    assert scene.hamlet_day.guests.count() == 1


def test_guests_are_forgotten_after_their_period_and_last_years_list_is_there_before(scene: Season1) -> None:
    guest(scene)
    later = FestivalDay(season=scene.season, unit=scene.hamlet_day.unit, place="x", starts_at=at(8) + timedelta(days=300))
    later.save()
    assert guests.last_list(later) == ["Trường Tiểu học Mẫu"]
    with time_machine.travel(at(8) + timedelta(days=360), tick=False):
        assert guests.forget_guests() == 0
    with time_machine.travel(at(9) + timedelta(days=366), tick=False):
        assert guests.forget_guests() == 1
    assert not GuestInvitation.objects.exists()


def test_a_day_that_is_called_off_says_so_to_its_guests(scene: Season1) -> None:
    one = guest(scene)
    days.cancel_day(scene.hamlet_day, reason="Bão số 3.", actor=scene.clerk)
    html = Client().get(address(one)).content.decode()
    assert "đã bãi" in html and "Bão số 3." in html and "<form" not in html.split("<main", 1)[1].split("</main", 1)[0]
