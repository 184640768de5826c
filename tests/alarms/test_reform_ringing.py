"""A reform of units is applied while an alarm rings: people, posts and plans are the successor's, devices hear nothing of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from liengia.alarms import broker_users, policies, services
from liengia.alarms.models import Device, EscalationPlan, IncidentStep, NeighbourGroup, PlanStep
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.people.models import DutyPost, DutyShift, Household, Role, RoleAssignment
from liengia.units import consistency
from liengia.units.models import Unit
from liengia.units.plans import NewUnit, Passing, ReformPlan
from liengia.units.reforms import apply_reform
from tests import factories
from tests.alarms.console_scene import Desk, sign_in
from tests.alarms.given import incident, kinds, lines, press, rang, state

TESTER = Actor.system("test")
NEW, OTHER_OLD = "29999", "28132"


def merge_of_the_communes() -> ReformPlan:
    """Two communes become one today; the hamlets go on under it, both "Khu phố 5" told apart."""
    return ReformPlan(
        "merger", "Sáp nhập", clock.today(), "Nghị quyết thử",
        new=(NewUnit(NEW, "Long Cần", "Xã", "commune", "80"),),
        passings=(Passing("28108", NEW), Passing(OTHER_OLD, NEW)),
    )  # fmt: skip


@pytest.fixture
def given(scene: Desk) -> Desk:
    """The desk's group with credentials; a group in the other commune's hamlet of the same name; a plan of the commune's own."""
    factories.unit("28132-05", "5", "hamlet", parent=Unit.objects.get(code=OTHER_OLD))
    elsewhere = Unit.objects.get(code="28132-05")
    services.create_group(elsewhere, number=3, actor=TESTER)
    for button in scene.buttons:
        services.renew_credential(button, actor=TESTER)
    plan = EscalationPlan.objects.create(unit=scene.commune, kind="fire", name="của xã")
    for order, (after_s, target) in enumerate((("0", "duty_post"), ("5", "leader"), ("30", "security_team"), ("60", "commander")), 1):
        PlanStep.objects.create(plan=plan, order=order, after_s=int(after_s), target=target, channels=["page", "siren"])
    return scene


