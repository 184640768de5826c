"""The back office: rows of one's own units, records that nobody changes, plans that keep their rules."""

from __future__ import annotations

import pytest
from django.test import Client

from liengia.alarms.models import EscalationPlan, NeighbourGroup
from liengia.audit.models import Entry
from liengia.people.models import User
from liengia.people.services.accounts import sync_groups
from tests.alarms.console_scene import Desk, _give, sign_in

pytestmark = pytest.mark.django_db


def admin_of(scene: Desk, *, elsewhere: bool = False) -> Client:
    user = User.objects.create_user("quan.tri", full_name="Quản Trị")
    unit = scene.commune.parent.children.exclude(pk=scene.commune.pk).get() if elsewhere and scene.commune.parent else scene.commune
    _give(user, "commune_admin", unit)
    sync_groups([user])
    return sign_in(Client(), user)


LISTS = ("neighbourgroup", "device", "incident", "drill", "rejectedmessage")


@pytest.mark.parametrize("name", LISTS)
def test_lists_open_for_the_administrator_of_the_commune(scene: Desk, name: str) -> None:
    scene.press(2)
    assert admin_of(scene).get(f"/quan-tri/{name}/").status_code == 200


def test_another_commune_sees_none_of_the_rows(scene: Desk) -> None:
    incident = scene.press(2)
    client = admin_of(scene, elsewhere=True)
    assert "Tổ liên gia số 3" not in client.get("/quan-tri/neighbourgroup/").content.decode()
    for name, pk in (("neighbourgroup", scene.group.pk), ("device", scene.buttons[0].pk), ("incident", incident.pk)):
        assert client.get(f"/quan-tri/{name}/inspect/{pk}/").status_code == 404


def test_a_silent_call_for_help_is_not_in_the_office(scene: Desk) -> None:
    incident = scene.press(2, kind="help", silent=True)
    client = admin_of(scene)
    assert client.get(f"/quan-tri/incident/inspect/{incident.pk}/").status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_added_changed_or_deleted_in_the_lists(scene: Desk, name: str) -> None:
    client = admin_of(scene)
    pk = {"neighbourgroup": scene.group.pk, "device": scene.buttons[0].pk, "incident": scene.press(1).pk}.get(name, 1)
    for path in ("new/", f"edit/{pk}/", f"delete/{pk}/"):
        assert client.post(f"/quan-tri/{name}/{path}").status_code in (302, 403, 404)
    assert NeighbourGroup.objects.filter(pk=scene.group.pk).exists()


def test_a_list_is_exported(scene: Desk) -> None:
    body = b"".join(admin_of(scene).get("/quan-tri/device/", {"export": "csv"}).streaming_content)  # type: ignore[attr-defined]
    assert scene.buttons[0].public_id in body.decode()


def test_a_commune_copies_the_default_plan_and_changes_its_own(scene: Desk) -> None:
    client = admin_of(scene)
    client.post("/quan-tri/bao-dong/phuong-an/rieng/", {"unit": scene.commune.pk, "kind": "fire"})
    plan = EscalationPlan.objects.get(unit=scene.commune)
    data = {
        "name": "Cháy, Cần Đước", "is_active": "on", "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0",
        "form-0-after_s": "20", "form-0-target": "commander", "form-0-channels": ["page"],
        "form-1-after_s": "0", "form-1-target": "leader", "form-1-channels": ["page"],
    }  # fmt: skip
    client.post(f"/quan-tri/bao-dong/phuong-an/{plan.pk}/", data)
    assert list(plan.steps.values_list("order", "after_s", "target")) == [(1, 0, "leader"), (2, 20, "commander")]
    assert Entry.objects.filter(kind="alarms.plan_changed").count() == 2
    answer = client.post(f"/quan-tri/bao-dong/phuong-an/{plan.pk}/", {**data, "form-0-after_s": "3"})
    assert "sau từ 5 giây" in answer.content.decode() and plan.steps.count() == 2


def test_the_default_plan_is_not_a_communes_to_change(scene: Desk) -> None:
    plan = EscalationPlan.objects.get(unit=None, kind="fire", is_active=True)
    steps = plan.steps.count()
    data = {"name": "x", "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-after_s": "20", "form-0-target": "leader"}
    assert admin_of(scene).post(f"/quan-tri/bao-dong/phuong-an/{plan.pk}/", data).status_code == 200
    assert plan.steps.count() == steps


def test_a_group_is_founded(scene: Desk) -> None:
    answer = admin_of(scene).post("/quan-tri/bao-dong/to-moi/", {"unit": scene.hamlet.pk, "assembly_point": "Sân đình"})
    made = NeighbourGroup.objects.get(number=4)
    assert answer["Location"].endswith(f"/nha/to/{made.public_id}/") and made.assembly_point == "Sân đình"
