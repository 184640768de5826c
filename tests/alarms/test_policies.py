"""Who sees and does what; absent and forbidden look the same."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from liengia.alarms import own_house, policies, services
from liengia.alarms.models import GroupRing, Incident, IncidentStep
from liengia.alarms.services import escalation
from liengia.core import clock
from liengia.core.actor import Actor
from liengia.core.errors import NotFound
from liengia.people.models import DutyShift, Membership, Role, RoleAssignment, User
from liengia.people.services import erase_household, households, joining
from tests import factories
from tests.alarms.console_scene import Desk
from tests.alarms.given import incident, member

TESTER = Actor.system("test")


def sees(user: User | AnonymousUser, one: Incident) -> bool:
    try:
        return policies.get_incident(user, one.public_id) == one
    except NotFound:
        return False


def team(scene: Desk) -> User:
    return User.objects.get(username="bv.thuan")


def test_a_group_sees_its_own_while_it_is_open(scene: Desk) -> None:
    one, user = incident(scene), member(scene, 2)
    assert sees(user, one) and sees(scene.leader, one) and sees(team(scene), one) and sees(scene.officer, one)
    services.resolve_incident(one, actor=Actor.of(scene.officer))
    assert not sees(user, one) and not sees(scene.leader, one) and not sees(team(scene), one)
    assert sees(scene.officer, one)


def test_strangers_see_nothing_and_learn_nothing(scene: Desk) -> None:
    one = incident(scene)
    waiting = User.objects.create_user("cho", full_name="Chưa được nhận")
    Membership.objects.create(user=waiting, household=scene.houses[0])
    gone = member(scene, 2)
    Membership.objects.filter(user=gone).update(ended_at=clock.now())
    off = member(scene, 2)
    User.objects.filter(pk=off.pk).update(is_active=False)
    off.refresh_from_db()
    for user in (AnonymousUser(), waiting, gone, off, scene.elsewhere):
        assert not sees(user, one)
        assert not policies.may(user, "quiet", one)
    errors = []
    for key in (one.public_id, "zzzzzzzzzz"):
        with pytest.raises(NotFound) as error:
            policies.get_incident(scene.elsewhere, key)
        errors.append((str(error.value), error.value.detail_code))
    assert errors[0] == errors[1]


def test_a_silent_call_is_the_posts_alone_and_hidden_from_the_calling_house(scene: Desk) -> None:
    at_home = member(scene, 3)
    RoleAssignment.objects.create(
        user=at_home, role=Role.objects.get(code="duty_officer"), unit=scene.commune, valid_from=clock.now()
    )
    one = incident(scene, 3, kind="help", is_silent=True)
    assert sees(scene.officer, one)
    for user in (member(scene, 3), member(scene, 2), scene.leader, team(scene), at_home):
        assert not sees(user, one)
    assert sees(at_home, incident(scene, 3)), "an officer who lives there still sees all else"


@pytest.mark.parametrize("how", ["ends", "house_leaves", "is_erased"])
def test_whoever_lived_in_the_calling_house_learns_nothing_by_moving_out(scene: Desk, how: str) -> None:
    at_home = member(scene, 3)
    RoleAssignment.objects.create(user=at_home, role=Role.objects.get(code="duty_officer"), unit=scene.commune, valid_from=clock.now())
    house = scene.houses[2]
    one = incident(scene, 3, kind="help", is_silent=True)
    if how == "ends":
        joining.end_membership(Membership.objects.get(user=at_home), actor=TESTER)
    elif how == "house_leaves":
        households.leave_household(house, actor=TESTER)
    else:
        Incident.objects.filter(pk=one.pk).update(state="resolved")
        erase_household(house, actor=TESTER, reason="đã dọn đi")
        assert not Membership.objects.filter(user=at_home).exists()
    assert not sees(at_home, one) and own_house.people_of([one.pk]) == {one.pk: {at_home.pk}}
    DutyShift.objects.update(user=at_home)
    loud = incident(scene, 5)
    named = {call: escalation.resolve(IncidentStep.objects.get(incident=call, target="duty_post"), at=clock.now())[0] for call in (one, loud)}
    assert named == {one: [], loud: [at_home]}


def test_a_call_that_is_made_after_somebody_moved_out_is_their_work(scene: Desk) -> None:
    gone = member(scene, 3)
    RoleAssignment.objects.create(user=gone, role=Role.objects.get(code="duty_officer"), unit=scene.commune, valid_from=clock.now())
    joining.end_membership(Membership.objects.get(user=gone), actor=TESTER)
    one = incident(scene, 3, kind="help", is_silent=True)
    assert sees(gone, one) and own_house.people_of([one.pk]) == {}


def test_neighbours_whom_a_fire_rings_see_it(scene: Desk) -> None:
    other = services.create_group(scene.hamlet, actor=TESTER)
    house = factories.household(scene.hamlet, 30)
    services.add_household(other, household=house, actor=TESTER)
    neighbour = factories.user("ben", "Bên cạnh", house)
    one = incident(scene)
    assert not sees(neighbour, one)
    GroupRing.objects.create(incident=one, group=other, since=clock.now())
    assert sees(neighbour, one)


def test_who_is_invited_sees_the_drill_and_nothing_else(scene: Desk) -> None:
    guest = User.objects.create_user("khach", full_name="Khách mời")
    drill = services.plan_drill(scene.group, planned_at=clock.now(), invited=[guest], actor=Actor.of(scene.leader))
    one = services.start_drill(drill, actor=Actor.of(scene.leader))
    assert sees(guest, one)
    real = incident(scene)
    assert not sees(guest, real)
    assert not sees(guest, one), "it has ended"


@pytest.mark.parametrize(
    "who, can, cannot",
    [
        ("member", {"answer", "call", "ask_to_end"}, {"quiet", "acknowledge", "dismiss", "resolve", "note", "set_apart"}),
        ("leader", {"answer", "quiet", "note", "answer_for_others", "set_apart"}, {"acknowledge", "dismiss", "resolve"}),
        ("officer", {"acknowledge", "quiet", "dismiss", "resolve", "note"}, set()),
        ("elsewhere", set(), {"acknowledge", "quiet", "dismiss", "resolve"}),
    ],
)
def test_who_does_what_with_a_real_alarm(scene: Desk, who: str, can: set[str], cannot: set[str]) -> None:
    user = member(scene, 2) if who == "member" else getattr(scene, who)
    one = incident(scene)
    assert {verb for verb in can | cannot if policies.may(user, verb, one)} == can


def test_a_leader_ends_a_drill_but_no_real_alarm(scene: Desk) -> None:
    assert policies.may(scene.leader, "resolve", incident(scene, mode="drill"))
    assert not policies.may(scene.leader, "resolve", incident(scene))


def test_groups_are_managed_by_who_leads_or_keeps_them(scene: Desk) -> None:
    assert policies.get_group(scene.leader, scene.group.public_id) == scene.group
    for user in (member(scene, 1), scene.elsewhere, scene.officer):
        with pytest.raises(NotFound):
            policies.get_group(user, scene.group.public_id)


def test_what_each_hears(scene: Desk) -> None:
    assert policies.audience_of(AnonymousUser()) == frozenset()
    assert f"desk:{scene.commune.pk}" in policies.audience_of(scene.officer)
    assert f"group:{scene.group.pk}" in policies.audience_of(member(scene, 2))
    assert not {key for key in policies.audience_of(scene.elsewhere) if key.startswith("group:")}
