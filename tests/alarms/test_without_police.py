"""A commune without any police account or organisation: its duty post is a telephone, a siren and its own people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import gettext

from liengia.alarms import services
from liengia.alarms.models import Device, Incident, IncidentState, NeighbourGroup
from liengia.audit.models import Entry
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import Refused
from liengia.organisations.models import Organisation
from liengia.people import queries
from liengia.people.models import DutyPost, DutyShift, Membership, RoleAssignment, User
from liengia.people.services import assign_role, open_post
from tests.alarms.console_scene import Desk, sign_in
from tests.alarms.given import incident, member, rang, state
from tests.cast import TESTER

DUTY_ROLES = ("duty_officer", "commander")


@pytest.fixture
def without_police(scene: Desk) -> Desk:
    """Take away every person and post that could be the police's; leave a post with a telephone and a siren."""
    DutyShift.objects.all().delete()
    RoleAssignment.objects.filter(role__code__in=DUTY_ROLES).delete()
    for user in (scene.officer, scene.second, scene.elsewhere):
        user.delete()
    DutyPost.objects.all().delete()
    open_post(actor=TESTER, unit=scene.commune, name="Trực Ủy ban nhân dân xã", phone="02723000200")
    assert not Organisation.objects.filter(kind__icontains="police").exists()
    return scene


def test_a_press_reaches_the_posts_siren_and_the_neighbours_with_nobody_at_a_desk(without_police: Desk) -> None:
    scene = without_police
    post = services.ensure_post_group(DutyPost.objects.get(), actor=TESTER)
    one = incident(scene, 3)
    assert state(scene.group)["state"] == "ringing"
    services.run_due_steps(at=one.opened_at)
    services.run_due_steps(at=one.opened_at + timedelta(seconds=61))
    assert not one.steps.filter(ran_at=None, due_at__lte=one.opened_at + timedelta(seconds=61)).exists()
    assert state(post)["incident"] == one.public_id, "the post's own siren rings"
    assert queries.on_duty(scene.commune, one.opened_at) == []
    assert [who["name"] for who in one.steps.get(target="leader").reached] == [scene.leader.full_name]
    assert queries.posts_of(scene.hamlet)[0].phone == "02723000200"


def test_the_communes_own_people_see_it_through_to_the_report(without_police: Desk) -> None:
    scene = without_police
    clerk = User.objects.create_user("truc.xa", full_name="Lý Thị Bông", is_staff=True)
    assign_role(clerk, "duty_officer", scene.commune, actor=TESTER)
    one = incident(scene, 3)
    rang(scene, *range(1, len(scene.houses) + 1))
    neighbour = member(scene, 2)
    services.answer_incident(one, household=scene.houses[1], kind="coming", user=neighbour, actor=Actor.of(neighbour))
    services.tick_emergency_call(one, number="114", actor=Actor.of(scene.leader))
    desk = sign_in(Client(), clerk)
    assert "Nhà số 3" in desk.get("/truc/").content.decode()
    services.acknowledge_incident(one, actor=Actor.of(clerk))
    services.resolve_incident(one, note="đã dập lửa", actor=Actor.of(clerk))
    one = Incident.objects.get(pk=one.pk)
    assert one.state == IncidentState.RESOLVED
    report = desk.get(f"/truc/su-viec/{one.public_id}/bao-cao.pdf")
    assert report.status_code == 200
    printed = b"".join(report.streaming_content) if report.streaming else report.content
    assert printed.startswith(b"%PDF")


# The end, where nobody is at a desk


def _acts_on_end(user: User, one: Incident, **data: str) -> int:
    return sign_in(Client(), user, second_factor=False).post(f"/nha/bao-dong/{one.public_id}/ket-thuc/", data).status_code


@pytest.fixture
def head(without_police: Desk) -> User:
    """Return the hamlet's head."""
    user: User = User.objects.create_user("truong.kp", full_name="Huỳnh Văn Khu")
    assign_role(user, "hamlet_head", without_police.hamlet, actor=TESTER)
    return user


