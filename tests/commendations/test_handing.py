"""Handing out from a phone: whose certificates, which marks, in whatever order they come; what a phone never holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from liengia.audit.models import Entry
from liengia.commendations import policies, services
from liengia.commendations.models import Certificate
from liengia.core.errors import Refused
from liengia.people import services as people
from liengia.people.models import User
from tests import factories
from tests.cast import TESTER
from tests.commendations.conftest import NOW
from tests.commendations.given import Bureau, bureau, decided, nominated, opened, pursuit
from tests.people.conftest import signed_in

BASE = "/khen-thuong/trao/"


@dataclass(slots=True)
class Yard:
    """The bureau, a head of a hamlet with a phone, one certificate for that hamlet, one for another, one of the pursuit."""

    bureau: Bureau
    head: User

    def of(self, name: str) -> Certificate:
        """Return somebody's certificate."""
        return Certificate.objects.get(name__endswith=name)


@pytest.fixture(scope="module")
def lay() -> Callable[[], Yard]:
    """Lay it once."""

    def then() -> Yard:
        with time_machine.travel(NOW, tick=False):
            office = bureau()
            row = opened(office)
            nominated(office, row, "Trần Thị Một", words="Hội viên, khu phố 5")
            nominated(office, row, "Lê Văn Hai", unit=factories.unit("28108-88", "Ấp Tám", "hamlet", parent=office.here.commune))
            decided(office, row)
            hunt = pursuit(office)
            nominated(office, hunt, "Võ Văn Ba", merit="Có thành tích đột xuất trong truy bắt đối tượng trộm cắp tài sản")
            decided(office, hunt)
            head = factories.user("truongap", "Huỳnh Văn Khu Phố")
            people.assign_role(head, "hamlet_head", office.here.cast.hamlet, actor=TESTER)
            return Yard(office, head)

    return then


def mark(client: Client, one: Certificate, what: str, **more: Any) -> Any:
    """Send a mark as the page's script does."""
    return client.post(f"{BASE}{one.public_id}/", {"mark": what, **more}, headers={"Accept": "application/json"})


def test_a_head_of_a_hamlet_hands_out_what_goes_there_without_a_second_factor(scene: Yard) -> None:
    phone, one = signed_in(scene.head), scene.of("Một")
    page = phone.get(BASE).content.decode()
    assert "Trần Thị Một" in page and "Lê Văn Hai" not in page and "Võ Văn Ba" not in page
    assert one.code not in page and one.code[-4:] in page, "a phone holds no code"
    assert mark(phone, one, "handed", taken_by="con gái nhận thay").json() == {"mark": "handed"}
    one.refresh_from_db()
    assert (one.hand_over, one.handed_on, one.taken_by) == ("handed", NOW.date(), "con gái nhận thay")
    assert Entry.objects.filter(kind="commendations.handed_over").count() == 1
    assert mark(phone, scene.of("Hai"), "handed").status_code == mark(phone, scene.of("Ba"), "handed").status_code == 404


def test_the_page_that_a_phone_keeps_has_no_offices_or_addresses(scene: Yard) -> None:
    phone = signed_in(scene.head)
    assert "Hội viên, khu phố 5" in phone.get(BASE).content.decode()
    kept = phone.get(f"{BASE}?o-lai=1").content.decode()
    assert "Trần Thị Một" in kept and "Hội viên, khu phố 5" not in kept
    worker = Client().get(f"{BASE}sw.js")
    assert '"cache": "rieng-khen-trao", "days": 3' in worker.content.decode() and worker["Content-Type"].startswith("text/javascript")


def test_an_office_hands_out_all_of_the_movement_and_never_the_pursuit_by_phone(scene: Yard) -> None:
    page = signed_in(scene.bureau.here.duyen, second_factor=True).get(BASE).content.decode()
    assert "Trần Thị Một" in page and "Lê Văn Hai" in page and "Võ Văn Ba" not in page


@pytest.mark.parametrize("order", [("handed", "absent"), ("absent", "handed")])
def test_handed_out_wins_over_absent_whichever_phone_is_heard_first(scene: Yard, order: tuple[str, str]) -> None:
    phone, one = signed_in(scene.head), scene.of("Một")
    for what in (*order, *order):
        assert mark(phone, one, what).status_code == 200
    assert scene.of("Một").hand_over == "handed"


