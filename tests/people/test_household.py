"""Households: who may open them, need to get out, a copy, a deletion, periods."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection

from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Forbidden, Invalid
from liengia.people import policies, queries, services
from liengia.people.models import Consent, EvacuationNeed, Household, Invitation, Membership, User
from liengia.people.services import retention
from tests import factories
from tests.cast import TESTER, Cast
from tests.people.conftest import signed_in


def _incident(is_open: bool) -> object:
    return SimpleNamespace(pk=1, is_open=is_open, _meta=SimpleNamespace(label="alarms.Incident"))


def test_a_household_opens_to_its_people_and_those_who_answer_for_it(cast: Cast) -> None:
    path = f"/nha/ho/{cast.house_9.public_id}/"
    assert signed_in(cast.lua).get(path).status_code == 200
    assert signed_in(cast.huynh).get(path).status_code == 200
    for stranger in (cast.moc_mien, cast.khach):
        assert signed_in(stranger).get(path).status_code == 404
    assert signed_in(cast.truc, second_factor=True).get(path).status_code == 404
    for address in (path, "/nha/ho/zzzzzzzzzz/"):
        assert signed_in(cast.truc).get(address).headers["Location"].startswith("/tai-khoan/lop-thu-hai/"), "there or not, the step is asked for first"


def test_a_member_corrects_phones_in_calling_order(cast: Cast) -> None:
    data = {
        "form-TOTAL_FORMS": "5",
        "form-INITIAL_FORMS": "1",
        "form-0-phone": "0900 000 077",
        "form-1-phone": "0900000009",
    }
    answer = signed_in(cast.lua).post(f"/nha/ho/{cast.house_9.public_id}/dien-thoai/", data)
    assert answer.status_code == 302
    assert list(cast.house_9.phones.values_list("order", "phone")) == [
        (1, "+84900000077"),
        (2, "+84900000009"),
    ]


def test_a_wrong_phone_changes_nothing_and_says_why(cast: Cast) -> None:
    data = {"form-TOTAL_FORMS": "5", "form-INITIAL_FORMS": "1", "form-0-phone": "0900 00"}
    page = signed_in(cast.lua).post(f"/nha/ho/{cast.house_9.public_id}/dien-thoai/", data)
    assert page.status_code == 200
    assert "0900 00" in page.content.decode()
    assert cast.house_9.phones.count() == 1


def test_the_need_is_encrypted_and_read_only_inside_an_open_incident(cast: Cast) -> None:
    services.write_need(cast.house_9, "một cụ nằm tại giường", actor=TESTER, how="con trai nói")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM people_evacuationneed")
        assert "tại giường" not in cursor.fetchone()[0]
    with pytest.raises(Forbidden):
        queries.evacuation_needs([cast.house_9], actor=TESTER, incident=_incident(False))  # type: ignore[arg-type]
    found = queries.evacuation_needs(
        [cast.house_9, cast.house_1], actor=Actor.of(cast.truc), incident=_incident(True)
    )  # type: ignore[arg-type]
    assert found == {cast.house_9.pk: "một cụ nằm tại giường"}
    assert Entry.objects.filter(kind="people.needs_read", about_id=str(cast.house_9.pk)).count() == 1
    assert (
        "tại giường"
        not in signed_in(cast.lua).get(f"/nha/ho/{cast.house_9.public_id}/can-giup/").content.decode()
    )


def test_a_consent_under_older_words_is_asked_anew_and_until_then_is_not_for_neighbours(cast: Cast) -> None:
    services.write_need(cast.house_9, "một cụ nằm tại giường", actor=TESTER, how="con trai nói")
    base = f"/nha/ho/{cast.house_9.public_id}/"
    assert "Lời đồng ý đã đổi" not in signed_in(cast.lua).get(base).content.decode()
    Consent.objects.update(wording=1)

    def shown(*, is_neighbour: bool) -> bool:
        return bool(queries.evacuation_needs([cast.house_9], actor=TESTER, incident=_incident(True), is_neighbour=is_neighbour))  # type: ignore[arg-type]

    assert shown(is_neighbour=False) and not shown(is_neighbour=True)
    assert all("Lời đồng ý đã đổi" in signed_in(cast.lua).get(base + path).content.decode() for path in ("", "can-giup/"))
    assert signed_in(cast.huynh).post(f"{base}can-giup/", {"act": "agree"}).status_code >= 400, "the leader says how the family agreed"
    assert signed_in(cast.lua).post(f"{base}can-giup/", {"act": "agree"}).status_code == 302
    assert shown(is_neighbour=True)
    assert [(one.wording, one.withdrawn_at is None) for one in Consent.objects.order_by("pk")] == [(1, False), (2, True)]
    assert "Lời đồng ý đã đổi" not in signed_in(cast.lua).get(base).content.decode()


def test_a_household_page_leads_back(cast: Cast) -> None:
    path = f"/nha/ho/{cast.house_9.public_id}/"
    assert '<a class="back" href="/nha/ho/">' in signed_in(cast.huynh).get(path).content.decode()
    assert '<a class="back" href="/nha/ho/">' not in signed_in(cast.lua).get(path).content.decode(), "the list would lead here again"


def test_withdrawing_consent_deletes_the_text_at_once(cast: Cast) -> None:
    services.write_need(cast.house_9, "một cụ nằm tại giường", actor=TESTER, how="con trai nói")
    services.withdraw_need(cast.house_9, actor=TESTER)
    assert not EvacuationNeed.standing.exists()
    assert EvacuationNeed.all_needs.get().text == ""
    assert queries.evacuation_needs([cast.house_9], actor=TESTER, incident=_incident(True)) == {}  # type: ignore[arg-type]


def test_no_need_without_consent(cast: Cast) -> None:
    with pytest.raises(Invalid):
        services.write_need(cast.house_9, "một cụ nằm tại giường", actor=TESTER, how=" ")


def test_a_copy_holds_everything_and_the_reading_is_recorded(cast: Cast) -> None:
    copy = signed_in(cast.lua).get(f"/nha/ho/{cast.house_9.public_id}/du-lieu/tai/").json()
    assert copy["house"]["head_name"] == "Trần Thị Lụa"
    assert copy["phones"][0]["phone"] == "+84900000009"
    assert Entry.objects.filter(kind="people.household_exported").count() == 1


def test_deletion_leaves_an_empty_row(cast: Cast) -> None:
    services.write_need(cast.house_9, "một cụ nằm tại giường", actor=TESTER, how="con trai nói")
    services.erase_household(cast.house_9, actor=TESTER, reason="gia đình yêu cầu")
    kept = Household.objects.get(pk=cast.house_9.pk)
    assert (kept.head_name, kept.is_active, kept.point) == ("", False, None)
    assert "lua" not in kept.folded
    assert (
        not kept.phones.exists() and not EvacuationNeed.all_needs.exists() and not kept.memberships.exists()
    )
    assert signed_in(cast.lua).get(f"/nha/ho/{cast.house_9.public_id}/").status_code == 404


def test_the_worker_keeps_the_periods(cast: Cast) -> None:
    services.leave_household(cast.house_9, actor=TESTER)
    services.invite_household(cast.house_1, actor=TESTER)
    assert retention.keep_periods() == 0
    with time_machine.travel(clock.now() + timedelta(days=200), tick=False):
        while retention.keep_periods():
            pass
        assert Household.objects.get(pk=cast.house_9.pk).erased_at is not None
        assert not Invitation.objects.exists()
        assert Household.objects.get(pk=cast.house_1.pk).head_name == "Phạm Thị Mộc Miên"


def test_help_to_get_out_is_handed_to_the_family_alone(cast: Cast) -> None:
    services.write_need(cast.house_9, "một cụ nằm tại giường", actor=TESTER, how="con trai nói")
    copies = {who: signed_in(who).get(f"/nha/ho/{cast.house_9.public_id}/du-lieu/tai/").json() for who in (cast.lua, cast.huynh)}
    assert copies[cast.lua]["help_to_get_out"] == ["một cụ nằm tại giường"]
    assert copies[cast.huynh]["help_to_get_out"] == [] and copies[cast.huynh]["people"] == copies[cast.lua]["people"]


def test_a_tenant_takes_and_deletes_nothing_of_the_neighbours(cast: Cast) -> None:
    services.set_rooms(cast.house_9, ["Phòng 1", "Phòng 2"], actor=TESTER)
    services.write_need(cast.house_9, "phòng 2 có người ngồi xe lăn", actor=TESTER, how="nói miệng")
    tenant = factories.user("+84900000077", "Người Thuê Phòng")
    Membership.objects.create(user=tenant, household=cast.house_9, room=cast.house_9.rooms.first(), confirmed_at=clock.now())
    page, client = f"/nha/ho/{cast.house_9.public_id}/du-lieu/", signed_in(tenant)
    copy = client.get(page + "tai/").content.decode()
    assert "Người Thuê Phòng" in copy and "Trần Thị Lụa" not in copy and "+84900000009" not in copy and "xe lăn" not in copy
    assert "<textarea" not in client.get(page).content.decode() and "Nhà trọ" in client.get(page).content.decode()
    erase = {"reason": "đòi xóa", "sure": "on"}
    assert client.post(page, erase).status_code == 404
    assert Household.objects.get(pk=cast.house_9.pk).is_active
    speaker = signed_in(cast.lua)
    assert "Người Thuê Phòng" in speaker.get(page + "tai/").content.decode()
    assert speaker.post(page, erase).status_code == 302


def test_the_leader_says_later_who_speaks_for_a_house(cast: Cast) -> None:
    services.set_rooms(cast.house_9, ["Phòng 1"], actor=TESTER)
    tenant = factories.user("+84900000077", "Người Thuê Phòng")
    row = Membership.objects.create(user=tenant, household=cast.house_9, room=cast.house_9.rooms.first(), confirmed_at=clock.now())
    house, path = f"/nha/ho/{cast.house_9.public_id}/", f"/nha/ho/{cast.house_9.public_id}/thanh-vien/{row.pk}/noi-thay/"
    assert signed_in(tenant).post(path, {"speaks": "1"}).status_code == 404, "nobody makes themselves the one"
    assert path not in signed_in(tenant).get(house).content.decode()
    leader = signed_in(cast.huynh)
    assert path in leader.get(house).content.decode()
    for speaks in ("1", "0"):
        assert leader.post(path, {"speaks": speaks}).status_code == 302
        assert policies.speaks_for(tenant, cast.house_9) is (speaks == "1")
    Membership.objects.filter(pk=row.pk).update(confirmed_at=None)
    assert path not in leader.get(house).content.decode()
    assert "chưa có gì thay đổi" in leader.post(path, {"speaks": "1"}, follow=True).content.decode()
    assert Entry.objects.filter(kind="people.membership_head_set").count() == 2


def test_a_card_for_a_room_that_is_not_there_is_not_made(cast: Cast) -> None:
    path, client = f"/nha/ho/{cast.house_9.public_id}/moi/", signed_in(cast.huynh)
    for room in ("abc", "0", "9" * 30):
        assert client.post(path, {"room": room}).status_code == 404
    assert not Invitation.objects.exists()
    assert client.post(path, {"room": ""}).status_code == 200


def test_who_joined_anew_is_kept_for_the_whole_period(cast: Cast) -> None:
    period, day = retention.period("join_refused"), timedelta(days=1)
    waiting, idle = (factories.user(f"+8490000006{n}", f"Người Chờ {n}") for n in (1, 2))
    User.objects.filter(pk__in=[waiting.pk, idle.pk]).update(created_at=clock.now() - period - day)
    Membership.objects.create(user=idle, household=cast.house_1, invited_at=clock.now() - period - day, ended_at=clock.now())
    Membership.objects.create(user=waiting, household=cast.house_1, invited_at=clock.now() - period - day, ended_at=clock.now())
    Membership.objects.create(user=waiting, household=cast.house_9)
    assert retention.keep_periods() == 1
    assert set(User.objects.filter(pk__in=[waiting.pk, idle.pk])) == {waiting}
    with time_machine.travel(clock.now() + period + day, tick=False):
        assert retention.keep_periods() == 1
    assert not User.objects.filter(pk=waiting.pk).exists()
