"""Invitations: single use, expiring, previews that use nothing up, Zalo's browser, the leader's word."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client

from liengia.core import clock
from liengia.core.errors import Refused
from liengia.people import policies, queries, services
from liengia.people.models import Invitation, Membership, User
from tests import factories
from tests.cast import TESTER, Cast
from tests.people.conftest import signed_in

ZALO = (
    "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/106 Mobile Safari/537.36 Zalo android/12090654"
)


def test_a_look_uses_nothing_up(cast: Cast) -> None:
    issued = services.invite_household(cast.house_9, actor=TESTER)
    for agent in ("", ZALO, "facebookexternalhit/1.1"):
        assert Client(headers={"user-agent": agent}).get(issued.path).status_code == 200
        Client(headers={"user-agent": agent}).head(issued.path)
    assert Invitation.objects.get().is_usable


def test_zalos_browser_is_shown_the_way_out_and_consumes_nothing(cast: Cast) -> None:
    issued = services.invite_household(cast.house_9, actor=TESTER)
    page = Client(headers={"user-agent": ZALO}).post(issued.path, {"full_name": "Bà Tư"})
    assert "zalo-1.svg" in page.content.decode().replace("zalo-1.", "zalo-1.")
    assert Invitation.objects.get().is_usable
    assert not User.objects.filter(full_name="Bà Tư").exists()


def test_who_joins_sees_nothing_until_the_leader_says_yes(cast: Cast) -> None:
    issued = services.invite_household(cast.house_9, actor=TESTER)
    client = Client()
    answer = client.post(issued.path, {"full_name": "Trần Văn Bần", "phone": "0900 000 055"})
    assert answer.headers["Location"] == "/tai-khoan/cho-xac-nhan/"
    joined = User.objects.get(username="+84900000055")
    assert not joined.has_usable_password()
    path = f"/nha/ho/{cast.house_9.public_id}/"
    assert client.get(path).status_code == 404
    assert client.get("/nha/ho/").status_code == 200
    assert "Nhà số 9" not in client.get("/nha/ho/").content.decode()
    membership = Membership.objects.get(user=joined)
    before = policies.fingerprint(joined.pk)
    leader = signed_in(cast.huynh)
    assert [one.pk for one in queries.waiting_for(cast.huynh)] == [membership.pk]
    leader.post(f"/nha/ho/cho/{membership.pk}/", {"answer": "yes"})
    assert client.get(path).status_code == 200
    assert policies.fingerprint(joined.pk) != before


def test_the_leader_reads_what_was_typed_and_whose_the_number_is(cast: Cast) -> None:
    def page(number: str) -> str:
        issued = services.invite_household(cast.house_9, actor=TESTER)
        one = services.join(issued.code, actor=TESTER, full_name="Trần Văn Bần", phone=number or None)
        html = signed_in(cast.huynh).get("/nha/ho/cho/").content.decode()
        services.end_membership(one, actor=TESTER)
        return html

    services.set_phones(cast.house_1, [services.PhoneLine("+84900000077")], actor=TESTER)
    services.set_phones(cast.house_9, [services.PhoneLine("+84900000078")], actor=TESTER)
    other = page("+84900000077")
    assert "Trần Văn Bần" in other and "0900 000 077" in other and "chưa ai kiểm" in other
    assert "trong danh sách của hộ khác: Nhà số 1" in other and "trong danh sách của hộ này" not in other
    own = page("+84900000078")
    assert "trong danh sách của hộ này" in own and "hộ khác" not in own
    assert "không cho số điện thoại" in page("")
    User.objects.filter(pk=factories.user("khac", "Người Khác").pk).update(phone="+84900000079")
    assert "Tài khoản khác đã có số này." in page("+84900000079")


def test_the_card_can_be_copied_and_sent_and_is_plain_text_without_scripts(cast: Cast) -> None:
    html = signed_in(cast.huynh).post(f"/nha/ho/{cast.house_9.public_id}/moi/").content.decode()
    link = html.partition('id="thiep-moi">')[2].partition("<")[0]
    assert "/vao/" in link and 'data-copy="thiep-moi"' in html and f'data-url="{link}"' in html
    assert Client().get(link[link.index("/vao/"):]).status_code == 200


def test_only_the_one_who_answers_for_the_house_may_confirm(cast: Cast) -> None:
    issued = services.invite_household(cast.house_9, actor=TESTER)
    membership = services.join(issued.code, actor=TESTER, full_name="Người Lạ")
    for user in (cast.khach, cast.lua, cast.moc_mien, membership.user):
        assert signed_in(user).post(f"/nha/ho/cho/{membership.pk}/", {"answer": "yes"}).status_code == 404
    membership.refresh_from_db()
    assert membership.is_waiting


def test_a_code_works_once_and_not_after_its_day(cast: Cast) -> None:
    issued = services.invite_household(cast.house_9, actor=TESTER)
    services.join(issued.code, actor=TESTER, full_name="Một")
    with pytest.raises(Refused):
        services.join(issued.code, actor=TESTER, full_name="Hai")
    late = services.invite_household(cast.house_9, actor=TESTER)
    with time_machine.travel(clock.now() + timedelta(days=15), tick=False), pytest.raises(Refused):
        services.join(late.code, actor=TESTER, full_name="Ba")
    assert Client().get(issued.path).status_code == 410
    assert Client().get("/vao/khongcothe/").status_code == 404


def test_only_the_hash_of_a_code_is_kept(cast: Cast) -> None:
    issued = services.invite_household(cast.house_9, actor=TESTER)
    assert issued.code not in str(Invitation.objects.values().get())


def test_a_failed_attempt_leaves_the_invitation_whole(cast: Cast) -> None:
    issued = services.invite_household(cast.house_9, actor=TESTER)
    page = Client().post(issued.path, {"full_name": "Kẻ Khác", "phone": "0900 000 001"})
    assert page.status_code == 200, "the number belongs to another account"
    assert Invitation.objects.get().is_usable


def test_somebody_signed_in_adds_the_house_to_their_account(cast: Cast) -> None:
    issued = services.invite_household(cast.house_1, actor=TESTER)
    signed_in(cast.lua).post(issued.path)
    assert Membership.objects.waiting().get().user == cast.lua


def test_the_office_invitation_sets_a_password_and_leads_to_the_second_factor(cast: Cast) -> None:
    issued = services.invite_to_office(cast.quan, actor=TESTER)
    client = Client()
    assert client.post(issued.path, {"password": "123"}).status_code == 200
    answer = client.post(issued.path, {"password": "lua chin vang dong"})
    assert answer.headers["Location"] == "/tai-khoan/lop-thu-hai/"
    assert client.get("/quan-tri/").status_code in (302, 404)


def test_an_office_without_work_that_comes_often_shows_no_empty_heading() -> None:
    office = {"chores": [], "links": []}
    assert "Việc thường làm" not in render_to_string("people/office/home.html", office)
    assert "Việc thường làm" in render_to_string("people/office/home.html", {**office, "links": [{"url": "/", "title": "Hộ", "what": "Địa chỉ"}]})
