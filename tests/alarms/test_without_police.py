"""A commune without any police account or organisation: its duty post is a telephone, a siren and its own people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from liengia.alarms import services
from liengia.alarms.models import Incident, IncidentState
from liengia.core.actor import Actor
from liengia.organisations.models import Organisation
from liengia.people import queries
from liengia.people.models import DutyPost, DutyShift, RoleAssignment, User
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