def test_a_mark_that_waited_is_of_its_own_day_and_can_be_taken_back_on_it_only(scene: Yard) -> None:
    phone, one = signed_in(scene.head), scene.of("Một")
    assert mark(phone, one, "handed", age_s=str(40 * 3600)).json() == {"mark": "handed"}
    assert scene.of("Một").handed_on == (NOW - timedelta(hours=40)).date()
    assert mark(phone, one, "waiting").status_code == 422
    services.undo_hand_over(scene.of("Một"), actor=scene.bureau.clerk)
    assert mark(phone, one, "handed").json() == {"mark": "handed"}
    assert mark(phone, one, "waiting").json() == {"mark": "waiting"}
    assert mark(phone, one, "waiting").json() == {"mark": "waiting"}, "twice is once"


def test_a_phone_that_comes_back_does_not_take_back_what_another_marked_since(scene: Yard) -> None:
    phone, one = signed_in(scene.head), scene.of("Một")
    minutes = 60
    assert mark(phone, one, "handed", age_s=5 * minutes).status_code == 200, "by mistake, from the other phone later"
    assert mark(phone, one, "handed", age_s=minutes).status_code == 200, "and truly, from this one"
    late = mark(phone, one, "waiting", age_s=4 * minutes)
    assert (late.status_code, late.json()["code"], scene.of("Một").hand_over) == (422, "marked_since", "handed")
    assert mark(phone, one, "waiting", age_s=minutes + 5).json() == {"mark": "waiting"}, "the way to the server takes a while, each time another"


@pytest.mark.parametrize("what", [{"mark": "mất"}, {"mark": ""}, {"mark": "handed", "age_s": "x"}, {"mark": "handed", "taken_by": "x" * 161}])
def test_what_cannot_be_taken_is_answered_with_words(scene: Yard, what: dict[str, str]) -> None:
    answer = mark(signed_in(scene.head), scene.of("Một"), **{"what": what["mark"], **{k: v for k, v in what.items() if k != "mark"}})
    assert answer.status_code == 422 and answer.json()["problem"]
    assert scene.of("Một").hand_over == "waiting"


def test_what_does_not_hold_any_more_is_not_handed_out(scene: Yard) -> None:
    one = scene.of("Một")
    services.revoke_certificate(one, reason="Sai.", actor=scene.bureau.chairman)
    answer = mark(signed_in(scene.head), one, "handed")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_now"), "what a phone kept is refused with words, so that what comes after it is sent"
    with time_machine.travel(NOW + timedelta(days=121), tick=False):
        assert mark(signed_in(scene.bureau.here.duyen, second_factor=True), scene.of("Hai"), "handed").json()["code"] == "not_now"
    with pytest.raises(Refused):
        services.mark_one(one, mark="handed", actor=scene.bureau.clerk)


def test_without_a_script_each_line_is_a_form(scene: Yard) -> None:
    phone, one = signed_in(scene.head), scene.of("Một")
    answer = phone.post(f"{BASE}{one.public_id}/", {"mark": "absent"})
    assert answer.status_code == 302 and answer["Location"] == f"{BASE}#g-{one.public_id}"
    assert scene.of("Một").hand_over == "absent"


def test_the_square_code_leads_whoever_hands_out_to_the_mark(scene: Yard) -> None:
    one, phone = scene.of("Một"), signed_in(scene.head)
    assert "Anh/chị trao giấy này" not in Client().get(f"/xac-minh/{one.code}/").content.decode()
    assert "Anh/chị trao giấy này" in phone.get(f"/xac-minh/{one.code}/").content.decode()
    answer = phone.post(f"{BASE}{one.public_id}/", {"mark": "handed", "ve": "ma"})
    assert answer["Location"] == f"/xac-minh/{one.code}/" and scene.of("Một").hand_over == "handed"
    assert "Anh/chị trao giấy này" not in phone.get(f"/xac-minh/{scene.of('Hai').code}/").content.decode(), "another hamlet's"


def test_others_find_nothing_and_the_list_ends_after_some_months(scene: Yard) -> None:
    for who in (scene.bureau.here.cast.lua, scene.bureau.here.cast.khach):
        assert signed_in(who).get(BASE).status_code == 404
    assert Client().get(BASE).status_code == 302
    with time_machine.travel(NOW + policies.HANDED_WITHIN, tick=False):
        assert "Trần Thị Một" not in signed_in(scene.head).get(BASE).content.decode()