def test_a_reform_while_it_rings(given: Desk, client: Client) -> None:
    scene = given
    one = incident(scene, 2)
    rang(scene, 1, 2, 3)
    now = clock.now()
    services.run_due_steps(at=now + timedelta(seconds=6), most=50)
    officer, commander, leader = scene.officer, scene.second, scene.leader
    users_before = sorted((c.group, c.device, c.username, c.password_hash) for c in broker_users.credentials())
    state_before = state(scene.group)
    steps = list(IncidentStep.objects.order_by("order").values_list("target", "due_at"))

    apply_reform(merge_of_the_communes(), actor=TESTER)

    successor = Unit.objects.current().get(code=NEW)
    group = NeighbourGroup.objects.get(pk=scene.group.pk)
    one.refresh_from_db()
    assert consistency.faults() == []
    # Nothing is flashed anew, and no siren notices.
    assert sorted((c.group, c.device, c.username, c.password_hash) for c in broker_users.credentials()) == users_before
    assert {k: v for k, v in state(group).items() if k != "rev"} | {"for_s": 0} == {
        k: v for k, v in state_before.items() if k != "rev"
    } | {"for_s": 0}
    assert services.orders_due(at=clock.now()) == []
    assert set(Device.objects.filter(group=group).values_list("public_id", flat=True)) == {b.public_id for b in scene.buttons}
    # The group, its households, roles, post and plan are the successor's.
    assert group.unit.current() == group.unit
    assert group.unit.parent == successor
    assert set(Household.objects.filter(group_places__group=group).values_list("hamlet", flat=True)) == {group.unit_id}
    assert DutyPost.objects.get().unit == successor
    assert set(RoleAssignment.objects.at(clock.now()).filter(user=officer).values_list("unit", flat=True)) == {successor.pk}
    assert EscalationPlan.objects.get(name="của xã").unit == successor
    # The incident goes on, with its place in the timeline.
    assert (one.state, one.is_sounding, one.group_id) == ("ringing", True, group.pk)
    assert "moved" in kinds(one)
    assert press(scene, 4).incident == one
    assert list(IncidentStep.objects.order_by("order").values_list("target", "due_at")) == steps, "frozen"
    # Escalation goes to whoever is on duty at the successor.
    new_commander = factories.user("chi.huy.moi", "Người chỉ huy mới")
    RoleAssignment.objects.create(user=new_commander, role=Role.objects.get(code="commander"), unit=successor, valid_from=now)
    DutyShift.objects.all().delete()
    for user, role in ((officer, "officer"), (new_commander, "commander")):
        DutyShift.objects.create(
            post=DutyPost.objects.get(), user=user, role=role, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=9)
        )
    services.run_due_steps(at=now + timedelta(seconds=61), most=50)
    told = {line["target"]: line["users"] for line in lines(one, "step_ran")}
    assert told["leader"] == [leader.pk]
    assert told["commander"] == [new_commander.pk]
    assert commander.pk not in told["commander"]
    assert told["security_team"], "the team's roles went over too"
    assert not IncidentStep.objects.filter(ran_at=None, cancelled_at=None).exists()
    # The successor's console sees it and acts on it; the other commune's officer, now of the same one, does too.
    for user in (officer, scene.elsewhere):
        assert one in policies.visible_incidents(user)
        sign_in(client, user)
        page = client.get(reverse("alarms:console_incident", args=[one.public_id]))
        assert page.status_code == 200
        assert "Long Cần" in page.content.decode()
    services.acknowledge_incident(one, actor=Actor.of(scene.elsewhere))
    services.resolve_incident(one, actor=Actor.of(officer))
    assert state(group)["state"] == "quiet"


def test_groups_of_the_same_number_are_told_apart_after_a_reform(given: Desk) -> None:
    apply_reform(merge_of_the_communes(), actor=TESTER)
    names = {str(group.unit.display_name) for group in NeighbourGroup.objects.filter(number=3)}
    assert len(names) == 2, names


def test_a_reform_that_merges_two_hamlets_keeps_both_groups_and_their_alarms(given: Desk) -> None:
    """Two hamlets become one while both ring: the groups stay apart (their neighbours are), the numbers do not collide."""
    scene = given
    there = NeighbourGroup.objects.get(unit__code="28132-05")
    scene.buttons.append(services.provision_device(there, kind="both", actor=TESTER).device)
    here, far = incident(scene, 2), incident(scene, 6, group=there.public_id)
    plan = ReformPlan(
        "hamlets", "Nhập khu phố", clock.today(), "Nghị quyết thử",
        new=(NewUnit(NEW, "Long Cần", "Xã", "commune", "80"), NewUnit("29999-01", "1", "Khu phố", "hamlet", NEW)),
        passings=(
            Passing("28108", NEW), Passing(OTHER_OLD, NEW), Passing("28108-05", "29999-01"), Passing("28132-05", "29999-01"),
        ),
    )  # fmt: skip
    apply_reform(plan, actor=TESTER)
    groups = list(NeighbourGroup.objects.filter(pk__in=(scene.group.pk, there.pk)).select_related("unit"))
    assert {group.unit.code for group in groups} == {"29999-01"}
    assert len({group.number for group in groups}) == 2
    for one in (here, far):
        one.refresh_from_db()
        assert (one.state, one.is_sounding) == ("ringing", True)
        assert "moved" in kinds(one)
        assert one in policies.visible_incidents(scene.officer)
    # The people then make one group of them: nothing is flashed, nothing is lost.
    services.merge_groups(there, into=NeighbourGroup.objects.get(pk=scene.group.pk), actor=Actor.of(scene.officer))
    far.refresh_from_db()
    assert far.joined_into == here
    assert state(there)["incident"] == here.public_id
