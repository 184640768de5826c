"""A password alone, or a bound phone's PIN, opens nothing of the office on the pages outside it, while neighbours go on."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from liengia.alarms import policies, services
from liengia.alarms.feed import describe
from liengia.alarms.models import Device, GroupRing, IncidentEvent, NeighbourGroup
from liengia.alarms.models.bulk import BulkJob
from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import NotFound
from liengia.people import policies as people
from liengia.people.models import DutyShift, Membership, User
from liengia.people.services import assign_role, invite_to_bind
from tests.alarms.console_scene import Desk, sign_in
from tests.alarms.given import incident, member

TESTER = Actor.system("test")
NEED = "một cụ 84 tuổi cần dìu ra"
HOUSE = 4
STEP = "/tai-khoan/lop-thu-hai/"


def by_pin(user: User) -> Client:
    """Return a browser that a bound phone's PIN has signed in."""
    client = Client()
    path = invite_to_bind(user, actor=TESTER).path
    assert client.post(path, {"pin": "193847", "again": "193847", "label": "điện thoại"}).status_code == 302
    del client.cookies["sessionid"]
    assert client.post("/tai-khoan/ma-pin/", {"pin": "193847"}).status_code == 302
    return client


def administrator(scene: Desk) -> User:
    user = User.objects.create_user("quan.tri", full_name="Quản Trị")
    assign_role(user, "commune_admin", scene.commune, actor=TESTER)
    return user


def test_a_duty_officer_quiets_and_ends_nothing_before_the_second_factor(scene: Desk) -> None:
    incident = scene.press(5)
    pages = [f"/nha/bao-dong/{incident.public_id}/{act}/" for act in ("tat-coi", "ket-thuc")]
    for client in (by_pin(scene.officer), sign_in(Client(), scene.officer, second_factor=False)):
        assert client.get(f"/nha/bao-dong/{incident.public_id}/").headers["Location"].startswith(STEP), "a message led here"
        assert {client.post(page, {"how": "resolved", "text": "xong"}).status_code for page in pages} == {404}
    incident.refresh_from_db()
    assert incident.is_open and incident.is_sounding
    client = sign_in(Client(), scene.officer)
    assert client.post(pages[0]).status_code == 302
    incident.refresh_from_db()
    assert not incident.is_sounding


def test_an_officer_who_lives_in_a_house_of_the_group_answers_and_no_more(scene: Desk) -> None:
    Membership.objects.create(user=scene.officer, household=scene.houses[0], confirmed_at=clock.now())
    incident = scene.press(5)
    client = by_pin(scene.officer)
    assert client.get(f"/nha/bao-dong/{incident.public_id}/").status_code == 200
    assert client.post(f"/nha/bao-dong/{incident.public_id}/tra-loi/", {"answer": "coming"}).status_code == 302
    assert incident.answers.filter(user=scene.officer).exists()
    assert client.post(f"/nha/bao-dong/{incident.public_id}/tat-coi/").status_code in (403, 404)
    incident.refresh_from_db()
    assert incident.is_sounding


def test_an_administrator_opens_no_household_no_card_and_no_device_before_the_second_factor(scene: Desk) -> None:
    user, house, group = administrator(scene), scene.houses[1], scene.group
    asked = {
        f"/nha/ho/{house.public_id}/": None, f"/nha/ho/{house.public_id}/du-lieu/tai/": None, "/nha/nhap/": None,
        "/nha/nhap/giay.pdf": {"group": group.public_id}, f"/nha/to/{group.public_id}/thiet-bi/": None,
        f"/nha/to/{group.public_id}/thiet-bi/them/": {"household": house.pk, "kind": "siren", "place": "cửa"},
    }  # fmt: skip
    devices = Device.objects.count()
    for client in (by_pin(user), sign_in(Client(), user, second_factor=False)):
        for page, data in asked.items():
            answer = client.get(page) if data is None else client.post(page, data)
            assert answer.status_code == 404 or answer.headers.get("Location", "").startswith(STEP), page
        assert house.house_label not in client.get("/nha/ho/").content.decode()
        assert client.get("/nha/nhap/").headers["Location"].startswith(STEP), "who works there is led to the second step"
    assert (Device.objects.count(), BulkJob.objects.count()) == (devices, 0)
    client = sign_in(Client(), user)
    assert [client.get(page).status_code for page, data in asked.items() if data is None] == [200] * 4


