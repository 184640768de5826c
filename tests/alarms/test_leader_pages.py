"""The leader's pages show what needs doing, and every verb goes through its service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liengia.alarms import services
from liengia.alarms.models import Answer, BellTest, Device, DeviceApart, Drill, FaultKind, GroupHousehold
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import Invitation, KitItem, Membership, RoleAssignment, User
from tests.alarms.console_scene import Desk, _give, desk, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lay() -> Callable[[], Desk]:
    return desk_of_a_leader


def desk_of_a_leader() -> Desk:
    made = desk()
    Membership.objects.create(user=made.leader, household=made.houses[0], confirmed_at=clock.now())
    return made


@pytest.fixture
def leader(scene: Desk) -> Client:
    return sign_in(Client(), scene.leader, second_factor=False)


def url(scene: Desk, rest: str = "") -> str:
    return f"/nha/to/{scene.group.public_id}/{rest}"


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


TABS = ("", "nha/", "thiet-bi/", "dien-tap/", "quy-che/", "nha/them/", "thu-chuong/")


@pytest.mark.parametrize("tab", TABS)
def test_a_leader_opens_every_page(leader: Client, scene: Desk, tab: str) -> None:
    assert "Tổ liên gia số 3" in text(leader, url(scene, tab))


def test_home_leads_to_the_one_group(leader: Client, scene: Desk) -> None:
    answer = leader.get("/nha/to/truong/")
    assert answer["Location"] == url(scene)


@pytest.mark.parametrize("tab", [*TABS, "phieu.pdf", "goi/"])
def test_another_groups_leader_finds_nothing(scene: Desk, tab: str) -> None:
    stranger = User.objects.create_user("to.khac", full_name="Người Khác")
    other = services.create_group(scene.hamlet, leader=stranger, actor=Actor.system("test"))
    client = sign_in(Client(), stranger, second_factor=False)
    assert client.get(f"/nha/to/{other.public_id}/").status_code == 200
    assert client.get(url(scene, tab)).status_code == 404


@pytest.mark.parametrize("verb", ["thu", "tach", "tra", "cap-lai", "thu-hoi"])
def test_another_groups_leader_changes_no_device(scene: Desk, verb: str) -> None:
    stranger = User.objects.create_user("to.khac", full_name="Người Khác")
    other = services.create_group(scene.hamlet, leader=stranger, actor=Actor.system("test"))
    client = sign_in(Client(), stranger, second_factor=False)
    device = scene.buttons[0].public_id
    for group in (scene.group.public_id, other.public_id):
        assert client.post(f"/nha/to/{group}/thiet-bi/{device}/{verb}/", {"minutes": 30}).status_code == 404
    assert not DeviceApart.objects.exists() and not Device.objects.exclude(revoked_at=None).exists()


def test_a_house_not_known_to_hear_stands_on_top(leader: Client, scene: Desk) -> None:
    Device.objects.exclude(pk=scene.buttons[8].pk).update(last_sounded_at=clock.now())
    shown = text(leader, url(scene, "nha/"))
    assert "1 nhà chưa chắc nghe được" in shown
    assert shown.index(">Nhà số 9<") < shown.index(">Nhà số 1<")


def test_a_fault_an_expiry_and_one_who_waits_are_what_needs_doing(leader: Client, scene: Desk) -> None:
    services.open_fault(scene.buttons[6], FaultKind.LOW_BATTERY, at=clock.now())
    KitItem.objects.filter(household=scene.houses[10]).update(expires_on=clock.today() + timedelta(days=6))
    new = User.objects.create_user("khach", full_name="Khách Mới")
    Membership.objects.create(user=new, household=scene.houses[3])
    shown = text(leader, url(scene))
    assert "pin yếu" in shown and "Bình chữa cháy sắp hết hạn: nhà số 11" in shown and "1 người chờ anh/chị nhận" in shown


def test_a_device_never_seen_is_not_installed_and_not_faulty(leader: Client, scene: Desk) -> None:
    Device.objects.filter(pk=scene.buttons[11].pk).update(first_seen_at=None)
    assert "Chưa lắp" in text(leader, url(scene, "thiet-bi/"))


def test_pages_read_in_a_fixed_number_of_queries(leader: Client, scene: Desk) -> None:
    def count(path: str) -> int:
        leader.get(path)
        with CaptureQueriesContext(connection) as caught:
            leader.get(path)
        return len(caught)

    before = {tab: count(url(scene, tab)) for tab in ("", "nha/", "thiet-bi/", "dien-tap/")}
    for house in scene.houses[5:]:
        scene_device = Device.objects.filter(household=house)
        scene_device.update(revoked_at=clock.now())
        GroupHousehold.objects.filter(household=house).update(left_on=clock.today())
    assert {tab: count(url(scene, tab)) for tab in before} == before
    assert max(before.values()) <= 45


def test_a_device_is_set_apart_and_returned(leader: Client, scene: Desk) -> None:
    device = scene.buttons[2]
    leader.post(url(scene, f"thiet-bi/{device.public_id}/tach/"), {"minutes": "30", "reason": "tự bấm"})
    assert DeviceApart.objects.get(device=device, returned_at=None).reason == "tự bấm"
    assert "Tách tới" in text(leader, url(scene, "thiet-bi/"))
    leader.post(url(scene, f"thiet-bi/{device.public_id}/tra/"))
    assert not DeviceApart.objects.filter(returned_at=None).exists()


def test_a_bell_test_stands_in_the_table(leader: Client, scene: Desk) -> None:
    leader.post(url(scene, f"thiet-bi/{scene.buttons[0].public_id}/thu/"))
    assert BellTest.objects.get().device == scene.buttons[0]
    assert "chưa xác nhận" in text(leader, url(scene, "thiet-bi/"))


def plan(client: Client, scene: Desk) -> Drill:
    at = clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M")
    data = {"kind": "fire", "household": scene.houses[8].pk, "planned_at": at, "scenario": "Cháy bếp"}
    assert client.post(url(scene, "dien-tap/"), data).status_code == 302
    return Drill.objects.get()


def test_a_drill_starts_only_with_the_second_confirmation(leader: Client, scene: Desk) -> None:
    drill = plan(leader, scene)
    answer = leader.post(url(scene, f"dien-tap/{drill.pk}/mo/"))
    assert "Chưa mở gì cả" in answer.content.decode()
    drill.refresh_from_db()
    assert drill.started_at is None
    leader.post(url(scene, f"dien-tap/{drill.pk}/mo/"), {"sure": "on"})
    drill.refresh_from_db()
    assert drill.incident is not None and drill.incident.mode == "drill"


def test_a_drill_is_followed_ended_and_scored_by_house_and_bell(leader: Client, scene: Desk) -> None:
    drill = plan(leader, scene)
    leader.post(url(scene, f"dien-tap/{drill.pk}/mo/"), {"sure": "on"})
    scene.ring(*(n for n in range(1, 16) if n != 7))
    live = text(leader, url(scene, f"dien-tap/{drill.pk}/"))
    assert "Đang diễn tập" in live and "Nhà số 7" in live
    leader.post(url(scene, "goi/"), {"household": scene.houses[3].public_id, "kind": "safe"})
    leader.post(url(scene, f"dien-tap/{drill.pk}/ket-thuc/"), {"note": "Nhà số 7 thay pin."})
    drill.refresh_from_db()
    assert drill.score["sounded"] == 14 and drill.note == "Nhà số 7 thay pin."
    shown = text(leader, url(scene, f"dien-tap/{drill.pk}/"))
    assert "14/15" in shown and "Nhà số 7 thay pin." in shown
    assert "14/15" in text(leader, url(scene, "dien-tap/"))


def test_a_house_is_ticked_by_telephone_during_an_alarm(leader: Client, scene: Desk) -> None:
    assert leader.get(url(scene, "goi/")).status_code == 404
    incident = scene.press(9)
    assert "tel:+84900000007" in text(leader, url(scene, "goi/"))
    leader.post(url(scene, "goi/"), {"household": scene.houses[6].public_id, "kind": "need_help"})
    answer = Answer.objects.get(incident=incident)
    assert answer.user is None and answer.kind == "need_help" and answer.entered_by == scene.leader


def test_who_needs_help_to_get_out_is_on_no_page_of_the_leader(leader: Client, scene: Desk) -> None:
    scene.press(9)
    for tab in (*TABS, "goi/"):
        assert "cụ 84 tuổi" not in text(leader, url(scene, tab))


def test_a_house_joins_and_leaves(leader: Client, scene: Desk) -> None:
    data: dict[str, Any] = {"house_label": "Nhà số 30", "address_label": "42/30 hẻm 42", "head_name": "Cô Ba", "phone": "0900 000 030"}
    assert leader.post(url(scene, "nha/them/"), {"head_name": "Cô Ba"}).status_code == 200
    assert leader.post(url(scene, "nha/them/"), data).status_code == 302
    place = GroupHousehold.objects.active().get(household__house_label="Nhà số 30")
    leader.post(url(scene, f"nha/{place.household.public_id}/bo/"))
    place.refresh_from_db()
    assert place.left_on is not None


def test_what_is_written_of_the_group_is_changed_by_the_service(leader: Client, scene: Desk) -> None:
    data = {"name": "Tổ liên gia số 3", "drill_every_days": "90", "assembly_point": "Sân đình", "leader": scene.leader.pk}
    assert leader.post(url(scene, "quy-che/"), data).status_code == 302
    scene.group.refresh_from_db()
    assert scene.group.assembly_point == "Sân đình" and scene.group.drill_every_days == 90


def test_cards_make_one_invitation_a_house(leader: Client, scene: Desk) -> None:
    answer = leader.post(url(scene, "the-moi.pdf"))
    assert answer["Content-Type"] == "application/pdf" and answer["Cache-Control"] == "no-store"
    assert Invitation.objects.filter(purpose="join").count() == 15


def test_a_leader_mints_no_device_and_an_administrator_does(leader: Client, scene: Desk) -> None:
    assert leader.get(url(scene, "thiet-bi/them/")).status_code == 404
    admin = User.objects.create_user("quan.tri", full_name="Quản Trị")
    _give(admin, "commune_admin", scene.commune)
    client = sign_in(Client(), admin)
    answer = client.post(url(scene, "thiet-bi/them/"), {"kind": "siren", "household": scene.houses[0].pk, "place": "cửa"})
    assert answer["Content-Type"] == "application/pdf"
    device = Device.objects.filter(kind="siren").get()
    assert device.credentials.count() == 1
    client.post(url(scene, f"thiet-bi/{device.public_id}/thu-hoi/"))
    device.refresh_from_db()
    assert device.revoked_at is not None


def test_the_hamlet_heads_day_and_its_paper(scene: Desk) -> None:
    head = User.objects.create_user("truong.kp", full_name="Trưởng Khu Phố")
    _give(head, "hamlet_head", scene.hamlet)
    services.open_fault(scene.buttons[6], FaultKind.NO_BEAT, at=clock.now())
    client = sign_in(Client(), head, second_factor=False)
    shown = text(client, "/nha/hom-nay/")
    assert "mất liên lạc" in shown and "Chưa diễn tập" not in shown.split("Các tổ")[1]
    assert client.get("/nha/hom-nay/giay.pdf").content.startswith(b"%PDF")
    assert sign_in(Client(), scene.leader).get("/nha/hom-nay/").status_code == 404
    RoleAssignment.objects.filter(user=head).update(valid_to=clock.now())
    assert client.get("/nha/hom-nay/").status_code == 404