@pytest.mark.parametrize("who", ["leader", "deputy", "head"])
def test_the_groups_own_people_end_a_real_alarm(without_police: Desk, head: User, who: str) -> None:
    scene = without_police
    deputy = member(scene, 5)
    NeighbourGroup.objects.filter(pk=scene.group.pk).update(deputy=deputy)
    user = {"leader": scene.leader, "deputy": deputy, "head": head}[who]
    one = incident(scene, 3)
    page = sign_in(Client(), user, second_factor=False).get(f"/nha/bao-dong/{one.public_id}/").content.decode()
    assert f"/nha/bao-dong/{one.public_id}/ket-thuc/" in page
    assert _acts_on_end(user, one, outcome="") == 200, "asked again, nothing changed"
    assert Incident.objects.get(pk=one.pk).is_open
    assert _acts_on_end(user, one, outcome="over", note="đã dập lửa") == 302
    one = Incident.objects.get(pk=one.pk)
    assert (one.state, one.ended_by, one.end_note) == (IncidentState.RESOLVED, user, "đã dập lửa")
    assert state(scene.group)["state"] == "quiet"
    assert Entry.objects.filter(kind="alarms.ended_without_desk", actor_id=user.pk).count() == 1
    assert incident(scene, 4).pk != one.pk, "the next press opens an incident of its own"


def test_a_mistake_is_counted_for_the_device(without_police: Desk) -> None:
    scene = without_police
    one = incident(scene, 3)
    assert _acts_on_end(scene.leader, one, outcome="pressed_by_mistake") == 302
    assert Incident.objects.get(pk=one.pk).state == IncidentState.DISMISSED
    assert Device.objects.get(pk=scene.buttons[2].pk).mistaken_count == 1


@pytest.mark.parametrize("kind", ["intruder", "help"])
def test_the_pressing_household_cannot_end_it_though_it_leads_the_group(without_police: Desk, kind: str) -> None:
    scene = without_police
    Membership.objects.create(user=scene.leader, household=scene.houses[2], confirmed_at=clock.now())
    one = incident(scene, 3, kind=kind)
    _acts_on_end(scene.leader, one, outcome="over")
    assert Incident.objects.get(pk=one.pk).is_open
    assert not Entry.objects.filter(kind="alarms.ended_without_desk").exists()


def test_neighbours_do_not_end_it(without_police: Desk) -> None:
    scene = without_police
    one, neighbour = incident(scene, 3), member(scene, 2)
    assert _acts_on_end(neighbour, one, outcome="over") == 404
    page = sign_in(Client(), neighbour, second_factor=False).get(f"/nha/bao-dong/{one.public_id}/").content.decode()
    assert "ket-thuc" not in page
    assert Incident.objects.get(pk=one.pk).is_open


def test_with_somebody_on_duty_the_desk_ends_it(scene: Desk) -> None:
    one = incident(scene, 3)
    assert _acts_on_end(scene.leader, one, outcome="over") == 404
    with pytest.raises(Refused) as refused:
        services.end_without_desk(one, outcome="over", actor=Actor.of(scene.leader))
    assert refused.value.detail_code == "desk_staffed"
    assert Incident.objects.get(pk=one.pk).is_open
    DutyShift.objects.update(ends_at=clock.now())
    assert _acts_on_end(scene.leader, one, outcome="over") == 302, "an empty rota is an empty desk"
    assert Incident.objects.get(pk=one.pk).state == IncidentState.RESOLVED


def test_a_question_without_an_answer_is_named_without_a_colon(without_police: Desk) -> None:
    one = incident(without_police, 3)
    client = sign_in(Client(), without_police.leader, second_factor=False)
    page = client.post(f"/nha/bao-dong/{one.public_id}/ket-thuc/", {"outcome": ""}).content.decode()
    question = gettext("How did it end?")
    assert f"{question} " in page and f"{question}:" not in page
