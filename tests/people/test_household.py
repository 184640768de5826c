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
from liengia.people import queries, services
from liengia.people.models import EvacuationNeed, Household, Invitation
from liengia.people.services import retention
from tests.cast import TESTER, Cast
from tests.people.conftest import signed_in


def _incident(is_open: bool) -> object:
    return SimpleNamespace(pk=1, is_open=is_open, _meta=SimpleNamespace(label="alarms.Incident"))


def test_a_household_opens_to_its_people_and_those_who_answer_for_it(cast: Cast) -> None:
    path = f"/nha/ho/{cast.house_9.public_id}/"
    assert signed_in(cast.lua).get(path).status_code == 200
    assert signed_in(cast.huynh).get(path).status_code == 200
    for stranger in (cast.moc_mien, cast.khach, cast.truc):
        assert signed_in(stranger).get(path).status_code == 404


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