def test_a_superuser_is_nobody_before_the_second_factor(scene: Desk) -> None:
    user = User.objects.create_superuser("van.hanh")
    page = f"/nha/ho/{scene.houses[0].public_id}/"
    assert sign_in(Client(), user, second_factor=False).get(page).headers["Location"].startswith(STEP)
    assert sign_in(Client(), user).get(page).status_code == 200


def test_a_leader_works_by_pin(scene: Desk) -> None:
    DutyShift.objects.all().delete()
    incident = scene.press(5)
    client = by_pin(scene.leader)
    assert client.get(f"/nha/ho/{scene.houses[4].public_id}/").status_code == 200
    assert NEED in client.get(f"/nha/bao-dong/{incident.public_id}/").content.decode()
    assert client.post(f"/nha/bao-dong/{incident.public_id}/tat-coi/").status_code == 302
    incident.refresh_from_db()
    assert not incident.is_sounding


def test_who_needs_help_is_read_by_the_group_and_by_who_may_and_by_nobody_else(scene: Desk) -> None:
    incident = scene.press(5)
    auditor, guest = (User.objects.create_user(name, full_name=name) for name in ("kiem.tra", "to.ben"))
    assign_role(auditor, "auditor", scene.commune, actor=TESTER)
    beside = NeighbourGroup.objects.create(unit=scene.hamlet, number=4, name="Tổ 4", leader=guest)
    GroupRing.objects.create(incident=incident, group=beside, since=clock.now())
    page = f"/nha/bao-dong/{incident.public_id}/"
    reads = {}
    for user in (auditor, guest, scene.officer, member(scene, 2)):
        answer = sign_in(Client(), user).get(page)
        assert answer.status_code == 200
        reads[user.pk] = NEED in answer.content.decode()
    assert list(reads.values()) == [False, False, True, True]
    assert Entry.objects.filter(kind="people.needs_read").count() == 2


def test_a_stream_without_the_factor_hears_nothing_that_an_office_is_told(scene: Desk) -> None:
    Membership.objects.create(user=scene.second, household=scene.houses[HOUSE - 1], confirmed_at=clock.now())
    one = incident(scene, HOUSE, kind="help", is_silent=True)
    services.run_due_steps(at=one.opened_at + timedelta(seconds=60))
    lines = list(describe(list(IncidentEvent.objects.filter(incident=one))))
    officer = User.objects.get(pk=scene.officer.pk)
    heard = [line for line in lines if line.audience & policies.audience_of(officer)]
    assert heard and any(scene.officer.pk in (line.data.get("called") or []) for line in heard), "with the factor they are named"
    officer = User.objects.get(pk=scene.officer.pk)
    officer.lacks_second_factor = True
    assert not [line for line in lines if line.audience & policies.audience_of(officer)]


def test_the_console_shares_no_stream_with_a_page_that_was_opened_before_the_factor(scene: Desk) -> None:
    console = sign_in(Client(), scene.officer).get("/truc/").content.decode()
    Membership.objects.create(user=scene.officer, household=scene.houses[0], confirmed_at=clock.now())
    home = by_pin(scene.officer).get("/nha/").content.decode()
    streams = [re.search(r'data-live-stream="([^"]+)"', page) for page in (console, home)]
    assert all(streams) and len({found[1] for found in streams if found}) == 2


def test_what_a_phone_kept_waits_for_the_factor_instead_of_being_told_that_it_is_gone(scene: Desk, rf: RequestFactory) -> None:
    def gone(request: HttpRequest) -> HttpResponse:
        raise NotFound("")

    request = rf.post("/ngay-hoi/ghi/abc/")
    request.user = User.objects.get(pk=scene.officer.pk)
    view = people._guarded(gone, people.Policy("requires"), lambda user: True)
    with pytest.raises(NotFound):
        view(request)
    request.user.lacks_second_factor = True
    assert view(request).headers["Location"].startswith(STEP)
    with pytest.raises(NotFound):
        people.signed_in(gone)(request)
